"""A run or a forecast held against what was reported, beside naive rules."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.arguments import as_date
from caravana.errors import UsageError
from caravana.models.scenarios import as_scenario
from caravana.run import Run
from caravana.studies.forecasts import ForecastResult
from caravana.summaries import Summarised, counted

if TYPE_CHECKING:
    import os

    import pandas as pd

    from caravana.scenario.model import Scenario

RUN = "caravana"
"""What the run or forecast itself is called among the models of a table."""
COLUMNS = (
    "location", "target", "target_date", "horizon_days", "truth", "observed_low", "observed_high", "model", "crps",
    "error", "inside_50", "inside_90",
)  # fmt: skip
"""Columns of the table of a forecast's scores."""


@dataclass(frozen=True, repr=False)
class ScoreResult(Summarised):
    """Scores of a run or of a forecast.

    Attributes
    ----------
    subject : str
        What was scored.
    scores : dict
        Of a run what :func:`score_run` gives; of a forecast mean scores by target and horizon.
    table : pandas.DataFrame
        What :meth:`to_dataframe` returns.

    Examples
    --------
    >>> import caravana as cv
    >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
    >>> scores = cv.score(forecast)
    >>> "model" in scores.table.columns
    True
    """

    subject: str
    scores: Mapping[str, Any]
    table: pd.DataFrame

    def __getitem__(self, name: str) -> Any:
        """Return one of the scores by name."""
        return self.scores[name]

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        if "crps" in self.table:
            rows = [
                (f"{target}, {model}", f"mean CRPS {part['crps'].mean():,.2f} over {counted(len(part), 'report')}")
                for (target, model), part in self.table.groupby(["target", "model"], observed=True)
            ]
        else:
            rows = [
                (f"{row.score}, {row.model}", f"{row.value:,.3f}")
                for row in self.table[~self.table["score"].str.contains(r"\d{4}-|\..*\.")].itertuples()
            ][:20]
        return f"Scores of {self.subject}", rows or [("nothing to score", "no report of those days")]

    def to_dataframe(self) -> pd.DataFrame:
        """Return the scores as a long table.

        Returns
        -------
        pandas.DataFrame
            Of a run a row a score: ``model`` (``caravana`` or a naive rule), ``score`` (names within names joined
            by dots), ``value``.  Of a forecast a row a report and model: ``location``, ``target``, ``target_date``,
            ``horizon_days``, ``truth`` (id of the report), ``observed_low``, ``observed_high``, ``model``, ``crps``,
            and of the forecast itself ``error``, ``inside_50``, ``inside_90``.

        Examples
        --------
        >>> import caravana as cv
        >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
        >>> "persistence" in set(cv.score(forecast).to_dataframe()["model"])
        True
        """
        return self.table.copy()


def score(
    subject: Run | ForecastResult,
    *,
    scenario: Scenario | str | os.PathLike[str] | None = None,
    until: dt.date | str | None = None,
) -> ScoreResult:
    """Score a run or a forecast against what was reported, beside naive rules.

    Parameters
    ----------
    subject : Run or ForecastResult
        What is scored.
    scenario : Scenario, str or path, optional
        Of a forecast: a scenario with the reports that came since (default: the one it was made from).
    until : datetime.date or str, optional
        Last day scored (default: all).

    Returns
    -------
    ScoreResult
        ``scores`` by name, and ``to_dataframe()``.

    Raises
    ------
    UsageError
        If it is neither a run nor a forecast, or a scenario is given for a run, which has its own.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> cv.score(run)["coverage"]["headcount_of"] > 0
    True
    """
    last = None if until is None else as_date(until, name="until")
    if isinstance(subject, Run):
        from caravana.inference.run_scores import score_run

        if scenario is not None:
            raise UsageError("a run is scored against the reports of its own scenario: give scenario with a forecast")
        scores = score_run(subject, until=last)
        return ScoreResult(f"run of {subject.scenario.name}", scores, _tabulate(scores))
    if isinstance(subject, ForecastResult):
        held = as_scenario(subject.scenario if scenario is None else scenario)
        table = _tabulate_forecast(subject, held, last)
        means = table.groupby(["target", "horizon_days", "model"], observed=True)["crps"].mean()
        nested: dict[str, dict[str, dict[str, float]]] = {}
        for key, value in means.items():
            target, ahead, model = map(str, key)  # type: ignore[call-overload]
            nested.setdefault(target, {}).setdefault(ahead, {})[model] = float(value)
        return ScoreResult(f"forecast of {subject.issued.subject} on {subject.on}", nested, table)
    raise UsageError(f"{type(subject).__name__} cannot be scored: expected a run, or a forecast of `forecast`")


def _tabulate(scores: Mapping[str, Any]) -> pd.DataFrame:
    """Scores of a run as rows; what stands under ``baselines`` belongs to that rule."""
    import pandas as pd

    rows: list[tuple[str, str, float]] = []

    def walk(value: object, path: tuple[str, ...], model: str) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                if path and path[-1] == "baselines":
                    walk(inner, path[:-1], str(name))
                else:
                    walk(inner, (*path, str(name)), model)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            rows.append((model, ".".join(path), float(value)))

    walk(scores, (), RUN)
    return pd.DataFrame(rows, columns=["model", "score", "value"])


def _tabulate_forecast(forecast: ForecastResult, scenario: Scenario, last: dt.date | None) -> pd.DataFrame:
    import pandas as pd

    from caravana.inference.families import issuing_of

    scored = issuing_of(scenario).score(scenario, forecast.issued)
    rows: list[dict[str, Any]] = []
    for one in scored:
        if last is not None and one.target_date > last:
            continue
        held = dataclasses.asdict(one)
        rows.append(held | {"model": RUN})
        if one.naive_crps is not None:
            nothing = dict.fromkeys(("error", "inside_50", "inside_90"), float("nan"))
            rows.append(held | nothing | {"model": one.naive, "crps": one.naive_crps})
    frame = pd.DataFrame(rows, columns=[*COLUMNS])
    return frame.assign(target_date=pd.to_datetime(frame["target_date"]))
