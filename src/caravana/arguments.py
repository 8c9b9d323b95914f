"""Arguments as Python users give them: a day, a whole number, a list, values by name."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterable, Mapping
from typing import Any

from caravana.errors import UsageError


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


def whole_number(value: Any, *, name: str) -> int:
    """Return a whole number given as one of Python's or NumPy's.

    Parameters
    ----------
    value : int or numpy.integer
        What was given.
    name : str
        Of the argument, for the message.

    Raises
    ------
    UsageError
        If it is none: text, a number with a fraction or a truth value.
    """
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise UsageError(f"{name} {value!r}: expected a whole number")


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
