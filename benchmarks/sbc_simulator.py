"""Simulation-based calibration of the whole of ``caravana calibrate``, on a small scenario: ranks are uniform.

    PYTHONPATH=. python benchmarks/sbc_simulator.py [--replicates N]

Parameters, the drift of the hazard of leaving and splits are drawn from their priors, a caravan is simulated with
them, its nights and counts are made up with the biases and the noise of an agency and of organisers, and it is
calibrated. Prints the chi-square p-value of each parameter's ranks; below .01 is
a failure.
Records with a count that no parameters can reach are refused, as they should be, and left out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
from scipy.stats import chisquare
from tests.made.small import parameters, small_scenario

from caravana.errors import UsageError
from caravana.inference.caravan.calibration import calibrate_scenario
from caravana.inference.caravan.conditioned import Lead, simulate_led
from caravana.inference.caravan.nights import Advance, transition
from caravana.inference.caravan.prior import caravan_prior
from caravana.inference.posterior.folder import read_posterior
from caravana.inference.priors import headcount_priors
from caravana.inference.reports import read_record
from caravana.scenario.model import Observation, Prior, Scenario
from caravana.scenario.priors import quantile

DAYS, TOWNS, KEPT, BINS = 8, 20, 99, 10
DRIFT, SPLIT = 0.2, 0.04
SAID = ("agency", "organisers")
PRIORS = {
    "turnout": Prior(dist="lognormal", median=400, sigma=0.6),
    "leave_hazard": Prior(dist="lognormal", median=0.03, sigma=0.8),
}


def told(number: int, day: int, **fields: object) -> Observation:
    """Return one report of a day, by an agency unless said otherwise."""
    date = dt.date(2021, 10, 22) + dt.timedelta(days=day)
    known = {
        "id": f"o{number}", "date": date, "known_on": date, "caravan": "first", "qualifier": "about",
        "speaker_role": f"agency {number}", "speaker_side": "agency", "kind": "headcount",
    }  # fmt: skip
    return Observation(**{**known, **fields})


def small() -> Scenario:
    """Return the small scenario with two uncertain parameters."""
    rows = tuple(
        p.model_copy(update={"value": None, "prior": PRIORS[p.name], "low": 0.0, "high": 1e6})
        if p.name in PRIORS
        else p
        for p in parameters(
            stuck_pool=6000, merge_chance=0, split_chance=SPLIT, hazard_drift=DRIFT, stuck_inertia=4, joiners_start=30
        )
    )
    return small_scenario(towns=TOWNS, days=DAYS, parameters=rows)


def make_way(scenario: Scenario, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], list[int]]:
    """Draw parameters of the advance from the prior over caravans, and a way with them."""
    record = read_record(scenario.model_copy(update={"observations": (told(0, 1, low=1, high=1),)}))
    drawn = caravan_prior(record).draw(rng, 1)
    kernel = transition(record.stops, Advance.from_columns(drawn))[0].astype(float)
    at, way = 0, []
    for day in range(DAYS):
        chance = kernel[at].copy()
        if day == 0:
            chance[at] -= drawn["rest_chance"][0]
        chance = np.maximum(chance, 0.0)
        at = int(rng.choice(TOWNS, p=chance / chance.sum()))
        way.append(at)
    return drawn, way


def replicate(number: int) -> dict[str, int]:
    """Return the ranks of the truth among the draws of one made-up caravan's calibration."""
    scenario, rng = small(), np.random.default_rng([9, number])
    true = {name: float(quantile(prior, 0.0, 1e6, rng.random(1))[0]) for name, prior in PRIORS.items()}
    drawn, way = make_way(scenario, rng)
    draws = {p.name: np.array([true.get(p.name, float(p.value or 0.0))]) for p in scenario.parameters}
    drift = DRIFT * np.cumsum(rng.standard_normal((1, DAYS)), axis=1)
    # A part may split off on any night, twice at most.
    splits = rng.random((1, DAYS)) < SPLIT
    splits &= np.cumsum(splits, axis=1) <= 2
    course = simulate_led(Lead(scenario, (), draws, np.array([way]), drift, splits, 1000 + number, 5, DAYS))
    seen = {
        name: float(np.exp(headcount_priors()[name][0] + headcount_priors()[name][1] * rng.standard_normal()))
        for name in (*(f"bias_{side}" for side in SAID), "report_noise")
    }
    rows = []
    for day in range(1, DAYS + 1):
        for i, side in enumerate(SAID):
            noise = np.exp(seen["report_noise"] * rng.standard_t(4))
            said = float(course.persons[0, day - 1] * seen[f"bias_{side}"] * noise)
            who = {"speaker_side": side, "speaker_role": f"{side} {day}"}
            rows.append(told(1000 * i + day, day, low=said, high=said, **who))
        rows.append(told(100 + day, day, kind="position", place_id=f"p{way[day - 1]}", qualifier="exact"))
    with tempfile.TemporaryDirectory() as folder:
        made = scenario.model_copy(update={"observations": tuple(rows)})
        calibrate_scenario(made, Path(folder) / "x", budget=512, draws=KEPT, seed=number + 1)
        found = read_posterior(Path(folder) / "x").draws
    truth = {**true, **seen, "walk_km": float(drawn["walk_km"][0])}
    ranks = {name: int((found[name] < value).sum()) for name, value in truth.items()}
    ranks["persons"] = int((found["persons"][:, -1] < course.persons[0, -1]).sum())
    ranks["drift"] = int((found["drift"][:, -1] < drift[0, -1]).sum())
    return ranks


def main() -> None:
    """Print a line for each parameter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=200)
    ranks = []
    for number in range(parser.parse_args().replicates):
        try:
            ranks.append(replicate(number))
        except UsageError as error:
            print(f"left out {number}: {error}")
    for name in ranks[0]:
        counts, _ = np.histogram([r[name] for r in ranks], bins=BINS, range=(0, KEPT + 1))
        print(f"{name}: chi-square p = {chisquare(counts).pvalue:.3f}, ranks by tenth {counts.tolist()}")


if __name__ == "__main__":
    main()
