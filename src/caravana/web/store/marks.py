"""How far the ledger has grown: what was read before stands as long as these marks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from caravana.operation.ledger.schema import ALERTS, FORECASTS, OTHERS, REPORTS, TRIGGERS, VERIFIED

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from caravana.web.store.tables import Store


def forecast_marks(store: Store) -> tuple[int, ...]:
    """Marks of all that a page of an evening is made from, but for reports that came in since it was issued."""
    columns: list[ColumnElement[int]] = [func.max(VERIFIED.c.seq), func.max(TRIGGERS.c.seq), func.max(ALERTS.c.seq)]
    columns += [select(func.count()).select_from(table).scalar_subquery() for table in (FORECASTS, OTHERS)]
    return store.read(lambda c: tuple(int(c.execute(select(one)).scalar() or 0) for one in columns))


def report_mark(store: Store) -> int:
    """Mark of the reports."""
    return int(store.read(lambda c: c.execute(select(func.max(REPORTS.c.seq))).scalar()) or 0)
