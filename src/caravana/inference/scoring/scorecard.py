"""One table from many cases: scores by horizon, skill with intervals, coverage, PIT.

Skill is ``1 - mean score / mean score of the best baseline``, the best being
chosen by its own mean over the same cases.  The cases of neighbouring origins
overlap, so the interval comes from resampling blocks of origins, not cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.scoring.cases import MODEL
from caravana.language.language import load_language
from caravana.language.names import quantity_words, rule_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.scoring.cases import Case
    from caravana.language.language import Language

    Floats = NDArray[np.float64]

RESAMPLES = 1000
BLOCK_DAYS = 7
PIT_BINS = 10
FEW = 8
ROUNDING = 1e-6
"""A mean score below this (of a km, a person, a chance) is rounding noise: nothing can beat it, no skill is told."""
# The baselines that the skill is measured against.  Those with a spread of their own past errors are no forecast anyone
# made; they are harder to beat, and stand beside as `skill_over_spread`.
SPREAD = "_spread"
UNITS = {"position": "km", "together": "chance"}


def scorecard(cases: Sequence[Case], *, seed: int = 1, quantities: Sequence[str] = ()) -> dict[str, Any]:
    """Pool cases into the object that ``caravana backtest --json`` prints.

    Parameters
    ----------
    cases : sequence of Case
        Of one caravan, or of many.
    seed : int
        Of the bootstrap.
    quantities : sequence of str
        Quantities that come first, and have an entry even where nothing of them was scored.

    Returns
    -------
    dict
        ``verdict`` (one line; says so where a baseline wins), ``skill``, ``skill_interval``, ``skill_over_spread``,
        ``best_baseline``, ``coverage90``, ``cases`` (each by quantity and then horizon), ``coverage90_pooled`` (over
        all horizons), ``table`` (a row a quantity, horizon and model) and ``pit`` (shares of cases in ten bins).
    """
    out: dict[str, Any] = {
        name: {}
        for name in (
            "skill",
            "skill_interval",
            "skill_over_spread",
            "best_baseline",
            "coverage90",
            "coverage90_pooled",
            "cases",
            "pit",
        )
    }
    table: list[dict[str, Any]] = []
    scored = {case.quantity for case in cases}
    for quantity in (*quantities, *sorted(scored - set(quantities), reverse=True)):
        for part in out.values():
            part[quantity] = {}
        for horizon in sorted({case.horizon for case in cases if case.quantity == quantity}):
            chosen = [case for case in cases if case.quantity == quantity and case.horizon == horizon]
            key = str(horizon)
            rng = np.random.default_rng([seed, horizon, len(quantity)])
            best, skill = best_baseline(chosen, spread=False)
            out["best_baseline"][quantity][key] = best
            out["skill"][quantity][key] = _rounded(skill)
            out["skill_interval"][quantity][key] = skill_interval(chosen, rng, spread=False)
            out["skill_over_spread"][quantity][key] = _rounded(best_baseline(chosen, spread=True)[1])
            out["coverage90"][quantity][key] = _rounded(float(np.mean([c.scores[MODEL].inside[2] for c in chosen])))
            out["cases"][quantity][key] = len(chosen)
            table += _rows(chosen, quantity, horizon)
        held = [case.scores[MODEL].inside[2] for case in cases if case.quantity == quantity]
        out["coverage90_pooled"][quantity] = _rounded(float(np.mean(held))) if held else None
        out["pit"][quantity] = pit_histogram([case for case in cases if case.quantity == quantity])
    return {"verdict": verdict(out, load_language("en")), **out, "table": table}


def names_of(cases: Sequence[Case]) -> list[str]:
    """Baselines that every one of the cases has."""
    shared = set.intersection(*(set(case.scores) for case in cases)) - {MODEL}
    return [name for name in cases[0].scores if name in shared]


def best_baseline(cases: Sequence[Case], *, spread: bool) -> tuple[str, float]:
    """Name of the baseline with the lowest mean CRPS, and the model's skill against it; NaN where it has no error."""
    means = {
        name: float(np.mean([case.scores[name].crps for case in cases]))
        for name in names_of(cases)
        if spread or not name.endswith(SPREAD)
    }
    best = min(means, key=lambda name: means[name])
    own = float(np.mean([case.scores[MODEL].crps for case in cases]))
    return best, 1.0 - own / means[best] if means[best] > ROUNDING else float("nan")


def skill_interval(cases: Sequence[Case], rng: np.random.Generator, *, spread: bool) -> dict[str, float | None]:
    """Return the 90% interval of the skill, from blocks of a week of origins drawn with replacement.

    ``low`` and ``high`` are None where there are fewer than two blocks: too few data to tell.  ``low``
    alone is None where the best baseline had no error at all in a twentieth of the draws: no end.
    """
    blocks: dict[tuple[str, int], list[Case]] = {}
    for case in cases:
        blocks.setdefault((case.caravan, case.origin // BLOCK_DAYS), []).append(case)
    if len(blocks) < 2:
        return {"low": None, "high": None}
    names = [name for name in names_of(cases) if spread or not name.endswith(SPREAD)]
    counts = np.array([len(part) for part in blocks.values()])
    sums = np.array(
        [[sum(case.scores[name].crps for case in part) for name in (MODEL, *names)] for part in blocks.values()]
    )
    picked = rng.integers(0, len(sums), (RESAMPLES, len(sums)))
    drawn = sums[picked].sum(axis=1)
    best = drawn[:, 1:].min(axis=1)
    erred = best > ROUNDING * counts[picked].sum(axis=1)
    skill = np.full(len(best), -np.inf)
    np.divide(drawn[:, 0], best, out=skill, where=erred)
    skill = np.where(erred, 1.0 - skill, -np.inf)
    low, high = np.quantile(skill, [0.05, 0.95], method="inverted_cdf")
    return {end: _rounded(float(one)) if np.isfinite(one) else None for end, one in (("low", low), ("high", high))}


def pit_histogram(cases: Sequence[Case]) -> list[float | None]:
    """Share of cases in each tenth of the forecast's distribution; flat where it is calibrated."""
    values = [case.scores[MODEL].pit for case in cases]
    counts, _ = np.histogram(values, bins=PIT_BINS, range=(0.0, 1.0))
    return [_rounded(float(c) / max(1, len(values))) for c in counts]


def _rows(cases: Sequence[Case], quantity: str, horizon: int) -> list[dict[str, Any]]:
    """One row a model: what the table of a backtest shows of one quantity at one horizon."""
    rows = []
    for name in (MODEL, *names_of(cases)):
        scores = [case.scores[name] for case in cases]
        error = np.array([s.error for s in scores])
        inside = np.array([s.inside for s in scores], float).mean(axis=0)
        rows.append(
            {
                "quantity": quantity,
                "unit": UNITS.get(quantity, "persons"),
                "horizon": horizon,
                "model": name,
                "cases": len(cases),
                "crps": _rounded(float(np.mean([s.crps for s in scores]))),
                "wis": _rounded(float(np.mean([s.wis for s in scores]))),
                "bias": _rounded(float(error.mean())),
                "coverage50": _rounded(float(inside[0])),
                "coverage80": _rounded(float(inside[1])),
                "coverage90": _rounded(float(inside[2])),
                "sharpness": _rounded(float(np.mean([s.width90 for s in scores]))),
                "median_error": _rounded(float(np.median(np.abs(error)))),
                "within_10_km": _rounded(float(np.mean([s.near for s in scores]))) if quantity == "position" else None,
                "median_days_off": _days([s.days for s in scores]),
            }
        )
    return rows


def verdict(card: Mapping[str, Any], words: Language) -> str:
    """Say in one line where the model beats the best baseline and where it loses, and where one with a spread wins."""
    lost, won, few, wide = [], [], [], []
    for quantity, by_horizon in card["skill"].items():
        for horizon, skill in by_horizon.items():
            key = "scorecard.at_one" if horizon == "1" else "scorecard.at"
            at = words.text(key, what=quantity_words(quantity, words), n=horizon)
            count = card["cases"][quantity][horizon]
            if count < FEW:
                few.append(f"{at} ({count})")
            if skill is None or skill <= 0.0:
                lost.append(f"{at} ({rule_words(card['best_baseline'][quantity][horizon], words)})")
            else:
                won.append(at)
                over = card["skill_over_spread"][quantity][horizon]
                wide += [at] if over is None or over <= 0.0 else []
    line = words.text("scorecard.lost", parts="; ".join(lost)) if lost else words.text("scorecard.always")
    if lost and won:
        line += " " + words.text("scorecard.won", parts="; ".join(won))
    if wide:
        # Rules that say how wrong they may be are baselines too, and stand in the same table.
        line += " " + words.text("scorecard.wide", parts="; ".join(wide))
    if few:
        line += " " + words.text("scorecard.few", parts="; ".join(few))
    return line


def _days(values: Sequence[float]) -> float | None:
    finite = [v for v in values if np.isfinite(v)]
    return _rounded(float(np.median(finite))) if finite else None


def _rounded(value: float) -> float | None:
    """Four decimals; None where there is no number (JSON has no word for that)."""
    return round(value, 4) if np.isfinite(value) else None
