"""Tables in a text: lines of cells, what heads each column, and what each count of a row is of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from caravana.importers.articles.text import BETWEEN_CELLS, fold, separator_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Tells = Callable[[str], frozenset[str]]

_COUNT = re.compile(r"[~≈<>≤≥+]?\s*\d[\d.,\s'’]*\+?\*?")
_NOTHING = re.compile(r"[\s.:–—-]*|n/?[ade]|s/?[di]|nd")
_TOTAL = re.compile(r"(?:grand |sub-?|gran )?total(?:es|s)?\b|(?:sum|suma|sumas|overall|altogether)\b")
_PLAIN = re.compile(
    r"(?:values?|numbers?|figures?|amounts?|quantity|counts?|no\.?|nr\.?|n|#|cantidad(?:es)?|cifras?|numeros?|valor(?:es)?|"
    r"conteo|recuento|datos?|nº)\.?"
)
"""Heads of a column that say no more than that figures stand in it."""
_AS_HEADED, _UNNAMED = 0.9, 0.5
"""How sure it is that a count is of what heads its column, and of people where nothing does."""
_LEAST_CELLS = _LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class CountInTable:
    """One count of a table.

    Attributes
    ----------
    start, end
        Where its cell stands in the line.
    name
        What it counts, in the table's words; "" where the table does not say.
    setting
        What its row and column say besides: where, when, by whom.
    part
        Whether it adds up, with others of its row, to one more.
    whole
        Whether it sums up places: it is of none of them.
    repeats
        Whether others of the table say the same: a row of those that its total is made of, a total over days.
    """

    start: int
    end: int
    name: str
    setting: str
    part: bool = False
    whole: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a line: where it stands, and its words."""

    start: int
    end: int
    text: str

    @property
    def counts(self) -> bool:
        """Whether it is a count and nothing else."""
        return is_count(self.text)

    @property
    def number(self) -> int:
        """Of a count, its digits."""
        return int(re.sub(r"\D", "", self.text))

    @property
    def empty(self) -> bool:
        """Whether nothing is told in it."""
        return _NOTHING.fullmatch(self.text.lower()) is not None


def read_tables(
    lines: Sequence[str], tells: Tells, *, apart: Sequence[bool] = ()
) -> dict[int, tuple[CountInTable, ...]]:
    """The counts of every row of every table, by the index of its line.

    Rows that only break a total down repeat it where the table has it. Totals over days and over speakers repeat
    their rows: the same people were counted each time.

    Parameters
    ----------
    lines
        Of the text.
    tells
        What a cell says of a count besides what is counted: ``day``, ``place``, ``side``.
    apart
        Whether something stands between a line and the one before.
    """
    rows: list[list[Cell]] = []
    for n, line in enumerate(lines):
        cells = _cells_of(line)
        goes_on = bool(rows) and not any(apart[n : n + 1]) and separator_of(line) == separator_of(lines[n - 1]) == "   "
        rows.append(place_under(rows[-1], cells) if goes_on else cells)
    breaks = [0, *(n + 1 for n, (a, b) in enumerate(pairwise(rows)) if len(a) != len(b) or any(apart[n + 1 : n + 2]))]
    out: dict[int, tuple[CountInTable, ...]] = {}
    for first, end in pairwise([*breaks, len(rows)]):
        if end - first >= _LEAST_ROWS and len(rows[first]) >= _LEAST_CELLS:
            out |= {first + n: counts for n, counts in enumerate(_read_table(rows[first:end], tells))}
    return out


def _cells_of(line: str) -> list[Cell]:
    """The cells of a line; a line of prose is one."""
    mark = separator_of(line)
    start, end = 0, len(line.rstrip("\r\n" if mark == "\t" else None))
    if mark == "|" and line.lstrip().startswith("|"):
        start, end = line.index("|") + 1, len(line.rstrip().removesuffix("|"))
    elif mark == "   ":
        start = len(line) - len(line.lstrip())
    between = [m.span() for m in BETWEEN_CELLS[mark].finditer(line, start, end)] if mark else []
    out = []
    for before, after in pairwise([(start, start), *between, (end, end)]):
        inside = line[before[1] : after[0]]
        at = before[1] + len(inside) - len(inside.lstrip())
        out.append(Cell(at, at + len(inside.strip()), inside.strip()))
    return out


def place_under(heads: Sequence[Cell], cells: list[Cell]) -> list[Cell]:
    """Cells apart by spaces, each in the column of the row before that it stands under, if no two share one."""
    if len(cells) >= len(heads):
        return cells
    columns = [min(range(len(heads)), key=lambda n: _apart(heads[n], cell)) for cell in cells]
    if len(set(columns)) < len(columns):
        return cells
    by_column = dict(zip(columns, cells, strict=True))
    return [by_column.get(n, Cell(head.start, head.start, "")) for n, head in enumerate(heads)]


def _apart(one: Cell, other: Cell) -> int:
    """Characters between two cells of different lines, less those that they share."""
    return max(one.start, other.start) - min(one.end, other.end)


def _read_table(rows: Sequence[list[Cell]], tells: Tells) -> list[tuple[CountInTable, ...]]:
    """The counts of each row of a table."""
    headed = not any(cell.counts for cell in rows[0])
    heads = [cell.text if headed and not cell.empty else "" for cell in rows[0]]
    body = rows[1:] if headed else rows
    labels = [[c.text for c in row if not c.counts and not c.empty] for row in body]
    sums = [bool(words) and is_total(words[0]) for words in labels]
    known = {what for words, is_sum in zip(labels, sums, strict=True) if not is_sum for w in words for what in tells(w)}
    over = bool(known & {"day", "side"})
    named = any(
        _says(head) and not tells(head)
        for n, head in enumerate(heads)
        if any(row[n].counts for row in body) and not is_total(head)
    )
    out: list[tuple[CountInTable, ...]] = [()] if headed else []
    for row, words, is_sum in zip(body, labels, sums, strict=True):
        repeats = over if is_sum else not known and named and any(sums)
        whole = is_sum and "place" in known
        out.append(tuple(replace(c, whole=whole, repeats=repeats) for c in _counts_of(row, heads, words, tells)))
    return out


def is_count(words: str) -> bool:
    """Whether a cell is a count and nothing else."""
    return _COUNT.fullmatch(words) is not None


def is_total(words: str) -> bool:
    """Whether a cell heads a row or a column of totals."""
    return _TOTAL.match(fold(words)) is not None


def _says(head: str) -> bool:
    """Whether a head of a column says what is counted in it."""
    return bool(head) and _PLAIN.fullmatch(fold(head)) is None


def _counts_of(row: Sequence[Cell], heads: Sequence[str], labels: Sequence[str], tells: Tells) -> list[CountInTable]:
    """The counts of one row, each with what it counts and what else the table says of it."""
    out = []
    for n, cell in enumerate(row):
        if not cell.counts:
            continue
        besides = [heads[n]] if heads[n] and tells(heads[n]) else []
        name = heads[n] if _says(heads[n]) and not besides else " ".join(w for w in labels if not tells(w))
        name = name if name or besides else " ".join(labels)
        setting = ", ".join([*labels, *besides])
        out.append(CountInTable(cell.start, cell.end, name, setting, part=_adds_up(row, heads, n)))
    return out


def _adds_up(row: Sequence[Cell], heads: Sequence[str], at: int) -> bool:
    """Whether a count is a part of the total of its row: the others and it come to it."""
    totals = [n for n, head in enumerate(heads) if is_total(head) and row[n].counts]
    parts = [row[n].number for n in range(len(row)) if n not in totals and row[n].counts]
    return at not in totals and len(parts) > 1 and any(sum(parts) == row[n].number for n in totals)


def kind_named(name: str, heads: Mapping[str, re.Pattern[str]]) -> tuple[str, float] | None:
    """What a head of a table says is counted under it, and how surely; None where it names several things, or others.

    Parameters
    ----------
    name
        The head; where there is none, or it is of a total, people are counted, as likely as not.
    heads
        What heads call what is counted, by kind; ``headcount`` and ``none`` are no more than the rest says.
    """
    named = [kind for kind, words in heads.items() if words.search(fold(name))]
    own = [kind for kind in named if kind not in {"headcount", "none"}] or named
    if len(own) == 1:
        return own[0], _AS_HEADED
    return None if name and not is_total(name) else ("headcount", _UNNAMED)
