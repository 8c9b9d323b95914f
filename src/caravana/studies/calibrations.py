"""Fit a scenario's parameters to what was reported: one call, whatever the family of its model."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import bound
from caravana.arguments import as_date, as_path, as_seed, as_workers, whole_number
from caravana.models.scenarios import as_scenario, parameters_of
from caravana.progress import progress_shown
from caravana.scenario.model import Scenario
from caravana.summaries import Summarised, listed_names

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from caravana.inference.posterior.design import PosteriorDesign
    from caravana.inference.posterior.folder import KeptPosterior
    from caravana.scenario.model import Parameter


@dataclass(frozen=True, repr=False)
class CalibrationResult(Summarised):
    """What was learned from reports about a scenario's parameters.

    Attributes
    ----------
    scenario : Scenario
        The scenario.
    path : pathlib.Path
        The calibration's folder.
    kept : caravana.inference.posterior.folder.KeptPosterior
        Its plan, its draws, and what was diagnosed.

    Examples
    --------
    >>> import caravana as cv
    >>> fit = cv.open_calibration(folder, scenario)
    >>> fit.unit_of("moving_on")
    '1/day'
    """

    scenario: Scenario
    path: Path
    kept: KeptPosterior

    @property
    def diagnostics(self) -> Mapping[str, Any]:
        """What ``caravana calibrate --json`` prints: what was learned and how well it fits."""
        return self.kept.diagnostics

    @property
    def design(self) -> PosteriorDesign:
        """The draws as an ensemble of the same scenario takes them: ``simulate(scenario, design=...)``.

        Raises
        ------
        UsageError
            If the scenario is not of caravans.
        """
        from caravana.inference.posterior.design import open_design

        return open_design(self.path, self.scenario)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters drawn; the ways and the numbers of people that go with them are not among them."""
        return tuple(name for name, values in self.kept.draws.items() if np.ndim(values) == 1)

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        plan = self.kept.plan
        return f"Calibration of {plan.scenario}", [
            ("until", plan.until),
            ("draws", f"{plan.draws:,} of {plan.budget:,} members, seed {plan.seed}"),
            ("parameters", f"{len(self.parameters)}: {listed_names(self.parameters)}"),
            *(("", line) for line in self.diagnostics.get("summary", [])[:4]),
        ]

    def to_dataframe(self) -> pd.DataFrame:
        """Return the posterior draws as a long table.

        Returns
        -------
        pandas.DataFrame
            ``draw`` (int32), ``parameter`` (a category), ``value``, ``unit``; a row a draw and parameter.

        Examples
        --------
        >>> import caravana as cv
        >>> cv.open_calibration(folder, scenario).to_dataframe().columns.tolist()
        ['draw', 'parameter', 'value', 'unit']
        """
        import pandas as pd

        draws = np.arange(self.kept.plan.draws, dtype=np.int32)
        parts = [
            pd.DataFrame({"draw": draws, "parameter": name, "value": self.kept.draws[name], "unit": self.unit_of(name)})
            for name in self.parameters
        ]
        return pd.concat(parts, ignore_index=True).astype({"parameter": "category", "unit": "category"})

    def to_arviz(self) -> Any:
        """Return the posterior as ``arviz.InferenceData`` (extra ``arviz``).

        The group ``posterior`` has one chain, each variable its unit; ``prior`` as many draws of the priors;
        ``observed_data`` what was reported and ``posterior_predictive`` what was expected of it, where the
        calibration kept both.

        Returns
        -------
        arviz.InferenceData
            The groups.

        Raises
        ------
        UsageError
            If arviz is not installed.

        Examples
        --------
        >>> import caravana as cv
        >>> cv.open_calibration(folder, scenario).to_arviz().groups()[0]
        'posterior'
        """
        return bound("CalibrationResult.to_arviz")(self)

    def prior_of(self, name: str) -> Parameter | None:
        """Return a parameter as the scenario had it before: its prior, unit and bounds; None where there is none.

        Parameters
        ----------
        name : str
            Of the parameter.

        Returns
        -------
        Parameter or None
            As the scenario has it.

        Examples
        --------
        >>> import caravana as cv
        >>> cv.open_calibration(folder, scenario).prior_of("moving_on").unit
        '1/day'
        """
        return next((one for one in parameters_of(self.scenario) if one.name == name), None)

    def unit_of(self, name: str) -> str:
        """Return the unit of a parameter; empty where it has none.

        Parameters
        ----------
        name : str
            Of the parameter.

        Returns
        -------
        str
            Such as ``km``.

        Examples
        --------
        >>> import caravana as cv
        >>> cv.open_calibration(folder, scenario).unit_of("moving_on")
        '1/day'
        """
        known = self.prior_of(name)
        learned = self.diagnostics.get("parameters", {}).get(name, {})
        return known.unit if known is not None else str(learned.get("unit", ""))

    def plot_posterior(
        self, parameters: str | Sequence[str] | None = None, *, ax: Axes | Sequence[Axes] | None = None
    ) -> Axes | Sequence[Axes]:
        """Draw how far the reports moved each parameter: its draws beside its prior.

        Parameters
        ----------
        parameters : str or sequence of str, optional
            Which (default: the eight whose draws lie furthest from their prior).
        ax : matplotlib.axes.Axes or sequence of them, optional
            Where to draw, one for each parameter (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes or numpy.ndarray of them
            The axes drawn on: one where there is one parameter.

        Raises
        ------
        UsageError
            If a parameter was not drawn; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> cv.open_calibration(folder, scenario).plot_posterior(["moving_on"]).get_xlabel()
        '1/day'
        """
        axes: Axes | Sequence[Axes] = bound("CalibrationResult.plot_posterior")(self, parameters, ax=ax)
        return axes


def open_calibration(path: str | os.PathLike[str], scenario: Scenario | str | os.PathLike[str]) -> CalibrationResult:
    """Open the folder of a finished calibration.

    Parameters
    ----------
    path : str or path
        The folder that :func:`calibrate` or ``caravana calibrate`` wrote.
    scenario : Scenario, str or path
        The scenario it was made for.

    Returns
    -------
    CalibrationResult
        With ``to_dataframe()``, ``to_arviz()`` and ``plot_posterior()``.

    Raises
    ------
    RunError
        If the folder is foreign, corrupt, unfinished, or of another state of the scenario.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.open_calibration("nowhere", "tapachula-2021")
    Traceback (most recent call last):
    ...
    caravana.errors.RunError: nowhere is not a calibration's folder: it has no plan.json
    """
    from caravana.inference.posterior.folder import read_posterior

    loaded = as_scenario(scenario)
    return CalibrationResult(loaded, Path(path), read_posterior(Path(path), scenario=loaded))


def calibrate(
    scenario: Scenario | str | os.PathLike[str],
    *,
    until: dt.date | str | None = None,
    budget: int = 16384,
    draws: int = 1000,
    seed: int = 1,
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CalibrationResult:
    """Fit a scenario's parameters to what was reported and keep posterior draws.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, a bundled name, or a scenario folder.
    until : datetime.date or str, optional
        Use what was published by this date (default: all).
    budget : int
        Members to simulate, in blocks of 64.
    draws : int
        Posterior draws to keep.
    seed : int
        Of all randomness.
    out : str or path, optional
        Folder (default: a temporary one that goes with the result).  One that holds part of the same calibration is
        completed.
    workers : int, optional
        Processes to use (default: this machine's cores).
    scheduler : str, optional
        Address or scheduler file of a Dask cluster to simulate on.
    progress : callable, optional
        Called with parts done (searches and blocks) and parts in all.

    Returns
    -------
    CalibrationResult
        With ``to_dataframe()``, ``to_arviz()`` and ``plot_posterior()``; ``simulate(design=result.design)`` goes on
        from it.

    Raises
    ------
    ScenarioError, UsageError, RunError
        If nothing was known by then, nothing here calibrates the model, or the folder holds something else.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.calibrate("tapachula-2021", until="2021-10-01", workers=1)
    Traceback (most recent call last):
    ...
    caravana.errors.UsageError: ...
    """
    from caravana.inference.families import calibration_of

    loaded = as_scenario(scenario)
    fit = calibration_of(loaded)
    until = None if until is None else as_date(until, name="until")
    budget, draws = whole_number(budget, name="budget"), whole_number(draws, name="draws")
    seed, workers = as_seed(seed), as_workers(workers)
    folder = as_path(tempfile.mkdtemp(prefix="caravana-") if out is None else out, name="out")
    try:
        fit(
            loaded, folder, until=until, budget=budget, draws=draws, seed=seed, workers=workers, scheduler=scheduler,
            progress=progress or progress_shown("Searches and blocks"),
        )  # fmt: skip
        result = open_calibration(folder, loaded)
    except BaseException:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if out is None:
        weakref.finalize(result, shutil.rmtree, folder, ignore_errors=True)
    return result
