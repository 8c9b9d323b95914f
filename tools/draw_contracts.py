"""Draws the import contracts of ``pyproject.toml`` as one SVG: the way of the data, from top to bottom.

A box is a package or module with the first sentence of its docstring.  It may import from the rows above its own, and
from none beside it.  Boxes within a box are the contracts inside that package.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path

from source_tree import Layers, read_contracts

WIDTH, GAP, PAD, HEAD, LINE = 900, 8, 10, 34, 13
LETTER = 5.7
"""Width of a letter of the small text, in units of the drawing."""


@dataclass(frozen=True)
class Box:
    """A package or module: its name, its sentence, the rows of boxes inside it (the lowest layer first)."""

    name: str
    sentence: str
    rows: tuple[tuple[Box, ...], ...] = ()


def read_boxes(project: Path, root: str) -> Box:
    """The root package as a box of boxes, by the contracts."""
    layers, apart = read_contracts(project)
    return _box(project / "src", root, layers, apart)


def _box(source: Path, name: str, layers: list[Layers], apart: list[tuple[str, ...]]) -> Box:
    rows: list[list[str]] = []
    for contract in layers:
        if contract.container == name:
            rows = [[f"{name}.{child}" for child in line] for line in reversed(contract.lines)]
    for family in apart:
        if not rows and {member.rpartition(".")[0] for member in family} == {name}:
            rows = [list(family)]
    inside = tuple(tuple(_box(source, child, layers, apart) for child in row) for row in rows)
    return Box(name.rpartition(".")[2], _sentence(source, name), inside)


def _sentence(source: Path, name: str) -> str:
    """The first sentence of a module's docstring."""
    path = source / Path(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    words = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n", 1)[0]
    return " ".join(words.replace("``", "").split())


def _lines(box: Box, width: float) -> list[str]:
    return textwrap.wrap(box.sentence, max(12, int((width - 2 * PAD) / LETTER)))


def _height(box: Box, width: float) -> float:
    inner = width - 2 * PAD
    height = HEAD + LINE * len(_lines(box, width))
    for row in box.rows:
        height += _row_height(row, inner) + GAP
    return height


def _columns(box: Box) -> int:
    """How many boxes stand side by side in a box, at its widest."""
    return max((sum(_columns(inner) for inner in row) for row in box.rows), default=1)


def _widths(row: tuple[Box, ...], width: float) -> list[float]:
    """Widths of the boxes of a row: the more there is inside, the wider."""
    columns = [_columns(box) for box in row]
    free = width - GAP * (len(row) - 1)
    return [free * number / sum(columns) for number in columns]


def _row_height(row: tuple[Box, ...], width: float) -> float:
    return max(_height(box, each) for box, each in zip(row, _widths(row, width), strict=True))


def _draw(box: Box, x: float, y: float, width: float, height: float) -> list[str]:
    parts = [
        f'<rect x="{x:g}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4"/>',
        f'<text class="name" x="{x + PAD:.1f}" y="{y + 20:.1f}">{escape(box.name)}</text>',
    ]
    lines = _lines(box, width)
    parts += [
        f'<text x="{x + PAD:.1f}" y="{y + 35 + LINE * n:.1f}">{escape(line)}</text>' for n, line in enumerate(lines)
    ]
    return parts + _draw_rows(box.rows, x + PAD, y + HEAD + LINE * len(lines), width - 2 * PAD)


def _draw_rows(rows: tuple[tuple[Box, ...], ...], x: float, y: float, width: float) -> list[str]:
    parts = []
    for row in rows:
        height = _row_height(row, width)
        left = x
        for box, each in zip(row, _widths(row, width), strict=True):
            parts += _draw(box, left, y, each, height)
            left += each + GAP
        y += height + GAP
    return parts


STYLE = (
    ".walls rect{fill:currentColor;fill-opacity:.06;stroke:currentColor;stroke-opacity:.45}"
    ".walls text{fill:currentColor;font:11px sans-serif}.walls .name{font:bold 14px sans-serif}"
    ".walls path{stroke:currentColor;stroke-width:1.5;fill:none}"
)


def draw_contracts(project: Path, root: str = "caravana") -> str:
    """The drawing: one line of SVG in a division, which Markdown leaves alone."""
    box = read_boxes(project, root)
    margin, top = 26, 4
    width = WIDTH - margin - 2
    height = top + sum(_row_height(row, width) + GAP for row in box.rows)
    arrow = f'<path d="M9 {top + 6} V{height - 16:.0f} m-5 -8 l5 8 l5 -8"/>'
    middle = f'transform="translate(21 {height / 2:.0f}) rotate(-90)" text-anchor="middle"'
    shapes = "".join([arrow, f"<text {middle}>the way of the data</text>", *_draw_rows(box.rows, margin, top, width)])
    title = f"The packages of {root}, by the import contracts: each may import from the rows above it"
    return (
        f'<div><svg class="walls" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'width="100%"><title>{escape(title)}</title><style>{STYLE}</style>{shapes}</svg></div>'
    )
