"""Calibrate displacement: members of one ensemble weighed by what was counted in the camps.

The pooled parameters of the rules ``camp-shares`` are few and the members are
cheap, so one ensemble from the prior is simulated (a run folder, resumable by
blocks) and its members are weighed by the counts.  Counts of one camp follow
each other closely, so one a month and camp is used; more would count the same
people again and again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import RunError, UsageError
from caravana.inference.cut import known_events
from caravana.inference.likelihood import TAIL, log_student
from caravana.inference.posterior.folder import PosteriorPlan, open_folder, write_posterior
from caravana.inference.weights import effective_size, systematic, tempered
from caravana.language.language import load_language
from caravana.models.displacement.camp_shares.parameters import FROM_THE_START, POOLED
from caravana.models.displacement.counts import as_known
from caravana.models.scenarios import scenario_hash
from caravana.results.places import people_at
from caravana.simulation import simulate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.run import Run
    from caravana.scenario.model import Observation, Scenario

    Floats = NDArray[np.float64]

NOISE = 0.25
"""Log standard deviation of a count about the people there: registers lag and are corrected."""
EVERY_DAYS = 30
LEAST = 100.0
LEVELS = (0.05, 0.5, 0.95)
SURE = 6.0
LEARNED = 0.1


def parameters_of(run: Run) -> dict[str, Floats]:
    """Return the pooled parameters that a run from the first day depends on, each [member], as the run keeps them."""
    drawn = run.parameters
    return {name: np.asarray(drawn[name], float) for name in FROM_THE_START}


def weigh(people: Floats, counted: Floats, *, noise: float = NOISE, least: float = 1.0) -> tuple[Floats, float]:
    """Weigh members by counts.

    Parameters
    ----------
    people : ndarray, shape (members, counts)
        Simulated at the place and on the day of each count.
    counted : ndarray, shape (counts,)
    noise : float
        Log standard deviation of a count.
    least : float
        Effective members to keep: where the counts leave fewer, they are taken at a power under one.

    Returns
    -------
    weight : ndarray, shape (members,)
        Sums to one.
    power : float
        One where the counts were taken in full.
    """
    gap = np.log1p(counted)[None, :] - np.log1p(people)
    log_weight = log_student(gap, np.full(gap.shape, noise)).sum(axis=1)
    return tempered(log_weight, least=least)


def noisy_counts(people: Floats, rng: np.random.Generator, *, noise: float = NOISE) -> Floats:
    """Draw what would be counted where so many are, from the model of :func:`weigh`, [draw, count]."""
    return np.asarray(np.maximum((1 + people) * np.exp(noise * rng.standard_t(TAIL, people.shape)) - 1, 0.0))


def counts_used(scenario: Scenario, until: dt.date) -> list[Observation]:
    """Counts of camps published by a date, after the first day: the last of every month and camp."""
    places = {p.id for p in scenario.places}
    kept: dict[tuple[str, int], Observation] = {}
    known = [o for o in scenario.observations if o.date <= until and o.known_on <= until]
    for one in sorted(as_known(known), key=lambda o: o.date):
        day = scenario.day_of(one.date)
        if 0 < day < scenario.days and one.kind == "camp_count" and one.place_id in places and one.low is not None:
            kept[one.place_id or "", day // EVERY_DAYS] = one
    return list(kept.values())


def calibrate_displacement(
    scenario: Scenario,
    folder: Path,
    *,
    until: dt.date | None = None,
    budget: int = 4096,
    draws: int = 1000,
    seed: int = 1,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Weigh an ensemble by the counts of camps and keep posterior draws.

    Parameters are those of :func:`~caravana.inference.caravan.calibration.calibrate_scenario`.

    Raises
    ------
    UsageError
        If no camp was counted by then.
    """
    last = min(until or scenario.end, scenario.end)
    used = counts_used(scenario, last)
    if not used:
        raise UsageError(f"no camp of {scenario.name} had been counted by {last}")
    plan = PosteriorPlan(scenario.name, scenario_hash(scenario), "all camps", last.isoformat(), budget, draws, seed)
    open_folder(folder, plan)
    seen = scenario.model_copy(
        update={
            "observations": tuple(o for o in scenario.observations if o.date <= last and o.known_on <= last),
            "events": known_events(scenario, last),
            "settings": {**scenario.settings, "origin_day": 0},
        }
    )
    run = simulate(
        seen, members=budget, seed=seed, until=last, rules="camp-shares", out=folder / "run",
        workers=None if scheduler is not None else workers, scheduler=scheduler, progress=progress,
    )  # fmt: skip
    if run.failures:
        raise RunError(f"{len(run.failures)} blocks of {run.path} failed, the first: {run.failures[0].error}")
    camps = tuple(dict.fromkeys(o.place_id or "" for o in used))
    people = people_at(run, camps, scenario.day_of(last) + 1)
    at = ([scenario.day_of(o.date) for o in used], [camps.index(o.place_id or "") for o in used])
    predicted = people[:, at[0], at[1]]
    # Every member carries surprises of its own at every camp: few of them can fit many counts at once.  A further part
    # of the error that is a camp's own and lasts does not change that (docs/forecasting.md).
    weight, power = weigh(
        predicted, np.array([float(o.low or 0.0) for o in used]), least=min(LEAST, 0.1 * len(predicted))
    )
    values = parameters_of(run)
    rng = np.random.default_rng([seed, 31])
    kept = systematic(weight, rng, draws)
    posterior = {**{name: v[kept] for name, v in values.items()}, "told": predicted[kept]}
    # A count is held against what would be counted, which is off by the noise of counts.
    report = _report(values, weight, noisy_counts(predicted[kept], rng), used, power)
    write_posterior(folder, posterior, report)
    return report


def _report(
    values: dict[str, Floats], weight: Floats, predicted: Floats, used: Sequence[Observation], power: float
) -> dict[str, Any]:
    effective = effective_size(weight)
    parameters = {}
    for name, value in values.items():
        if np.ptp(value) == 0.0:
            continue
        score = (np.log(value) - np.log(value).mean()) / np.log(value).std()
        mean = float(weight @ score)
        left = float(weight @ (score - mean) ** 2)
        divergence = 0.5 * (mean**2 + left - 1.0 - np.log(max(left, 1e-6)))
        order = np.argsort(value, kind="stable")
        cut = np.searchsorted(np.cumsum(weight[order]), LEVELS)
        q05, q50, q95 = (float(f"{v:.4g}") for v in value[order][np.minimum(cut, value.size - 1)])
        parameters[name] = {
            "unit": POOLED[name].unit, "q05": q05, "q50": q50, "q95": q95, "shift": round(mean, 3),
            "variance_left": round(left, 3), "identified": bool(divergence > max(SURE / effective, LEARNED)),
        }  # fmt: skip
    low, middle, high = np.quantile(predicted, LEVELS, axis=0)
    reports = [
        {
            "id": o.id, "date": o.date.isoformat(), "what": o.place_id, "reported_low": o.low, "reported_high": o.high,
            "q05": round(float(low[i])), "q50": round(float(middle[i])), "q95": round(float(high[i])),
            "inside90": bool(low[i] <= (o.low or 0.0) <= high[i]),
        }
        for i, o in enumerate(used)
    ]  # fmt: skip
    inside = float(np.mean([r["inside90"] for r in reports]))
    identified = [name for name, row in parameters.items() if row["identified"]]
    report: dict[str, Any] = {
        "members": int(weight.size),
        "effective_members": round(effective, 1),
        "power": round(power, 4),
        "parameters": parameters,
        "not_identified": [name for name in parameters if name not in identified],
        "reports": reports,
        "reports_inside90": round(inside, 3),
    }
    report["summary"] = summary_lines(report, load_language("en"))
    return report


def summary_lines(report: Mapping[str, Any], words: Language) -> list[str]:
    """Say in a few lines what was learned."""
    inside = float(np.mean([row["inside90"] for row in report["reports"]]))
    identified = [name for name, row in report["parameters"].items() if row["identified"]]
    return [
        words.text(
            "calibration.camps_effective", n=words.decimal(report["effective_members"], digits=1),
            of=report["members"], counts=len(report["reports"]), power=words.figure(report["power"], figures=3),
        ),
        words.text("calibration.camps_inside", share=f"{inside:.0%}"),
        words.text("calibration.camps_identified", names=", ".join(identified) or words.text("calibration.none")),
    ]  # fmt: skip
