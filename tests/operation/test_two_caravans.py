"""Of two caravans of one operation: what is told of one is of no part of the other's page, and ends it not."""

from __future__ import annotations

from tests.operation.conftest import make_operation
from tests.operation.test_ended import END, ON
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.operation.folder import open_operation
from caravana.operation.known import read_known
from caravana.operation.ledger import open_ledger
from caravana.operation.pages import tonight_of
from caravana.operation.update import update_operation
from caravana.reporting.tonight.coming import look_ahead


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


def test_the_record_in_words_names_caravans_as_the_page_does(tmp_path):
    operation = with_two(tmp_path / "op")
    with open_ledger(operation) as ledger:
        ledger.add_reports([{**END, "caravan": "second", "date": ON, "known_on": ON}])
    words = ["observe", str(operation.folder), "--as-known-on", str(ON), "--lang", "en"]
    last = CliRunner().invoke(app, words).stdout.splitlines()[-1]
    assert last.endswith(" \N{MIDDLE DOT} The second")
