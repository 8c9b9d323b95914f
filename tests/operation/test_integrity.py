"""Whether an operation is as it was written: what the ledger, its files and what was given out are held against."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3

import pytest
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.operation.ledger import open_ledger
from caravana.operation.releasing import digest_of_files


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
