"""What inference offers for each family of models: backtests, forecasts, calibrations.

One row a family; a family that is not here gets what suits every model, or is refused in one clear line.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from caravana.errors import UsageError
from caravana.inference import place_backtest
from caravana.inference.caravan.backtest import HORIZONS as CARAVAN_HORIZONS
from caravana.inference.caravan.backtest import backtest_caravan
from caravana.inference.caravan.calibration import calibrate_scenario
from caravana.inference.caravan.together import ended_on
from caravana.inference.displacement.backtest import HORIZONS as DISPLACEMENT_HORIZONS
from caravana.inference.displacement.backtest import backtest_displacement
from caravana.inference.displacement.calibration import calibrate_displacement
from caravana.inference.reports import read_record
from caravana.models.registry import model_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caravana.inference.reports import CaravanReports
    from caravana.inference.scoring.cases import Case
    from caravana.scenario.model import Scenario


class Backtester(Protocol):
    """What forecasts from past days and scores what came."""

    def __call__(
        self, scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None,
        horizons: Sequence[int], **options: Any,
    ) -> list[Case]:  # fmt: skip
        """Return the cases."""
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
    settings
        What can be set of them by hand, and how it is read.
    """

    quantities: tuple[str, ...]
    horizons: tuple[int, ...]
    longest: int
    subject: Callable[[Scenario, str | None], tuple[str, dt.date]]
    cases: Backtester
    settings: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)

    def read_settings(self, pairs: Mapping[str, str]) -> dict[str, Any]:
        """Return what was set by hand as options of :attr:`cases`.

        Raises
        ------
        UsageError
            If a name is none of these, or a value cannot be read.
        """
        values: dict[str, Any] = {}
        for name, text in pairs.items():
            if name not in self.settings:
                known = ", ".join(self.settings) or "nothing"
                raise UsageError(f"--set {name}: of a backtest of this family can be set: {known}")
            try:
                values[name] = self.settings[name](text)
            except ValueError:
                raise UsageError(f"--set {name}={text}: expected a number") from None
        return values


def _caravan_cases(
    scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None, horizons: Sequence[int],
    **options: Any,
) -> list[Case]:  # fmt: skip
    record = read_record(scenario, caravan=caravan)
    if (members := options.pop("members", None)) is not None:
        options["particles"] = members
    ended = ended_on(scenario, record)
    return backtest_caravan(record, origins=origins, horizons=tuple(horizons), ended=ended, **options)


def _caravan_subject(scenario: Scenario, caravan: str | None) -> tuple[str, dt.date]:
    record = read_record(scenario, caravan=caravan)
    return record.caravan, record.date(0)


def _camp_cases(
    scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None, horizons: Sequence[int],
    **options: Any,
) -> list[Case]:  # fmt: skip
    del caravan
    return backtest_displacement(scenario, origins=origins, horizons=horizons, **options)


def _place_cases(
    scenario: Scenario, /, *, caravan: str | None, origins: Sequence[dt.date] | None, horizons: Sequence[int],
    **options: Any,
) -> list[Case]:  # fmt: skip
    del caravan
    return place_backtest.backtest_places(scenario, origins=origins, horizons=horizons, **options)


BACKTESTS: Mapping[str, Backtest] = {
    "caravan": Backtest(
        ("position", "headcount", "together"),
        CARAVAN_HORIZONS,
        14,
        _caravan_subject,
        _caravan_cases,
        {"draws": int, "particles": int, "memory": float},
    ),
    "displacement": Backtest(("counts",), DISPLACEMENT_HORIZONS, 60, lambda s, _: ("all camps", s.start), _camp_cases),
}
"""How each family is held against past days."""
ANY_MODEL = Backtest(
    ("counts",), place_backtest.HORIZONS, 60, lambda s, _: ("all places counted", s.start), _place_cases
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
