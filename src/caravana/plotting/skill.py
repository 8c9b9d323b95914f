"""How much better than the best naive rule, by days ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.plotting.style import INK, LINES, SOFT, WARN, add_legend, new_axes, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from caravana.studies.backtests import BacktestResult

LOWEST = -1.0
"""Skill below which a point is drawn at the edge: twice the error of the rule says enough."""


def plot_skill(backtest: BacktestResult, *, ax: Axes | None = None) -> Axes:
    """Draw skill by days ahead; see :meth:`caravana.studies.backtests.BacktestResult.plot_skill`."""
    frame = backtest.skill()
    ax = new_axes(ax)
    ax.axhline(0, color=INK, linewidth=1.2)
    ax.axhspan(-10, 0, color=WARN, alpha=0.06, linewidth=0)
    ax.annotate("the naive rule is better", (0.01, -0.02), xycoords=("axes fraction", "data"), color=WARN, fontsize=9,
                va="top")  # fmt: skip
    quantities = list(dict.fromkeys(frame["quantity"]))
    lowest = 0.0
    for at, (quantity, (colour, dash)) in enumerate(zip(quantities, LINES, strict=False)):
        part = frame[frame["quantity"] == quantity].dropna(subset=["skill"])
        days = part["horizon"].to_numpy(float) + 0.12 * (at - (len(quantities) - 1) / 2)
        skill = part["skill"].to_numpy(float)
        # An end that there is no telling is none: the bar stops at the edge of the picture, or is left out.
        low = np.where(part["low"].isna() & part["high"].notna(), -10.0, part["low"])
        for day, bottom, top in zip(days, low, part["high"], strict=True):
            if np.isfinite(bottom) and np.isfinite(top):
                ax.plot([day, day], [bottom, top], color=colour, linewidth=1.6, alpha=0.75)
        ax.plot(days, np.maximum(skill, LOWEST), "o", color=colour, linestyle=dash, markersize=6, linewidth=1.6,
                label=quantity)  # fmt: skip
        lowest = min(lowest, *np.maximum(skill, LOWEST), *np.clip(low[np.isfinite(low)], LOWEST, None), 0.0)
    ax.set_ylim(max(LOWEST, lowest) - 0.08, 1.02)
    ax.set_xlabel("days ahead")
    ax.set_ylabel("skill (1: perfect, 0: as the best naive rule)")
    ax.xaxis.label.set_color(SOFT)
    set_title(ax, f"Skill of forecasts of {backtest.card['caravan']}, with 90% intervals")
    ax.set_xticks(sorted(set(frame["horizon"])))
    add_legend(ax, below=0.16)
    return ax
