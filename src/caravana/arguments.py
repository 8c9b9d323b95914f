"""What Python users give as arguments, read, or refused with the argument's name."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

from caravana.errors import UsageError


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
