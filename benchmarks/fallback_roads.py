"""Roads without an extract: neighbours by straight line, against the hand-made roads of the eight public instances.

    python benchmarks/fallback_roads.py [--members 64] [--flee 8] [--tune] [--out result.json]

Each instance is rebuilt from coordinates, populations, camps and conflicts.  Links are held against the hand-made ones
(precision, recall, error of km), and whole runs of camp-shares, with flee beside them, against the counts.  Four ways:
``bare`` keeps nothing else; ``counted`` shuts each camp until the first count that found anybody in it, as ``build``
does where no list says when it opened; ``dated`` has the days on which camps open and close, as a list of camps has
them; ``borders`` the days on which countries shut their borders as well.  `--tune` chooses the rule and the circuity
with each instance left out in turn.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.importers.build.movement import opened_by_counts
from caravana.importers.flee.instance import import_flee
from caravana.importers.roads.neighbours import CIRCUITY, NeighbourRule, by_straight_line, neighbours
from caravana.inference.displacement.scores import err
from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import daily_counts
from caravana.models.displacement.walk.order import simulate_walk
from caravana.models.displacement.walk.world import compile_walk
from caravana.scenario.model import Link

if TYPE_CHECKING:
    from caravana.importers.roads.search import Pairs
    from caravana.scenario.model import Event, Scenario

SHARED = Path(__file__).parents[2] / "shared" / "data" / "flee"
CAMPS = ("camp", "idpcamp")
WAYS = ("bare", "counted", "dated", "borders")
POWERS, CAMP_POWERS, CAMP_LINKS = (1.8, 1.9, 2.0, 2.1, 2.2, 2.4), (2.0, 3.0, 4.0, 6.0), (2, 3, 9)
WANTED = (0.65, 0.75)
"""Precision and recall that are wanted: a rule is chosen by how far it is above both."""


def instances() -> dict[str, Scenario]:
    """Return the eight instances by name."""
    found = {}
    for folder in sorted(path for path in SHARED.iterdir() if path.is_dir()):
        settings = folder / "simsetting.yml"
        settings = settings if settings.is_file() else SHARED / "simsetting.yml"
        found[folder.name] = import_flee(folder, settings).require()
    return found


def pairs_of(scenario: Scenario, rule: NeighbourRule | None = None) -> Pairs:
    """Neighbours among the places of a scenario."""
    lat, lon = (np.array([getattr(place, name) for place in scenario.places]) for name in ("lat", "lon"))
    return neighbours(lat, lon, np.array([place.kind in CAMPS for place in scenario.places]), rule)


def hand_made(scenario: Scenario) -> dict[tuple[int, int], float]:
    """Km of the hand-made links, by the indices of their places."""
    at = {place.id: index for index, place in enumerate(scenario.places)}
    km: dict[tuple[int, int], float] = {}
    for link in scenario.links:
        pair = tuple(sorted((at[link.from_id], at[link.to_id])))
        km[pair] = min(link.km, km.get(pair, np.inf))
    return km


def held_against(scenario: Scenario, rule: NeighbourRule | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Links that both have, that are ours alone, theirs alone; and (hand-made km, straight km) of those both have."""
    pairs, theirs = pairs_of(scenario, rule), hand_made(scenario)
    ours = dict(zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), pairs.km.tolist(), strict=True))
    both = sorted(ours.keys() & theirs.keys())
    km = np.array([(theirs[pair], ours[pair]) for pair in both if ours[pair] > 0]).reshape(-1, 2)
    return np.array([len(both), len(ours) - len(both), len(theirs) - len(both)]), km


def precision_recall(counts: np.ndarray) -> tuple[float, float]:
    """Precision and recall of counts (both, ours alone, theirs alone)."""
    both, ours, theirs = counts
    return float(both / (both + ours)), float(both / (both + theirs))


def left_out(found: dict[str, Scenario]) -> dict[str, Any]:
    """Choose the rule and the circuity on all instances but one, hold them against that one; pooled over all."""
    rules = [
        NeighbourRule(power, camp_power, links, between)
        for power, camp_power, links, between in itertools.product(POWERS, CAMP_POWERS, CAMP_LINKS, (True, False))
    ]
    table = {(rule, name): held_against(scenario, rule) for rule in rules for name, scenario in found.items()}

    def margin(rule: NeighbourRule, names: list[str]) -> float:
        reached = precision_recall(sum(table[rule, name][0] for name in names))
        return min(value - wanted for value, wanted in zip(reached, WANTED, strict=True))

    counts, errors, chosen = np.zeros(3), [], {}
    for name in found:
        others = [other for other in found if other != name]
        rule = max(rules, key=lambda one: margin(one, others))
        circuity = np.median(np.concatenate([km[:, 0] / km[:, 1] for km in (table[rule, o][1] for o in others)]))
        counts = counts + table[rule, name][0]
        km = table[rule, name][1]
        errors.append(np.abs(circuity * km[:, 1] - km[:, 0]) / km[:, 0])
        chosen[name] = {"rule": str(rule), "circuity": round(float(circuity), 3)}
    precision, recall = precision_recall(counts)
    best = max(rules, key=lambda one: margin(one, list(found)))
    return {
        "precision": round(precision, 3), "recall": round(recall, 3),
        "km_error_median": round(float(np.median(np.concatenate(errors))), 3), "chosen": chosen,
        "chosen_on_all": str(best),
    }  # fmt: skip


def chosen_without(instances: dict[str, Any]) -> dict[str, str]:
    """Say whether camps would be shut until they are counted, chosen on all instances but one; by that one's name."""

    def mean(way: str, name: str) -> float:
        return float(np.mean([row["err"][way]["camp-shares"] for other, row in instances.items() if other != name]))

    return {name: min(("bare", "counted"), key=lambda way: mean(way, name)) for name in instances}


def rebuilt(scenario: Scenario, way: str) -> Scenario:
    """Return an instance with fallback roads in place of its own, and of its events what `way` keeps."""
    pairs = pairs_of(scenario)
    km, low, high = by_straight_line(pairs)
    ids = [place.id for place in scenario.places]
    links = tuple(
        Link(from_id=ids[a], to_id=ids[b], km=k, km_low=lo, km_high=hi, kind="straight", source="assumption")
        for a, b, k, lo, hi in zip(*(x.tolist() for x in (pairs.first, pairs.second, km, low, high)), strict=True)
    )
    camps = {place.id for place in scenario.places if place.kind in CAMPS}

    def kept(event: Event) -> bool:
        of_camp = event.place_id in camps and event.unit in ("location", *CAMPS)
        return way in ("dated", "borders") and (of_camp or (way == "borders" and event.unit == "country"))

    towns = ("marker", "forward_hub")
    places = tuple(p.model_copy(update={"kind": "town"}) if p.kind in towns else p for p in scenario.places)
    events = tuple(filter(kept, scenario.events))
    if way == "counted":
        events = tuple(opened_by_counts(scenario.observations, start=scenario.start))
    return scenario.model_copy(update={"links": links, "places": places, "events": events})


def whole_run(scenario: Scenario, members: int, flee: int) -> dict[str, float]:
    """Mean err of whole runs: of camp-shares, and of flee where asked for."""
    world = compile_camps(scenario)
    block = simulate_camps(world, seed=1, block=0, members=members, days=None)
    people = block.people[:, :, world.camps].astype(float)
    errors = {"camp-shares": float(err(people, world.counts.astype(float)).mean())}
    if flee:
        walk = compile_walk(scenario, mended=False)
        block = simulate_walk(walk, seed=1, block=0, members=flee, days=None)
        counts = daily_counts(scenario)
        camps = [walk.place_ids.index(place) for place in counts.place_ids]
        truth = counts.camps[: block.people.shape[1]].astype(float)
        errors["flee"] = float(err(block.people[:, :, camps].astype(float), truth).mean())
    return {name: round(value, 4) for name, value in errors.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=64)
    parser.add_argument("--flee", type=int, default=8, help="members of flee's runs; 0 for none")
    parser.add_argument("--tune", action="store_true", help="choose the rule, each instance left out in turn")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found = instances()
    result: dict[str, Any] = {"instances": {}}
    counts, errors = np.zeros(3), []
    for name, scenario in found.items():
        links, km = held_against(scenario)
        counts = counts + links
        errors.append(np.abs(CIRCUITY * km[:, 1] - km[:, 0]) / km[:, 0])
        precision, recall = precision_recall(links)
        rows = {"hand-made": whole_run(scenario, asked.members, asked.flee)}
        rows |= {way: whole_run(rebuilt(scenario, way), asked.members, asked.flee) for way in WAYS}
        result["instances"][name] = {
            "precision": round(precision, 3), "recall": round(recall, 3),
            "km_error_median": round(float(np.median(errors[-1])), 3), "err": rows,
        }  # fmt: skip
        print(name, json.dumps(result["instances"][name]), flush=True)
    precision, recall = precision_recall(counts)
    result["links"] = {
        "precision": round(precision, 3), "recall": round(recall, 3),
        "km_error_median": round(float(np.median(np.concatenate(errors))), 3),
    }  # fmt: skip
    models = ["camp-shares", *(["flee"] if asked.flee else [])]
    pooled = {
        model: {
            way: round(float(np.mean([row["err"][way][model] for row in result["instances"].values()])), 4)
            for way in ("hand-made", *WAYS)
        }
        for model in models
    }
    result["err"] = pooled
    result["ratio"] = {
        model: {way: round(rows[way] / rows["hand-made"], 3) for way in WAYS} for model, rows in pooled.items()
    }  # fmt: skip
    if asked.tune:
        result["left_out"] = left_out(found)
        result["counted_left_out"] = chosen_without(result["instances"])
    print(json.dumps({key: value for key, value in result.items() if key != "instances"}, indent=1))
    if asked.out:
        asked.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
