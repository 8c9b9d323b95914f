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
from caravana.inference.caravan.together import ended_on
from caravana.inference.displacement.backtest import HORIZONS as DISPLACEMENT_HORIZONS
from caravana.inference.displacement.backtest import MEMBERS, backtest_camps
from caravana.inference.displacement.calibration import calibrate_displacement
from caravana.inference.reports import read_record
from caravana.models.displacement.camp_shares.model import CAMP_SHARES
from caravana.models.registry import model_of
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caravana.inference.reports import CaravanReports
    from caravana.inference.scoring.cases import Case
    from caravana.scenario.model import Scenario


OPTIONS = {"members": "--members", "settings": "--set"}
"""Options that only some families take, as the command line writes them."""


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
            raise UsageError(f"a backtest of the family {family!r} does not take {' or '.join(idle)}")


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
            raise UsageError(
                f"--set {name}{offered}: of a caravan's forecasts can be set: {', '.join(CARAVAN_SETTINGS)}"
            )
        try:
            values[name] = CARAVAN_SETTINGS[name](text)
        except ValueError:
            raise UsageError(f"--set {name}={text}: expected a number") from None
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
        raise UsageError(f"--set total={total}: expected total=forecast or total=given")
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


FORECASTS: Mapping[str, Callable[..., CaravanReports]] = {"caravan": read_record}
"""What a forecast of a family starts from."""


def record_to_forecast(scenario: Scenario, *, caravan: str | None, named: str) -> CaravanReports:
    """Return what was reported of one of a scenario's caravans, to forecast from.

    Parameters
    ----------
    scenario, caravan
        Which; its first caravan where none is named.
    named
        What the user calls the scenario: a name or a folder.

    Raises
    ------
    UsageError
        If its model moves no caravans.
    """
    model = model_of(scenario)
    if model.family not in FORECASTS:
        raise UsageError(
            f"{scenario.name} has the rules {model.name!r}, and this command is of caravans. To forecast a displacement"
            f" from day N: caravana run {named} --set rules=camp-shares --set origin_day=N --set forecast_total=1;"
            f" to score such forecasts: caravana backtest {named}"
        )
    return FORECASTS[model.family](scenario, caravan=caravan)
