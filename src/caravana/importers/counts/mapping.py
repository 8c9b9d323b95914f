"""Which column of a table holds what: proposed from its header, kept as a small file beside the data, used again.

::

    format = 1
    layout = "long"                 # long: a row a count; dates: a column a date; places: a column a place
    header_row = 2                  # line of the header's last row, 0 for none; left out: it is looked for
    place = "admin2Name"
    code = "admin2Pcode"
    date = "reportingDate"
    persons = "numPresentIdpInd"
    date_order = "day first"        # year first | day first | month first
    thousands = "."                 # what stands between thousands; "" for nothing
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from caravana.atomic import write_whole
from caravana.errors import InputError
from caravana.importers.counts.headers import (
    CountTable,
)
from caravana.importers.tables.dates import ORDERS, Order
from caravana.importers.tables.numbers import Thousands
from caravana.received import read_ordinary_text
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path


FORMAT = 1
MOST_BYTES = 2**16
Layout = Literal["long", "dates", "places"]


@dataclass(frozen=True, slots=True)
class CountMapping:
    """Which column holds what.

    Attributes
    ----------
    layout
        ``long``: a row a count; ``dates``: a column a date; ``places``: a column a place.
    header_row
        Line of the (last) row of the header; 0 where there is none; None: it is looked for.
    place, code, date, persons
        Names of columns; empty where there is none.  Without a column of places all counts are of one place, named
        by `one_place`.  A layout ``dates`` has no `date`, a layout ``places`` no `place`.
    one_place
        Name of the place where no column names any.
    measure
        Of a layout ``dates`` with several columns a date, the words of the one that counts people.
    date_order, thousands
        As :func:`~caravana.importers.tables.dates.read_dates` and
        :func:`~caravana.importers.tables.numbers.read_numbers` take them; None leaves it to the column.
    """

    layout: Layout = "long"
    header_row: int | None = None
    place: str = ""
    code: str = ""
    date: str = ""
    persons: str = ""
    one_place: str = ""
    measure: str = ""
    date_order: Order | None = None
    thousands: Thousands | None = None
    format: int = FORMAT

    @property
    def names_columns(self) -> bool:
        """Whether it says which columns hold what; else it says only how their cells are read."""
        return self.layout != "long" or any(
            (self.place, self.code, self.date, self.persons, self.one_place, self.measure)
        )


def mapping_path(path: Path) -> Path:
    """Return where the mapping of a file is kept: beside it."""
    return path.with_name(f"{path.name}.mapping.toml")


def read_mapping(path: Path) -> CountMapping:
    """Read a mapping.

    Raises
    ------
    InputError
        If it is none; every fault is listed.
    """
    try:
        content = tomllib.loads(read_ordinary_text(path, most_bytes=MOST_BYTES, encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: expected a mapping that can be read; the system says: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name}: expected TOML; found instead: {str(error)[:100]}") from None
    return mapping_of(content, path.name)


def mapping_of(content: Mapping[str, Any], name: str) -> CountMapping:
    """Check a mapping given as a table.

    Parameters
    ----------
    content
        Its entries.
    name
        What it is called in messages.

    Raises
    ------
    InputError
        If an entry is unknown or not what it should be; every fault is listed.
    """
    known = {field.name for field in fields(CountMapping)}
    words: dict[str, tuple[object, ...]] = {
        "layout": get_args(Layout), "date_order": ORDERS, "thousands": get_args(Thousands), "format": (FORMAT,),
    }  # fmt: skip
    faults = []
    for key, value in content.items():
        if key not in known:
            faults.append(
                f"{name}: expected none but {', '.join(sorted(known))}, not {key!r}{did_you_mean(key, known)}"
            )
        elif key in words:
            if isinstance(value, list | dict) or value not in words[key]:
                faults.append(f"{name}, key {key}: expected one of {', '.join(map(repr, words[key]))}")
        elif key == "header_row":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                faults.append(f"{name}, key {key}: expected the line of the header, 0 for none")
        elif not isinstance(value, str):
            faults.append(f"{name}, key {key}: expected text")
    if faults:
        raise InputError("\n".join(faults))
    return CountMapping(**content)


def write_mapping(path: Path, mapping: CountMapping, about: str) -> None:
    """Keep a mapping, whole or not at all.

    Parameters
    ----------
    path
        Where.
    mapping
        What.
    about
        Name of the file it is of.
    """
    entries = {key: value for key, value in asdict(mapping).items() if value not in (None, "")}
    if mapping.thousands is not None:
        entries["thousands"] = mapping.thousands
    # A text of JSON is one of TOML, but for the letters that TOML wants escaped too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False).replace(chr(127), '')}" for key, value in entries.items()]
    head = (
        f"# How the counts of {json.dumps(about, ensure_ascii=False)} are read. Change what is wrong, and import again."
    )
    write_whole(path, ("\n".join([head, *lines]) + "\n").encode())


def with_columns(mapping: CountMapping, table: CountTable, name: str) -> CountMapping:
    """Check that a table has the columns that a mapping names.

    Raises
    ------
    InputError
        If it has not; every missing column is named, with the nearest there is.
    """
    faults = [
        f"{name}, key {key}: expected a column of the table, not {getattr(mapping, key)!r}"
        f"{did_you_mean(getattr(mapping, key), table.columns)}"
        for key in ("place", "code", "date", "persons")
        if getattr(mapping, key) and getattr(mapping, key) not in table.columns
    ]
    needed = {"long": ("date", "persons"), "dates": (), "places": ("date",)}[mapping.layout]
    faults += [f"{name}, key {key}: expected a column; the layout {mapping.layout!r} needs it" for key in needed
               if not getattr(mapping, key)]  # fmt: skip
    if faults:
        raise InputError("\n".join(faults))
    return replace(
        mapping,
        header_row=table.header_line if mapping.header_row is None else mapping.header_row,
        one_place=mapping.one_place or ("" if mapping.place or mapping.layout == "places" else "all"),
    )


def with_reading(mapping: CountMapping, given: CountMapping) -> CountMapping:
    """Return a mapping whose cells are read as another one says: which number is the day, what a dot is."""
    return replace(
        mapping,
        date_order=given.date_order or mapping.date_order,
        thousands=mapping.thousands if given.thousands is None else given.thousands,
    )
