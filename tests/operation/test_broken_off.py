"""``new`` killed at any of its steps is taken up by the same command, whichever database its ledger is in."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from tests.operation.conftest import FIRST, make_operation

from caravana.errors import UsageError
from caravana.operation.creating import new_operation
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation

SCENARIO = "tapachula-2021-11-18"
STEPS = {
    "the ledger is empty": "caravana.operation.ledger.ledger.OperationLedger.begin_for",
    "nothing is recorded": "caravana.operation.ledger.ledger.OperationLedger.add_reports",
    "nobody is named": "caravana.operation.ledger.ledger.OperationLedger.note",
    "the folder is not in its place": "caravana.operation.creating.move_folder",
}
"""What is not done yet, and what would do it."""
KILLED = """
import os, signal, sys
from importlib import import_module
from pathlib import Path
from caravana.operation import creating

module, _, name = {step!r}.rpartition(".")
try:
    holder = import_module(module)
except ModuleNotFoundError:
    module, _, kind = module.rpartition(".")
    holder = getattr(import_module(module), kind)
setattr(holder, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
creating.new_operation(Path(sys.argv[1]), name=sys.argv[2], scenario={scenario!r}, database=sys.argv[3] or None)
"""


def kill_at(step, folder, name, database):
    script = KILLED.format(step=STEPS[step], scenario=SCENARIO)
    words = [sys.executable, "-c", script, str(folder), name, database or ""]
    assert subprocess.run(words, check=False, timeout=120).returncode == -signal.SIGKILL
    assert not folder.exists()


def held(operation):
    with open_ledger(operation) as ledger:
        reports = ledger.reports().drop(columns="recorded_at")
        return reports, ledger.journal().drop(columns="at")[["act", "subject", "content"]]


ON_A_SERVER = [("server", step) for step in STEPS]


@pytest.mark.parametrize(("where", "step"), [("file", "the folder is not in its place"), *ON_A_SERVER])
def test_a_folder_whose_making_was_killed_is_made_by_the_same_command(tmp_path, request, where, step):
    database = request.getfixturevalue("server") if where == "server" else None
    name, folder = f"Broken off where {step}", tmp_path / "op"
    kill_at(step, folder, name, database)
    operation = new_operation(folder, name=name, scenario=SCENARIO, database=database)
    whole = new_operation(tmp_path / "whole", name=name, scenario=SCENARIO)
    for one, other in zip(held(operation), held(whole), strict=True):
        assert one.equals(other)
    assert {path.name for path in tmp_path.iterdir()} == {"op", "whole"}  # what was left of it is swept


def test_a_ledger_on_a_server_is_no_other_folders(tmp_path, server):
    name = "Broken off, and not ours"
    kill_at("the folder is not in its place", tmp_path / "op", name, server)
    with pytest.raises(UsageError, match="has the ledger of an operation of this name"):
        new_operation(tmp_path / "other", name=name, scenario=SCENARIO, database=server)
    with pytest.raises(UsageError, match="has the ledger of an operation of this name"):
        new_operation(tmp_path / "op", name=name, scenario="tapachula-2021", database=server)
    new_operation(tmp_path / "op", name=name, scenario=SCENARIO, database=server)


def test_a_ledger_on_a_server_that_has_been_used_is_not_taken_up(tmp_path, server):
    operation = make_operation(tmp_path / "op", server, name="Used")
    with open_ledger(operation) as ledger:
        update_operation(operation, ledger, on=FIRST)
    operation.folder.rename(tmp_path / "away")
    with pytest.raises(UsageError, match="has the ledger of an operation of this name"):
        make_operation(tmp_path / "op", server, name="Used")
    assert open_operation(tmp_path / "away").name == "Used"
