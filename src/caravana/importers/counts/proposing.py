"""Which column of a table holds what: proposed from its header, its HXL tags and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from caravana.errors import InputError
from caravana.importers.counts.headers import (
    CODE,
    DATE,
    MOVED,
    NOT_PERSONS,
    OF_PEOPLE,
    OTHERS,
    PERSONS,
    PLACE,
    CountTable,
    is_rate,
    people_of,
    plain_head,
    rank,
    rank_of_tag,
    squashed,
)
from caravana.importers.counts.mapping import CountMapping
from caravana.importers.counts.repeats import refuse_one_place
from caravana.importers.tables.dates import MONTHS, Dates, dates_in, holds_date, is_date
from caravana.importers.tables.numbers import is_number
from caravana.importers.tables.totals import sum_of
from caravana.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from caravana.importers.tables.cells import Cell


def propose(table: CountTable, *, stem: str) -> tuple[CountMapping, list[str]]:
    """Propose what the columns of a table hold.

    Parameters
    ----------
    table
        The table.
    stem
        Name of the file without its ending: the place, where no column names one.

    Returns
    -------
    tuple
        The mapping, and what is worth knowing about the choice.

    Raises
    ------
    InputError
        If no column of dates, or none of people, can be told; the message names the columns there are.
    """
    best = {kind: _best(table, kind) for kind in ("place", "code", "date", "persons")}
    dated = [name for name in table.columns if holds_date(name) and _mostly(table, name, is_number)]
    notes: list[str] = []
    if len(dated) >= 2 and not best["date"]:
        mapping = _by_dates(table, best, dated, stem)
    elif best["date"] and best["persons"] and not _is_total_of_places(table, best):
        if not best["place"]:
            refuse_one_place(table, best["date"], best["persons"])
        mapping = CountMapping(
            "long", table.header_line, best["place"], best["code"], best["date"], best["persons"],
            "" if best["place"] else stem,
        )  # fmt: skip
    elif not table.header_line and all(name.startswith("column ") for name in table.columns):
        mapping = _without_header(table, stem)
    elif best["date"] and not best["place"] and (places := _places_that_head(table, best["date"])):
        mapping = CountMapping("places", table.header_line, date=best["date"])
        notes.append(f"read as a column a place: {', '.join(places[:5])}{' ...' if len(places) > 5 else ''}")
    else:
        lacking = "a column of dates" if not best["date"] else "a column that counts people"
        if not best["date"] and _has_years(table):
            lacking += " (years alone say no day)"
        raise InputError(
            f"{lacking} is not to be told by its name: the columns are {', '.join(table.columns[:40])}; write a mapping"
        )
    if people_of(mapping.persons or mapping.measure) in OTHERS:
        notes.append(f"the column {mapping.persons or mapping.measure} does not say that it counts the displaced")
    if mapping.one_place:
        notes.append(f"no column names places: all counts are of {mapping.one_place!r}")
    return mapping, notes


def _is_total_of_places(table: CountTable, best: Mapping[str, str]) -> bool:
    """Whether what seems to count people is the total of a table that has a column a place."""
    total = sum_of(best["persons"]) == "all" and rank(best["persons"], OF_PEOPLE) is None
    return total and not best["place"] and len(_places_that_head(table, best["date"])) > 1


NO_PLACES = (
    "(year|anio|ano|annee|month|mes|mois|week|semana|round|ronda|cycle)(reportingdate|number|no)?",
    "id|fid|objectid|index|row|fila|code|codigo|unixtimestamp",
    "lat(itude|itud)?|lon(g|gitude|gitud)?|[xy]|(geo)?precision",
)  # fmt: skip
"""Columns of numbers that are no places, though they stand beside a column of dates."""
SURE = {"date": ("date", "fecha"), "persons": ("persons", "personas")}
"""Names that leave no doubt of what a column holds."""


def _best(table: CountTable, kind: str) -> str:
    """The column that fits a kind best, by its HXL tag or its name; what it holds decides between equals."""
    patterns = {"place": PLACE, "code": CODE, "date": DATE, "persons": PERSONS}[kind]
    ranked, unfit = [], []
    for at, name in enumerate(table.columns):
        if kind == "persons" and (NOT_PERSONS.search(plain_head(name)) or MOVED.search(plain_head(name))):
            continue
        by_tag, by_name = rank_of_tag(table.tags[at], kind), rank(name, patterns)
        if kind == "persons" and by_name is None and _is_individuals(name, table.columns):
            by_name = 0
        if by_tag is None and by_name is None:
            continue
        cells = table.column(name)
        if all(cell is None for cell in cells):
            continue
        if not _holds(kind, cells):
            # Where its very name says what it holds, the cells are at fault and not the choice.
            if plain_name(name) in SURE.get(kind, ()):
                unfit.append((100, at, name))
            continue
        # The tags are meant to be read by machines: where there are any, they go before names.
        ranked.append((by_tag if by_tag is not None else 100 + (by_name or 0), at, name))
    return min(ranked or unfit)[2] if ranked or unfit else ""


def _is_individuals(name: str, beside: Collection[str]) -> bool:
    """Whether ``ind`` is short for individuals: beside households it is, and else it may be the code of India."""
    return squashed(name) == "ind" and any(squashed(one) in ("hh", "hhs", "households") for one in beside)


def _holds(kind: str, cells: Sequence[Cell]) -> bool:
    """Whether most of the cells that hold something may be of a kind."""
    filled = [cell for cell in cells if cell is not None][:500]
    if kind == "date":
        fits = sum(map(is_date, filled))
    elif kind == "persons":
        fits = sum(is_number(cell) or (isinstance(cell, str) and len(cell) < 8) for cell in filled)
    elif kind == "code":
        fits = sum(isinstance(cell, str) or (isinstance(cell, float) and cell.is_integer()) for cell in filled)
    else:
        fits = sum(isinstance(cell, str) and not is_number(cell) for cell in filled)
    return 2 * fits >= len(filled) > 0


def _mostly(table: CountTable, name: str, holds: Any) -> bool:
    filled = [cell for cell in table.column(name) if cell is not None]
    return bool(filled) and 2 * sum(map(holds, filled)) >= len(filled)


def _by_dates(table: CountTable, best: Mapping[str, str], dated: list[str], stem: str) -> CountMapping:
    """A column a date: of several columns a date, those that count people by their words."""
    words = {_measure(name) for name in dated}
    measure = ""
    if len(words) > 1:
        ranked = [
            (0 if _is_individuals(one, words) else rank(one, PERSONS), one)
            for one in words
            if not NOT_PERSONS.search(plain_head(one)) and not MOVED.search(plain_head(one))
        ]
        known = [(place, one) for place, one in ranked if place is not None]
        if not known:
            raise InputError(
                f"several columns a date, and none says that it counts people: {', '.join(sorted(words)[:10])};"
                " write a mapping (measure)"
            )
        measure = min(known)[1]
    place = best["place"] or _first_of_text(table, dated)
    return CountMapping(
        "dates", table.header_line, place, best["code"], one_place="" if place else stem, measure=measure
    )


def _measure(name: str) -> str:
    """What a column of a date counts: the parts of its name that name no date, without the numbers of rounds."""
    parts = [part for part in name.split(" / ") if not holds_date(part)]
    if not parts:
        parts = [re.sub(rf"\([^)]*\)|\d+|\b(?:{'|'.join(MONTHS)})\b\.?", " ", plain_name(name))]
    kept = [re.sub(r"(?i)\b(round|ronda|r)\b|\d+|[_/().-]", " ", part) for part in parts]
    return " ".join(" ".join(kept).split()).casefold()


def _first_of_text(table: CountTable, others: Sequence[str]) -> str:
    return next(
        (
            n
            for n in table.columns
            if n not in others and _mostly(table, n, lambda c: isinstance(c, str) and not is_number(c))
        ),
        "",
    )


def _has_years(table: CountTable) -> bool:
    """Whether a column is one of years."""
    return any(rank(name, ("year|anio|ano|annee",)) is not None for name in table.columns)


def _places_that_head(table: CountTable, date: str) -> list[str]:
    """The columns of a table whose header is to be read as names of places; none where anything speaks against it.

    A column of words in most rows names what is counted, and a header with a word for people is none of places: then
    nobody has said which column holds what, and a sum over places must not be taken for a place.
    """
    places = place_columns(table, date)
    worded = _first_of_text(table, [date, *places])
    filled = sum(cell is not None for cell in table.column(worded)) if worded else 0
    if 2 * filled > len(table.rows) or any(rank(name, PERSONS) is not None or is_rate(name) for name in places):
        return []
    return places


def place_columns(table: CountTable, date: str) -> list[str]:
    """Columns of numbers beside a column of dates that are named by places: no totals, no parts."""
    return [
        name for name in table.columns
        if name != date and not name.startswith("column ") and _mostly(table, name, is_number)
        and sum_of(name) is None and not NOT_PERSONS.search(plain_head(name))
        and rank(name, NO_PLACES) is None
    ]  # fmt: skip


def columns_of_parts(table: CountTable) -> list[str]:
    """Columns that add up some of the people that others count."""
    return [
        name for name in table.columns
        if sum_of(name) == "part" and not NOT_PERSONS.search(plain_head(name)) and _mostly(table, name, is_number)
    ]  # fmt: skip


def _without_header(table: CountTable, stem: str) -> CountMapping:
    """Columns without names, as in Flee's own files: a date and a count, or a place, a date and a count."""
    dates = [n for n in table.columns if _holds("date", table.column(n)) and not _all_small(table.column(n))]
    date = dates[0] if dates else ""
    numbers = [n for n in table.columns if n != date and _mostly(table, n, is_number)]
    if not date or not numbers:
        raise InputError("expected a header that names a place, a date and a number of people, or a date and a count")
    place = _first_of_text(table, [date, *numbers])
    return CountMapping("long", 0, place, "", date, numbers[0], "" if place else stem)


def _all_small(cells: Sequence[Cell]) -> bool:
    """Whether all are plain numbers: a count may look like a day of Excel."""
    return all(
        isinstance(c, float) or (isinstance(c, str) and c.isdigit() and len(c) < 8) for c in cells if c is not None
    )


def columns_of_dates(table: CountTable, mapping: CountMapping) -> tuple[list[str], Dates]:
    """The columns of a layout ``dates`` that hold counts of people, and the date of each."""
    columns = [name for name in table.columns if holds_date(name) and name not in (mapping.place, mapping.code)]
    kept = [name for name in columns if not mapping.measure or _measure(name) == mapping.measure]
    return kept, dates_in(kept, order=mapping.date_order)
