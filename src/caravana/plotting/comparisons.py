"""Runs beside each other: those of a sweep, and two that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.plotting.style import ACCENT, BAND_90, INK, MIDDLE, SOFT, WARN, add_legend, new_axes, set_title
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from caravana.studies.paired import RunComparison
    from caravana.studies.sweeps import SweepResult


WIDEST = 150.0
"""Hundredths to which bands are drawn: of what hardly ever happens they are wider than the picture."""


def plot_sweep(sweep: SweepResult, outcome: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw an outcome against the values swept; see :meth:`caravana.studies.sweeps.SweepResult.plot`."""
    import pandas as pd

    table = sweep.summary()
    outcomes = list(dict.fromkeys(table["outcome"]))
    chosen = outcomes[0] if outcome is None else outcome
    if chosen not in outcomes:
        raise UsageError(f"no outcome {chosen!r}{did_you_mean(chosen, outcomes)}; there are {', '.join(outcomes)}")
    part = table[table["outcome"] == chosen]
    names = list(sweep.values[0])
    labels = [", ".join(f"{one[name]:g}" if isinstance(one[name], (int, float)) else str(one[name]) for name in names)
              for one in sweep.values]  # fmt: skip
    numbers = pd.to_numeric(part[names[0]], errors="coerce")
    one_axis = len(names) == 1 and bool(numbers.notna().all())
    at = numbers.to_numpy(float) if one_axis else np.arange(len(labels), dtype=float)
    ax = new_axes(ax)
    ax.vlines(at, part["low"], part["high"], color=BAND_90, linewidth=9, label="9 in 10 members")
    ax.plot(at, part["median"], "o-" if one_axis else "o", color=MIDDLE, linewidth=2, markersize=7, label="middle")
    ax.set_xticks(at, labels, rotation=0 if len(labels) < 8 else 45)
    ax.set_xlabel(" , ".join(names).replace(" ,", ","))
    ax.set_ylabel(str(part["unit"].iloc[0]))
    set_title(ax, f"{str(chosen).replace('_', ' ').capitalize()} by {' and '.join(names)}")
    add_legend(ax, below=0.16)
    return ax


def plot_comparison(comparison: RunComparison, *, ax: Axes | None = None) -> Axes:
    """Draw how far each outcome differs; see :meth:`caravana.studies.paired.RunComparison.plot`."""
    rows = []
    for row in comparison.to_dataframe().to_dict("records"):
        base = abs(row["first_median"])
        if base > 0 and np.isfinite(row["median"]):
            rows.append((str(row["outcome"]), *(100 * row[key] / base for key in ("low", "median", "high"))))
    ax = new_axes(ax, size=(8.0, max(2.5, 0.42 * len(rows) + 1.4)))
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color="#d5dce2", linewidth=0.8)
    for at, (_, low, middle, high) in enumerate(reversed(rows)):
        sure = low > 0 or high < 0
        ax.plot([low, high], [at, at], color=ACCENT if sure else SOFT, linewidth=3, alpha=0.55, solid_capstyle="butt")
        ax.plot([middle], [at], "o" if sure else "s", color=MIDDLE if sure else SOFT, markersize=7)
    ax.axvline(0, color=INK, linewidth=1.2)
    ends = [abs(end) for _, low, _, high in rows for end in (low, high)]
    if ends and max(ends) > WIDEST:
        ax.set_xlim(-WIDEST, WIDEST)
        ax.annotate(f"bands are drawn to {WIDEST:.0f}%", (0.99, 0.01), xycoords="axes fraction", ha="right", fontsize=8,
                    color=SOFT)  # fmt: skip
    ax.set_yticks(range(len(rows)), [name.replace("_", " ") for name, *_ in reversed(rows)])
    ax.set_xlabel("second run less first, % of the first")
    if not rows:
        ax.annotate(
            "no outcome of the first run is above 0", (0.5, 0.5), xycoords="axes fraction", ha="center", color=WARN
        )
    how = "member by member" if comparison.paired else "two ensembles"
    set_title(ax, f"What differs, {how}: the middle and 9 in 10")
    return ax
