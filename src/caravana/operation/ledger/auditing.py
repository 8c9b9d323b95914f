"""Which rows of a ledger are not those that its acts say they added."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from caravana.operation.ledger.digests import COUNTED, PROMISE, SUBJECT_COLUMNS, digest_of, read_act, sum_of
from caravana.operation.ledger.schema import ABOUT, JOURNAL

if TYPE_CHECKING:
    from sqlalchemy import Table

    from caravana.operation.ledger.frames import LedgerFrames

NOTHING = sum_of([])


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """What an audit of a ledger's rows showed.

    Attributes
    ----------
    changed
        Tables and subjects (of the journal: acts and subjects) whose rows are not as they were written.
    unverified
        How many acts an earlier version recorded, without digests.
    """

    changed: tuple[tuple[str, str], ...]
    unverified: int


def audit_ledger(ledger: LedgerFrames) -> LedgerAudit:
    """Hold every row of a ledger against the digests in its journal."""
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    changed: list[tuple[str, str]] = []
    before: set[str] = set()
    unverified = 0
    promised = select(ABOUT.c.value).where(ABOUT.c.key == PROMISE["key"])
    complete = ledger.database.read(lambda c: c.execute(promised).scalar()) is not None
    for act in ledger.rows_of(JOURNAL):
        added, sound = read_act(act)
        subject = str(act["subject"])
        if added is None and sound and not complete:
            unverified += 1
            before.add(subject)
        elif added is None or not sound:
            changed.append((JOURNAL.name, f"{act['act']} {subject}"))
        for name, digest in (added or {}).items():
            wanted[name, subject].append(digest)
    for table, column in SUBJECT_COLUMNS.items():
        changed += _changed(ledger, table, column, wanted, before)
    return LedgerAudit(tuple(dict.fromkeys([*changed, *_gaps(ledger)])), unverified)


def _changed(
    ledger: LedgerFrames, table: Table, column: str, wanted: dict[tuple[str, str], list[str]], before: set[str]
) -> list[tuple[str, str]]:
    """Subjects whose rows in a table are not as they were written; "" where the table cannot be read as what it is."""
    try:
        held: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in ledger.rows_of(table):
            held[str(row[column])].append(row)
        digests = {subject: digest_of(table, rows) for subject, rows in held.items()}
    except (TypeError, ValueError):
        return [(table.name, "")]
    noted = {subject: each for (name, subject), each in wanted.items() if name == table.name}
    return [
        (table.name, subject)
        for subject in sorted({*digests, *noted} - before)
        if digests.get(subject, NOTHING) != _sum(noted.get(subject, []))
    ]


def _sum(digests: list[str]) -> str:
    try:
        return sum_of(digests)
    except (TypeError, ValueError):
        return ""


def _gaps(ledger: LedgerFrames) -> list[tuple[str, str]]:
    """Tables of a file in which a row's number is missing, or another's; a server leaves gaps of what it took back."""
    if not ledger.database.embedded:
        return []
    return [(table.name, "") for table in COUNTED if _has_gaps(ledger, table)]


def _has_gaps(ledger: LedgerFrames, table: Table) -> bool:
    numbers = ledger.database.read(lambda c: sorted(c.execute(select(table.c.seq)).scalars()))
    return numbers != list(range(1, len(numbers) + 1))
