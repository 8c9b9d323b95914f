"""Search pooled values of the rule set `caravana` on all instances given but one.

    python benchmarks/dispersal_tuning.py --without car2013 [--steps 48]

Four values at random are changed by a random factor; what lowers the loss is kept.  The loss is the sum of
proper scores of forecasts of 60 days from several origins, with the total given and with the total forecast (CRPS as a
share of the people counted, and CRPS of the logs of dated counts, camps weighing alike), their errors, the error of a
whole run, and penalties where 90% bands hold less than 87% or more than 95% of an instance's counts.  Half an
hour of processor time for the four.
"""

from __future__ import annotations

import argparse

import numpy as np
from dispersal_skill import INSTANCES, Case, case_of, crps, inside, instances, people_of, pooled

from caravana.inference.displacement.scores import err
from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.models.displacement.camp_shares.world import compile_camps

ORIGINS = (15, 30, 60, 90, 120, 200)
DAYS = (7, 14, 30, 45, 60)
#: Not searched: what whole runs cannot tell, or what is compiled once.
FIXED = ("softening", "room_capacity", "drift_days", "unsized")
#: Where the search begins: set by hand before any was run.
START = {
    "size_power": 0.4,
    "room_power": 1.1,
    "held": 0.6,
    "recent": 0.8,
    "recent_days": 5,
    "recent_fades": 120,
    "moving_on": 0.002,
    "settled": 0.25,
    "surprise": 0.8,
    "drift": 0.03,
    "usual": 0.03,
    "usual_days": 30,
    "jump": 0.005,
    "jump_size": 0.25,
    "idle_share": 0.1,
    "least_awake": 0.1,
    "unknown_awake": 0.5,
    "opened_awake": 0.6,
    "wake_days": 90,
    "doze_days": 180,
    "fresh": 4,
    "total_rate": 0.5,
    "total_walk": 0.08,
    "total_fades": 25,
    "leaving_fades": 60,
    "batch": 0.5,
    "fill_days": 200,
    "fill_slows": 2,
    "fill_spread": 1,
}
MEMBERS, WHOLE_MEMBERS = 40, 16
LOWEST, HIGHEST, LEAST_WHOLE = 0.87, 0.95, 0.80


def case_scores(case: Case, *, total_given: bool) -> list[float]:
    """CRPS over people counted, CRPS of logs, share of dated counts held (camps alike), error of the median."""
    people, truth = case.people(MEMBERS, total_given=total_given), case.truth
    days, camps = case.dated
    weight = 1.0 / np.bincount(camps, minlength=truth.shape[1])[camps] if camps.size else np.ones(0)
    told, came = people[:, days, camps], truth[days, camps]
    share = [crps(people[:, d - 1], truth[d - 1]).sum() / truth[d - 1].sum() for d in DAYS if d <= len(truth)]
    if not camps.size:
        return [float(np.mean(share)), np.nan, np.nan, float(err(np.median(people, axis=0), truth))]
    logs = crps(np.log(told + 20), np.log(came + 20))
    return [
        float(np.mean(share)),
        float(logs @ weight / weight.sum()),
        float(inside(told, came) @ weight / weight.sum()),
        float(err(np.median(people, axis=0), truth)),
    ]


def whole_scores(world: object, truth: np.ndarray, reported: np.ndarray) -> list[float]:
    """Error, CRPS over people counted and share of dated counts held of a whole run."""
    people = people_of(world, None, WHOLE_MEMBERS)  # type: ignore[arg-type]
    days, camps = np.nonzero(reported[1:])
    told, came = people[:, 1:][:, days, camps], truth[1:][days, camps]
    return [
        float(err(people, truth).mean()),
        float(crps(told, came).sum() / came.sum()),
        float(inside(told, came).mean()),
    ]


def loss(cases: list[list[Case]], wholes: list[tuple[object, np.ndarray, np.ndarray]]) -> float:
    """Return the loss of the pooled values in use."""
    given = np.array([np.nanmean([case_scores(c, total_given=True) for c in one], axis=0) for one in cases])
    ahead = np.array([np.nanmean([case_scores(c, total_given=False) for c in one], axis=0) for one in cases])
    whole = np.array([whole_scores(*one) for one in wholes])
    bands = np.concatenate([given[:, 2], ahead[:, 2]])
    off = np.maximum(LOWEST - bands, 0) ** 2 + np.maximum(bands - HIGHEST, 0) ** 2
    return float(
        (2 * given[:, 0] + 0.5 * given[:, 1] + 0.5 * given[:, 3] + ahead[:, 0] + 0.5 * ahead[:, 1]).mean()
        + 3 * off.sum() / len(cases)
        + whole[:, :2].sum(axis=1).mean()
        + 3 * (np.maximum(LEAST_WHOLE - whole[:, 2], 0) ** 2).mean()
    )


def moved(values: dict[str, float], rng: np.random.Generator, *, scale: float) -> dict[str, float]:
    """Return the values with four of them changed."""
    out = dict(values)
    free = [name for name in POOLED if name not in FIXED]
    for name in map(str, rng.choice(free, 4, replace=False)):
        value, step = out.get(name, POOLED[name].value), scale * rng.standard_normal()
        if POOLED[name].scale == "log":
            out[name] = value * float(np.exp(step))
        else:
            odds = value / (1 - value) * float(np.exp(2 * step))
            out[name] = odds / (1 + odds)
    return out


def main() -> None:
    """Search and print what is found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--without", choices=INSTANCES)
    parser.add_argument("--steps", type=int, default=48)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    found = instances()
    used = [found[name] for name in INSTANCES if name != asked.without]
    cases = [[case_of(one, origin) for origin in ORIGINS if origin < one.days - 20] for one in used]
    wholes = []
    for one in used:
        world = compile_camps(one)
        wholes.append((world, world.counts.astype(float), world.reported))
    rng = np.random.default_rng(asked.seed)
    best: dict[str, float] = dict(START)
    with pooled(best):
        lowest = loss(cases, wholes)
    for step in range(asked.steps):
        tried = moved(best, rng, scale=0.35 if step < 0.6 * asked.steps else 0.2)
        with pooled(tried):
            value = loss(cases, wholes)
        if value < lowest:
            lowest, best = value, tried
            print(step, f"{lowest:.4f}", {name: float(f"{v:.3g}") for name, v in best.items()}, flush=True)


if __name__ == "__main__":
    main()
