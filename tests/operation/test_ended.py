"""Of a caravan that was reported to have ended nothing is forecast; what was forecast before is scored and shown."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.operation.conftest import make_operation

from caravana.errors import UsageError
from caravana.operation.folder import open_operation
from caravana.operation.known import read_known
from caravana.operation.ledger import open_ledger
from caravana.operation.pages import last_evening, tonight_of
from caravana.operation.update import update_operation
from caravana.reporting.tonight.coming import look_ahead

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


def with_two(folder):
    """An operation of which the scenario has a second caravan."""
    operation = make_operation(folder)
    with (operation.scenario / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[caravans]]\nid = "second"\nname = "The second"\nitinerary = "to-mexico-city"\n'
            f'assembles_at = "tapachula"\ndeparts = {ON}\nturnout = "turnout"\n'
        )
    return operation


def test_nothing_told_of_another_caravan_is_on_the_page_or_ends_this_one(tmp_path):
    operation = with_two(tmp_path / "op")
    with open_ledger(operation) as ledger:
        other = {**END, "caravan": "second", "date": ON, "known_on": ON}
        place = {**other, "kind": "position", "place": "tonala", "note": ""}
        count = {**place, "kind": "headcount", "low": 7777.0, "high": 7777.0}
        before = update_operation(operation, ledger, on=ON)
        page = before.page.read_text("utf-8")
        ledger.add_reports([place, count, other])
        done = update_operation(operation, ledger, on=ON)
        assert done.issued is not None
        facts = tonight_of(operation, ledger, ON)
        assert set(facts.reports["caravan"]) == {"caravan-2021-11-18"}
        assert facts.aside == {"second": 3}
        # Its end is no event of the first either: all but the line that names it is as it was.
        assert read_known(operation, ledger, ON).scenario.events == before.world.scenario.events
    text = done.page.read_text("utf-8")
    assert "7,777" not in text
    assert "Those of other caravans are of no part of this page: The second (3)." in text
    assert text.count("It ended on") == 0
    assert "The second" not in page


def test_another_caravan_than_the_first_may_be_followed(tmp_path):
    operation = with_two(tmp_path / "op")
    with (operation.folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write('caravan = "second"\n')
    operation = open_operation(operation.folder)
    with open_ledger(operation) as ledger:
        of_it = {**END, "caravan": "second", "date": ON, "known_on": ON, "note": ""}
        place = {**of_it, "kind": "position", "place": "huehuetan"}
        count = {**of_it, "kind": "headcount", "place": "huehuetan", "low": 300.0, "high": 300.0}
        ledger.add_reports([place, count])
        done = update_operation(operation, ledger, on=ON)
        facts = tonight_of(operation, ledger, ON)
        assert facts.caravan == "second"
        assert set(facts.reports["caravan"]) == {"second"}
        ahead = look_ahead(facts)
        assert ahead.road.place(ahead.seen[ON][0].km) == "Huehuetán"
        # What the first is told to have come to does not end the second.
        ledger.add_reports([{**END, "date": ON, "known_on": ON}])
        assert update_operation(operation, ledger, on=ON).issued is not None
    assert done.issued is not None
