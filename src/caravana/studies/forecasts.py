"""A forecast from what was known on a day: one call, whatever the family of the scenario's model."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.accessors import bound
from caravana.arguments import as_date, as_seed, whole_number
from caravana.errors import UsageError
from caravana.inference.cut import cut
from caravana.models.scenarios import as_scenario
from caravana.scenario.model import Scenario
from caravana.summaries import Summarised, counted

if TYPE_CHECKING:
    import os

    import pandas as pd
    from matplotlib.axes import Axes

    from caravana.inference.issued import IssuedForecast

UNITS = {"position_km": "km", "together": "chance", "rest": "chance"}
"""Unit of each target that is not counted in persons."""
COLUMNS = (
    "issued_on", "target_date", "horizon_days", "location", "target", "quantile", "value", "unit",
)  # fmt: skip
"""Columns of :meth:`ForecastResult.to_dataframe`."""
BRANCH_COLUMNS = (
    "leaves", "towards", "km", "back_km", "reached", "chance", "others_left", "others_passed", "announced", "seen",
)  # fmt: skip
"""Columns of :meth:`ForecastResult.branches`."""


@dataclass(frozen=True, repr=False)
class ForecastResult(Summarised):
    """What was forecast on an evening, from nothing that was published after it.

    Attributes
    ----------
    scenario : Scenario
        The scenario as it was given, later reports included: the forecast has not seen them.
    issued : caravana.inference.issued.IssuedForecast
        The forecast in the form that is kept and scored: quantiles, chances of stops, distributions in full.

    Examples
    --------
    >>> import caravana as cv
    >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
    >>> str(forecast.on), forecast.horizon
    ('2021-11-03', 1)
    """

    scenario: Scenario
    issued: IssuedForecast

    @property
    def on(self) -> dt.date:
        """The evening it was made."""
        return self.issued.origin

    @property
    def horizon(self) -> int:
        """Days ahead."""
        return self.issued.horizon

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        frame = self.to_dataframe()
        first = frame[frame["horizon_days"] == 1].pivot_table(index=["location", "target"], columns="quantile",
                                                              values="value")  # fmt: skip
        rows = [("subject", self.issued.subject), ("horizon", counted(self.horizon, "day")),
                ("targets", ", ".join(dict.fromkeys(frame["target"])))]  # fmt: skip
        # What is about the whole comes first; sides and camps are in the table.
        order = sorted(first.iterrows(), key=lambda row: row[0][0] != self.issued.subject)  # type: ignore[index]
        for key, one in order[:4]:
            location, target = key if isinstance(key, tuple) else (str(key), "")
            unit = UNITS.get(target, "persons")
            middle = f"{one[0.5]:,.2f}" if unit == "chance" else f"{one[0.5]:,.0f}"
            if unit != "chance":
                middle += f" ({one[0.05]:,.0f} to {one[0.95]:,.0f})"
            rows.append((f"tomorrow, {target}", f"{middle} {unit}: {location}"))
        return f"Forecast of {self.scenario.name} on {self.on}", rows

    def to_dataframe(self) -> pd.DataFrame:
        """Return the forecast as a long table, a row a quantile.

        Returns
        -------
        pandas.DataFrame
            ``issued_on``, ``target_date`` (datetime64), ``horizon_days`` (int16), ``location`` and ``target``
            (categories), ``quantile`` (0.01 to 0.99; 0.5 alone where the target is a chance), ``value`` and ``unit``
            (``persons``, ``km`` along the road, or ``chance``).

        Examples
        --------
        >>> import caravana as cv
        >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
        >>> list(forecast.to_dataframe().columns)[:4]
        ['issued_on', 'target_date', 'horizon_days', 'location']
        """
        import pandas as pd

        frame = pd.DataFrame([dataclasses.asdict(one) for one in self.issued.quantiles])
        frame["issued_on"] = pd.Timestamp(self.on)
        frame["target_date"] = pd.to_datetime(frame["target_date"])
        frame["unit"] = frame["target"].map(UNITS).fillna("persons")
        kinds = {"horizon_days": "int16", "location": "category", "target": "category", "unit": "category"}
        return frame[list(COLUMNS)].astype(kinds)

    def stops(self) -> pd.DataFrame:
        """Return the chance that each night is spent at each stop of the road; no row of a displacement.

        Returns
        -------
        pandas.DataFrame
            ``target_date``, ``horizon_days``, ``stop`` (a place's id), ``km`` along the road, ``chance``.

        Examples
        --------
        >>> import caravana as cv
        >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
        >>> bool(abs(forecast.stops()["chance"].sum() - 1) < 1e-6)
        True
        """
        import pandas as pd

        columns = ["target_date", "horizon_days", "stop", "km", "chance"]
        frame = pd.DataFrame([dataclasses.asdict(one) for one in self.issued.chances], columns=["location", *columns])
        return frame[columns].assign(target_date=pd.to_datetime(frame["target_date"]))

    def branches(self) -> pd.DataFrame:
        """Return the chance that a caravan takes each road that leaves its own; no row of a displacement.

        Returns
        -------
        pandas.DataFrame
            ``leaves`` and ``towards`` (ids of the place where it leaves and of the first on it), ``km`` and ``back_km``
            along the caravan's road (NaN where it does not come back), ``reached`` (the chance to have come so far by
            the last night), ``chance`` (that it then takes it), ``others_left`` of ``others_passed`` other caravans,
            ``announced`` (whether a night past the place is), ``seen`` (whether it was seen on it).

        Examples
        --------
        >>> import caravana as cv
        >>> forecast = cv.forecast("tapachula-2021", on="2021-11-10", horizon=3)
        >>> forecast.branches()[["leaves", "towards", "others_left", "others_passed"]].values.tolist()
        [['juchitan', 'tehuantepec', 3, 7]]
        """
        import pandas as pd

        rows = [
            {**one, "leaves": one["leaves"]["place"], "towards": one["towards"]["place"]}
            for one in self.issued.exact.get("branches", ())
        ]
        return pd.DataFrame(rows, columns=list(BRANCH_COLUMNS)).astype({"km": float, "back_km": float})

    def to_hubverse(self) -> pd.DataFrame:
        """Return the forecast as rows of a hub's model output (hubverse schema 5.0.0).

        Returns
        -------
        pandas.DataFrame
            ``origin_date``, ``horizon``, ``location``, ``target``, ``output_type``, ``output_type_id``, ``value``.

        Examples
        --------
        >>> import caravana as cv
        >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
        >>> sorted(set(forecast.to_hubverse()["output_type"]))
        ['pmf', 'quantile']
        """
        rows: pd.DataFrame = bound("ForecastResult.to_hubverse")(self.to_dataframe())
        return rows

    def plot(self, *, target: str | None = None, location: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the coming days: the middle, bands that hold 5 and 9 in 10, and what has been reported.

        Parameters
        ----------
        target : str, optional
            Which target (default: where a caravan sleeps, or how many are in all camps).
        location : str, optional
            Of whom: a camp's id, or a caravan's with the side that reports it (default: the whole).
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        UsageError
            If the forecast has no such target or location; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=3)
        >>> forecast.plot(target="persons").get_ylabel()
        'persons'
        """
        axes: Axes = bound("ForecastResult.plot")(self, target=target, location=location, ax=ax)
        return axes


def forecast(
    scenario: Scenario | str | os.PathLike[str],
    *,
    on: dt.date | str,
    horizon: int | None = None,
    caravan: str | None = None,
    members: int | None = None,
    seed: int = 1,
) -> ForecastResult:
    """Forecast from what was known on an evening: where a caravan will sleep and how many walk, or how full camps get.

    Whatever a scenario holds that was published after that evening is taken out of it first.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, a bundled name, or a scenario folder.
    on : datetime.date or str
        The evening, such as ``"2021-11-03"``.
    horizon : int, optional
        Days ahead (default: 7 of a caravan, 60 of a displacement).
    caravan : str, optional
        Id of the caravan (default: the scenario's first).
    members : int, optional
        Members of each forecaster of a displacement; of a caravan particles of its headcount.
    seed : int
        Of all randomness.

    Returns
    -------
    ForecastResult
        With ``to_dataframe()``, ``to_hubverse()``, ``stops()`` and ``plot()``.

    Raises
    ------
    ScenarioError, UsageError
        If nothing was known by then, the day lies outside the scenario, or nothing here forecasts its model.

    Examples
    --------
    >>> import caravana as cv
    >>> forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
    >>> forecast.horizon
    1
    """
    from caravana.inference.families import forecasting_of, issuing_of

    loaded = as_scenario(scenario)
    day = as_date(on, name="on")
    issuing = issuing_of(loaded)
    usual = forecasting_of(loaded, {"caravan": caravan}).days
    days = usual if horizon is None else whole_number(horizon, name="horizon", least=1)
    size = None if members is None else whole_number(members, name="members", least=1)
    known = cut(loaded, day)
    if loaded.observations and not known.observations:
        first = min(one.known_on for one in loaded.observations)
        raise UsageError(f"nothing was known of {loaded.name} on {day}: its first report was known on {first}")
    issued = issuing.issue(
        known, day, horizon=days, seed=as_seed(seed), members=size, caravan=caravan
    )  # fmt: skip
    return ForecastResult(loaded, issued)
