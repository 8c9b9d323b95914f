"""Measure the skill of the rule set `caravana`: whole runs, and forecasts from past days.

    python benchmarks/dispersal_skill.py [--members 64] [--further | --backtest]

Leave-one-out: an instance is forecast with the pooled values that `dispersal_tuning.py` found on the other three
(`dispersal_left_out.toml`).  Forecasts run for 60 days, with the total given (as to Flee and to the share-held
baseline, counts up to the origin interpolated) and with the total forecast (reports up to the origin only).  Bands are
held against counts on the days they are dated, and against the lines between them.  `--backtest` scores what
`caravana backtest` does from days 15 to 225, left one out.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.flee.instance import import_flee
from caravana.inference.displacement.backtest import backtest_displacement, cut
from caravana.inference.displacement.scores import err
from caravana.inference.displacement.tested import dated_counts
from caravana.inference.scoring.baselines import naive, share_held
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.scorecard import scorecard
from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import DailyCounts, daily_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from caravana.models.displacement.camp_shares.world import CampWorld
    from caravana.scenario.model import Scenario

SHARED = Path(__file__).parents[2] / "shared" / "data" / "flee"
INSTANCES = ("mali2012", "burundi2015", "ssudan2013", "car2013")
#: Mean err of Flee's own runs.
FLEE = {
    "mali2012": 0.395, "burundi2015": 0.587, "ssudan2013": 0.503, "car2013": 0.374, "burundi2015, row removed": 0.334,
}  # fmt: skip
ORIGINS = (30, 60, 90)
FURTHER = (15, 45, 75, 120, 150, 200, 250)
AHEAD = 60
#: Pooled values found without the instance.
LEFT_OUT = tomllib.loads((Path(__file__).parent / "dispersal_left_out.toml").read_text("utf-8"))


@contextmanager
def pooled(values: Mapping[str, float]) -> Iterator[None]:
    """Use other pooled values for a while."""
    kept = dict(POOLED)
    POOLED.update({name: dataclasses.replace(POOLED[name], value=value) for name, value in values.items()})
    try:
        yield
    finally:
        POOLED.update(kept)


def instances() -> dict[str, Scenario]:
    """Return the four instances, and the one with its odd closure removed."""
    found = {name: import_flee(SHARED / name, SHARED / "simsetting.yml").require() for name in INSTANCES}
    burundi = found["burundi2015"]
    events = tuple(e for e in burundi.events if not (e.unit == "location" and e.place_id == "Bujumbura"))
    return {**found, "burundi2015, row removed": burundi.model_copy(update={"events": events})}


def people_of(world: CampWorld, days: int | None, members: int) -> np.ndarray:
    """People in camps, [member, day, camp]."""
    block = simulate_camps(world, seed=1, block=0, members=members, days=days)
    return block.people[:, :, world.camps].astype(float)


def names_of(world: CampWorld) -> tuple[str, ...]:
    """Return the camps' ids."""
    return tuple(world.place_ids[camp] for camp in world.camps)


@dataclasses.dataclass(frozen=True)
class Case:
    """An instance at an origin: what is simulated with the total given and forecast, and what came."""

    given: CampWorld
    ahead: CampWorld
    counts: DailyCounts
    known: np.ndarray
    origin: int
    end: int

    @property
    def truth(self) -> np.ndarray:
        """Interpolated counts of the days ahead, [day, camp]."""
        return self.counts.camps[self.origin + 1 : self.end + 1].astype(float)

    @property
    def dated(self) -> tuple[np.ndarray, np.ndarray]:
        """Day ahead (from 0) and camp of the counts dated in it."""
        days, camps = np.nonzero(self.counts.reported[self.origin + 1 : self.end + 1])
        return days, camps

    def people(self, members: int, *, total_given: bool) -> np.ndarray:
        """Simulated people on the days ahead, [member, day, camp]."""
        world = self.given if total_given else self.ahead
        found = people_of(world, self.end + 1, members)[:, self.origin + 1 :]
        people = np.zeros((members, self.end - self.origin, self.counts.camps.shape[1]))
        people[:, :, [self.counts.place_ids.index(place) for place in names_of(world)]] = found
        return people


def case_of(scenario: Scenario, origin: int) -> Case:
    """Compile an instance at an origin."""
    days = min(scenario.days, origin + AHEAD + 1)
    given = compile_camps(scenario, settings={"origin_day": origin}, days=days)
    seen = cut(scenario, scenario.start + dt.timedelta(days=origin))
    ahead = compile_camps(seen, days=days)
    full = daily_counts(scenario)
    known = np.zeros((origin + 1, len(full.place_ids)))
    for at, place in enumerate(names_of(ahead)):
        known[:, full.place_ids.index(place)] = ahead.counts[: origin + 1, at]
    return Case(given, ahead, full, known, origin, days - 1)


def crps(people: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """CRPS of members [member, n] against what came [n], each."""
    order = np.sort(people, axis=0)
    rank = 2 * np.arange(1, len(people) + 1)[:, None] - len(people) - 1
    return np.asarray(np.abs(people - truth).mean(axis=0) - (rank * order).sum(axis=0) / len(people) ** 2)


def inside(people: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Whether what came lies in the central 90% of members."""
    low, high = np.quantile(people, [0.05, 0.95], axis=0, method="inverted_cdf")
    return np.asarray((truth >= low) & (truth <= high))


def forecast_line(case: Case, members: int, *, total_given: bool) -> tuple[float, float, float]:
    """Error of the median, share of dated counts in the 90% band, share of camp-days in it."""
    people = case.people(members, total_given=total_given)
    days, camps = case.dated
    held = inside(people[:, days, camps], case.truth[days, camps])
    return (
        float(err(np.median(people, axis=0), case.truth)),
        float(held.mean()) if held.size else float("nan"),
        float(inside(people, case.truth).mean()),
    )


def backtests(found: Mapping[str, Scenario]) -> None:
    """Print skill, its interval and coverage by horizon from `caravana backtest`, left one out."""
    for name in INSTANCES:
        origins = [found[name].start + dt.timedelta(days=day) for day in range(15, 226, 15)]
        with pooled(LEFT_OUT[name]):
            cases = backtest_displacement(found[name], origins=origins, flee=False, workers=1)
        card = scorecard(cases)
        for key in ("skill", "skill_interval", "best_baseline", "coverage90", "cases"):
            print(name, key, card[key]["counts"], flush=True)
        dated = [case.scores[MODEL].inside[2] for case in cases if case.firm]
        print(name, f"{np.mean(dated):.0%} of {len(dated)} dated counts in the 90% band")


def whole_runs(found: Mapping[str, Scenario], members: int) -> None:
    """Print errors of whole runs, and how many dated counts after day 0 their bands hold, as `caravana score` says."""
    print("whole run: err with the package's values, left one out, Flee's; dated counts in the 90% band, of how many")
    for name, scenario in found.items():
        world = compile_camps(scenario)
        truth = world.counts.astype(float)
        ours = scenario.model_copy(update={"rules": "camp-shares"})
        dated = dated_counts(ours, names_of(world), days=scenario.days)
        errors, held = [], []
        for values in ({}, LEFT_OUT.get(name.split(",")[0], {})):
            with pooled(values):
                people = people_of(world, None, members)
            errors.append(float(err(people, truth).mean()))
            held.append(dated.held(people) or 0.0)
        bands = f"{held[0]:.0%}, {held[1]:.0%} of {len(dated.day)}"
        print(f"  {name}: {errors[0]:.3f}, {errors[1]:.3f}, {FLEE[name]:.3f}; {bands}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=64)
    parser.add_argument("--further", action="store_true", help="from further origins too")
    parser.add_argument("--backtest", action="store_true", help="the command's own scores, from fifteen origins")
    asked = parser.parse_args()
    found = instances()
    if asked.backtest:
        backtests(found)
        return
    whole_runs(found, asked.members)
    held: dict[tuple[str, bool], list[float]] = {}
    for total_given in (True, False):
        print(f"forecasts, total {'given' if total_given else 'forecast'}, left one out: err [shares held from day 30, "
              "from the origin | persistence], dated counts and days in the 90% band")  # fmt: skip
        for name, scenario in found.items():
            for origin in ORIGINS + FURTHER * asked.further:
                if origin >= scenario.days - 20:
                    continue
                case = case_of(scenario, origin)
                with pooled(LEFT_OUT.get(name.split(",")[0], {})):
                    error, counts, days = forecast_line(case, asked.members, total_given=total_given)
                held.setdefault((name, total_given), []).append(counts)
                print(f"  {name} {origin}: {error:.3f} [{_rules(case)}] {counts:.0%} {days:.0%}", flush=True)
    for (name, total_given), shares in held.items():
        print(f"{name}, total {'given' if total_given else 'forecast'}: {np.nanmean(shares):.0%} of dated counts held")


def _rules(case: Case) -> str:
    full = case.counts.camps.astype(float)
    ahead = slice(case.origin + 1, case.end + 1)
    rules = [float(err(share_held(full, day=day)[ahead], full[ahead])) for day in (30, case.origin)]
    still = float(err(np.repeat(naive(case.known, ahead=1)["persistence"][None], len(full[ahead]), 0), full[ahead]))
    return f"{rules[0]:.3f}, {rules[1]:.3f} | {still:.3f}"


if __name__ == "__main__":
    main()
