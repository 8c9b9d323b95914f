"""Rows that say of one place and date what others have said: parts beside their total, other people, older versions.

Rows of one place and date are added up, which is right of parts alone (women, men).  Beside their total they would
count everybody twice; people of another kind are not the displaced; a number that was published anew takes the place
of the one before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.counts.headers import DISPLACED, OTHERS, PERSONS, PLACE, CountTable, people_of, rank, squashed
from caravana.importers.tables.dates import holds_date, read_dates
from caravana.importers.tables.numbers import is_number, read_numbers
from caravana.importers.tables.sheets import cell_text
from caravana.importers.tables.totals import sum_of
from caravana.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.counts.mapping import CountMapping
    from caravana.importers.tables.cells import Cell

_ANEW = re.compile(
    r"(last)?(updated?|updatedon|updatedat|revised|revisedon|revision(date|no|number)?|published|publishedon"
    r"|publication(date)?|dateofpublication|version|release(d|date)?)"
    r"|(fechade)?(actualizacion|publicacion|revision)|actualizado|publicado|revisado"
    r"|(datad[ae])?(atualizacao|actualizacao|publicacao|revisao)|atualizado|revisto"
    r"|(datede)?(miseajour|publication|revision)|publiele|maj"
)
"""Columns that say when, or how often, a number was published."""
_HOSTS = re.compile(
    r"(the|local|la|los|les)?(host(s|population|communit(y|ies)|famil(y|ies))?|hotes?|(comunidad(es)?|poblacion)?(de)?"
    r"(acogida|anfitrion(a|as|es)?)|(communautes?|populations?)(hotes?|daccueil)|hst"
    r"|(comunidades?|populacao)(de)?(acolhimento|acolhedoras?|anfitri(a|as)))"
)
"""What those are called who take people in, and where they live."""
_OTHERS = re.compile(
    _HOSTS.pattern
    + r"|residents?|residentes|habitants?|habitantes|inhabitants|(poblacion|population)(local|locale|residente?)"
    r"|ret|(idp|pdi|refugee|former)?(returnees?|retornad[oa]s|retournes|rapatries|repatriad[oa]s)(from[a-z]+|de[a-z]+)?"
    r"|(number|numero|nombre)?(of|de|d)?(hhs?|households?|hogares|famil(ies|ias|les)|menages|agregados(familiares)?)"
)
"""What people who are not displaced, or no more, are called in a column of kinds; and what is no number of people."""
_KINDS = re.compile(
    r"ref|roc|asy|oip|idp|idps|pdi|[a-z]*(displaced|desplazad[oa]s|deplace(e)?s|deslocad[oa]s|refugees|refugiad[oa]s|refugies)"
)
_TOTALS = re.compile(
    r"all|todos|todas|tous|toutes|both|ambos|lesdeux|total(e?population|poblacion|general|e?s?)|(all|both|todaslas|ambos|touslesage|tousles|lesdeux)"
    r"(sexes|genders|ages|edades|sexos)?"
)
"""What a total is called among its parts, besides what it is called anywhere."""
_SEXES = frozenset("fmhwt")
"""Letters of a column of sexes, in which a *T* is their total; among other letters it is a kind of its own."""
_OF_ONE_SEX = re.compile(
    r"[fmhw]|(fe)?males?|(wo)?m[ae]n|girls?|boys?|mujer(es)?|hombres?|ninos?|ninas?|masculino|femenino|hommes?|femmes?|filles?|mulher(es)?|home[nm]s?|menin[oa]s?|feminino|rapaz(es)?|raparigas?"
    r"|garcons?|masculin|feminin"
)
"""What parts by sex are called: in one place they are added up."""
_WITHIN = re.compile(
    r"(block|bloque|bloc|section|seccion|sector|secteur|zone|zona|phase|fase|manzana|quartier|barrio|bairro|bloco|seccao|cluster|tent|carpa)"
    r"(no|number|numero|id|nr)?"
)
"""Columns of the parts of a place, which may be numbered."""


UNITS = tuple(one for one in PLACE if re.match(r"adm\(in\)\?[123]|raion|oblast", one))
"""Columns of the admin units that a place lies in."""


def without_repeats(table: CountTable, mapping: CountMapping, notes: list[str], where: str) -> CountTable:
    """Leave out the rows that say of a place and date what another row says: notes name them.

    Parameters
    ----------
    table
        The table.
    mapping
        Which of its columns hold what.
    notes
        Takes what was left out.
    where
        File and sheet, as a fault names them.

    Raises
    ------
    InputError
        If places of one name cannot be told apart.
    """
    if mapping.layout == "places":
        return table
    others = [name for name in table.columns if name not in _read(table, mapping)]
    _refuse_namesakes(table, mapping, where)
    worded = [name for name in others if _is_worded(table.column(name))]
    kept = set(range(len(table.rows)))
    kept = _of_kind(table, mapping, worded, kept, notes)
    anew = [name for name in others if _ANEW.fullmatch(squashed(name))]
    words = [name for name in worded if name not in anew]
    within = [name for name in others if name not in words and _WITHIN.fullmatch(squashed(name))]
    kept = _newest(table, mapping, anew, [*words, *within], kept, notes)
    kept = _totals(table, mapping, words, kept, notes)
    if len(kept) == len(table.rows):
        return table
    at = sorted(kept)
    return replace(table, rows=tuple(table.rows[i] for i in at), lines=tuple(table.lines[i] for i in at))


def _refuse_namesakes(table: CountTable, mapping: CountMapping, where: str) -> None:
    """Refuse to add up as one place those of one name in two districts, where no code tells them apart.

    Raises
    ------
    InputError
        If there are any.
    """
    units = [name for name in table.columns if name != mapping.place and rank(name, UNITS) is not None]
    if not mapping.place or mapping.code or not units:
        return
    places = table.column(mapping.place)
    for unit in units:
        cells = table.column(unit)
        if _tells_origin(table, mapping, cells):
            continue
        for group in _groups(table, mapping, set(range(len(table.rows)))):
            # However each is spelt: of one unit the first spelling stands.
            spelt = {plain_name(cell_text(cells[at])): cell_text(cells[at]) for at in reversed(group) if cells[at]}
            named = list(reversed(spelt.values()))
            summed = [sum_of(name) for name in (cell_text(places[group[0]]), *named)]
            if len(named) > 1 and places[group[0]] is not None and not any(summed):
                first = cell_text(places[group[0]])[:40]
                raise InputError(
                    f"{where} line {table.lines[group[0]]}, column {mapping.place}: {first!r}"
                    f" — expected a name that one place has; it is in {', '.join(named[:3])} ({unit})"
                )


def _tells_origin(table: CountTable, mapping: CountMapping, cells: Sequence[Cell]) -> bool:
    """Whether a column of units says where people came from: most places are in several at once, in the same ones.

    A place lies in one unit; namesakes in two are the exception, unless they are numbered (*Site 1* of each district).
    """
    places = table.column(mapping.place)
    dates = table.column(mapping.date) if mapping.date else [None] * len(places)
    units: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for place, date, cell in zip(places, dates, cells, strict=True):
        if place is not None and cell is not None and not sum_of(cell_text(place)):
            units[plain_name(cell_text(place))][cell_text(date)].add(plain_name(cell_text(cell)))
    several = [max(of_days.values(), key=len) for of_days in units.values()]
    crossed = [one for one in several if len(one) > 1]
    if any(letter.isdigit() for name in units for letter in name):
        return False
    return len(crossed) > 1 and 2 * len(crossed) > len(several) and len(set.union(*crossed)) < sum(map(len, crossed))


def _read(table: CountTable, mapping: CountMapping) -> set[str]:
    """Columns that are read as something already."""
    dated = {name for name in table.columns if holds_date(name)} if mapping.layout == "dates" else set()
    return {mapping.place, mapping.code, mapping.date, mapping.persons} | dated


def _is_worded(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return 2 * len(filled) > len(cells) and any(isinstance(cell, str) and not is_number(cell) for cell in filled)


def _groups(table: CountTable, mapping: CountMapping, kept: set[int], words: Sequence[str] = ()) -> list[list[int]]:
    """Rows of one place, code and date, and of the same `words`, that are more than one."""
    keys = [name for name in (mapping.place, mapping.code, mapping.date, *words) if name]
    columns = [table.column(name) for name in keys]
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in sorted(kept):
        groups[tuple(plain_name(cell_text(column[at])) for column in columns)].append(at)
    return [group for group in groups.values() if len(group) > 1]


def _of_kind(
    table: CountTable, mapping: CountMapping, worded: Sequence[str], kept: set[int], notes: list[str]
) -> set[int]:
    """Without the rows of people who are not displaced, where a column tells them from those who are."""
    # Of a column of the displaced, those in host families are displaced, and live there.
    lodged = bool(_KINDS.fullmatch(squashed(mapping.persons or mapping.measure)))
    for name in worded:
        words = {at: squashed(cell_text(cell)) for at, cell in enumerate(table.column(name)) if cell is not None}
        apart = {
            at for at, word in words.items()
            if at in kept and _is_other(word) and not (lodged and _HOSTS.fullmatch(word))
        }  # fmt: skip
        if not apart or not any(_is_displaced(word) for word in words.values()):
            continue
        first = min(apart)
        notes.append(
            f"{len(apart):,} rows are not of people displaced, by the column {name}, and are left out"
            f" (first: {table.column(name)[first]}, line {table.lines[first]})"
        )
        kept = kept - apart
    return kept


def _is_other(word: str) -> bool:
    return bool(_OTHERS.fullmatch(word)) or people_of(word, PERSONS) in OTHERS


def _is_displaced(word: str) -> bool:
    return not _is_other(word) and (bool(_KINDS.fullmatch(word)) or people_of(word, DISPLACED) is not None)


def _newest(
    table: CountTable, mapping: CountMapping, columns: Sequence[str], words: Sequence[str], kept: set[int],
    notes: list[str],
) -> set[int]:  # fmt: skip
    """Of rows that say the same of one place and date, published one after another, those that came last."""
    for name in columns:
        ages = _ages(table.column(name), mapping)
        if ages is None:
            continue
        older: set[int] = set()
        for group in _groups(table, mapping, kept, words):
            last = max(ages[at] for at in group)
            older |= {at for at in group if ages[at] < last}
        if older:
            first = min(older)
            notes.append(
                f"{len(older):,} rows were published anew by the column {name}, and are left out: the last counts"
                f" (first: line {table.lines[first]})"
            )
            kept = kept - older
    return kept


def _ages(cells: Sequence[Cell], mapping: CountMapping) -> list[float] | None:
    """When each row was published, as numbers that rise; None where that cannot be told."""
    numbers = [cell if isinstance(cell, float) else float(cell) if isinstance(cell, str) and cell.isdigit() else None
               for cell in cells]  # fmt: skip
    if all(number is not None for number in numbers):
        return [float(number or 0.0) for number in numbers]
    dates = read_dates(cells, order=mapping.date_order)
    if dates.undecided is not None or any(date is None for date in dates.dates):
        return None
    # Of one day the hour decides, which only text has.
    return [(date or dt.date.min).toordinal() + _hour(cell) for date, cell in zip(dates.dates, cells, strict=True)]


def _hour(cell: Cell) -> float:
    match = re.search(r"(\d{1,2}):(\d{2})", cell) if isinstance(cell, str) else None
    return (int(match[1]) + int(match[2]) / 60) / 24 if match else 0.0


def _totals(
    table: CountTable, mapping: CountMapping, worded: Sequence[str], kept: set[int], notes: list[str]
) -> set[int]:
    """Of rows of one place and date of which some are the total of others, the totals alone."""
    marks: list[tuple[str, ...]] = [()] * len(table.rows)
    for name in worded:
        cells = table.column(name)
        by_letter = {squashed(cell) for cell in cells if isinstance(cell, str)} <= _SEXES
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and (_is_total(cell) or (by_letter and squashed(cell) == "t")):
                marks[at] = (*marks[at], name)
    parts: set[int] = set()
    numbers: Sequence[float | None] = [None] * len(table.rows)
    if mapping.persons:
        numbers = read_numbers(table.column(mapping.persons), thousands=mapping.thousands).numbers
    for group in _groups(table, mapping, kept):
        # Totals by sex and totals by age are the same people twice: those of one column are enough.
        whole = max((marks[at] for at in group), key=len)
        rest = {at for at in group if marks[at] != whole}
        # What is less than one of its parts is no total: a remark, or a kind, has its word.
        if sum(numbers[at] or 0.0 for at in group if at not in rest) >= max(
            (numbers[at] or 0.0 for at in rest), default=0.0
        ):
            parts |= rest
    if parts:
        first = min(parts)
        notes.append(
            f"{len(parts):,} rows are parts of a total that stands beside them, and are left out: the total counts"
            f" (first: line {table.lines[first]})"
        )
    return kept - parts


def _is_total(cell: str) -> bool:
    return sum_of(cell) == "all" or bool(_TOTALS.fullmatch(squashed(cell)))


def refuse_one_place(table: CountTable, date: str, persons: str) -> None:
    """Refuse to add up as one place the rows of a day that a column of words tells apart.

    Parameters
    ----------
    table
        The table, in which no column is one of places by its name.
    date, persons
        Its columns of dates and of people.

    Raises
    ------
    InputError
        If there is such a column: it names places, or parts of those who are in one.
    """
    days = [cell_text(cell) for cell in table.column(date)]
    if len(set(days)) == len(days):
        return
    worded = [name for name in table.columns if name not in (date, persons) and _is_worded(table.column(name))]
    apart = [name for name in worded if len({*map(cell_text, table.column(name))}) > 1 and not _is_by_sex(table, name)]
    if apart:
        raise InputError(
            f"a column of places is not to be told by its name: rows of one day differ in {', '.join(apart[:5])};"
            " write a mapping (place, or one_place)"
        )


def _is_by_sex(table: CountTable, name: str) -> bool:
    """Whether a column of words tells only sexes, and their total, apart."""
    words = {cell for cell in map(cell_text, table.column(name)) if cell}
    return all(_OF_ONE_SEX.fullmatch(squashed(word)) or _is_total(word) or squashed(word) == "t" for word in words)
