"""The ledger of an operation: how rows are added to it.

Nothing is changed or removed; what supersedes a row is another row.  Whatever is added in one call is added in one
transaction.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import func, insert, select

from caravana.errors import UsageError
from caravana.operation.ledger.database import Database
from caravana.operation.ledger.digests import sealed
from caravana.operation.ledger.frames import SCORE_KEY, LedgerFrames
from caravana.operation.ledger.schema import (
    ABOUT,
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
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from caravana.operation.folder import Operation

Row = dict[str, Any]


REVISED = {"correct": "corrected", "withdraw": "withdrawn"}
"""What is said of a report after an act on it."""
MAKING = {"import", "new"}
"""Acts of the making of an operation."""


def open_ledger(operation: Operation, *, make: bool = True) -> OperationLedger:
    """Open the ledger of an operation; one that is not there is made, unless ``make`` is False.

    Raises
    ------
    UsageError
        If there is none, or it is of another format.
    CaravanaError
        If its database cannot be reached.
    """
    return OperationLedger(Database(operation.database, key=operation.key, make=make))


def now() -> str:
    """Return this moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whoever() -> str:
    """Account that runs this: who did it, in the ledger."""
    try:
        return os.environ.get("CARAVANA_WHO", "").strip() or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


class OperationLedger(LedgerFrames):
    """The record of one operation.  Close it, or use it as a context.

    Parameters
    ----------
    database
        Where it is.
    who
        Who does what is done through it: the account that runs this where left out.
    """

    def __init__(self, database: Database, *, who: str = "") -> None:
        super().__init__(database)
        self.who = who or whoever()

    def signed_by(self, who: str) -> OperationLedger:
        """The same ledger, written in by somebody else."""
        return OperationLedger(self.database, who=who)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def begin_for(self, folder_mark: str) -> bool:
        """Take a ledger that holds nothing for the operation of a folder; return whether it is that folder's.

        It is where nothing was recorded, or where the making of that same folder was broken off: then it holds what
        that has recorded, and nothing else.
        """

        def record(connection: Connection) -> bool:
            held = connection.execute(select(ABOUT.c.value).where(ABOUT.c.key == "made_for")).scalar()
            acts = set(connection.execute(select(JOURNAL.c.act).distinct()).scalars())
            if held is None and not acts:
                connection.execute(insert(ABOUT), {"key": "made_for", "value": folder_mark})
                return True
            return held == folder_mark and acts <= MAKING

        return self.database.write(record)

    # ------------------------------------------------------------ reports

    def add_reports(self, rows: Sequence[Mapping[str, Any]], *, act: str = "observe") -> list[tuple[str, bool]]:
        """Record new reports, all of them or none; return in order the id of each, and whether it is new.

        A row without ``id`` is given the next that is free, ``DATE-KIND-N``.  A row that is there already (of the same
        id, or without one and the same in all but the day on which it was known) is passed over: what was recorded
        before a crash is not recorded twice.

        Raises
        ------
        UsageError
            If an id is there and says something else.
        """

        def record(connection: Connection) -> list[tuple[str, bool]]:
            return [self._record(connection, dict(row), act) for row in rows]

        return self.database.write(record) if rows else []

    def correct(self, report_id: str, changes: Mapping[str, Any], *, known_on: dt.date) -> int:
        """Record a correction of a report, known on a day; return its revision.

        Raises
        ------
        UsageError
            If there is no such report, it is withdrawn, or the correction was known before what it corrects.
        """
        return self._revise(report_id, dict(changes), known_on, "correct")

    def withdraw(self, report_id: str, *, known_on: dt.date, note: str = "") -> int:
        """Record that a report is withdrawn, from a day on; return the revision; errors as of :meth:`correct`."""
        return self._revise(report_id, {"withdrawn": True, **({"note": note} if note else {})}, known_on, "withdraw")

    def _record(self, connection: Connection, row: Row, act: str) -> tuple[str, bool]:
        row = {"withdrawn": False, "revision": 1, "note": "", "speaker": row["side"], "inferred": False, **row}
        if row.get("id") is None:
            of_day = select(REPORTS.c.id).where(REPORTS.c.date == row["date"], REPORTS.c.kind == row["kind"])
            said = {key: value for key, value in row.items() if key not in ("id", "known_on")}
            same = of_day.where(*(REPORTS.c[key].is_not_distinct_from(value) for key, value in said.items()))
            if (held := connection.execute(same.order_by(REPORTS.c.seq).limit(1)).scalar()) is not None:
                return str(held), False
            taken = set(connection.execute(of_day).scalars())
            stem = f"{row['date']}-{row['kind'].replace('_', '-')}"
            row["id"] = next(f"{stem}-{n}" for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
        elif (first := self._last(connection, row["id"], revision=1)) is not None:
            differing = [key for key, value in row.items() if first[key] != value]
            if differing:
                raise UsageError(
                    f"report {row['id']} is recorded already, with another {' and '.join(differing)}; "
                    "correct it (--correct), or give another identifier"
                )
            return str(row["id"]), False
        self._insert(connection, row, act)
        return str(row["id"]), True

    def _revise(self, report_id: str, changes: Row, known_on: dt.date, act: str) -> int:
        def record(connection: Connection) -> int:
            held = self._last(connection, report_id)
            if held is None:
                raise UsageError(f"no report {report_id!r} is in the ledger")
            if held["withdrawn"]:
                raise UsageError(f"report {report_id} is withdrawn; record it anew")
            if known_on < held["known_on"]:
                done = REVISED[act]
                raise UsageError(f"report {report_id} was known on {held['known_on']}; it cannot be {done} before")
            kept = {key: value for key, value in held.items() if key not in ("seq", "recorded_at", "recorded_by")}
            row = {**kept, **changes, "known_on": known_on, "revision": held["revision"] + 1}
            self._insert(connection, row, act)
            return int(row["revision"])

        return self.database.write(record)

    def _last(self, connection: Connection, report_id: str, revision: int | None = None) -> Row | None:
        chosen = select(REPORTS).where(REPORTS.c.id == report_id).order_by(REPORTS.c.revision.desc())
        if revision is not None:
            chosen = chosen.where(REPORTS.c.revision == revision)
        held = connection.execute(chosen.limit(1)).mappings().first()
        return None if held is None else dict(held)

    def _insert(self, connection: Connection, row: Row, act: str) -> None:
        whole = {**row, "recorded_at": now(), "recorded_by": self.who}
        connection.execute(insert(REPORTS), whole)
        self._note(connection, act, row["id"], {"revision": row["revision"]}, {REPORTS: [whole]})

    # ------------------------------------------------------------ forecasts

    def issue(self, row: Mapping[str, Any], quantiles: Sequence[Row], chances: Sequence[Row]) -> str:
        """Issue a forecast with its quantiles, all or nothing; return its id.

        Parameters
        ----------
        row
            ``issued_on, family, subject, horizon, version, inputs, hash, content``.  One of that day and those inputs
            that is there stands, and nothing is added.
        quantiles, chances
            Rows of those tables, without ``forecast_id``.
        """

        def record(connection: Connection) -> str:
            of_day = FORECASTS.c.issued_on == row["issued_on"]
            same = select(FORECASTS.c.forecast_id).where(of_day, FORECASTS.c.inputs == row["inputs"])
            if (held := connection.execute(same).scalar()) is not None:
                return str(held)
            number = 1 + (connection.execute(select(func.max(FORECASTS.c.issue)).where(of_day)).scalar() or 0)
            name = f"{row['issued_on']}-{number}"
            made_by = {"issued_at": now(), "issued_by": self.who}
            added = {
                FORECASTS: [{**row, "forecast_id": name, "issue": number, **made_by}],
                QUANTILES: [{**each, "forecast_id": name} for each in quantiles],
                CHANCES: [{**each, "forecast_id": name} for each in chances],
            }
            for table, rows in added.items():
                if rows:
                    connection.execute(insert(table), rows)
            self._note(connection, "issue", name, {"hash": row["hash"]}, added)
            return name

        return self.database.write(record)

    def add_others(self, model: str, rows: Sequence[Row], *, known_on: dt.date) -> int:
        """Take in another team's forecasts, all or nothing; return how many quantiles are new.

        Parameters
        ----------
        model
            ``team-model``.
        rows
            ``issued_on, location, target, target_date, horizon_days, quantile, value``.
        known_on
            The day on which they were taken in.

        Raises
        ------
        UsageError
            If a quantile is there with another value: a forecast that was issued does not change.
        """
        names = ("issued_on", "location", "target", "target_date", "quantile")

        def record(connection: Connection) -> int:
            held = connection.execute(select(OTHERS).where(OTHERS.c.model == model)).mappings()
            values = {tuple(row[name] for name in names): row["value"] for row in held}
            keys = [tuple(row[name] for name in names) for row in rows]
            for key, row in zip(keys, rows, strict=True):
                if values.get(key, row["value"]) != row["value"]:
                    task = ", ".join(map(str, key[:-1]))
                    raise UsageError(
                        f"{model}: {task}: quantile {key[-1]:g} was {values[key]:g} and is {row['value']:g} "
                        "now; a forecast that was issued does not change"
                    )
            common = {"model": model, "known_on": known_on, "recorded_at": now(), "recorded_by": self.who}
            new = [{**row, **common} for key, row in zip(keys, rows, strict=True) if key not in values]
            if new:
                connection.execute(insert(OTHERS), new)
                self._note(connection, "take_forecasts", model, {"quantiles": len(new)}, {OTHERS: new})
            return len(new)

        return self.database.write(record)

    # ------------------------------------------------------------ scores

    def add_scores(
        self, rows: Sequence[Mapping[str, Any]], *, scored_on: dt.date, verified: Mapping[str, str] | None = None
    ) -> int:
        """Record scores as of a day, all or nothing; return how many are new.

        A row that says what the last of its forecast and truth says is passed over.

        Parameters
        ----------
        verified
            Hash of the truth that each forecast was scored with, by its id.
        """

        def record(connection: Connection) -> int:
            held = _last_scores(connection, scored_on, {str(row["forecast_id"]) for row in rows})
            new = [dict(row) for row in rows if held.get(_score_key(row)) != _score_values(row)]
            common = {"scored_on": scored_on, "scored_at": now()}
            with_truth = [{"forecast_id": n, "scored_on": scored_on, "truth": t} for n, t in (verified or {}).items()]
            added = {SCORES: [{**row, **common} for row in new], VERIFIED: with_truth}
            for table, each in added.items():
                if each:
                    connection.execute(insert(table), each)
            if any(added.values()):
                self._note(connection, "score", str(scored_on), {"scores": len(new)}, added)
            return len(new)

        return self.database.write(record) if rows or verified else 0

    # ------------------------------------------------------------ triggers, alerts, releases, journal

    def add_trigger_step(self, row: Mapping[str, Any]) -> None:
        """Record a step of a trigger: ``trigger, declaration, step, on, content``."""
        self._add(TRIGGERS, row, row["step"], row["trigger"], key=("trigger", "declaration", "step", "on"))

    def add_alert(self, row: Mapping[str, Any]) -> None:
        """Record a step of an alert: ``alert_id, trigger, forecast_id, step, on, content``."""
        self._add(ALERTS, row, row["step"], row["alert_id"], key=("alert_id", "step"))

    def add_release(self, row: Mapping[str, Any]) -> None:
        """Record a release: ``forecast_id, kind, audience, language, path, hash, on``; one that is there stands."""
        self._add(RELEASES, row, "release", row["path"], key=("forecast_id", "kind", "audience", "language", "hash"))

    def note(self, act: str, subject: str, content: Mapping[str, Any] | None = None) -> None:
        """Add to the journal that somebody did something."""
        self.database.write(lambda connection: self._note(connection, act, subject, content or {}))

    def _add(self, table: Table, row: Mapping[str, Any], act: str, subject: str, *, key: tuple[str, ...]) -> None:
        def record(connection: Connection) -> None:
            same = select(func.count()).select_from(table).where(*(table.c[name] == row[name] for name in key))
            if connection.execute(same).scalar():
                return
            whole = {**row, "recorded_at": now(), "recorded_by": self.who}
            connection.execute(insert(table), whole)
            self._note(connection, act, subject, {}, {table: [whole]})

        self.database.write(record)

    def _note(
        self, connection: Connection, act: str, subject: str, content: Mapping[str, Any],
        rows: Mapping[Table, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:  # fmt: skip
        row = {"at": now(), "who": self.who, "act": act, "subject": subject}
        connection.execute(insert(JOURNAL), {**row, "content": sealed(row, content, rows or {})})


def _score_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in SCORE_KEY)


def _score_values(row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("observed_low", "observed_high", "crps", "naive", "naive_crps", "error", "inside_50", "inside_90")
    return (bool(row["dropped"]), *(row[name] for name in names))


def _last_scores(connection: Connection, on: dt.date, of_forecasts: set[str]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The last score of each truth by a day, of some forecasts."""
    query = select(SCORES).where(SCORES.c.scored_on <= on, SCORES.c.forecast_id.in_(sorted(of_forecasts)))
    query = query.order_by(SCORES.c.scored_on, SCORES.c.seq)
    return {_score_key(row): _score_values(row) for row in map(dict, connection.execute(query).mappings())}
