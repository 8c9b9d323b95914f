"""Dates as Python users give them: a date, a timestamp, or text."""

from __future__ import annotations

import datetime as dt

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
