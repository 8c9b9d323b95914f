"""What a ledger holds, as frames.

Every read may be asked *as known on* a day.  A frame of a ledger that holds nothing has its columns all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Boolean, Double, Integer, select

from caravana.errors import UsageError
from caravana.operation.ledger.digests import without_digests
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
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Select, Table
    from sqlalchemy.engine import Connection

    from caravana.operation.ledger.database import Database

VERSIONS = 3
"""Versions of a report that are looked at for each that is wanted, where only the last are."""
SCORE_KEY = ["forecast_id", "location", "target", "target_date", "truth"]
"""What a score is of; a later one of the same supersedes it."""


class LedgerFrames:
    """Reads the ledger in a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def reports(
        self, as_known_on: dt.date | None = None, *, of_days: Sequence[dt.date] | None = None,
        kinds: Sequence[str] | None = None, ids: Sequence[str] | None = None, last: int | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Reports, each as it last was on a day, in order of date and id.

        Parameters
        ----------
        as_known_on
            The evening; all that is recorded where left out.
        of_days
            Only reports that tell of one of these days; of every day where left out.
        kinds
            Only of these kinds.
        ids
            Only these.
        last
            Only so many: those that tell of the latest days.

        Returns
        -------
        DataFrame
            ``id, date, known_on, kind, place, km_past, low, high, qualifier, side, source, note, state, recorded_at``,
            and besides ``caravan, speaker, inferred, claims, revision, recorded_by``.  Dates are ``datetime.date``,
            figures float (NaN where there is none), ``km_past`` km along the road beyond the place, ``state`` is
            ``current``, ``corrected`` (what stands is a correction) or ``withdrawn``.
        """
        frame = self.history(of_days=of_days, kinds=kinds, ids=ids, last=last, as_known_on=as_known_on)
        newest = frame.sort_values("revision", kind="stable").drop_duplicates("id", keep="last")
        if of_days is not None:
            newest = newest[newest["date"].isin(of_days)]
        if kinds is not None:
            newest = newest[newest["kind"].isin(kinds)]
        ordered = newest.sort_values(["date", "id"], kind="stable").reset_index(drop=True)
        return ordered if last is None else ordered.tail(last).reset_index(drop=True)

    def history(
        self, *, of_days: Sequence[dt.date] | None = None, kinds: Sequence[str] | None = None,
        ids: Sequence[str] | None = None, last: int | None = None, as_known_on: dt.date | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Every version of every report (known by a day), in the order recorded; columns as :meth:`reports` gives them.

        With `of_days` and `kinds` only of reports of which a version tells of one of these days, is of one of these
        kinds; with `ids` only of these; with `last` only of about so many and more, those of the latest days.
        """
        query = select(REPORTS).order_by(REPORTS.c.seq)
        if as_known_on is not None:
            query = query.where(REPORTS.c.known_on <= as_known_on)
        chosen = select(REPORTS.c.id)
        if of_days is not None:
            chosen = chosen.where(REPORTS.c.date.in_(of_days))
        if kinds is not None:
            chosen = chosen.where(REPORTS.c.kind.in_(kinds))
        if ids is not None:
            query = query.where(REPORTS.c.id.in_(ids))
        if last is not None:
            if as_known_on is not None:
                chosen = chosen.where(REPORTS.c.known_on <= as_known_on)
            chosen = chosen.order_by(REPORTS.c.date.desc(), REPORTS.c.seq.desc()).limit(VERSIONS * last)
        if of_days is not None or kinds is not None or last is not None:
            query = query.where(REPORTS.c.id.in_(chosen))
        frame = self._frame(query)
        state = pd.Series("current", index=frame.index, dtype=object)
        state[frame["revision"] > 1] = "corrected"
        state[frame["withdrawn"].astype(bool)] = "withdrawn"
        frame["state"] = state
        columns = [
            "id", "date", "known_on", "kind", "place", "km_past", "low", "high", "qualifier", "side", "source", "note",
            "state", "recorded_at", "caravan", "speaker", "inferred", "claims", "revision", "recorded_by",
        ]  # fmt: skip
        return frame[columns].astype({"km_past": float, "low": float, "high": float, "inferred": bool})

    def issued(self) -> pd.DataFrame:
        """Forecasts issued, in order.

        Returns
        -------
        DataFrame
            ``forecast_id, issued_on, issue, hash, version, horizon, family, subject, inputs, issued_at, issued_by``:
            ``issue`` counts those of one day, of which the last stands; ``hash`` is the SHA-256 of the frozen content,
            ``inputs`` that of what it was made from, ``version`` that of caravana, ``subject`` the caravan (or
            ``all camps``), ``horizon`` days.
        """
        columns = [
            "forecast_id", "issued_on", "hash", "version", "horizon", "issue", "family", "subject", "inputs",
            "issued_at", "issued_by",
        ]  # fmt: skip
        order = (FORECASTS.c.issued_on, FORECASTS.c.issue)
        return self._frame(select(*(FORECASTS.c[name] for name in columns)).order_by(*order))

    def quantiles(self, forecast_id: str | None = None) -> pd.DataFrame:
        """Quantiles of forecasts issued: of one, or of all.

        Returns
        -------
        DataFrame
            ``forecast_id, issued_on, location, target, target_date, horizon_days, quantile, value``.  Targets of a
            caravan: ``position_km`` (km along its road, given that it is together), ``persons`` (location
            ``CARAVAN``: how many walk; ``CARAVAN:SIDE``: what that side would say of it), ``together`` and ``rest``
            (chances, quantile 0.5 only).  Of a displacement: ``camp_persons`` (location is the camp) and
            ``total_persons`` (location ``all camps``).
        """
        return self._of_forecasts(QUANTILES, forecast_id)

    def others(self, as_known_on: dt.date | None = None) -> pd.DataFrame:
        """Quantiles of other teams' forecasts that were taken in by a day (all where left out).

        Returns
        -------
        DataFrame
            ``model, issued_on, location, target, target_date, horizon_days, quantile, value, known_on``: ``model`` is
            ``team-model``, ``known_on`` the day on which the file was taken in.
        """
        columns = [column for column in OTHERS.c if not column.name.startswith("recorded")]
        query = select(*columns).order_by(*OTHERS.primary_key.columns)
        if as_known_on is not None:
            query = query.where(OTHERS.c.known_on <= as_known_on)
        return self._frame(query)

    def chances(self, forecast_id: str | None = None) -> pd.DataFrame:
        """Chance of every stop on every night of forecasts issued; those of a night sum to one.

        Returns
        -------
        DataFrame
            ``forecast_id, issued_on, location, target_date, horizon_days, stop, km, chance``: ``location`` is the
            caravan, ``stop`` a place, or ``PLACE+20``, 20 km past it; ``km`` along the road.
        """
        return self._of_forecasts(CHANCES, forecast_id)

    def _of_forecasts(self, table: Table, forecast_id: str | None) -> pd.DataFrame:
        columns = [column for column in table.c if column.name != "forecast_id"]
        query = select(FORECASTS.c.forecast_id, FORECASTS.c.issued_on, *columns)
        query = query.join_from(FORECASTS, table, FORECASTS.c.forecast_id == table.c.forecast_id)
        if forecast_id is not None:
            query = query.where(FORECASTS.c.forecast_id == forecast_id)
        order = [c for c in table.primary_key.columns if c.name != "forecast_id"]
        return self._frame(query.order_by(FORECASTS.c.issued_on, FORECASTS.c.issue, *order))

    def frozen(self, forecast_id: str) -> str:
        """Return the content of a forecast as it was frozen: JSON.

        Raises
        ------
        UsageError
            If none of this id was issued.
        """
        query = select(FORECASTS.c.content).where(FORECASTS.c.forecast_id == forecast_id)
        content = self.database.read(lambda c: c.execute(query).scalar())
        if content is None:
            raise UsageError(f"no forecast {forecast_id!r} was issued")
        return str(content)

    def scores(self, as_known_on: dt.date | None = None, *, of_forecasts: Sequence[str] | None = None) -> pd.DataFrame:
        """Scores of forecasts (of all, or of some) against what was reported by a day (all that is recorded).

        Where a report was corrected or a better one came, a score is superseded; where it was withdrawn, dropped.

        Returns
        -------
        DataFrame
            ``forecast_id, issued_on, location, target, target_date, horizon_days, truth, observed_low, observed_high,
            crps, naive, naive_crps, error, inside_50, inside_90, scored_on``: one row a forecast and a truth
            (``truth`` is the report's id, or ``night``).  ``error`` is median less observed; ``crps`` and ``error`` in
            the target's unit (for ``together`` the CRPS is the Brier score); ``inside_50`` and ``inside_90`` 1 where
            the band of that share held it (a share, of a body in parts); ``naive_crps`` of the rule ``naive``.
        """
        query = select(FORECASTS.c.issued_on, *SCORES.c).join_from(
            FORECASTS, SCORES, FORECASTS.c.forecast_id == SCORES.c.forecast_id
        )
        if of_forecasts is not None:
            query = query.where(SCORES.c.forecast_id.in_(of_forecasts))
        frame = self._frame(query.order_by(SCORES.c.scored_on, SCORES.c.seq))
        if as_known_on is not None:
            frame = frame[frame["scored_on"] <= as_known_on]
        frame = frame.groupby(SCORE_KEY, sort=False).tail(1)
        frame = frame[~frame["dropped"].astype(bool)].sort_values(
            ["issued_on", "forecast_id", "target", "location", "target_date", "truth"], kind="stable"
        )
        columns = [
            "forecast_id", "issued_on", "location", "target", "target_date", "horizon_days", "truth", "observed_low",
            "observed_high", "crps", "naive", "naive_crps", "error", "inside_50", "inside_90", "scored_on",
        ]  # fmt: skip
        return frame[columns].astype({"naive_crps": float}).reset_index(drop=True)

    def verified(self, as_known_on: dt.date) -> dict[str, str]:
        """Hash of the truth that each forecast was last scored with by a day, by its id."""
        query = select(VERIFIED).where(VERIFIED.c.scored_on <= as_known_on)
        frame = self._frame(query.order_by(VERIFIED.c.scored_on, VERIFIED.c.seq))
        return dict(zip(frame["forecast_id"], frame["truth"], strict=True))

    def trigger_steps(self) -> pd.DataFrame:
        """What was done with triggers, in order: ``trigger, declaration, step, on, content, recorded_at, recorded_by``.

        ``declaration`` is the SHA-256 of what was declared; ``step`` is one of ``backtested``, ``looked_at``,
        ``switched_on``, ``switched_off``; ``content`` is JSON.
        """
        return self._frame(select(TRIGGERS).order_by(TRIGGERS.c.seq)).drop(columns="seq")

    def alerts(self) -> pd.DataFrame:
        """Alerts and activations, a row a step.

        Returns
        -------
        DataFrame
            ``alert_id, trigger, forecast_id, step, on, content, recorded_at, recorded_by``; ``step`` is one of
            ``raised``, ``activated`` (signed off by a person), ``declined``, ``lapsed``; ``content`` is JSON.
        """
        return self._frame(select(ALERTS).order_by(ALERTS.c.seq)).drop(columns="seq")

    def releases(self) -> pd.DataFrame:
        """Pages, briefs and exports released, in order.

        Returns
        -------
        DataFrame
            ``forecast_id, kind, audience, language, path, hash, on, recorded_at, recorded_by``.
        """
        return self._frame(select(RELEASES).order_by(RELEASES.c.seq)).drop(columns="seq")

    def journal(self, *, last: int | None = None) -> pd.DataFrame:
        """Who did what, in order: ``seq, at, who, act, subject, content`` (JSON); the `last` so many alone."""
        if last is None:
            acts = self._frame(select(JOURNAL).order_by(JOURNAL.c.seq))
        else:
            newest = self._frame(select(JOURNAL).order_by(JOURNAL.c.seq.desc()).limit(last))
            acts = newest.iloc[::-1].reset_index(drop=True)
        return acts.assign(content=acts["content"].map(without_digests))

    def rows_of(self, table: Table, *names: str) -> list[dict[str, Any]]:
        """Rows of a table as the database has them; of these columns alone, where some are named.

        Raises
        ------
        ValueError
            If a row has what no row of it can have.
        """
        query = select(*(table.c[name] for name in names)) if names else select(table)
        return self.database.read(lambda c: [dict(row) for row in c.execute(query).mappings()])

    def _frame(self, query: Select[Any]) -> pd.DataFrame:
        def read(connection: Connection) -> pd.DataFrame:
            result = connection.execute(query)
            names, rows = list(result.keys()), result.fetchall()
            # Texts and dates as they are, None where there is none, whatever pandas would make of them; column by
            # column, for of rows pandas asks each what it is.
            columns = zip(*rows, strict=True) if rows else ((),) * len(names)
            frame = pd.DataFrame({name: pd.Series(c, dtype=object) for name, c in zip(names, columns, strict=True)})
            numbers = [c.name for c in query.selected_columns if isinstance(c.type, Integer | Double | Boolean)]
            return frame.astype({name: frame[name].infer_objects().dtype for name in numbers}) if rows else frame

        return self.database.read(read)
