"""Of a caravan that was reported to have ended nothing is forecast; what was forecast before is scored and shown."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.operation.conftest import make_operation
from tests.operation.test_commands import call

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
        page = (operation.pages / "tonight.html").read_text("utf-8")
        assert "It ended on" in page
        assert "Forecast on the evening" not in page
        assert "Evening of " in page
        # What was known the evening before is as it was; and an end that was a mistake is taken back.
        assert update_operation(operation, ledger, on=ON).issued is not None
        ledger.withdraw(held[0], known_on=day)
        assert update_operation(operation, ledger, on=day).issued is not None


def test_that_a_report_became_known_later_is_said(tmp_path):
    operation = make_operation(tmp_path / "op")
    with open_ledger(operation) as ledger, pytest.raises(UsageError, match=r"no report was known on .*; the first"):
        update_operation(operation, ledger, on=dt.date(2021, 10, 1))


def test_a_replay_from_before_the_first_report_begins_there_and_says_so(tmp_path):
    operation = make_operation(tmp_path / "op")
    folder = str(operation.folder)
    with open_ledger(operation) as ledger:
        first = min(ledger.history()["known_on"])
    early = first - dt.timedelta(3)
    said = call("update", folder, "--since", str(early), "--on", str(ON), "--lang", "es")[1]
    assert f"El {early} no se conocía ningún reporte: se repite desde el {first}." in said
    with open_ledger(operation) as ledger:
        assert max(ledger.issued()["issued_on"]) == ON
    with pytest.raises(UsageError, match="no report was known on"):
        call("update", folder, "--since", str(early), "--on", str(first - dt.timedelta(1)))


def test_a_replay_passes_over_evenings_of_plans_alone(tmp_path):
    operation = make_operation(tmp_path / "op")
    with open_ledger(operation) as ledger:
        first = min(ledger.history()["known_on"])
        planned = {**END, "kind": "headcount", "low": 900.0, "high": 900.0, "qualifier": "planned", "date": first}
        ledger.add_reports([{**planned, "known_on": first - dt.timedelta(2)}])
    said = call("update", str(operation.folder), "--since", str(first - dt.timedelta(2)), "--on", str(ON))[1]
    assert f"{first - dt.timedelta(2)}: no forecast; " in said
    assert f"{ON}: forecast " in said


def test_the_latest_page_of_a_caravan_that_has_ended_is_of_what_was_last_told(tmp_path):
    operation = make_operation(tmp_path / "op")
    day, later = ON + dt.timedelta(1), ON + dt.timedelta(3)
    with open_ledger(operation) as ledger:
        update_operation(operation, ledger, on=ON)
        ledger.add_reports([{**END, "date": day, "known_on": day}])
        update_operation(operation, ledger, on=day)
        row = {**END, "kind": "headcount", "place": "huixtla", "low": 210.0, "high": 210.0, "note": ""}
        ledger.add_reports([{**row, "date": later, "known_on": later}])
        done = update_operation(operation, ledger, on=later)
        assert "210" in done.page.read_text("utf-8")
    assert (operation.pages / "tonight.html").read_bytes() == done.page.read_bytes()
