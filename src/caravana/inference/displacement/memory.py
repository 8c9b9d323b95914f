"""Forecasts of a record from its past days, each made once, and how they did."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.cut import cut
from caravana.inference.displacement.forecast import CampForecast, forecast_camps
from caravana.inference.displacement.forecast import cut as cut_as_forecast
from caravana.inference.displacement.listening import HORIZONS, CampCase, camp_cases, past_origins
from caravana.models.displacement.counts import daily_counts
from caravana.scenario.canonical import scenario_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.displacement.listening import Total
    from caravana.inference.past import PastForecasts
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]


class Memory:
    """Forecasts from past days, each made once, with what is known of how they did.

    Parameters
    ----------
    past
        Forecasts that earlier evenings of a replay have left.
    """

    def __init__(
        self, scenario: Scenario, *, ahead: int, members: int, seed: int, total: Total = "forecast",
        values: Mapping[str, float] | None = None, past: PastForecasts | None = None,
    ) -> None:  # fmt: skip
        self._scenario, self._ahead, self._members, self._seed, self._total = scenario, ahead, members, seed, total
        self._values, self._past = values, past
        self._forecasts: dict[int, CampForecast] = {}

    def forecast(self, origin: int) -> CampForecast:
        """From a day of the scenario, as it was known then."""
        if origin not in self._forecasts:
            # Of counts the forecast knows itself what to leave out, and which camps they are of; but the day on which a
            # closed border will be open again was not known either.
            known = cut(self._scenario, self._scenario.start + dt.timedelta(days=origin))
            seen = known.model_copy(update={"observations": self._scenario.observations})
            forecast = self._anew_or_taken(seen, origin)
            given = self._total == "given"
            self._forecasts[origin] = forecast.given(self.total(origin, forecast)) if given else forecast
        return self._forecasts[origin]

    def _anew_or_taken(self, seen: Scenario, origin: int) -> CampForecast:
        """The forecast of a day: made anew, or as an earlier evening made it from the same."""

        def make() -> CampForecast:
            return forecast_camps(
                seen, origin, ahead=self._ahead, members=self._members, seed=self._seed, values=self._values
            )

        if self._past is None:
            return make()
        # What a forecast sees is cut as it cuts it itself: reports that came later make no other one of it.
        own = cut_as_forecast(seen, seen.start + dt.timedelta(days=origin))
        values = tuple(sorted((self._values or {}).items()))
        return self._past.find((scenario_hash(own), origin, self._ahead, self._members, self._seed, values), make)

    def heard(self, on: int) -> dict[int, list[CampCase]]:
        """How forecasts from past days did, at the horizons that have weights, by all that was known on a day.

        A count that became known later is not held against them, nor does it take the place of one that was known.
        From days on which nothing was known yet there is no forecast.
        """
        seen = cut(self._scenario, self._scenario.start + dt.timedelta(days=on))
        cases: dict[int, list[CampCase]] = {}
        for day in past_origins(on):
            with contextlib.suppress(UsageError):
                cases[day] = camp_cases(seen, self.forecast(day), HORIZONS)
        return cases

    def total(self, origin: int, forecast: CampForecast) -> Floats:
        """The counted sum over the camps of a forecast on the days ahead."""
        full = daily_counts(self._scenario, on=self._scenario.start + dt.timedelta(days=origin))
        at = [full.place_ids.index(place) for place in forecast.place_ids]
        return np.asarray(full.camps[origin + 1 :, at].sum(axis=1), float)
