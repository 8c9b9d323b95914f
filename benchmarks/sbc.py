"""Simulation-based calibration (Talts and others 2018): ranks of known parameters among posterior draws are uniform.

    python benchmarks/sbc.py [caravan|counts|dispersal] [--replicates N]

Draws parameters from the prior, makes up a record, fits it, and ranks the truth among the draws. Prints the chi-square
p-value for each parameter over 10 bins; below .01 is a failure.
"""

from __future__ import annotations

import argparse
import datetime as dt

import numpy as np
from scipy.stats import chisquare

from caravana.inference.caravan import headcounts as hc
from caravana.inference.caravan.hierarchy import free_scale, vague_prior
from caravana.inference.caravan.nights import Advance, Sighting, emission, transition
from caravana.inference.caravan.prior import COMMON
from caravana.inference.caravan.tracking import follow, start_tracker
from caravana.inference.displacement.calibration import NOISE, counts_used, parameters_of, weigh
from caravana.inference.reports import ReportedFigure, Stops
from caravana.inference.weights import systematic
from caravana.results.places import people_at
from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario, Series
from caravana.simulation import simulate

BINS = 10
KEPT = 99


def road(size: int = 45, gap: float = 8.0) -> Stops:
    """Return a made-up road of localities."""
    return Stops(tuple(f"p{i}" for i in range(size)), gap * np.arange(size), 1000.0 * (1 + np.arange(size) % 5) ** 2)


def caravan_ranks(replicate: int, *, days: int = 14, draws: int = 400) -> dict[str, int]:
    """Return the rank of each true parameter of the advance among draws of its posterior."""
    stops, prior = road(), vague_prior(COMMON)
    rng = np.random.default_rng([1, replicate])
    truth = prior.draw(rng, 1)
    advance = Advance.from_columns(truth)
    kernel = transition(stops, advance)[0].astype(float)
    rest = float(truth["rest_chance"][0])
    at, evidence = 0, {}
    for day in range(1, days + 1):
        chance = kernel[at].copy()
        if day == 1:
            chance[at] -= rest
        at = int(rng.choice(stops.km.size, p=np.maximum(chance, 0) / np.maximum(chance, 0).sum()))
        if rng.random() < 0.7:
            evidence[day] = made_up_report(stops, at, rng, day)
    tracker = start_tracker(prior, stops, np.eye(stops.km.size)[0], rng, draws=draws)
    _, posterior = follow(tracker, evidence, rng, until=days, memory=1.0)
    kept = systematic(posterior.weight, rng, KEPT)
    free = free_scale(posterior.parameters, prior.names, prior.scales)[kept]
    true = free_scale(truth, prior.names, prior.scales)[0]
    return {name: int((free[:, k] < true[k]).sum()) for k, name in enumerate(prior.names)}


def made_up_report(stops: Stops, at: int, rng: np.random.Generator, day: int) -> np.ndarray:
    """Return the evidence of a report drawn from the observation model itself: the right stop, near it, or any."""
    each = np.stack([emission(stops, [Sighting(day, km, 1.5, 0.97)]) for km in stops.km])
    chance = each[:, at] / each[:, at].sum()
    told = int(rng.choice(stops.km.size, p=chance))
    # As a likelihood it must be normalised over what could have been reported from each stop.
    return each[told] / each.sum(axis=0)


def count_ranks(replicate: int, *, days: int = 12, particles: int = 3000) -> dict[str, int]:
    """Return the rank of the true numbers and biases among the particles of the filter."""
    rng = np.random.default_rng([2, replicate])
    made = hc.start(rng, particles=1)
    reports = []
    for day in range(1, days + 1):
        made = hc.step(made, rng, offered=None)
        for side in ("authorities", "organisers", "agency"):
            if rng.random() < 0.5:
                told = float(hc.simulate_reports(made, made.walking, side, rng)[0])
                reports.append(ReportedFigure(day, side, told, told))
    found = hc.filter_headcount(hc.start(rng, particles=particles), reports, rng, until=days, offered=None)
    kept = systematic(found.weight, rng, KEPT)
    ranks = {"walking": int((found.walking[kept] < made.walking[0]).sum())}
    for name in ("turnout", "bias_authorities", "bias_organisers", "bias_agency", "report_noise"):
        ranks[name] = int((found.parameter(name)[kept] < made.parameter(name)[0]).sum())
    return ranks


def three_camps(days: int = 120) -> Scenario:
    """Return a made-up country: one conflict, three camps of different size and distance, a count a month."""
    start = dt.date(2020, 1, 1)
    camps = {"near": (4000, 60.0, 60), "far": (9000, 180.0, 30), "small": (800, 90.0, 10)}
    rows = []
    for day in range(0, days, 29):
        for place, (_, _, rate) in {**camps, None: (0, 0.0, 100)}.items():
            rows.append(
                Observation(
                    id=f"{place or 'total'}-{day}", date=start + dt.timedelta(days=day),
                    known_on=start + dt.timedelta(days=day), place_id=place, low=rate * day, high=rate * day,
                    kind="camp_count" if place else "total_count", qualifier="exact", speaker_role="UNHCR",
                    speaker_side="observer",
                )
            )  # fmt: skip
    places = [Place(id="war", name="War", kind="conflict_zone", population=50000, lat=1, lon=1)]
    places += [Place(id=c, name=c, kind="camp", capacity=size, lat=1, lon=2) for c, (size, _, _) in camps.items()]
    intensity = np.array([[1.0, 0.0, 0.0, 0.0]])
    return Scenario(
        name="three-camps", title="Three camps", start=start, end=start + dt.timedelta(days=days - 1),
        rules="camp-shares",
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=tuple(places),
        links=tuple(Link(from_id="war", to_id=c, km=km) for c, (_, km, _) in camps.items()), observations=tuple(rows),
        series=(Series(kind="conflict", days=(0,), place_ids=("war", *camps), values=intensity),),
    )  # fmt: skip


def displacement_ranks(replicates: int, *, members: int = 4096) -> list[dict[str, int]]:
    """Return ranks in the displacement case: a member is the truth, its counts are made up, the others are weighed."""
    made = three_camps()
    used = counts_used(made, made.end)
    run = simulate(made, members=members, seed=3, rules="camp-shares", workers=None)
    camps = tuple(dict.fromkeys(o.place_id or "" for o in used))
    people = people_at(run, camps, made.days)
    told = people[:, [made.day_of(o.date) for o in used], [camps.index(o.place_id or "") for o in used]]
    values = {name: v for name, v in parameters_of(run).items() if np.ptp(v) > 0}
    out = []
    for truth in range(replicates):
        rng = np.random.default_rng([4, truth])
        counted = (1 + told[truth]) * np.exp(NOISE * rng.standard_t(4, told.shape[1])) - 1
        others = np.arange(members) != truth
        weight, _ = weigh(told[others], np.maximum(counted, 0.0))
        kept = systematic(weight, rng, KEPT)
        rng.shuffle(kept)
        out.append({name: int((v[others][kept] < v[truth]).sum()) for name, v in values.items()})
    return out


def main() -> None:
    """Print a line for each parameter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", nargs="?", default="caravan", choices=("caravan", "counts", "dispersal"))
    parser.add_argument("--replicates", type=int, default=200)
    asked = parser.parse_args()
    if asked.case == "dispersal":
        ranks = displacement_ranks(asked.replicates)
    else:
        make = caravan_ranks if asked.case == "caravan" else count_ranks
        ranks = [make(replicate) for replicate in range(asked.replicates)]
    for name in ranks[0]:
        counts, _ = np.histogram([r[name] for r in ranks], bins=BINS, range=(0, KEPT + 1))
        print(f"{name}: chi-square p = {chisquare(counts).pvalue:.3f}, ranks by tenth {counts.tolist()}")


if __name__ == "__main__":
    main()
