"""Text of a page of a PDF, the rows of its tables as lines with strokes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from caravana.importers.articles.tables.rows import Cell, is_count, place_under

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pypdf import PageObject

_LETTER = 0.45
"""Width of a letter over the size of its font, about."""
_GAP = 1.0
"""Size of a font that lies between two cells at least; words of a line lie closer."""
_SAME_LINE = 0.4
_MOST_CELL = 40
_LEAST_CELLS = _LEAST_ROWS = 2
_MOST_PIECES = 20_000
"""Pieces of text of a page: what has more is a drawing, and is read as words in lines."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that stands at one place of a page, in its units, its font's size among them."""

    x: float
    y: float
    size: float
    text: str

    @property
    def end(self) -> float:
        return self.x + _LETTER * self.size * len(self.text)


def text_of_page(page: PageObject) -> str:
    """The words of a page in lines, the rows of its tables with a stroke between cells.

    A table is two lines and more, one under the other, whose pieces stand apart, are short, and are counts in part.

    Parameters
    ----------
    page
        As pypdf has it.
    """
    pieces: list[_Piece] = []

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], _font: object, size: float) -> None:
        if text.strip() and len(pieces) <= _MOST_PIECES:
            x, y = (cm[n] * tm[4] + cm[n + 2] * tm[5] + cm[n + 4] for n in (0, 1))
            piece = _Piece(x, y, abs(size * tm[3] * cm[3]) or 1.0, text.strip())
            if all(map(math.isfinite, (piece.x, piece.y, piece.size, piece.end))):
                pieces.append(piece)

    text = page.extract_text(visitor_text=visit)
    if len(pieces) > _MOST_PIECES:
        return text
    rows = {_squeezed("".join(row)): row for table in _tables_of(pieces) for row in table}
    lines = [rows.get(_squeezed(line), line) for line in text.split("\n")]
    return "\n".join(line if isinstance(line, str) else f"\n{' | '.join(line)}\n" for line in lines)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _tables_of(pieces: Sequence[_Piece]) -> Iterator[list[tuple[str, ...]]]:
    """Rows of each table of a page, from the top."""
    lines = list(_lines_of(pieces))
    for is_row, some in groupby(lines, key=_is_row):
        rows = list(some)
        counted = sum(any(is_count(cell.text) for cell in row) for row in rows)
        if not is_row or len(rows) < _LEAST_ROWS or 2 * counted < len(rows):
            continue  # two columns of prose stand side by side, too
        heads = max(rows, key=len) if len(rows[0]) < _LEAST_CELLS else rows[0]
        yield [tuple(cell.text for cell in place_under(heads, row)) for row in rows]


def _is_row(cells: Sequence[Cell]) -> bool:
    return len(cells) >= _LEAST_CELLS and all(len(cell.text) <= _MOST_CELL for cell in cells)


def _lines_of(pieces: Sequence[_Piece]) -> Iterator[list[Cell]]:
    """Lines of a page from the top, each as its pieces that stand apart."""
    line: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (-p.y, p.x)):
        if line and abs(piece.y - line[0].y) > _SAME_LINE * max(piece.size, line[0].size):
            yield _cells_of(line)
            line = []
        line.append(piece)
    if line:
        yield _cells_of(line)


def _cells_of(line: Sequence[_Piece]) -> list[Cell]:
    """The cells of a line: pieces with more than a font's size between them."""
    across = sorted(line, key=lambda p: p.x)
    starts = [0, *(n + 1 for n, (a, b) in enumerate(pairwise(across)) if b.x - a.end > _GAP * max(a.size, b.size))]
    out = []
    for first, end in pairwise([*starts, len(across)]):
        words = across[first:end]
        out.append(Cell(round(words[0].x), round(words[-1].end), " ".join(piece.text for piece in words)))
    return out
