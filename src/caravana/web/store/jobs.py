"""The queue of jobs: claimed at least once, by a lease that has to be renewed.

A worker that is killed stops renewing; then the job is claimed again.  That is safe because a job is a command that
goes on from what is kept, and gives the same to the bit whoever runs it, and however often.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from caravana.operation.ledger.ledger import now
from caravana.web.store.schema import JOBS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from caravana.web.store.tables import Store

Row = dict[str, Any]
MOST_ATTEMPTS = 5
"""A job whose workers died so often is given up."""
LEASE_SECONDS = 10.0
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
OVER = (DONE, FAILED, CANCELLED)


def ask_for_job(store: Store, kind: str, options: Mapping[str, Any], *, who: str) -> int:
    """Put a job into the queue; return its number."""
    text = json.dumps(options, sort_keys=True, ensure_ascii=False)
    row = {
        "kind": kind, "options": text, "state": QUEUED, "asked_at": now(), "asked_by": who, "attempts": 0,
        "worker": "", "lease": 0.0, "cancelled": False, "done": 0, "total": 0, "seconds_left": None, "message": "",
        "result": "", "ended_at": "",
    }  # fmt: skip
    number = store.write(lambda c: int((c.execute(insert(JOBS), row).inserted_primary_key or (0,))[0]))
    store.ledger.signed_by(who).note("ask_job", f"{kind} {number}", options)
    return number


def jobs(store: Store, *, most: int = 100) -> list[Row]:
    """Jobs, the last asked for first."""
    rows = store.read(lambda c: c.execute(select(JOBS).order_by(JOBS.c.job.desc()).limit(most)).mappings().all())
    return [_plain(dict(row)) for row in rows]


def job_of(store: Store, number: int) -> Row | None:
    """One job; None where there is none."""
    row = store.read(lambda c: c.execute(select(JOBS).where(JOBS.c.job == number)).mappings().first())
    return None if row is None else _plain(dict(row))


def claim_job(store: Store, worker: str, *, at: float) -> Row | None:
    """Claim the oldest job that waits, or whose worker died; None where there is none.

    A job whose workers died too often is given up, and one that was cancelled meanwhile is ended.
    """

    def claim(connection: Connection) -> Row | None:
        free = or_(JOBS.c.state == QUEUED, (JOBS.c.state == RUNNING) & (JOBS.c.lease < at))
        for row in connection.execute(select(JOBS).where(free).order_by(JOBS.c.job)).mappings().all():
            over = CANCELLED if row["cancelled"] else FAILED if row["attempts"] >= MOST_ATTEMPTS else ""
            if over:
                message = "" if over == CANCELLED else f"given up: its workers died {row['attempts']} times"
                _change(connection, row["job"], state=over, ended_at=now(), message=message)
                continue
            claimed = {"state": RUNNING, "worker": worker, "lease": at + LEASE_SECONDS}
            _change(connection, row["job"], **claimed, attempts=row["attempts"] + 1, seconds_left=None)
            return _plain({**row, **claimed, "attempts": row["attempts"] + 1})
        return None

    return store.write(claim)


def renew_job(store: Store, number: int, worker: str, *, at: float, progress: Mapping[str, Any]) -> str:
    """Renew a lease and keep the progress; return ``held``, ``cancelled``, or ``lost`` to another worker."""

    def renew(connection: Connection) -> str:
        held = select(JOBS.c.cancelled).where(JOBS.c.job == number, JOBS.c.worker == worker, JOBS.c.state == RUNNING)
        cancelled = connection.execute(held).scalar()
        if cancelled is None:
            return "lost"
        _change(connection, number, lease=at + LEASE_SECONDS, **progress)
        return "cancelled" if cancelled else "held"

    return store.write(renew)


def end_job(store: Store, number: int, worker: str, state: str, *, message: str, result: str) -> bool:
    """End a job; False where another worker has it meanwhile."""

    def end(connection: Connection) -> bool:
        held = (JOBS.c.job == number) & (JOBS.c.worker == worker) & (JOBS.c.state == RUNNING)
        values = {"state": state, "message": message, "result": result, "ended_at": now(), "seconds_left": None}
        return bool(connection.execute(update(JOBS).where(held).values(**values)).rowcount)

    return store.write(end)


def give_back(store: Store, worker: str) -> None:
    """Put the jobs of a worker that ends in order back into the queue: nothing was wrong with them."""

    def back(connection: Connection) -> None:
        held = (JOBS.c.worker == worker) & (JOBS.c.state == RUNNING)
        connection.execute(update(JOBS).where(held).values(state=QUEUED, worker="", attempts=JOBS.c.attempts - 1))

    store.write(back)


def try_again(store: Store, number: int, worker: str) -> None:
    """Put a job whose process was killed back into the queue; the attempt counts."""

    def again(connection: Connection) -> None:
        held = (JOBS.c.job == number) & (JOBS.c.worker == worker) & (JOBS.c.state == RUNNING)
        connection.execute(update(JOBS).where(held).values(state=QUEUED, worker=""))

    store.write(again)


def cancel_job(store: Store, number: int, *, who: str) -> bool:
    """Ask for the end of a job; False where it is over already, or there is none."""

    def cancel(connection: Connection) -> bool:
        row = connection.execute(select(JOBS.c.state, JOBS.c.cancelled).where(JOBS.c.job == number)).first()
        if row is None or row.state in OVER:
            return False
        waiting = {"state": CANCELLED, "ended_at": now()} if row.state == QUEUED else {}
        _change(connection, number, cancelled=True, **waiting)
        return True

    done = store.write(cancel)
    if done:
        store.ledger.signed_by(who).note("cancel_job", str(number))
    return done


def _change(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(JOBS).where(JOBS.c.job == number).values(**values))


def _plain(row: Row) -> Row:
    """A row with its options and its result read."""
    row["options"] = json.loads(row["options"]) if isinstance(row["options"], str) else row["options"]
    row["result"] = json.loads(row["result"]) if row["result"] else None
    return row
