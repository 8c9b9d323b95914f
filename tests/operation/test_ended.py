"""Of a caravan that was reported to have ended nothing is forecast; what was forecast before is scored and shown."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.operation.conftest import make_operation

from caravana.errors import UsageError
from caravana.operation.ledger import open_ledger
from caravana.operation.pages import last_evening
from caravana.operation.update import update_operation

ON = dt.date(2021, 11, 21)
END = {
    "kind": "ended", "caravan": "caravan-2021-11-18", "side": "press", "note": "papers", "place": None, "km_past": None,
    "low": None, "high": None, "qualifier": "exact", "source": None, "claims": "",
}  # fmt: skip


def test_nothing_is_forecast_after_an_end(tmp_path):
    operation = make_operation(tmp_path / "op")
    day = ON + dt.timedelta(1)
    with open_ledger(operation) as ledger:
        assert update_operation(operation, ledger, on=ON).issued is not None
        (held,) = ledger.add_reports([{**END, "date": day, "known_on": day}])
        done = update_operation(operation, ledger, on=day)
        assert done.issued is None
        assert done.reason == f"caravan-2021-11-18 ended on {day}: nothing is left to forecast"
        assert last_evening(ledger) == day
        assert "It ended on" in (operation.pages / "tonight.html").read_text("utf-8")
        # What was known the evening before is as it was; and an end that was a mistake is taken back.
        assert update_operation(operation, ledger, on=ON).issued is not None
        ledger.withdraw(held[0], known_on=day)
        assert update_operation(operation, ledger, on=day).issued is not None


def test_that_a_report_became_known_later_is_said(tmp_path):
    operation = make_operation(tmp_path / "op")
    with open_ledger(operation) as ledger, pytest.raises(UsageError, match=r"no report was known on .*; the first"):
        update_operation(operation, ledger, on=dt.date(2021, 10, 1))
