"""What `new` says comes next: a caravan is reported by place, camps by a table."""

from tests.made.displacement_run import make_scenario
from typer.testing import CliRunner

import caravana as cv
from caravana.cli.main import app


def made(*words):
    result = CliRunner().invoke(app, ["new", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_displacement_takes_a_table_of_counts_next(tmp_path):
    cv.write_scenario(make_scenario(), tmp_path / "land")
    assert "--from COUNTS.xlsx" in made(tmp_path / "op", "--scenario", tmp_path / "land", "--lang", "en")
    said = made(tmp_path / "op2", "--scenario", "tapachula-2021", "--lang", "es")
    assert "op2 LUGAR" in said
    assert "RECUENTOS" not in said
