"""The table of importers: the built-in one, and those that other packages bring by an entry point."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.made.instances import write_instance

from caravana.errors import UsageError
from caravana.importers.base import ImportResult, finish_import
from caravana.importers.registry import find_importer, import_scenario, importer_names
from caravana.importers.rows import Reader

OTHER = """
from caravana.importers.base import Importer, finish_import
from caravana.importers.rows import Reader


def read(source, settings):
    reader = Reader(source)
    reader.number(source / "a.csv", 2, "km", "far")
    return finish_import(reader, None)


OTHER = Importer("other", "Read another's files.", "Their folder.", read)
NONE = "no importer"
"""


@pytest.fixture
def others(tmp_path, monkeypatch):
    """A package beside, with three importers: a sound one, one that is none, and one of a name that is taken."""
    site = tmp_path / "site"
    info = site / "other_importer-1.dist-info"
    info.mkdir(parents=True)
    (site / "other_importer.py").write_text(OTHER, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other_importer\nVersion: 1\n", encoding="utf-8")
    points = ["other = other_importer:OTHER", "broken = other_importer:LOST", "none = other_importer:NONE"]
    text = "\n".join(["[caravana.importers]", *points, "flee = other_importer:OTHER", ""])
    (info / "entry_points.txt").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(site)
    return site


def test_flee_is_built_in_and_others_come_after_it(others):
    assert importer_names() == ["flee", "broken", "none", "other"]
    assert find_importer("flee").read.__module__ == "caravana.importers.flee.instance"
    assert find_importer("other").summary == "Read another's files."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken", "the importer broken cannot be loaded from other_importer:LOST"),
        ("none", "other_importer:NONE is no importer"),
        ("nobody", "no importer nobody: expected one of flee, broken, none, other"),
    ],
)
def test_what_is_no_importer_is_refused_by_name(others, name, message):
    with pytest.raises(UsageError, match=message):
        find_importer(name)


def test_a_scenario_is_written_where_there_are_no_faults_and_never_over_another(others, tmp_path):
    folder, out = write_instance(tmp_path / "x"), tmp_path / "out"
    assert import_scenario("other", folder, None, out).number_of_faults == 1
    assert not out.exists()
    assert import_scenario("flee", folder, None, out).scenario is not None
    assert (out / "scenario.toml").is_file()
    with pytest.raises(UsageError, match="not empty"):
        import_scenario("flee", folder, None, out)


def test_a_scenario_that_was_read_is_checked_as_any_other(tmp_path):
    sound = import_scenario("flee", write_instance(tmp_path / "x"), None, tmp_path / "out").require()
    reader = Reader(tmp_path)
    reader.notes += ["one", "one", "two"]
    assert finish_import(reader, sound) == ImportResult(sound, ("one", "two"), ())
    wrong = sound.model_copy(update={"end": sound.start.replace(year=1999)})
    result = finish_import(reader, wrong)
    assert result.scenario is None
    assert result.faults


def test_the_command_of_another_package_prints_its_faults(others, tmp_path):
    command = str(Path(sys.executable).parent / "caravana")
    done = subprocess.run(
        [command, "import", "other", str(tmp_path), str(tmp_path / "out"), "--json"],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": str(others), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    answer = json.loads(done.stdout)
    assert answer["scenario"] is None
    assert answer["faults"][0]["expected"] == "a number"
