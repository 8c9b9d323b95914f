"""Faults of a Flee instance are said in Spanish where that is asked for."""

import re

import pytest
from tests.importers.flee.test_all_faults import INPUT, MANY
from tests.made.instances import LOCATIONS, told, with_files
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.language.faults import message_words
from caravana.language.language import load_language

ES = load_language("es")
ENGLISH = re.compile(r"\b(expected|the|and|of|with|where|line|column|found|such as|more)\b")


@pytest.mark.parametrize("name", MANY)
def test_no_english_is_left(tmp_path, name):
    faults = told(with_files(tmp_path, None, MANY[name][0]))
    assert faults
    for line in faults:
        said = message_words(line, ES)
        assert not ENGLISH.search(re.sub(r"'[^']*'", "", said)), said


def test_the_command_says_them_and_how_many(tmp_path):
    conflicts = "#Day,A,B\n" + "".join(f"{day},-1,0\n" for day in range(60))
    with_files(
        tmp_path, None, {INPUT + "conflicts.csv": conflicts, INPUT + "locations.csv": LOCATIONS + "Z,,,x,1,camp,,\n"}
    )
    result = CliRunner().invoke(app, ["import", "flee", str(tmp_path / "x"), str(tmp_path / "out"), "--lang", "es"])
    assert result.exit_code == 3
    assert "columna latitude: 'x' — se esperaba un número" in result.output
    assert "conflicts.csv: y 40 más" in result.output
    assert "61 fallas en " in result.output
