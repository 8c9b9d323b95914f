"""Sections: the unit of every page.

A page is a tuple of functions that each make one section of the run's answers in one language; one
macro prints any section, as HTML in a page and as Markdown in a card.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = Markup("")
"""No HTML."""


@dataclass(frozen=True, slots=True)
class Table:
    """Caption, headings and rows of words; columns from ``numbers`` on are numbers, that of ``bold`` in bold."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 1
    bold: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the days of a run, which the page's script draws.

    Attributes
    ----------
    key
        Names it in the page; no two charts of a page have the same.
    spec
        What is drawn: ``label``, ``q`` (quantiles [level, day]), ``top``, ``readout`` (words by
        day), and what else the script ``charts.js`` knows.
    head, note
        Stand over it; a chart with a head is one of the section's panels.
    height
        Pixels.
    sign
        A mark before the head, as HTML.
    placed
        Whether the section's own figure has the place for it.
    """

    key: str
    spec: Mapping[str, Any]
    head: str = ""
    note: str = ""
    height: int = 170
    sign: Markup = NOTHING
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands under it, in this order.

    Attributes
    ----------
    key
        Names it in the page.
    head
        The heading; a section without one is its figure alone.
    paragraphs
        The first words.
    charts
        Charts, in panels beside each other.
    items
        A list.
    table_lead, table, table_fold
        Words before a table; the table; the words to click on where it is folded away.
    figure
        HTML of the page's own for what no chart or table says, escaped by whoever made it.
    after
        A list to end with.
    prose
        Whether the section is meant to be read rather than looked up.
    wide
        Whether its charts stand in few wide columns.
    contents
        Its name in the page's table of contents; left out there where there is none.
    data
        What the page's script reads for it, by name.
    """

    key: str
    head: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    table_lead: str = ""
    table: Table | None = None
    after: tuple[str, ...] = ()
    table_fold: str = ""
    charts: tuple[Chart, ...] = ()
    figure: Markup = NOTHING
    prose: bool = False
    wide: bool = False
    contents: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
