"""Where the table in a grid begins, what its columns are called, and what they may hold.

Header lines of public files and their variants: UNHCR's operational data, DTM, HAPI (see the tests).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.arabic import in_english
from caravana.importers.tables.cells import EXCEL_EPOCH
from caravana.importers.tables.dates import holds_date
from caravana.importers.tables.numbers import is_number
from caravana.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.importers.tables.cells import Cell, Grid

#: Rows of a grid among which a header is looked for, and rows that it may have.
MOST_BEFORE = 30
MOST_DEEP = 4

PLACE = (
    "geomastername", "(site|camp|settlement|location|locality|place)name(en)?", "nombredel(sitio|lugar|campamento)",
    "nomd(u|ela)(site|camp|lieu|localite)|nomed[oa](centro|sitio|local|localidade|campo|acampamento|abrigo)",
    ("campamento|albergue|localidad|asentamiento|refugio|camp|site|sitio|location|place|lugar|localite|locality|lieu|village"
    "|localidade|assentamento|acampamento|abrigo|aldeia|povoado"),
    # Words that may mean other things too: *Local* (yes or no), *Campo*.
    "campo|centro|local", "adm(in)?4(name|en|es|fr)?", "adm(in)?3(name|en|es|fr)?",
    "adm(in)?2(name|en|es|fr)?|provideradmin2name",
    "raion|municipio|municipality|district|distrito|county|cercle|commune|concelho",
    "nombre|name|nom|nome", "adm(in)?1(name|en|es|fr)?|provideradmin1name",
    "oblast|provinc(e|ia)|region|departe?ament(o)?|department|departement|estado|state|governorate",
    "adm(in)?0(name|en|es|fr)?|country(name)?(ofasylum)?|pais(deasilo)?|pays|asylumcountry", "locationcode|hascode",
)  # fmt: skip
"""Columns of place names, the most detailed first, as whole words without marks."""
CODE = ("adm(in)?4p?code", "adm(in)?3p?code", "adm(in)?2p?code|raionpcode", "adm(in)?1p?code|oblastpcode", "pcode")
DATE = (
    "datadate|(data|date)?asof(date)?|snapshotdate|(fecha)?(de)?corte|dated?arrete",
    "date|fecha|data|dia|day|jour", "reportingdate|datereported|dateofreport|reportdate|fechade(l)?reporte",
    "referenceperiodstart|startdate|periodstart",
    "(survey|assessment|collection|update)date|dateof(assessment|survey|collection|update)|referencedate",
    "month|mes|mois|period|periodo|week|semana|semaine|dateofinterview|today", "referenceperiodend|enddate",
    "fecha[a-z]+|date[a-z]+|datad[aeo][a-z]+|(?!.*mandate)[a-z]+date",
)  # fmt: skip
REFUGEES = "cumulativerefugees|refugees|refugiados|refugies"
DISPLACED = (
    "numpresentidpind|(total)?(number|no|numero|nombre|nbr?e?)?(of|de|d)?(individuals|individuos|individus|(?<=.)ind)",
    "(individuals|individuos|individus)(idps?|pdi|deplaces|deslocados)",
    "(total)?(number|no|numero|nombre|nbr?e?)?(of|de)?(idp|pdi)s?(ind|individuals|individus|persons|personas|personnes)?",
    REFUGEES,
    (
        "(total|numero|cantidad|nombre|number)?(de|of|d|des)?(personas|people|persons|personnes|desplazad[oa]s|deplacee?s|pessoas"
        "|deslocad[oa]s)"
    ),
    "(total|number)?(of)?displaced(persons|people)?|idppopulation",
    (
        "(nombre|numero|number)?(de|of)?(personnes|personas|persons|people|pessoas)"
        "(presente?s|present|enregistrees|registradas|registered|recensees|accueillies|acogidas|albergadas|hosted|registadas)"
    ),
    (
        "(personas)?desplazad[ao]sintern[ao]s|personasdesplazadas|personnesdeplacees(internes)?|(pessoas)?deslocad[ao]sintern[ao]s"
        "|pessoasdeslocadas(internamente)?"
    ),
    "displacementsincestartofconflict",
)
"""Columns of people who are displaced, or are of no kind."""
ARRIVALS = "(new|nouve(aux|lles)|nuev[oa]s|nov[oa]s)?(arrivals|llegadas|arrivees?|arrives|chegadas)|recienllegad[oa]s"
OTHERS = ("population|poblacion|populacao|totalpopulation", "returnees|retornad[oa]s|retournes", ARRIVALS)
"""Columns of other people, which are read where there are none of the displaced."""
PERSONS = (
    *DISPLACED, *OTHERS[:2], "count|total|valor|value|valeur|cantidad|numero|number|effectifs?", ARRIVALS,
)  # fmt: skip
"""Columns of people, the best first: who came in a while says least of who is there."""
OF_PEOPLE = (*DISPLACED, *OTHERS)
"""Those of them that have a word for people."""
NOT_PERSONS = re.compile(
    r"household|hogar|famil|menage|\bhhs?\b|male|female|mujer|hombre|child|nin[oa]s|percent|daily|diari"
    r"|femme|homme|fille|garcon|enfant|\bhote\b|\bhost\b|anfitrion|agregad|mulher|\bhome[nm]|crianca|menin[oa]s|acolh"
)
"""Words of columns that count something else, or a part only."""
_OF_NO_KIND = re.compile(
    r"(total|number|no|numero|nombre|nbr?e?)?(of|de|d)?(individuals|individuos|individus|ind|personas|people|persons"
    r"|personnes|pessoas)"
)
"""Words for people that say nothing of which."""
MOVED = re.compile(
    r"\b(?:departures?|departs|salidas|sorties|deaths|deces|fallecid[oa]s|births|naissances|nacimientos|planned"
    r"|prevu(?:e?s)?|previst[oa]s?|planificad[oa]s|planead[oa]s|planejad[oa]s|saidas|obitos|falecid[oa]s|nascimentos|target(?:ed)?|previous|precedente?s?|anterior(?:es)?)\b"
)
"""Words of columns of who left, was born, was planned for, or was there before: not of who is there."""
_RATE = re.compile(
    r"%|\b(?:per|por|par)\b"
    r"|(?:people|person|individ|idps?|pdi|refugee|refugi|return|retorn|retour|arriv|llegada|popula|pobla|displace"
    r"|desplaz|deplace|pesso|desloc|chegada|household|hogar|famil|menage|agregad|hhs?)\w*\s*/\s*"
    r"(?:days?|dias?|jours?|weeks?|semanas?|semaines?|months?|mes(?:es)?|mois|years?|anos?|annees?|sq ?km|km ?2?|ha"
    r"|hectares?|mi ?2|hhs?|households?|hogar(?:es)?|famil\w+|menages?"
    r"|shelters?|tents?|rooms?|latrines?|toilets?|(?:100|10{0,2}[ .,]?000)\s*[a-z]\w*)\W*$"
)
"""A share, or a number a day or a km²: no number of people."""
_GROUP = re.compile(
    r"(?:gr(?:ou)?p|groupe|grupo)s?(?:[_ -]?\w*)"
    r"|(?:section|seccion|form|formulari[oe]|formulaire|survey|encuesta|enquete|questionnaire|cuestionario|modul[eo]"
    r"|intro|introduction|meta|metadata|begin|hh|hhs|households?|hogar(?:es)?|menages?)(?:[_ -]?\d+)?"
)
"""What survey forms call a group of questions, which they put before each, with a stroke between."""
_TAG = re.compile(r"#[a-z][a-z0-9_]*(\s*\+[a-z0-9_]+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table within a grid.

    Attributes
    ----------
    sheet
        Name of the grid.
    columns
        Name of each column; of a header of several rows the texts above each other, with `` / `` between.
    tags
        HXL tag of each column; empty where there is none.
    header_line
        Line of the (last) row of the header; 0 where there is none.
    rows, lines
        The rows of data, and the line of each.
    epoch
        From when its numbers of days count.
    """

    sheet: str
    columns: tuple[str, ...]
    tags: tuple[str, ...]
    header_line: int
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    epoch: dt.date = EXCEL_EPOCH

    def column(self, name: str) -> list[Cell]:
        """Cells of a column by its name."""
        at = self.columns.index(name)
        return [row[at] if at < len(row) else None for row in self.rows]


def squashed(name: str) -> str:
    """A name without marks, spaces, accents and case, by which headers are compared."""
    return re.sub(r"[^a-z0-9]+", "", plain_name(in_english(name)))


def plain_head(name: str) -> str:
    """A column's name without accents and case, each of its parts in English where it is Arabic."""
    return plain_name(" / ".join(in_english(part) for part in name.split(" / ")))


def find_table(grid: Grid, *, header_line: int | None = None) -> CountTable:
    """Find the header of a grid, of one row or of several, and the row of HXL tags below it.

    Parameters
    ----------
    header_line
        Line of the header's last row, where it is known; 0 for none.
    """
    width = max(len(row) for row in grid.rows)
    rows = [(*row, *([None] * (width - len(row)))) for row in grid.rows]
    tagged = next((i for i, row in enumerate(rows[:MOST_BEFORE]) if _are_tags(row)), None)
    if header_line is not None:
        last = next((i for i, line in enumerate(grid.lines) if line == header_line), -1)
    elif tagged is not None:
        last = tagged - 1
    else:
        last = _last_of_header(rows)
        last += last >= 0 and _names_again(rows, last)
    first_data = last + 1
    tags = tuple("" for _ in range(width))
    if tagged is not None and tagged in {last + 1, last}:
        tags = tuple(re.sub(r"\s", "", str(cell or "")).lower() for cell in rows[tagged])
        first_data = tagged + 1
    names = _names(rows, last, width) if last >= 0 else [f"column {n}" for n in range(1, width + 1)]
    data = zip(rows[first_data:], grid.lines[first_data:], strict=True)
    # Programs repeat the header on every page.
    kept = [(row, line) for row, line in data if last < 0 or row != rows[last]]
    return CountTable(
        grid.name, tuple(_distinct(names)), tags, grid.lines[last] if last >= 0 else 0,
        tuple(row for row, _ in kept), tuple(line for _, line in kept), grid.epoch,
    )  # fmt: skip


def _are_tags(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if cell is not None]
    tags = sum(isinstance(cell, str) and bool(_TAG.fullmatch(cell)) for cell in filled)
    return tags >= 2 and 2 * tags >= len(filled)


def _is_datum(cell: Cell) -> bool:
    return isinstance(cell, float | dt.date) or (isinstance(cell, str) and (is_number(cell) or _is_day(cell)))


def _is_day(cell: str) -> bool:
    return bool(re.search(r"\d", cell)) and len(cell) < 40 and holds_date(cell)


def _last_of_header(rows: list[tuple[Cell, ...]]) -> int:
    """Index of the last row of the header: the one before the first rows that hold data; -1 where there is none."""
    begin = rows[:MOST_BEFORE]
    widest = max(sum(cell is not None for cell in row) for row in begin)
    named = [_named_columns(row) for row in begin]
    if max(named, default=0) >= 2:
        # A row that names two things that are looked for is a header, wherever it stands; below it names may go on.
        at = named.index(max(named))
        return at + _goes_on_in_days(begin[at], *([*begin[at + 1 : at + 3], (), ()][:2]))
    for index, row in enumerate(begin):
        filled = [cell for cell in row if cell is not None]
        if len(filled) < min(2, widest):
            continue
        texts = [cell for cell in filled if not _is_datum(cell)]
        below, after = [*begin[index + 1 : index + 3], (), ()][:2]
        if _goes_on_in_days(filled, below, after):
            return index + 1
        data_below = any(_is_datum(cell) for cell in below)
        if not data_below:
            continue
        dates = sum(isinstance(c, dt.date) or (isinstance(c, str) and _is_day(c)) for c in filled)
        if len(texts) == len(filled) or (texts and dates >= len(filled) - len(texts) and dates > 1):
            return index
        return -1
    return -1


def _goes_on_in_days(above: Sequence[Cell], below: Sequence[Cell], after: Sequence[Cell]) -> bool:
    """Whether the row below one of words alone is the rest of its header: days and words, over numbers."""
    days = [
        at for at, cell in enumerate(below) if isinstance(cell, dt.date) or (isinstance(cell, str) and _is_day(cell))
    ]
    plain = [cell for at, cell in enumerate(below) if at not in days and cell is not None and _is_datum(cell)]
    counted = sum(at < len(after) and _is_count(after[at]) for at in days)
    return not any(map(_is_datum, above)) and len(days) >= 2 and not plain and counted >= 2


def _is_count(cell: Cell) -> bool:
    return isinstance(cell, float) or (isinstance(cell, str) and is_number(cell) and not _is_day(cell))


def _names_again(rows: list[tuple[Cell, ...]], last: int) -> bool:
    """Whether the row below a header names its columns again, in another language: no datum, over columns of data."""
    if len(rows) <= last + 1:
        return False
    again, below = rows[last + 1], rows[last + 2 : last + 5]
    named = [at for at, cell in enumerate(again) if cell is not None]
    if _named_columns(again) < 2 or any(_is_datum(again[at]) for at in named):
        return False
    return any(_is_datum(row[at]) for row in below for at in named)


def _named_columns(row: Sequence[Cell]) -> int:
    """How many of place, date and persons a row names."""
    names = [squashed(cell) for cell in row if isinstance(cell, str) and len(cell) < 60]
    return sum(any(re.fullmatch(pattern, n) for n in names for pattern in kind) for kind in (PLACE, DATE, PERSONS))


def _names(rows: list[tuple[Cell, ...]], last: int, width: int) -> list[str]:
    """Names of columns of a header that ends in a row: texts of rows above are put before, merged cells carried on."""
    parts: list[list[str]] = [[] for _ in range(width)]
    first = last
    while first > 0 and last - first < MOST_DEEP - 1 and _heads_more(rows[first - 1], rows[last]):
        first -= 1
    for index in range(first, last + 1):
        carried = ""
        for at, cell in enumerate(rows[index]):
            text = "" if cell is None else cell.isoformat() if isinstance(cell, dt.date) else _plain_text(cell)
            if text:
                carried = text
            elif index < last:
                text = carried
            if text and text not in parts[at]:
                parts[at].append(text)
    return [" / ".join(part) or f"column {at}" for at, part in enumerate(parts, start=1)]


def _plain_text(cell: str | float) -> str:
    return f"{cell:g}" if isinstance(cell, float) else " ".join(cell.split())


def _heads_more(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether a row above a header belongs to it: at least two texts, or one over later columns; a title does not."""
    filled = [at for at, cell in enumerate(above) if cell is not None]
    return len(filled) >= 2 or (len(filled) == 1 and filled[0] > 0 and below[filled[0]] is not None)


def _distinct(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def is_rate(name: str) -> bool:
    """Whether a column holds shares, or numbers a day, a month, a km² or a household."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return bool(_RATE.search("".join(mark for mark in letters if not unicodedata.combining(mark))))


def rank(name: str, patterns: Sequence[str]) -> int | None:
    """How well a column's name fits a list of patterns, 0 the best; None where it fits none."""
    if is_rate(name):
        return None
    parts = [squashed(part) for part in (name, *_parts(name))]
    # Under a head of returnees or arrivals, individuals are of these.
    others = [p for p in patterns if p in OTHERS[1:] and any(re.fullmatch(p, part) for part in parts)]
    if others:
        parts = [part for part in parts if not _OF_NO_KIND.fullmatch(part)]
    return next((i for i, p in enumerate(patterns) if any(re.fullmatch(p, part) for part in parts)), None)


def _parts(name: str) -> list[str]:
    """The parts of a column's name: either of two words for one thing counts, of a question in a group the question."""
    parts: list[str] = []
    for head in name.split(" / "):
        within = head.split("/")
        grouped = len(within) > 1 and _GROUP.fullmatch(plain_name(within[0]).strip())
        parts += within[-1:] if grouped else within
    return parts


def people_of(name: str, patterns: Sequence[str] = PERSONS) -> str | None:
    """Whom a name says that is counted: those displaced or of no kind, refugees, inhabitants, returnees, arrivals.

    Parameters
    ----------
    name
        Name of a column or sheet.
    patterns
        Those of `PERSONS` that count.

    Returns
    -------
    str or None
        A pattern that stands for the kind; None where the name has no word for people.
    """
    at = rank(name, patterns)
    if at is None:
        return None
    return patterns[at] if patterns[at] in (REFUGEES, *OTHERS) else DISPLACED[0]


def rank_of_tag(tag: str, kind: str) -> int | None:
    """How well an HXL tag says that a column holds places, dates or persons, 0 the best; None where it does not."""
    if not tag:
        return None
    base, *attributes = tag.lstrip("#").split("+")
    if kind == "place" and "name" in attributes:
        return {"loc": 0, "adm4": 1, "adm3": 2, "adm2": 3, "adm1": 5, "country": 8}.get(base)
    if kind == "code" and "code" in attributes:
        return {"adm4": 0, "adm3": 1, "adm2": 2, "adm1": 3}.get(base)
    if kind == "date" and base == "date":
        order: Mapping[str, int] = {"reported": 0, "start": 1, "occurred": 2, "end": 4}
        return min((order[a] for a in attributes if a in order), default=1)
    if kind == "persons" and base in {"affected", "population", "reached", "inneed"}:
        parts = {"f", "m", "hh", "children", "adults", "age"}.intersection(attributes)
        return None if parts else 0 if "ind" in attributes else 1
    return None
