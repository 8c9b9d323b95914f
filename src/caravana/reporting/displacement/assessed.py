"""The areas whose displaced were assessed, in camps or not: what was said, and what the run has that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.language.names import country_words
from caravana.reporting.sections import Section, Table
from caravana.results.acting import traits_of

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.displacement.answers import DisplacementAnswers
    from caravana.results.by_unit.assessed import Assessed

MOST_ROWS = 60
"""So many areas are listed; of the others the number is told."""


def areas(answers: DisplacementAnswers, language: Language) -> Section | None:
    """A row an area: its last assessment within the run, people there that day, in idpcamps, on the last day.

    Before it, who was displaced before the first day, and who has gone home for good.  None without any of it.
    """
    first = _first_words(answers, language)
    head = language.text("displacement.areas.head")
    if not answers.assessed:
        return Section("areas", head, first) if first else None
    displaced = answers.results
    rows = tuple(_row(one, displaced.days, answers, language) for one in answers.assessed[:MOST_ROWS])
    words = [*first, language.text("displacement.areas.lead")]
    if traits_of(displaced.scenario).mended and not displaced.origin:
        words.append(language.text("displacement.areas.held"))
    if (more := len(answers.assessed) - MOST_ROWS) > 0:
        words.append(language.text("displacement.areas.more", n=language.number(more)))
    headings = ("area", "date", "counted", "simulated", "idpcamps", "last_day")
    return Section(
        "areas", head, tuple(words),
        table=Table(
            language.text("displacement.areas.caption"),
            tuple(language.text(f"displacement.areas.{name}") for name in headings), rows, numbers=2,
        ),
    )  # fmt: skip


def _first_words(answers: DisplacementAnswers, language: Language) -> tuple[str, ...]:
    """Who was displaced before the first day, by place, and who has gone home by the last one."""
    places = answers.results.scenario.places
    words = []
    if people := sum(place.displaced or 0 for place in places):
        number = sum(bool(place.displaced) for place in places)
        words.append(language.text(
            "displacement.areas.before", n=language.number(people), places=language.number(number)
        ))  # fmt: skip
    if answers.returned is not None and answers.returned.any():
        low, middle, high = (language.number(one) for one in np.quantile(answers.returned, (0.05, 0.5, 0.95)))
        words.append(language.text("displacement.areas.returned", n=middle, low=low, high=high))
    return tuple(words)


def _row(one: Assessed, days: int, answers: DisplacementAnswers, language: Language) -> tuple[str, ...]:
    """The cells of an area."""
    dated = np.flatnonzero((one.area.days >= 0) & (one.area.days < days))
    last = int(dated[-1])
    day = int(one.area.days[last])
    low, high = language.number(one.area.low[last]), language.number(one.area.high[last])
    name = country_words(one.area.name, language) if one.area.name else language.text("displacement.areas.all")
    return (
        name, language.day_year(answers.results.date(day)), low if low == high else f"{low}\u2013{high}",
        _range(one, day, language), language.number(one.in_idpcamps[day]), _range(one, days - 1, language),
    )  # fmt: skip


def _range(one: Assessed, day: int, language: Language) -> str:
    """The middle of the runs and the range that holds nine in ten of them."""
    low, middle, high = (language.number(one.levels[level, day]) for level in (0, one.levels.shape[0] // 2, -1))
    return middle if low == high else f"{middle} ({low}\u2013{high})"
