"""Whether an operation is as it was written: what the ledger, its files and what was given out are held against."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3

import pytest
from tests.operation.conftest import FIRST, make_operation
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.errors import UsageError
from caravana.language.faults import message_words
from caravana.language.language import load_language
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.ledger.schema import APPEND_ONLY
from caravana.operation.releasing import digest_of_files
from caravana.operation.update import update_operation


def verify(operation, *words):
    return CliRunner().invoke(app, ["verify", str(operation.folder), *words], env={"LC_ALL": "C"})


def change(operation, statement):
    """What a disk or a careless hand does: past the triggers that keep the rows."""
    with sqlite3.connect(operation.folder / "ledger.sqlite") as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def test_a_whole_operation_is_said_to_be_whole(copy):
    operation = copy()
    done = verify(operation)
    assert done.exit_code == 0, done.output
    assert "(forecasts: 6, publications: 0)" in done.stderr
    held = json.loads(verify(operation, "--json").stdout)
    assert held["whole"]
    assert held["verified"] == 12
    assert held["damaged"] == []
    assert "(pronósticos: 6, publicaciones: 0)" in verify(operation, "--lang", "es").stderr


def test_files_that_were_changed_or_lost_are_named_and_update_is_offered(copy):
    operation = copy()
    first, second = sorted(operation.forecasts.iterdir())[:2]
    first.unlink()
    second.write_text(second.read_text("utf-8").replace("1", "2", 1), "utf-8")
    done = verify(operation, "--lang", "es")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"falta forecasts/{first.name}",
        f"forecasts/{second.name} no está como se escribió",
    ]
    assert "su registro está íntegro" in done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE forecasts SET content = replace(content, '0', '1') WHERE issue = 1",
        "UPDATE forecasts SET hash = 'x' WHERE issue = 1",
        "UPDATE quantiles SET value = value + 1",
        "DELETE FROM quantiles",
        "UPDATE journal SET content = '{}' WHERE act = 'issue'",
    ],
)
def test_a_forecast_that_was_changed_in_the_ledger_is_named(copy, statement):
    operation = copy()
    change(operation, statement)
    done = verify(operation)
    assert done.exit_code == 1
    assert done.stdout.startswith("forecast 2021-11-")
    assert "is not as it was written" in done.stdout
    assert "is damaged, in its ledger" in done.stderr


def test_what_was_given_out_is_held_against_its_hash(copy):
    operation = copy()
    home = operation.folder / "releases" / "abc"
    home.mkdir(parents=True)
    (home / "brief.pdf").write_bytes(b"what was signed")
    row = {"kind": "brief", "audience": "public", "language": "en", "path": "releases/abc", "on": dt.date(2021, 11, 25)}
    with open_ledger(operation) as ledger:
        name = ledger.issued()["forecast_id"].iloc[-1]
        ledger.add_release({**row, "forecast_id": name, "hash": digest_of_files(home, ["brief.pdf"])})
    assert "publications: 1)" in verify(operation).stderr
    (home / "brief.pdf").write_bytes(b"what was not")
    done = verify(operation)
    assert done.exit_code == 1
    assert done.stdout == "releases/abc is not as it was written\n"


def test_what_the_journal_says_was_issued_or_given_out_and_the_ledger_lost_is_named(copy):
    operation = copy()
    with open_ledger(operation) as ledger:
        name = ledger.issued()["forecast_id"].iloc[0]
        ledger.note("release", "releases/abc")
    change(operation, f"DELETE FROM forecasts WHERE forecast_id = '{name}'")
    done = verify(operation)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [f"forecast {name} is missing", "releases/abc is missing"]
    assert "is damaged, in its ledger" in done.stderr
    assert f"falta el pronóstico {name}" in verify(operation, "--lang", "es").stdout


ROWS = {
    "reports": "low = low + 1 WHERE seq = 1",
    "scores": "crps = crps + 1 WHERE seq = 1",
    "verified": "truth = 'x' WHERE seq = 1",
    "others": "value = value + 1",
    "triggers": "content = '{\"a\": 2}'",
    "alerts": "content = '{\"a\": 2}'",
    "releases": "audience = 'partners'",
    "journal": "who = 'somebody' WHERE seq = 2",
}


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """An operation with a row in every table of its ledger."""
    operation = make_operation(tmp_path_factory.mktemp("full") / "op")
    day = dt.date(2021, 11, 20)
    with open_ledger(operation) as ledger:
        for n in range(2):
            update_operation(operation, ledger, on=FIRST + dt.timedelta(n))
        name = ledger.issued()["forecast_id"].iloc[0]
        task = {"issued_on": day, "location": "CARAVAN", "target": "persons", "target_date": day, "horizon_days": 1}
        ledger.add_others("team-model", [{**task, "quantile": q, "value": 100 * q} for q in (0.25, 0.75)], known_on=day)
        ledger.add_trigger_step({"trigger": "t", "declaration": "d", "step": "s", "on": day, "content": "{}"})
        alert = {"alert_id": "a", "trigger": "t", "forecast_id": name, "step": "s", "on": day, "content": "{}"}
        ledger.add_alert(alert)
        row = {"kind": "brief", "audience": "public", "language": "en", "path": "releases/abc", "on": day}
        home = operation.folder / "releases" / "abc"
        home.mkdir(parents=True)
        (home / "brief.pdf").write_bytes(b"what was signed")
        ledger.add_release({**row, "forecast_id": name, "hash": digest_of_files(home, ["brief.pdf"])})
    return operation


def test_a_ledger_with_rows_in_every_table_is_whole(full):
    done = verify(full)
    assert done.exit_code == 0, done.output
    with open_ledger(full) as ledger:
        assert all(len(ledger.rows_of(table)) for table in APPEND_ONLY)


@pytest.mark.parametrize(("table", "change_of"), [*ROWS.items(), ("chances", "chance = 0.5")])
def test_a_value_that_was_changed_in_any_table_is_found(full, tmp_path, table, change_of):
    operation = open_operation(shutil.copytree(full.folder, tmp_path / "op"))
    change(operation, f"UPDATE {table} SET {change_of}")
    done = verify(operation)
    assert done.exit_code == 1
    named = "forecast 2021-11-" if table == "chances" else f"rows of {table} ("
    assert any(line.startswith(named) for line in done.stdout.splitlines()), done.stdout
    if table != "chances":
        assert f"las filas de {table} (" in verify(operation, "--lang", "es").stdout


@pytest.mark.parametrize(
    ("named", "change_of"),
    [
        ("rows of reports", "reports SET date = 'x' WHERE seq = 1"),
        ("rows of reports", "reports SET low = 'x' WHERE seq = 1"),
        ("rows of releases", "releases SET \"on\" = 'x'"),
        ("rows of forecasts", "forecasts SET issued_on = 'x' WHERE forecast_id = '2021-11-18-1'"),
        ("forecast 2021-11-18-1", "quantiles SET value = 'x' WHERE forecast_id = '2021-11-18-1'"),
        ("rows of journal", "journal SET content = x'ff' WHERE seq = 1"),
        ("rows of journal", "journal SET subject = x'ff' WHERE act = 'issue'"),
    ],
)
def test_what_no_row_can_have_is_named_and_no_crash(full, tmp_path, named, change_of):
    operation = open_operation(shutil.copytree(full.folder, tmp_path / "op"))
    change(operation, f"UPDATE {change_of}")
    done = verify(operation)
    assert done.exit_code == 1, done.exception
    assert any(line.startswith(named) for line in done.stdout.splitlines()), done.stdout


@pytest.mark.parametrize("table", ["scores", "reports", "journal"])
def test_a_row_that_is_gone_is_missed(full, tmp_path, table):
    operation = open_operation(shutil.copytree(full.folder, tmp_path / "op"))
    change(operation, f"DELETE FROM {table} WHERE seq = 1")
    done = verify(operation)
    assert done.exit_code == 1
    assert f"rows of {table}" in done.stdout


def test_what_an_earlier_version_recorded_is_counted_and_what_comes_after_held(full, tmp_path):
    operation = open_operation(shutil.copytree(full.folder, tmp_path / "op"))
    change(operation, "UPDATE journal SET content = '{}' WHERE act = 'import'")
    assert verify(operation).exit_code == 1
    change(operation, "DELETE FROM about WHERE key = 'digests'")
    held = json.loads(verify(operation, "--json").stdout)
    assert held["whole"]
    assert held["unverified"] > 0
    change(operation, f"UPDATE scores SET {ROWS['scores']}")
    assert verify(operation).exit_code == 1


def test_an_operation_without_its_ledger_says_what_to_do(copy):
    operation = copy()
    for file in operation.folder.glob("ledger.sqlite*"):
        file.unlink()
    for words, told in (((), "put a copy of it from before in its place"), (("--lang", "es"), "una copia anterior")):
        with pytest.raises(UsageError, match="holds no ledger") as refused:
            CliRunner().invoke(app, ["verify", str(operation.folder), *words], catch_exceptions=False)
        assert told in message_words(str(refused.value), load_language("es" if words else "en"))
