"""Forecasts from past days, scored against what was then reported, beside naive rules: one call for every family."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.accessors import bound
from caravana.arguments import as_date, as_seed, as_workers, by_name, several, whole_number
from caravana.errors import UsageError
from caravana.models.registry import model_of
from caravana.models.scenarios import as_scenario
from caravana.progress import progress_shown
from caravana.scenario.model import Scenario
from caravana.summaries import Summarised, counted

if TYPE_CHECKING:
    import os

    import pandas as pd
    from matplotlib.axes import Axes

    from caravana.inference.scoring.cases import Case

FIGURES = ("crps", "wis", "bias", "coverage50", "coverage80", "coverage90", "sharpness", "median_error")
"""Scores of :meth:`BacktestResult.to_dataframe` that every quantity has."""


@dataclass(frozen=True, repr=False)
class BacktestResult(Summarised):
    """Forecasts from past days held against what came.

    Attributes
    ----------
    scenario : Scenario
        The scenario.
    card : dict
        The object that ``caravana backtest --json`` prints: skill with its interval, coverage, a table of scores.
    cases : list of caravana.inference.scoring.cases.Case
        Every report forecast, with the scores of the forecast and of every naive rule.

    Examples
    --------
    >>> import caravana as cv
    >>> test = cv.backtest("tapachula-2021", origins=["2021-11-03"], horizon=1, workers=1)
    >>> len(test.cases) > 0
    True
    """

    scenario: Scenario
    card: Mapping[str, Any]
    cases: Sequence[Case]

    @property
    def verdict(self) -> str:
        """In one line, where the forecast beats the best naive rule and where it loses."""
        return str(self.card["verdict"])

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        rows = [("of", str(self.card["caravan"])), ("origins", counted(len(self.card["origins"]), "day"))]
        for quantity, skills in self.card["skill"].items():
            said = ", ".join(
                f"{'none' if skill is None else f'{skill:+.2f}'} at {horizon} d" for horizon, skill in skills.items()
            )
            rows.append((f"skill, {quantity}", said or "nothing to score"))
        return f"Backtest of {self.scenario.name}", [*rows, ("verdict", self.verdict)]

    def to_dataframe(self) -> pd.DataFrame:
        """Return the scores as a table, a row a quantity, horizon and model.

        Returns
        -------
        pandas.DataFrame
            ``quantity``, ``unit``, ``horizon`` (days ahead), ``model`` (``caravana`` and each naive rule),
            ``cases``, then mean scores over them: ``crps`` and ``wis`` (lower is better), ``bias``, coverage of the
            50, 80 and 90% bands, ``sharpness`` (width of the last), ``median_error``.

        Examples
        --------
        >>> import caravana as cv
        >>> test = cv.backtest("tapachula-2021", origins=["2021-11-03"], horizon=1, workers=1)
        >>> "caravana" in set(test.to_dataframe()["model"])
        True
        """
        import pandas as pd

        return pd.DataFrame(self.card["table"])

    def skill(self) -> pd.DataFrame:
        """Return the skill against the best naive rule, a row a quantity and horizon.

        Returns
        -------
        pandas.DataFrame
            ``quantity``, ``horizon``, ``skill`` (1 less the ratio of mean CRPS: above 0 is better than the rule),
            ``low`` and ``high`` (90% interval, NaN where there are too few origins), ``best_baseline``,
            ``coverage90``, ``cases``.

        Examples
        --------
        >>> import caravana as cv
        >>> test = cv.backtest("tapachula-2021", origins=["2021-11-03"], horizon=1, workers=1)
        >>> list(test.skill()["horizon"].unique())
        [np.int64(1)]
        """
        import pandas as pd

        card = self.card
        rows = [
            {
                "quantity": quantity,
                "horizon": int(horizon),
                "skill": skill,
                **card["skill_interval"][quantity][horizon],
                "best_baseline": card["best_baseline"][quantity][horizon],
                "coverage90": card["coverage90"][quantity][horizon],
                "cases": card["cases"][quantity][horizon],
            }
            for quantity, skills in card["skill"].items()
            for horizon, skill in skills.items()
        ]
        figures = ("skill", "low", "high", "coverage90")
        return pd.DataFrame(rows).astype(dict.fromkeys(figures, float)) if rows else pd.DataFrame()

    def plot_skill(self, *, ax: Axes | None = None) -> Axes:
        """Draw the skill against the best naive rule by days ahead, with its 90% interval.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Examples
        --------
        >>> import caravana as cv
        >>> test = cv.backtest("tapachula-2021", origins=["2021-11-03"], horizon=1, workers=1)
        >>> test.plot_skill().get_xlabel()
        'days ahead'
        """
        axes: Axes = bound("BacktestResult.plot_skill")(self, ax=ax)
        return axes


def horizons_to(days: int, *, on_the_way: tuple[int, ...]) -> tuple[int, ...]:
    """Return the horizons scored up to a longest one: those on the way to it, and itself.

    Parameters
    ----------
    days : int
        The longest.
    on_the_way : tuple of int
        Those that a family is scored at.

    Raises
    ------
    UsageError
        If it is under a day.
    """
    if days < 1:
        raise UsageError(f"horizon {days}: a horizon under one day is no forecast")
    return tuple(sorted({h for h in on_the_way if h <= days} | {days}))


def backtest(
    scenario: Scenario | str | os.PathLike[str],
    *,
    origins: Sequence[dt.date | str] | dt.date | str | None = None,
    horizon: int | None = None,
    caravan: str | None = None,
    members: int | None = None,
    set: Mapping[str, object] | None = None,  # noqa: A002 - the command line's own word
    seed: int = 1,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BacktestResult:
    """Forecast from past days and score against what was then reported, beside naive rules.

    Every forecast uses only what had been published by its origin.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, a bundled name, or a scenario folder.
    origins : one or a sequence of datetime.date or str, optional
        Days to forecast from (default: every day on which that night was reported).
    horizon : int, optional
        Longest horizon in days; shorter ones are scored on the way (default: 14 of a caravan, else 60).
    caravan : str, optional
        Id of the caravan (default: the scenario's first).
    members : int, optional
        Members of each forecast (of a caravan: particles of its headcount).
    set : mapping, optional
        Settings of the forecasts by name, as ``--set`` takes them.
    seed : int
        Of all randomness.
    workers : int, optional
        Processes to use (default: this machine's cores).
    scheduler : str, optional
        Address or scheduler file of a Dask cluster to compute on.
    progress : callable, optional
        Called with origins done and origins in all.

    Returns
    -------
    BacktestResult
        With ``to_dataframe()``, ``skill()``, ``verdict`` and ``plot_skill()``.

    Raises
    ------
    ScenarioError, UsageError
        If an option is not one of the family's, or nothing was reported to score against.

    Examples
    --------
    >>> import caravana as cv
    >>> test = cv.backtest("tapachula-2021", origins=["2021-11-03"], horizon=1, workers=1)
    >>> list(test.card["origins"])
    ['2021-11-03']
    """
    from caravana.inference.families import backtest_of
    from caravana.inference.scoring.scorecard import scorecard

    loaded = as_scenario(scenario)
    how = backtest_of(loaded)
    seed, workers = as_seed(seed), as_workers(workers)
    chosen = {
        "members": None if members is None else whole_number(members, name="members", least=1),
        "settings": by_name(set or {}, name="set", example="{'memory': 3}"),
    }
    how.refuse(chosen, family=model_of(loaded).family)
    options = {name: value for name, value in chosen.items() if name in how.options}
    longest = how.longest if horizon is None else whole_number(horizon, name="horizon")
    horizons = horizons_to(longest, on_the_way=how.horizons)
    who, first = how.subject(loaded, caravan)
    given = [origins] if isinstance(origins, (str, dt.date)) else origins
    if given is not None:
        given = several(given, name="origins", example="['2021-11-05']")
    dates = None if given is None else [as_date(one, name="origins") for one in given]
    tested = how.cases(
        loaded, caravan=caravan, origins=dates, horizons=horizons, seed=seed, workers=workers, scheduler=scheduler,
        progress=progress or progress_shown("Origins"), **options,
    )  # fmt: skip
    if not tested.cases:
        raise UsageError(f"nothing was reported of {who} at {', '.join(map(str, horizons))} days from these origins")
    card: dict[str, Any] = {
        "scenario": loaded.name,
        "caravan": who,
        "origins": sorted({(first + dt.timedelta(days=case.origin)).isoformat() for case in tested.cases}),
        "horizons": list(horizons),
        "seed": seed,
        **tested.beside,
        **scorecard(tested.cases, seed=seed, quantities=how.quantities),
    }
    return BacktestResult(loaded, card, tested.cases)
