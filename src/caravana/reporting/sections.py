"""Sections and tables: the unit of every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Caption, headings and rows of words; columns from ``numbers`` on are numbers."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the card and what stands under it, in this order."""

    key: str
    head: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()
    table_lead: str = ""
    table: Table | None = None
    after: tuple[str, ...] = ()
