"""Kills, a full disk, errors and Ctrl-C at calls of commands that write: nothing is lost, a line is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.attacks.commands import COMMANDS
from benchmarks.attacks.figures import Figures
from benchmarks.attacks.run import CAMPAIGNS, table
from benchmarks.attacks.strikes import sites

from caravana.cli.main import app

ROOT = Path(__file__).parents[2]
# A process of its own, that imports everything once: each try is a fork of it.
SCRIPT = """
import json
from dataclasses import asdict
from benchmarks.attacks.strikes import few
some = {"run, damaged": 90, "export, csv": 30, "import": 30, "new": 40, "observe": 1, "exchange, write": 30}
for figures in few(some):
    print(json.dumps(asdict(figures)))
"""


@pytest.fixture(scope="module")
def figures():
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Figures(**json.loads(line)) for line in done.stdout.splitlines()], done.stderr


def test_whatever_strikes_a_command_that_writes_it_is_taken_up_by_the_same_command(figures):
    rows, said = figures
    assert [one.campaign for one in rows] == ["kill", "full", "error", "interrupt"]
    assert all(one.held for one in rows), said
    assert sum(one.tries for one in rows) > 20


def test_every_command_is_attacked_or_writes_nothing():
    reading = {"forecast", "backtest", "score", "check", "scenarios", "verify"}
    attacked = {command.words[0] for command in COMMANDS}
    named = {one.name or one.callback.__name__ for one in app.registered_commands}
    named |= {group.name for group in app.registered_groups}
    # The pages and their accounts are attacked in tests/web; what is compiled ahead goes to the user's own cache.
    elsewhere = {"serve", "accounts", "prepare"}
    assert named - attacked == reading | elsewhere


def test_a_call_of_each_kind_is_struck():
    calls = tuple(
        f"{name} work/run/blocks/0000{block}/.a.{block}a2b3c4d.77.part "
        for block in range(3)
        for name in ("write", "fsync")
    )
    assert len(sites(calls, "kill")) == 2
    assert len(sites((*calls, "unlink work/a "), "kill")) == 3
    assert len(sites((*calls, "unlink work/a "), "full")) == 2


def test_the_table_has_a_line_a_campaign_and_only_noughts_hold():
    assert Figures("kills", 12).held
    assert not Figures("kills", 12, outside=1).held
    assert table([Figures("kills", 1200)]).splitlines()[1].split() == ["kills", "1,200", "0", "0", "0", "0"]
    assert {
        "damage",
        "power",
        "kills",
        "full",
        "errors",
        "interrupts",
        "hostile",
        "links",
        "fuzz",
        "public",
        "operation",
    } <= set(CAMPAIGNS)
