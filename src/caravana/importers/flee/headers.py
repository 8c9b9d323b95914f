"""Headers of a Flee instance, which Flee never reads: where one says another order than Flee's, nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.rows import Reader


def in_order(
    reader: Reader, path: Path, columns: tuple[str, ...], *, named: tuple[str, ...] = (), either: tuple[str, ...] = ()
) -> bool:
    """Say whether the header of a file leaves the columns where Flee takes them from; where not, one fault says so.

    A column of another name than Flee's stands for Flee's.  One of Flee's own names at another place contradicts it:
    the header or the rows are wrong, and which of the two cannot be known.

    Parameters
    ----------
    columns
        Flee's names, in its order.
    named
        What the first column of a header may be called where the header has no ``#``.
    either
        Names of columns next to each other that may stand the other way round, as their reader sees to it.
    """
    header = [name.lower() for name in reader.header(path, named=named)]
    if either and sorted(header[at] for at in map(columns.index, either) if at < len(header)) == sorted(either):
        header = [columns[at] if name in either else name for at, name in enumerate(header)]
    for at, name in enumerate(header):
        if name not in columns or columns.index(name) == at or header.index(name) == columns.index(name):
            continue
        line = reader.lines(path)[0].number
        missing = [one for one in columns[: len(header)] if one not in header]
        without = f"; no column is {missing[0]}" if len(header) < len(columns) and missing else ""
        order = ", ".join(columns)
        expected = f"the columns in the order that Flee takes them in: {order}{without}"
        reader.fault(path, line, name, ",".join(header), expected)
        return False
    return True
