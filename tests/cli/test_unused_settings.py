"""``caravana run`` says which settings of a displacement its rules do not use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.made.displacement_run import make_scenario
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.models.scenarios import write_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SETTINGS = {"max_move_speed": 200.0, "hasten": 2, "conflict_driven_spawning": True}


def run(folder: Path, *more: str, **changes: Any) -> Result:
    write_scenario(make_scenario(days=8, **{"settings": SETTINGS, **changes}), folder / "scenario")
    command = ["run", str(folder / "scenario"), "--members", "2", "--workers", "1", "--out", str(folder / "run"), *more]
    return CliRunner().invoke(app, command)


def test_settings_without_effect_are_named(tmp_path: Path) -> None:
    done = run(tmp_path, "--set", "rules=camp-shares", "--set", "camp_weight=3")
    assert done.exit_code == 0, done.output
    assert (
        "Not used by the rules camp-shares here, as camps are counted: camp_weight, conflict_driven_spawning, "
        "max_move_speed (docs/dispersal.md tells which settings act)" in done.stderr
    )
    assert "taken from the counts of camps, not from conflict_driven_spawning;" in done.stderr


@pytest.mark.parametrize("changes", [{"rules": "flee"}, {"rules": "walk", "counted": False}])
def test_where_all_act_nothing_is_said(tmp_path: Path, changes: dict[str, Any]) -> None:
    done = run(tmp_path, **changes)
    assert done.exit_code == 0, done.output
    assert "Not used" not in done.stderr
    assert "counts of camps" not in done.stderr


def test_as_json_and_quietly(tmp_path: Path) -> None:
    done = run(tmp_path, "--set", "rules=camp-shares", "--json", "--quiet")
    assert json.loads(done.stdout)["settings_not_used"] == ["conflict_driven_spawning", "max_move_speed"]
    assert done.stderr == ""


def test_an_origin_that_flees_rules_do_not_look_at(tmp_path: Path) -> None:
    assert "Not used by the rules flee here: origin_day (" in run(tmp_path, "--set", "origin_day=3").stderr
