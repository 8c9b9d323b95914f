"""The page and the brief of an operation, made from its ledger alone."""

from __future__ import annotations

import datetime as dt
import json
import sys

import pytest
from tests.operation.conftest import make_operation

from caravana.cli import main
from caravana.errors import UsageError
from caravana.operation.creating import new_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.pages import last_evening, tonight_of, write_page
from caravana.operation.update import update_operation

FIRST, LAST = dt.date(2021, 10, 29), dt.date(2021, 10, 30)


@pytest.fixture(scope="module")
def operation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operation") / "october"
    made = new_operation(folder, name="October", scenario="tapachula-2021")
    (folder / "stock.csv").write_text("item,quantity,unit\nwater,20000,litres\n")
    with open_ledger(made) as ledger:
        for on in (FIRST, LAST):
            done = update_operation(made, ledger, on=on, language="es", page=on == LAST)
    assert done.page == made.pages / f"tonight-{LAST}.html"
    return made


def test_the_page_is_the_same_whenever_it_is_written(operation):
    latest = (operation.pages / "tonight.html").read_bytes()
    with open_ledger(operation) as ledger:
        again = write_page(operation, ledger, LAST, language="es")
        assert again.read_bytes() == latest
        write_page(operation, ledger, FIRST)
    # A page of an earlier evening is written anew; the latest stays.
    assert (operation.pages / "tonight.html").read_bytes() == latest
    assert b'<html lang="es">' in latest


def test_what_a_page_says_was_known_that_evening(operation):
    with open_ledger(operation) as ledger:
        facts = tonight_of(operation, ledger, FIRST)
        assert last_evening(ledger) == LAST
        assert last_evening(ledger, FIRST) == FIRST
        with pytest.raises(UsageError, match="no forecast has been issued by 2021-10-01"):
            last_evening(ledger, dt.date(2021, 10, 1))
    assert max(facts.reports["known_on"]) <= FIRST
    assert set(facts.quantiles["issued_on"]) == set(facts.chances["issued_on"]) == {FIRST}
    assert facts.stock[0].quantity == 20000
    assert sum(facts.weights["position"].values()) == pytest.approx(1.0)


@pytest.mark.parametrize(("audience", "files"), [("internal", 3), ("public", 3)])
def test_the_command_brief_writes_what_it_says(operation, tmp_path, monkeypatch, capsys, audience, files):
    words = ["brief", str(operation.folder), "--lang", "es", "--audience", audience, "--out", str(tmp_path), "--json"]
    monkeypatch.setattr(sys, "argv", ["caravana", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["files"]) == files == len(list(tmp_path.iterdir()))
    assert said["on"] == LAST.isoformat()
    table = [name for name in said["files"] if name.endswith(".csv")]
    assert bool(table) == (audience == "public")


def test_what_cannot_be_asked_is_said_in_the_language(operation, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["caravana", "brief", str(operation.folder), "--lang", "es", "--audience", "all"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "se esperaba internal o public" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lang", "words"), [("es", "Hace el resumen de dos páginas"), ("en", "Make the two-page brief")]
)
def test_help_is_in_the_language_asked_for(monkeypatch, capsys, lang, words):
    monkeypatch.setattr(sys, "argv", ["caravana", "brief", "--lang", lang, "--help"])
    with pytest.raises(SystemExit):
        main()
    assert words in capsys.readouterr().out


def test_page_ledger_and_forecast_say_the_same_of_how_far_ahead(operation, monkeypatch, capsys):
    with open_ledger(operation) as ledger:
        facts = tonight_of(operation, ledger, LAST)
    words = ["forecast", str(operation.folder), "--origin", LAST.isoformat(), "--json"]
    monkeypatch.setattr(sys, "argv", ["caravana", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = json.loads(capsys.readouterr().out)["useful_lead"]
    assert facts.useful == {
        "position_km": said["position"], "persons": said["headcount"], "together": said["together"]
    }  # fmt: skip


def test_an_evening_that_was_forecast_anew_is_one_case(tmp_path):
    made = make_operation(tmp_path / "op")
    on = dt.date(2021, 11, 20)
    with open_ledger(made) as ledger:
        assert update_operation(made, ledger, on=on).issued.new
        row = {"kind": "headcount", "caravan": "caravan-2021-11-18", "side": "press", "place": "huixtla",
               "low": 2100.0, "high": 2100.0, "qualifier": "about", "date": on, "known_on": on}  # fmt: skip
        ledger.add_reports([row])
        assert update_operation(made, ledger, on=on).issued.new
        last = update_operation(made, ledger, on=on + dt.timedelta(4))
        held = ledger.scores(last.on)
        shown = tonight_of(made, ledger, last.on).scores
    assert set(held["forecast_id"]) == {f"{on}-1", f"{on}-2"}
    assert set(shown["forecast_id"]) == {f"{on}-2"}
    nights = shown[shown["target"] == "position_km"]
    assert len(nights)
    assert not nights.duplicated("target_date").any()
