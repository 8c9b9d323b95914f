"""A proposed row in words: what is counted, how many and how surely, where, when, who says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

_NO_FIGURE = frozenset({"position", "rest_day", "ended"})
"""Kinds that say where, not how many: of them *exactly* means nothing."""


@dataclass(frozen=True)
class RowWords:
    """The words of rows in a language, with the names of the scenario's places.

    Attributes
    ----------
    language : Language
    places : mapping of str to str
        Names of places by their ids.
    """

    language: Language
    places: Mapping[str, str]

    def line(self, row: Mapping[str, Any]) -> str:
        """A row in one line."""
        head = self.kind(str(row.get("kind") or ""))
        if figure := self.figure(row):
            head += f": {figure}"
        return " \u00b7 ".join(
            [head, self.place(row.get("place")), self.day(row.get("date")), self.side(row.get("side"))]
        )

    def figure(self, row: Mapping[str, Any]) -> str:
        """How many, with how surely; of what has no figure only what is not plain fact."""
        low, high = row.get("low"), row.get("high")
        qualifier = str(row.get("qualifier") or "exact")
        ends = [self.language.number(end) for end in (low, high) if isinstance(end, (int, float))]
        if not ends:
            return "" if qualifier == "exact" else self.qualifier(qualifier)
        figure = ends[0] if low == high or len(ends) == 1 else "\u2013".join(ends)
        plain = row.get("kind") in _NO_FIGURE or (qualifier == "range" and len(ends) > 1)
        return figure if plain else f"{self.qualifier(qualifier)} {figure}"

    def kind(self, kind: str) -> str:
        """What is counted."""
        from caravana.reporting.tonight.reported import kind_words

        return kind_words(kind, self.language)

    def qualifier(self, qualifier: str) -> str:
        """How surely."""
        return self.language.text(f"web.qualifier.{qualifier}")

    def place(self, place: object) -> str:
        """Where: a name, or the place as it was typed."""
        return self.places.get(str(place), str(place)) if place else self.language.text("reader.nowhere")

    def day(self, day: object) -> str:
        """When: the day and its year, or the day as it was typed."""
        if not day:
            return self.language.text("reader.no_day")
        try:
            return self.language.day_year(dt.date.fromisoformat(str(day)))
        except ValueError:
            return str(day)

    def side(self, side: object) -> str:
        """Who says so."""
        return self.language.texts.get(f"observe.by.{side}", str(side or ""))


def words_of(scenario: Scenario, language: Language) -> RowWords:
    """The words of rows about a scenario."""
    return RowWords(language, {place.id: place.name for place in scenario.places})
