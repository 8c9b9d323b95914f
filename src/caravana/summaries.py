"""One screen that says what an object is: as text, and as a table in a notebook."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100
"""Characters of a line at most."""
STYLE = "border-collapse:collapse;font:14px system-ui,sans-serif;color:#14212b"
CELL = "text-align:left;padding:2px 12px 2px 0;border:0;border-bottom:1px solid #d5dce2"


class Summarised:
    """What has a short ``repr``, and a table in notebooks."""

    __slots__ = ()

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return a heading, and what is worth knowing at a glance: names and values, a line each.

        Of a data class these are its fields, each in short; others say it themselves.
        """
        held = [(one.name, getattr(self, one.name)) for one in fields(self)]  # type: ignore[arg-type]
        return type(self).__name__, [(name, in_short(value)) for name, value in held]

    def __repr__(self) -> str:
        """One screen of text."""
        heading, rows = self._summary_rows()
        width = max((len(name) for name, _ in rows), default=0)
        lines = [f"  {name:<{width}}  {value}" for name, value in rows]
        return "\n".join([shorten(heading), *map(shorten, lines)])

    def __str__(self) -> str:
        """Return the same screen of text."""
        return repr(self)

    def _repr_html_(self) -> str:
        """Return the same as a table."""
        return as_table(*self._summary_rows())


def as_table(heading: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return names and values as a table of HTML that needs no style sheet."""
    cells = "".join(
        f'<tr><th scope="row" style="{CELL};font-weight:600">{html.escape(name)}</th>'
        f'<td style="{CELL}">{html.escape(value)}</td></tr>'
        for name, value in rows
    )
    return (
        f'<table style="{STYLE}"><caption style="text-align:left;font-weight:700;color:#12568c;padding:2px 0">'
        f"{html.escape(heading)}</caption><tbody>{cells}</tbody></table>"
    )


def in_short(value: Any) -> str:
    """Return what a value is, on one line: how many there are of many, an array's shape, the beginning of a text."""
    if isinstance(value, Summarised):
        return repr(value).partition("\n")[0]
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"array {list(value.shape)} of {value.dtype}"
    if hasattr(value, "columns") and hasattr(value, "index"):
        return f"table of {len(value.index):,} rows: {listed_names(map(str, value.columns))}"
    if isinstance(value, Mapping):
        return f"{len(value):,}: {listed_names(map(str, value))}" if value else "none"
    if isinstance(value, (tuple, list)):
        named = [str(getattr(one, "id", None) or getattr(one, "name", None) or in_short(one)) for one in value[:7]]
        return f"{len(value):,}: {listed_names([*named, *value[7:]])}" if value else "none"
    if callable(value):
        # Not its address: that says nothing, and is another each time.
        return str(getattr(value, "__qualname__", type(value).__name__))
    return "none" if value is None else " ".join(str(value).split())


def shorten(line: str) -> str:
    """Return a line cut to :data:`WIDTH`."""
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def listed_names(names: Iterable[str], *, most: int = 6) -> str:
    """Return the first names of many, and how many there are more."""
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return (", ".join(every[:most]) + more) or "none"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun, such as ``1 place`` and ``1,200 places``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
