"""Arguments as Python users give them: a day, a whole number, a list, values by name."""

from __future__ import annotations

import datetime as dt
import operator
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from caravana.errors import UsageError

MAX_SEED = 2**63
"""Seeds are whole numbers from 0 up to, and without, this one."""


def as_date(value: dt.date | str, *, name: str) -> dt.date:
    """Return a date given as a date, a timestamp of pandas or text such as ``2021-11-05``.

    Parameters
    ----------
    value : datetime.date or str
        What was given.
    name : str
        Of the argument, for the message.

    Raises
    ------
    UsageError
        If it is no date.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value.strip())
    except (AttributeError, TypeError, ValueError):
        raise UsageError(f"{name} {value!r} is no date; write it as 2021-11-05") from None


def as_path(value: Any, *, name: str) -> Path:
    """Return a path given as one, or as text.

    Parameters
    ----------
    value : str or os.PathLike
        What was given.
    name : str
        Of the argument, for the message.

    Raises
    ------
    UsageError
        If it is neither.
    """
    try:
        return Path(value)
    except TypeError:
        raise UsageError(f"{name} {value!r}: expected a path, such as 'results/first'") from None


def as_seed(value: Any) -> int:
    """Return a seed.

    Raises
    ------
    UsageError
        If it is no whole number from 0 to :data:`MAX_SEED` less 1.
    """
    seed = whole_number(value, name="seed")
    if not 0 <= seed < MAX_SEED:
        raise UsageError(f"seed must be a whole number from 0 to {MAX_SEED - 1}, not {seed}")
    return seed


def as_workers(value: Any) -> int | None:
    """Return a number of processes, or None where it is left to the machine.

    Raises
    ------
    UsageError
        If it is no whole number, 1 or more.
    """
    return None if value is None else whole_number(value, name="workers", least=1)


def whole_number(value: Any, *, name: str, least: int | None = None) -> int:
    """Return a whole number given as one of Python's or NumPy's.

    Parameters
    ----------
    value : int or numpy.integer
        What was given.
    name : str
        Of the argument, for the message.
    least : int, optional
        The least that it may be.

    Raises
    ------
    UsageError
        If it is none: text, a number with a fraction or a truth value; or too small.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise UsageError(f"{name} {value!r}: expected a whole number")
    if least is not None and number < least:
        raise UsageError(f"{name} must be {least} or more, not {number}")
    return number


def by_name(values: Any, *, name: str, example: str) -> dict[str, Any]:
    """Return values by name as a dictionary.

    Raises
    ------
    UsageError
        If they are no mapping; the message shows an example of one.
    """
    if not isinstance(values, Mapping):
        raise UsageError(f"{name} {values!r}: expected values by name, such as {example}")
    return dict(values)


def names_in(values: Iterable[Any], *, name: str, example: str) -> list[str]:
    """Return several names as text: of what has an id that id, of a path what it is written as.

    Raises
    ------
    UsageError
        If one of them is no name.
    """
    out = []
    for value in values:
        called = os.fspath(value) if isinstance(value, os.PathLike) else getattr(value, "id", value)
        if not isinstance(called, str):
            raise UsageError(f"{name} {value!r}: expected names, such as {example}")
        out.append(called)
    return out


def several(values: Any, *, name: str, example: str) -> list[Any]:
    """Return a list of what several are expected of; a text is one thing, not its letters.

    Raises
    ------
    UsageError
        If there is one thing in place of several; the message shows an example.
    """
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise UsageError(f"{name} {values!r}: expected a list, such as {example}")
    return list(values)
