"""Fit the prior over caravans and print the table of ``caravana.inference.caravan.prior``.

Each bundled caravan's record is read under the vague prior, nothing fading; the
readings of all but one are then pooled, for each one left out and for none.
"""

from __future__ import annotations

import numpy as np

from caravana.inference.caravan.hierarchy import CaravanPrior, fit_hierarchy, free_scale, summarise, vague_prior
from caravana.inference.caravan.nights import sightings
from caravana.inference.caravan.prior import COMMON, FITTED
from caravana.inference.caravan.tracking import follow, start_tracker
from caravana.inference.reports import known_by, nights_by_day, read_record
from caravana.models.scenarios import load_scenario

DRAWS = 1500


def read_caravan(name: str, *, draws: int = DRAWS, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the readings of one bundled caravan and their errors, on the free scales."""
    record = read_record(load_scenario(name))
    record = known_by(record, record.last)
    rng = np.random.default_rng(seed)
    prior = vague_prior(COMMON)
    last = max(nights_by_day(record, direct=True))
    tracker = start_tracker(prior, record.stops, record.start, rng, draws=draws)
    tracker, posterior = follow(tracker, sightings(record, until=last), rng, until=last, memory=1.0)
    free = free_scale(posterior.parameters, prior.names, prior.scales)
    return summarise(COMMON, free, posterior.weight)


def fit_all(*, draws: int = DRAWS, seed: int = 1) -> dict[str, CaravanPrior]:
    """Return the prior for each caravan left out, and with none left out."""
    readings = {name: read_caravan(name, draws=draws, seed=seed) for name in FITTED}
    return {
        out: fit_hierarchy(COMMON, [reading for name, reading in readings.items() if name != out])
        for out in ("none", *FITTED)
    }


def main() -> None:
    """Print what the table of parameters has for forecasts (none left out), and the sets with one left out."""
    fitted = fit_all()
    print("prior_for_forecast in models/caravan/parameters.csv:")
    for (name, common), mean, spread in zip(COMMON.items(), fitted["none"].mean, fitted["none"].spread, strict=True):
        dist, key, value = {
            "log": ("lognormal", "median", np.exp(mean)),
            "logit": ("logitnormal", "mean", mean),
            "plain": ("normal", "mean", mean),
        }[common.scale]
        print(f"    {name}: {dist}({key}={value:.6g}, sigma={spread:.3f})")
    print("TABLE: dict[str, tuple[tuple[float, float], ...]] = {")
    for out, prior in fitted.items():
        if out == "none":
            continue
        print(f'    "{out}": (')
        rows = [f"({m:.3f}, {s:.3f})," for m, s in zip(prior.mean, prior.spread, strict=True)]
        print("        " + " ".join(rows[:4]) + "\n        " + " ".join(rows[4:]))
        print("    ),")
    print("}")


if __name__ == "__main__":
    main()
