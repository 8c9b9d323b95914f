"""Digests of the ledger's rows: each act is journalled with those of the rows that it added, and with its own.

The digest of several rows is the sum of theirs, so that no order matters and what several acts added of one subject is
held against what is there.  As elsewhere, a digest finds damage and is no signature.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Date, Double, Integer, Table

from caravana.operation.ledger.schema import (
    ALERTS,
    CHANCES,
    FORECASTS,
    JOURNAL,
    OTHERS,
    QUANTILES,
    RELEASES,
    REPORTS,
    SCORES,
    TRIGGERS,
    VERIFIED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Column

SUBJECT_COLUMNS: Mapping[Table, str] = {
    REPORTS: "id", FORECASTS: "forecast_id", QUANTILES: "forecast_id", CHANCES: "forecast_id", OTHERS: "model",
    SCORES: "scored_on", VERIFIED: "scored_on", TRIGGERS: "trigger", ALERTS: "alert_id", RELEASES: "path",
}  # fmt: skip
"""Tables, and the column that says which act's subject a row is of."""
ROWS, KEPT = "rows", "kept"
"""Keys of a journalled act: the digests of the rows that it added, by table, and its own."""
PROMISE = {"key": "digests", "value": "1"}
"""In a ledger that says so of itself every act has its digests; one of an earlier version lacks those of before."""
_SIZE = 2**256


def digest_of(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    """Digest of rows of a table, in whatever order; the number that the database gives a row is left out."""
    total = 0
    for row in rows:
        values = [_plain(column, row.get(column.name)) for column in table.columns if column.name != "seq"]
        total += int.from_bytes(sha256(json.dumps(values, ensure_ascii=False).encode()).digest(), "big")
    return f"{total % _SIZE:064x}"


def sum_of(digests: Iterable[str]) -> str:
    """Digest of all the rows of which there are these."""
    return f"{sum(int(one, 16) for one in digests) % _SIZE:064x}"


def sealed(
    act: Mapping[str, str], content: Mapping[str, Any], rows: Mapping[Table, Iterable[Mapping[str, Any]]]
) -> str:
    """Content of an act as it is journalled.

    Parameters
    ----------
    act
        ``at, who, act, subject``.
    content
        What is told of it.
    rows
        What it added, by table.
    """
    told_of = {**content, ROWS: {table.name: digest_of(table, added) for table, added in rows.items()}}
    return _text({**told_of, KEPT: _own(act, told_of)})


def read_act(row: Mapping[str, Any]) -> tuple[dict[str, str] | None, bool]:
    """Digests of the rows that a journalled act added (None where it has none), and whether it is as it was written."""
    try:
        content = json.loads(row["content"])
        own = content.pop(KEPT)
        added = dict(content[ROWS])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None, KEPT not in str(row["content"])
    return added, own == _own(row, content)


def without_digests(content: str) -> str:
    """Content of a journalled act as people read it."""
    if KEPT not in content:
        return content
    try:
        held = json.loads(content)
    except ValueError:
        return content
    return _text({key: value for key, value in held.items() if key not in (ROWS, KEPT)})


def _own(act: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    whole = [*(act[name] for name in ("at", "who", "act", "subject")), _text(content)]
    # A damaged row may hold what no text is.
    return sha256(json.dumps(whole, ensure_ascii=False, default=str).encode()).hexdigest()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)


def _plain(column: Column[Any], value: Any) -> Any:
    """A value alike before it is written and after; what is no number is written as nothing."""
    if value is None or value != value:  # noqa: PLR0124 (NaN alone differs from itself)
        return None
    if isinstance(column.type, Date):
        return value.strftime("%Y-%m-%d")
    for kind, plain in ((Double, float), (Boolean, bool), (Integer, int)):
        if isinstance(column.type, kind):
            return plain(value)
    return str(value)


COUNTED = (*(table for table in SUBJECT_COLUMNS if "seq" in table.c), JOURNAL)
"""Tables whose rows a file numbers without a gap."""
