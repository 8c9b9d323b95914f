"""A block that fails is recorded, counted and shown; the others are kept; the same command tries it again."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.ensemble.conftest import SCENARIO, SEED, UNTIL
from tests.made.own_processes import change_kind, die, look_on, own, take_too_many, write_down

import caravana as cv
from caravana.ensemble.store import write_block

AFTER = "reshape"


def order(act):
    return cv.insert(cv.ORDER, own(act), after=AFTER)


def test_a_process_that_takes_more_than_there_are_is_named_and_its_block_recorded(simulate):
    run = simulate(members=192, order=order(take_too_many))
    assert [f.block for f in run.failures] == [1]
    error = run.failures[0].error
    assert error.startswith("InvariantError: a count fell below zero on day 2 (process own): member 5, ")
    recorded = json.loads((run.path / "failures.json").read_text("utf-8"))
    assert [(row["block"], row["error"]) for row in recorded] == [(1, error)]
    assert recorded[0]["trace"]
    assert recorded[0]["when"]
    assert run.manifest["blocks_failed"] == [1]
    assert not run.manifest["complete"]
    assert list(run.member_ids) == [*range(64), *range(128, 192)]
    assert run.people.sizes["member"] == 128
    assert run.query("SELECT count(DISTINCT member) AS n FROM people")["n"][0] == 128
    mended = simulate(members=192, order=order(look_on), out=run.path)
    assert mended.failures == []
    assert not (run.path / "failures.json").exists()
    assert mended.manifest["complete"]
    assert len(mended.member_ids) == 192


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (change_kind, "persons were not conserved on day 0 (process own): member 0 differs by"),
        (write_down, "process 'own' failed on day 0: ValueError: assignment destination is read-only"),
    ],
)
def test_a_run_of_which_nothing_is_left_ends_with_the_reason(simulate, act, told):
    with pytest.raises(cv.CaravanaError, match="every block failed") as caught:
        simulate(members=64, order=order(act))
    assert told in str(caught.value)


def test_a_worker_that_dies_costs_its_block_and_no_other(simulate):
    run = simulate(members=192, workers=2, order=order(die))
    assert [f.block for f in run.failures] == [1]
    assert "died" in run.failures[0].error
    assert list(run.member_ids) == [*range(64), *range(128, 192)]


def test_the_command_line_shows_a_failed_block_and_exits_with_1(tmp_path):
    script = (
        "import sys; import caravana.models.caravan.order as order; from caravana.models.base import insert;"
        "from tests.made.own_processes import *;"
        f"order.ORDER = insert(order.ORDER, own(take_too_many), after={AFTER!r});"
        "from caravana.cli import main; main()"
    )
    folder = tmp_path / "run"
    options = [
        "--members",
        "128",
        "--seed",
        str(SEED),
        "--until",
        UNTIL,
        "--out",
        str(folder),
        "--workers",
        "1",
        "--json",
    ]
    command = [sys.executable, "-c", script, "run", SCENARIO, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Block 1 failed and is missing from the ensemble: InvariantError: a count fell below zero" in done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert told["blocks_failed"] == [1]
    assert (told["members"], told["members_asked"]) == (64, 128)
    assert (folder / "failures.json").exists()
    assert (folder / "report.html").exists()


def test_a_block_finished_twice_is_kept_once(sixty_four, tmp_path):
    tables = {"people": {"member": sixty_four.member_ids, "parties": sixty_four.member_ids}}
    for _ in range(2):
        write_block(tmp_path, 0, tables, start=sixty_four.scenario.start, members=64)
    assert [p.name for p in (tmp_path / "blocks").iterdir()] == ["00000"]
