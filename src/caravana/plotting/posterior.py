"""How far reports moved each parameter: posterior draws beside the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import require_library
from caravana.errors import UsageError
from caravana.plotting.style import BAND_50, MIDDLE, PAPER, SEEN, dress, set_title
from caravana.scenario.priors import quantile
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from caravana.studies.calibrations import CalibrationResult

MOST = 8
"""Parameters drawn where none is named."""
BINS = 30
DRAWS = 4096
"""Draws of a prior that its outline is made of."""


def plot_posterior(
    calibration: CalibrationResult, parameters: str | Sequence[str] | None = None, *, ax: Any = None
) -> Axes | Any:
    """Draw draws beside priors; see :meth:`caravana.studies.calibrations.CalibrationResult.plot_posterior`."""
    named = [parameters] if isinstance(parameters, str) else parameters
    chosen = list(named) if named else _moved(calibration)
    for name in chosen:
        if name not in calibration.parameters:
            raise UsageError(f"no parameter {name!r}{did_you_mean(name, calibration.parameters)} was drawn")
    every = _axes(len(chosen), ax)
    for one, name in zip(every, chosen, strict=True):
        _draw(one, calibration, name)
    every[0].legend(frameon=False, fontsize=7.5)
    return every[0] if len(chosen) == 1 else np.array(every, dtype=object)


def _moved(calibration: CalibrationResult) -> list[str]:
    """Those whose draws lie furthest from their prior, by the greatest gap between the two distribution functions."""
    gaps = {}
    for name in calibration.parameters:
        if np.ptp(calibration.kept.draws[name]) == 0:
            continue  # it was the same in every member: there is nothing to see
        before = _before(calibration, name)
        draws = np.sort(np.asarray(calibration.kept.draws[name], float))
        below = np.zeros(len(draws)) if before is None else np.searchsorted(before, draws) / len(before)
        gaps[name] = 0.0 if before is None else float(np.abs(below - (np.arange(len(draws)) + 0.5) / len(draws)).max())
    return sorted(gaps, key=lambda name: -gaps[name])[:MOST] or list(calibration.parameters[:MOST])


def _before(calibration: CalibrationResult, name: str) -> Any:
    """Evenly spaced quantiles of a parameter's prior, ascending; None where it has none."""
    prior = calibration.prior_of(name)
    if prior is None or prior.prior is None:
        return None
    return quantile(prior.prior, prior.low, prior.high, (np.arange(DRAWS) + 0.5) / DRAWS)


def _axes(number: int, ax: Any) -> list[Axes]:
    pyplot = require_library("matplotlib.pyplot", "plot")
    if ax is None:
        columns = min(4, number)
        rows = -(-number // columns)
        figure, grid = pyplot.subplots(
            rows, columns, figsize=(max(4.0, 3.0 * columns), 2.6 * rows), layout="constrained", squeeze=False,
            facecolor=PAPER,
        )  # fmt: skip
        every = list(grid.flat)
        for spare in every[number:]:
            figure.delaxes(spare)
        return every[:number]
    given = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(given) < number:
        raise UsageError(f"{len(given)} axes for {number} parameters: expected one for each")
    return given[:number]


def _draw(ax: Axes, calibration: CalibrationResult, name: str) -> None:
    dress(ax)
    draws = np.asarray(calibration.kept.draws[name], float)
    before = _before(calibration, name)
    ends = np.concatenate([draws] if before is None else [draws, np.quantile(before, [0.005, 0.995])])
    middle = float(np.median(draws))
    edges = (
        np.linspace(ends.min(), ends.max(), BINS + 1) if np.ptp(ends) > 0 else np.array([middle - 0.5, middle + 0.5])
    )
    bins = [float(edge) for edge in edges]
    ax.hist(draws, bins=bins, density=True, color=BAND_50, edgecolor=PAPER, linewidth=0.4, label="after the reports")
    if before is not None:
        ax.hist(
            before, bins=bins, density=True, histtype="step", color=SEEN, linewidth=1.6, linestyle="--", label="before"
        )
    ax.axvline(middle, color=MIDDLE, linewidth=1.8)
    ax.set_yticks([])
    ax.set_ylim(bottom=0)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(require_library("matplotlib.ticker", "plot").MaxNLocator(4))
    ax.set_xlabel(calibration.unit_of(name))
    set_title(ax, name)
    ax.title.set_fontsize(10)
