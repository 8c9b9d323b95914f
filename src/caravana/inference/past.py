"""Forecasts from past days that one evening of a replay leaves to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Forecast = TypeVar("Forecast")

MOST_HELD = 24
"""So many are kept: twice as many as an evening listens to."""


class PastForecasts:
    """Forecasts from past days, each found again by all that it was made from.

    What is taken from here is what would be made anew, so nobody can tell from a forecast whether it was; those asked
    for last are kept, :data:`MOST_HELD` of them.
    """

    def __init__(self) -> None:
        self._held: dict[Hashable, Any] = {}

    def find(self, made_from: Hashable, make: Callable[[], Forecast]) -> Forecast:
        """The forecast made from this: the one that is held, or made now.

        Parameters
        ----------
        made_from
            All that it depends on.
        make
            Makes it; what this raises is passed on, and nothing is kept.
        """
        forecast: Forecast = self._held.pop(made_from) if made_from in self._held else make()
        self._held[made_from] = forecast
        if len(self._held) > MOST_HELD:
            del self._held[next(iter(self._held))]
        return forecast
