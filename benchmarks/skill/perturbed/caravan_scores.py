"""How well caravans that were made are forecast: the pool over the best naive rule, and what its bands hold.

Each is forecast with what all caravans but the one it is made of tell, as these were given, by the machinery of
:mod:`benchmarks.skill.caravans`; weighed as the package is shipped, and by what the others taught.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.skill import counts, endings, pooling, positions, rules
from benchmarks.skill.caravans import PLAIN, SPREADS, measure

from caravana.errors import CaravanaError
from caravana.inference.caravan.nights import plans_kept
from caravana.inference.caravan.pooled.others import NONE
from caravana.inference.caravan.pooled.rosters import FIGURES, HORIZONS, LAST_FIGURE, POSITIONS, half_way_in_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from benchmarks.skill.caravans import Measured
    from benchmarks.skill.pooling import Pooled
    from benchmarks.skill.records import Given

SHIPPED, LEFT = "shipped", "left_out"


def forecast_caravan(one: Given, known: Measured, ends: Any) -> tuple[list[positions.Case], list[positions.Case]]:
    """Nights and figures of a made caravan, forecast from every evening."""
    hosted = positions.hosted_by(known.places, without=one.name)
    departures = {other.name: other.record.departs for other in known.given}
    kept = [plans_kept(other.record) for other in known.given if other.name != one.name]
    nights = positions.cases_of(
        one, known.readings, departures, hosted, also_without=(), ends=ends, kept=kept
    ) if one.truth else []  # fmt: skip
    return pooling.blended(nights), pooling.blended(
        counts.cases_of(one, known.evidence, also_without=()), LAST_FIGURE, half_way_in_logs
    )


def measure_made(
    folder: Path, operations: Mapping[str, Callable[[Given], Given]], *, say: Callable[[str], None]
) -> dict[str, Any]:
    """Every operation on every caravan: scores over all, and by caravan."""
    known = measure(folder, say=say)
    ends = endings.prospects(known.given)
    out: dict[str, Any] = {}
    for word, operation in operations.items():
        nights: list[positions.Case] = []
        figures: list[positions.Case] = []
        refused = []
        for one in known.given:
            try:
                where, numbers = forecast_caravan(operation(one), known, ends.get(one.name))
            except CaravanaError as error:
                refused.append(f"{one.name}: {error}")
                continue
            nights += where
            figures += numbers
        out[word] = {"refused": refused}
        for quantity, cases, roster, names in (
            ("position", nights, POSITIONS, PLAIN), ("headcount", figures, FIGURES, SPREADS),
        ):  # fmt: skip
            learned = known.learned[quantity]
            with_all = dict.fromkeys({case.caravan for case in cases}, learned[NONE])
            # A caravan of which no figure was ever forecast has none of its own: nothing was learned of it either.
            without = {caravan: learned.get(caravan, learned[NONE]) for caravan in with_all}
            out[word][quantity] = {
                SHIPPED: score(pooling.pooled(cases, roster, with_all), names),
                LEFT: score(pooling.pooled(cases, roster, without), names),
            }
        say(f"{word}: " + line_of(out[word]))
    return out


def score(made: Sequence[Pooled], names: Sequence[str]) -> dict[str, Any]:
    """By horizon over all caravans, and by caravan."""
    out: dict[str, Any] = {}
    for horizon in HORIZONS:
        of_it = [p for p in made if p.case.horizon == horizon]
        if not of_it:
            continue
        caravans = sorted({p.case.caravan for p in of_it})
        out[str(horizon)] = {
            **_row(of_it, names),
            "caravans": {name: _row([p for p in of_it if p.case.caravan == name], names) for name in caravans},
        }
    return out


def _row(made: Sequence[Pooled], names: Sequence[str]) -> dict[str, Any]:
    scores = [rules.score(p.points, p.share, p.case.truth) for p in made]
    naive = np.array([[_crps(p, name) for name in names] for p in made]).mean(axis=0)
    own, best = float(np.mean([s["crps"] for s in scores])), float(naive.min())
    return {
        "ratio": None if best <= rules.ROUNDING else round(own / best, 4),
        "coverage90": round(float(np.mean([s["inside"] for s in scores])), 4),
        "n": len(made), "best_rule": names[int(naive.argmin())], "crps": round(own, 2), "crps_rule": round(best, 2),
        "absurd": sum(not np.isfinite(p.points).all() for p in made),
    }  # fmt: skip


def _crps(made: Pooled, name: str) -> float:
    sample = made.case.samples[name]
    return rules.score(sample, np.full(sample.size, 1.0 / sample.size), made.case.truth)["crps"]


def line_of(rows: Mapping[str, Any], weights: str = LEFT) -> str:
    """One line of an operation: ratio and share held by quantity and horizon."""
    parts = []
    for quantity in ("position", "headcount"):
        for horizon, row in rows[quantity][weights].items():
            ratio = "none" if row["ratio"] is None else f"{row['ratio']:.3f}"
            parts.append(f"{quantity} {horizon}d {ratio} held {row['coverage90']:.2f} ({row['n']})")
    return "; ".join(parts)
