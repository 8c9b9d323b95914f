"""Rules of scoring, the same for every record: skill over the best naive rule, its interval, coverage, bias, Brier."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.scoring.proper_scores import crps, interval, quantiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES = 2000
FEW = 8
ROUNDING = 1e-6
"""A rule's error below this share of what it forecasts is rounding noise: a skill over it is none."""


def score(points: Floats, share: Floats, truths: Sequence[float]) -> dict[str, float]:
    """CRPS, coverage, misses and error of one forecast; of a body in parts, the mean over its parts."""
    low, high = interval(points, share, 0.9)
    middle = float(quantiles(points, share, [0.5])[0])
    slack = ROUNDING * max(1.0, abs(middle))
    return {
        "crps": float(np.mean([crps(points, share, truth) for truth in truths])),
        "inside": float(np.mean([low - slack <= truth <= high + slack for truth in truths])),
        "below": float(np.mean([truth < low - slack for truth in truths])),
        "above": float(np.mean([truth > high + slack for truth in truths])),
        "error": middle - float(np.mean(truths)),
    }


def table(
    scores: Sequence[Mapping[str, float]], naive: Sequence[Mapping[str, float]], groups: Sequence[str], *, seed: int
) -> dict[str, Any]:
    """One row of results.

    Parameters
    ----------
    scores : sequence of mapping
        From :func:`score`, a case each.
    naive : sequence of mapping
        CRPS of each naive rule on the same cases.
    groups : sequence of str
        What each case belongs to: the interval draws whole groups, cases of one record share their errors.
    seed : int
    """
    own = np.array([s["crps"] for s in scores])
    names = sorted(set.intersection(*(set(n) for n in naive)))
    rules = np.array([[n[name] for name in names] for n in naive])
    best = int(rules.mean(axis=0).argmin())
    skill = _skill(own.mean(), rules.mean(axis=0).min())
    low, high = bootstrap(groups, lambda at: _skill(own[at].mean(), rules[at].mean(axis=0).min()), seed=seed)
    return {
        "skill": skill,
        "low": low,
        "high": high,
        "n": len(scores),
        "caravans": len(set(groups)),
        "coverage90": round(float(np.mean([s["inside"] for s in scores])), 4),
        "missed_below": round(float(np.mean([s["below"] for s in scores])), 4),
        "missed_above": round(float(np.mean([s["above"] for s in scores])), 4),
        "bias": round(float(np.mean([s["error"] for s in scores])), 2),
        "crps": round(float(own.mean()), 3),
        "best": names[best],
        "best_crps": round(float(rules[:, best].mean()), 3),
    }


def bootstrap(
    groups: Sequence[str], statistic: Callable[[NDArray[np.int64]], float | None], *, seed: int
) -> tuple[float | None, float | None]:
    """Nine chances in ten of a statistic of cases, whole groups drawn with replacement; None with one group only."""
    names = sorted(set(groups))
    if len(names) < 2:
        return None, None
    members = [np.flatnonzero(np.array(groups) == name) for name in names]
    rng = np.random.default_rng(seed)
    values = [
        statistic(np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))]))
        for _ in range(RESAMPLES)
    ]
    known = [v for v in values if v is not None]
    if not known:
        return None, None
    low, high = np.quantile(known, [0.05, 0.95])
    return round(float(low), 4), round(float(high), 4)


def _skill(own: float, best: float) -> float | None:
    """One less the ratio of the scores; None where the rule's error is rounding noise."""
    if best <= ROUNDING:
        return None
    return round(float(1.0 - own / best), 4)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> float:
    """Mean squared difference of chance and outcome."""
    return float(np.mean((np.asarray(chances, float) - np.asarray(happened, float)) ** 2))


def reliability(chances: Sequence[float], happened: Sequence[bool], *, bins: Sequence[float]) -> list[dict[str, Any]]:
    """How often it happened where the chance was said to be about so much."""
    said, was = np.asarray(chances, float), np.asarray(happened, float)
    out = []
    for low, high in itertools.pairwise(bins):
        at = (said >= low) & (said < high)
        if at.any():
            out.append(
                {
                    "from": low,
                    "to": high,
                    "n": int(at.sum()),
                    "said": round(float(said[at].mean()), 3),
                    "happened": round(float(was[at].mean()), 3),
                }
            )
    return out
