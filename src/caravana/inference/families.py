"""What inference offers for each family of models: backtests, forecasts, calibrations.

One row a family; a family that is not here gets what suits every model, or is refused in one clear line.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from caravana.errors import UsageError
from caravana.inference import place_backtest
from caravana.inference.caravan.backtest import HORIZONS as CARAVAN_HORIZONS
from caravana.inference.caravan.backtest import backtest_caravan
from caravana.inference.caravan.calibration import calibrate_scenario
from caravana.inference.caravan.forecast import Roller
from caravana.inference.caravan.issued import issue_caravan, score_caravan
from caravana.inference.caravan.together import ended_on
from caravana.inference.displacement.backtest import MEMBERS, backtest_camps
from caravana.inference.displacement.calibration import calibrate_displacement
from caravana.inference.displacement.issued import issue_camps, score_camps
from caravana.inference.displacement.listening import HORIZONS as DISPLACEMENT_HORIZONS
from caravana.inference.displacement.outlook import AHEAD, look_ahead
from caravana.inference.reports import read_record
from caravana.models.displacement.camp_shares.model import CAMP_SHARES
from caravana.models.registry import model_of
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caravana.inference.caravan.forecast import Forecast as CaravanForecast
    from caravana.inference.displacement.outlook import CampOutlook
    from caravana.inference.issued import IssuedForecast, ScoredTarget
    from caravana.inference.past import PastForecasts
    from caravana.inference.scoring.cases import Case
    from caravana.scenario.model import Scenario


OPTIONS = {"members": "members", "settings": "set"}
"""Options that only some families take, by their names in Python and as they are given."""


@dataclass(frozen=True)
class Tested:
    """Forecasts scored, and what else a backtest says: how many members, what each forecaster weighed."""

    cases: list[Case]
    beside: Mapping[str, Any] = field(default_factory=dict)


class Backtester(Protocol):
    """What forecasts from past days and scores what came."""

    def __call__(
        self, scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None,
        horizons: Sequence[int], **options: Any,
    ) -> Tested:  # fmt: skip
        """Return the cases, and what stands beside them."""
        ...


@dataclass(frozen=True)
class Backtest:
    """How the models of a family are held against past days.

    Attributes
    ----------
    quantities
        What is scored.
    horizons, longest
        Days ahead that are scored on the way, and the last of them where none is named.
    subject
        Of whom it is, and the day that origins count from, of a scenario and the caravan named.
    cases
        Makes the forecasts and scores them.
    options
        Names of the options that it takes besides those of every family: ``members``, ``settings``.
    """

    quantities: tuple[str, ...]
    horizons: tuple[int, ...]
    longest: int
    subject: Callable[[Scenario, str | None], tuple[str, dt.date]]
    cases: Backtester
    options: tuple[str, ...] = ()

    def refuse(self, given: Mapping[str, object], *, family: str) -> None:
        """Refuse options that are given (neither None nor empty) and not taken.

        Raises
        ------
        UsageError
            Naming them.
        """
        idle = [OPTIONS[name] for name, value in given.items() if value and name not in self.options]
        if idle:
            raise UsageError(f"a backtest of the family {family!r} does not take the option {' or '.join(idle)}")


CARAVAN_SETTINGS: Mapping[str, Callable[[str], Any]] = {"draws": int, "particles": int, "memory": float}
"""What can be set by hand of the forecasts of caravans, and how it is read."""


def read_settings(pairs: Mapping[str, str]) -> dict[str, Any]:
    """Return what was set by hand of the forecasts of caravans.

    Raises
    ------
    UsageError
        If a name is none of :data:`CARAVAN_SETTINGS`, or a value cannot be read.
    """
    values: dict[str, Any] = {}
    for name, text in pairs.items():
        if name not in CARAVAN_SETTINGS:
            offered = did_you_mean(name, CARAVAN_SETTINGS)
            raise UsageError(f"{name}{offered}: of a caravan's forecasts can be set: {', '.join(CARAVAN_SETTINGS)}")
        try:
            values[name] = CARAVAN_SETTINGS[name](text)
        except ValueError:
            raise UsageError(f"{name}={text}: expected a number") from None
    return values


def _caravan_cases(
    scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None, horizons: Sequence[int],
    **options: Any,
) -> Tested:  # fmt: skip
    record = read_record(scenario, caravan=caravan)
    settings = read_settings(options.pop("settings", {}))
    if (members := options.pop("members", None)) is not None:
        settings.setdefault("particles", members)
    cases = backtest_caravan(
        record, origins=origins, horizons=tuple(horizons), ended=ended_on(scenario, record), **settings, **options
    )
    return Tested(cases)


def _caravan_subject(scenario: Scenario, caravan: str | None) -> tuple[str, dt.date]:
    record = read_record(scenario, caravan=caravan)
    return record.caravan, record.date(0)


def _camp_cases(
    scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None, horizons: Sequence[int],
    **options: Any,
) -> Tested:  # fmt: skip
    del caravan
    members = options.pop("members", None) or MEMBERS
    scenario, total, values = _set_by_hand(scenario, options.pop("settings", None) or {})
    tested = backtest_camps(
        scenario, origins=origins, horizons=horizons, members=members, total=total, values=values, **options
    )
    return Tested(tested.cases, {"total": total, "members": members, "weights": tested.weights})


def _set_by_hand(
    scenario: Scenario, settings: Mapping[str, object]
) -> tuple[Scenario, Literal["forecast", "given"], dict[str, float]]:
    """Take what is set by hand: whether the total is ``forecast`` or ``given``, settings, pooled parameters."""
    total = settings.get("total", "forecast")
    if total not in ("forecast", "given"):
        raise UsageError(f"total={total}: expected total=forecast or total=given")
    rest = {name: value for name, value in settings.items() if name != "total"}
    scenario, values = CAMP_SHARES.configure(scenario, rest)
    return scenario, "given" if total == "given" else "forecast", values


def _place_cases(
    scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None, horizons: Sequence[int],
    **options: Any,
) -> Tested:  # fmt: skip
    del caravan
    options["members"] = options.get("members") or place_backtest.MEMBERS
    return Tested(place_backtest.backtest_places(scenario, origins=origins, horizons=horizons, **options))


BACKTESTS: Mapping[str, Backtest] = {
    "caravan": Backtest(
        ("position", "headcount", "together"),
        CARAVAN_HORIZONS,
        14,
        _caravan_subject,
        _caravan_cases,
        ("members", "settings"),
    ),
    "displacement": Backtest(
        ("counts",),
        DISPLACEMENT_HORIZONS,
        60,
        lambda s, _: ("all camps", s.start),
        _camp_cases,
        ("members", "settings"),
    ),
}
"""How each family is held against past days."""
ANY_MODEL = Backtest(
    ("counts",),
    place_backtest.HORIZONS,
    60,
    lambda s, _: ("all places counted", s.start),
    _place_cases,
    ("members",),
)
"""How models of any other family are."""


class Issuer(Protocol):
    """What forecasts from a scenario that was cut to what was known."""

    def __call__(
        self, scenario: Scenario, origin: dt.date, *, horizon: int, seed: int, members: int | None,
        caravan: str | None, past: PastForecasts | None = None,
    ) -> IssuedForecast:  # fmt: skip
        """Return the forecast in the form that is kept; a replay leaves what it may take again in `past`."""
        ...


@dataclass(frozen=True)
class Issuing:
    """How a family's forecasts are issued and, when the truth comes in, scored.

    Attributes
    ----------
    issue
        Forecasts from what was known.
    score
        Scores what was issued against what a scenario has been reported since.
    horizon
        Days ahead where none are named.
    """

    issue: Issuer
    score: Callable[[Scenario, IssuedForecast], list[ScoredTarget]]
    horizon: int


ISSUING: Mapping[str, Issuing] = {
    "caravan": Issuing(issue_caravan, score_caravan, 7),
    "displacement": Issuing(issue_camps, score_camps, 30),
}
"""How each family's forecasts are issued."""


def issuing_of(scenario: Scenario) -> Issuing:
    """Return how a scenario's forecasts are issued.

    Raises
    ------
    UsageError
        If nothing here forecasts its family.
    """
    family = model_of(scenario).family
    if family not in ISSUING:
        known = " and ".join(ISSUING)
        raise UsageError(f"{scenario.name}: forecasts of {known} are issued, not those of the family {family!r}")
    return ISSUING[family]


CALIBRATIONS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "caravan": calibrate_scenario,
    "displacement": calibrate_displacement,
}
"""What fits a family's parameters to what was reported."""


def backtest_of(scenario: Scenario) -> Backtest:
    """Return how a scenario's model is held against past days."""
    return BACKTESTS.get(model_of(scenario).family, ANY_MODEL)


def calibration_of(scenario: Scenario) -> Callable[..., dict[str, Any]]:
    """Return what fits the parameters of a scenario's model.

    Raises
    ------
    UsageError
        If nothing here does.
    """
    family = model_of(scenario).family
    if family not in CALIBRATIONS:
        known = " and ".join(CALIBRATIONS)
        raise UsageError(f"{scenario.name}: models of {known} are calibrated here, not those of the family {family!r}")
    return CALIBRATIONS[family]


@dataclass(frozen=True)
class Forecasting:
    """How the models of a family forecast.

    Attributes
    ----------
    make
        Forecasts from a scenario, as it was known on a day; what it returns is told by its family's words
        (:mod:`caravana.reporting.forecasts`).
    days
        Days ahead where none are named.
    options
        Names of the options that it takes besides those of every family: ``caravan``, ``members``.
    """

    make: Callable[..., Any]
    days: int
    options: tuple[str, ...] = ()


def _forecast_caravan(
    scenario: Scenario, *, on: dt.date, days: int, seed: int, caravan: str | None = None
) -> CaravanForecast:
    return Roller(read_record(scenario, caravan=caravan), seed=seed).forecast(on, days=days)


def _forecast_camps(scenario: Scenario, *, on: dt.date, days: int, seed: int, members: int = MEMBERS) -> CampOutlook:
    return look_ahead(scenario, on, ahead=days, members=members, seed=seed)


FORECASTS: Mapping[str, Forecasting] = {
    "caravan": Forecasting(_forecast_caravan, 7, ("caravan",)),
    "displacement": Forecasting(_forecast_camps, AHEAD, ("members",)),
}
"""How each family forecasts."""


def forecasting_of(scenario: Scenario, options: Mapping[str, object]) -> Forecasting:
    """Return how a scenario's model forecasts.

    Parameters
    ----------
    options
        Given by the user, by name; None where they are not.

    Raises
    ------
    UsageError
        If its family does not forecast, or does not take one of the options.
    """
    family = model_of(scenario).family
    if family not in FORECASTS:
        known = " and ".join(FORECASTS)
        raise UsageError(f"{scenario.name}: models of {known} are forecast here, not those of the family {family!r}")
    row = FORECASTS[family]
    if idle := [name for name, value in options.items() if value is not None and name not in row.options]:
        raise UsageError(f"a forecast of the family {family!r} does not take the option {' or '.join(idle)}")
    return row
