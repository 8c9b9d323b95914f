"""Supplies: what things are needed by whom, in what kits, and what stock there is to meet it.

A profile is an editable table of standards; a stock list is the user's own.  The standards are
those of :mod:`caravana.results.needs`, with three things more: whom they are for (people on the
move or in a settlement), whether they are used up each day, and the kit they come in.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from caravana.arguments import as_path
from caravana.errors import InputError, UsageError
from caravana.numerals import two_meanings
from caravana.received import as_utf8, encoding_of, read_ordinary
from caravana.results.needs import Per, Standard, page_status
from caravana.scenario.reading.faults import shown
from caravana.spelling import did_you_mean
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

Group = Literal["moving", "settlement"]
Use = Literal["daily", "standing"]
_NEEDED = ("item", "per", "value", "low", "high", "unit", "whole", "source")
_OPTIONAL = (
    "group", "use", "kit", "kit_size", "standard", "page", "page_status", "verified", "note", "note_es", "unit_es",
    "kit_es", "lead_days",
)  # fmt: skip
_STOCK = ("item", "place", "quantity", "unit", "lead_days", "note")
FOLLOWS = "caravan"
"""A stock list's word for stock that follows the caravan; an empty place says the same."""
USUAL_LEAD = 1
"""Days from an order until it is there, where a profile does not say."""
MOST_BYTES = 2**20
"""Largest profile or stock list read."""
MOST = 10.0**12
MOST_DAYS = 36_525
"""Largest quantity, and most days until it can be used: a century."""


@dataclass(frozen=True, repr=False)
class Supply(Summarised):
    """A standard, and how it is met.

    Attributes
    ----------
    standard
        How much so many people need.
    groups
        Whom it is for: ``moving``, ``settlement`` or both.
    use
        ``daily``: used up each day, so that stock must cover the days together; ``standing``:
        there to be used each day, so that stock must cover the largest day.
    kit, kit_size
        What it is sent in, and how much of the standard's unit one holds; "" and 1 for none.
    unit_es, kit_es
        Unit and kit in Spanish; "" for none of their own.
    lead_days
        Days from the order until it is there; 1 where the profile does not say.
    """

    standard: Standard
    groups: tuple[Group, ...]
    use: Use
    kit: str = ""
    kit_size: float = 1.0
    unit_es: str = ""
    kit_es: str = ""
    lead_days: int = USUAL_LEAD

    def amounts(self, persons: NDArray[np.float64]) -> NDArray[np.float64]:
        """What so many people need, element by element (whole units rounded up)."""
        s = self.standard
        if s.per == "persons_per_unit":
            need = persons / s.value
        elif s.per == "per_10000":
            need = persons * s.value / 10_000
        else:
            need = persons * s.value
        return np.ceil(np.round(need, 9)) if s.whole else need

    def kits(self, amount: float) -> int:
        """Whole kits that hold an amount."""
        return math.ceil(round(amount / self.kit_size, 9)) if amount > 0 else 0


@dataclass(frozen=True, repr=False)
class Stock(Summarised):
    """A line of the user's stock list.

    Attributes
    ----------
    item
        As in the profile.
    place
        A place id: it is there, or goes there; "" for stock that follows the caravan.
    quantity
        In the item's unit (a quantity given in kits is turned into it).
    lead_days
        Days from the origin until it can be used; 0 for what is there already.
    """

    item: str
    place: str
    quantity: float
    lead_days: int
    note: str = ""

    def by(self, origin: dt.date, day: dt.date) -> bool:
        """Whether it can be used on a day, if it is sent on the origin date."""
        return origin + dt.timedelta(self.lead_days) <= day


def _rows(path: Path, wanted: Sequence[str], allowed: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a small CSV file as text, each with where it is."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: larger than {MOST_BYTES // 2**20} MB; a table of supplies is a few lines")
        raw = read_ordinary(path, most_bytes=MOST_BYTES)
        if encoding := encoding_of(raw):
            raise InputError(f"{path} cannot be read: expected {as_utf8(encoding)}")
        with io.StringIO(raw.decode("utf-8-sig"), newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            columns = [c.strip() for c in reader.fieldnames or ()]
            missing = [c for c in wanted if c not in columns]
            unknown = [c for c in columns if c not in allowed]
            if missing or unknown:
                faults = [
                    f"{word} {', '.join(c)}" for word, c in (("no column", missing), ("unknown column", unknown)) if c
                ]
                raise InputError(f"{path.name}: {'; '.join(faults)} (it may have {', '.join(allowed)})")
            reader.fieldnames = columns
            for row in reader:
                if None in row or None in row.values():
                    raise InputError(f"{path.name}, row {reader.line_num}: another number of cells than the header")
                yield f"{path.name}, row {reader.line_num}", {k: v.strip() for k, v in row.items()}
    except csv.Error as error:
        raise InputError(f"{path} cannot be read as a CSV table: {error}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{str(path)!r} cannot be the name of a file: {error}") from None


def _number(cell: str, where: str, *, least: float, most: float = MOST) -> float:
    try:
        # Python takes 1_000 for a number; nothing else does.
        value = math.nan if "_" in cell else float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < least:
        raise InputError(f"{where}: {shown(cell)} is no number of at least {least:g}")
    if value > most:
        raise InputError(f"{where}: {shown(cell)} is more than {most:,.0f}")
    return value


def _one_of(cell: str, names: tuple[str, ...], where: str) -> str:
    if cell not in names:
        raise InputError(f"{where}: {shown(cell)} is none of {', '.join(names)}{did_you_mean(cell, names)}")
    return cell


def _supply(row: dict[str, str], where: str) -> Supply:
    if not row["item"] or not row["unit"]:
        raise InputError(f"{where}: item and unit must be given")
    value, low, high = (_number(row[c], f"{where}, {c}", least=1e-9) for c in ("value", "low", "high"))
    if not low <= value <= high:
        raise InputError(f"{where}: value {value:g} is not between low {low:g} and high {high:g}")
    group = row.get("group", "")
    chosen = get_args(Group) if group in {"", "both"} else (_one_of(group, get_args(Group), f"{where}, group"),)
    use = row.get("use", "") or ("daily" if row["unit"].endswith("a day") else "standing")
    standard = Standard(
        item=row["item"], per=_one_of(row["per"], get_args(Per), f"{where}, per"),  # type: ignore[arg-type]
        value=value, low=low, high=high, unit=row["unit"], whole=row["whole"].lower() == "true", source=row["source"],
        verified=row.get("verified", ""), note=row.get("note", ""), note_es=row.get("note_es", ""),
        standard=row.get("standard", ""), page=row.get("page", ""), page_status=page_status(row, where),
    )  # fmt: skip
    size = row.get("kit_size", "")
    return Supply(
        standard=standard, groups=chosen, use=_one_of(use, get_args(Use), f"{where}, use"),  # type: ignore[arg-type]
        kit=row.get("kit", ""), kit_size=_number(size, f"{where}, kit_size", least=1e-9) if size else 1.0,
        unit_es=row.get("unit_es", ""), kit_es=row.get("kit_es", ""), lead_days=_lead(row, where),
    )  # fmt: skip


def _lead(row: dict[str, str], where: str) -> int:
    """Whole days from the order until it is there."""
    given = row.get("lead_days", "")
    return math.ceil(_number(given, f"{where}, lead_days", least=0)) if given else USUAL_LEAD


def load_profile(path: str | os.PathLike[str] | None = None) -> tuple[Supply, ...]:
    """Read a profile of supplies.

    Parameters
    ----------
    path
        A CSV file with the columns of the bundled profile (``standards/logistics.csv``).  A
        profile of the report's standards is read too: it is then for all groups, and without kits.

    Returns
    -------
    tuple of Supply
        A line each.

    Raises
    ------
    caravana.errors.UsageError
        If it cannot be read, with the row and column at fault.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.load_profile()[0].standard.item
    'water'
    """
    bundled = str(resources.files("caravana.results") / "standards" / "logistics.csv")
    source = as_path(bundled if path is None else path, name="path")
    supplies = [_supply(row, where) for where, row in _rows(source, _NEEDED, (*_NEEDED, *_OPTIONAL))]
    pairs = [(s.standard.item, g) for s in supplies for g in s.groups]
    twice = sorted({f"{item} ({group})" for item, group in pairs if pairs.count((item, group)) > 1})
    if not supplies or twice:
        raise InputError(f"{source.name}: " + (f"more than once: {', '.join(twice)}" if twice else "no supplies in it"))
    return tuple(supplies)


def load_stock(path: str | os.PathLike[str], profile: Sequence[Supply], places: dict[str, str]) -> tuple[Stock, ...]:
    r"""Read a stock list.

    Parameters
    ----------
    path
        A CSV file with the columns item, place, quantity, unit, lead_days, note (the last three
        may be left out).
    profile
        The supplies: an item must be in it, and a unit must be the item's or its kit's.
    places
        Place id by lower-case name and id.

    Returns
    -------
    tuple of Stock
        A line each.

    Raises
    ------
    caravana.errors.UsageError
        If it cannot be read, with the row at fault.

    Examples
    --------
    >>> import caravana as cv
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "stock.csv"
    >>> _ = path.write_text("item,place,quantity\nwater,Huixtla,900\n")
    >>> cv.load_stock(path, cv.load_profile(), {"huixtla": "huixtla"})[0].quantity
    900.0
    """
    by_item: dict[str, list[Supply]] = {}
    for supply in profile:
        by_item.setdefault(supply.standard.item, []).append(supply)
    stock = []
    for where, row in _rows(as_path(path, name="path"), ("item", "quantity"), _STOCK):
        item, unit, place = row["item"], row.get("unit", ""), row.get("place", "")
        _one_of(item, tuple(by_item), f"{where}, item")
        kits = {s.kit: s.kit_size for s in by_item[item] if s.kit}
        units = {s.standard.unit for s in by_item[item]}
        # "litres" is as good as "litres a day": the day belongs to the need, not to what is on the shelf.
        units |= {u.removesuffix(" a day") for u in units}
        _one_of(unit or next(iter(units)), (*sorted(units), *kits), f"{where}, unit")
        place = "" if place == FOLLOWS else place
        if place and place.casefold() not in places:
            raise InputError(f"{where}, place: the scenario has no place {shown(place)}{did_you_mean(place, places)}")
        if meanings := two_meanings(row["quantity"]):
            raise InputError(f"{where}, quantity: {row['quantity']!r}: expected {meanings}")
        quantity = _number(row["quantity"], f"{where}, quantity", least=0) * kits.get(unit, 1.0)
        lead = _number(row.get("lead_days", "") or "0", f"{where}, lead_days", least=0, most=MOST_DAYS)
        stock.append(
            Stock(item, places[place.casefold()] if place else "", quantity, math.ceil(lead), row.get("note", ""))
        )
    return tuple(stock)


def usable(stock: Sequence[Stock], item: str, *, origin: dt.date, day: dt.date, place: str = "") -> float:
    """How much of an item can be used on a day: what follows the caravan, and what is at a place."""
    return sum(s.quantity for s in stock if s.item == item and s.place in {"", place} and s.by(origin, day))
