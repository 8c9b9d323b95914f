"""What an import of a Flee instance notes, and what a sound scenario is asked to be looked at for, in Spanish."""

import ast
import re
from pathlib import Path

import pytest
from tests.importers.flee.test_odd_instances import READ
from tests.language.test_every_refusal import filled
from tests.made.instances import SHARED, with_files
from typer.testing import CliRunner

import caravana
from caravana.cli.main import app
from caravana.importers.flee import settings
from caravana.language.faults import fault_words, message_words
from caravana.language.language import load_language

ES = load_language("es")
ROOT = Path(caravana.__file__).parent
FILES = [*sorted(ROOT.glob("importers/flee/*.py")), ROOT / "importers/rows.py"]
ENGLISH = re.compile(
    r"\b(the|and|of|with|where|line|column|not|carried|over|read|reads|more|than|only|stands|counts|there|which|that|"
    r"road|roads|under|people|place|places|rule|rules|whose|before|after|kept|here|no such|is|are|has|have|it|its)\b"
)
#: Names that stay as a file or Flee has them.
OWN = re.compile(r"'[^']*'|\b[\w-]+(?:_[\w-]+)+\b|[\w.-]+\.(?:csv|yml)|total IDPs")


#: Parts that a note may end with.
PARTS = {"more": " (and so on in 3 more)", "near": " (did you mean 'x'?)"}


def notes_of_code():
    """Each note that the code writes with a text of its own: where, and the text with something in its places."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("notes.append", "notes.extend")):
                value = node.args[0]
            elif isinstance(node, ast.AugAssign) and ast.unparse(node.target).endswith("notes"):
                value = node.value
            else:
                continue
            text = next((one for one in ast.walk(value) if isinstance(one, ast.JoinedStr)), value)
            if (said := filled(text, PARTS)) is not None:
                yield f"{path.name}:{node.lineno}", said


NOTES = dict(notes_of_code())
#: Parts of notes that are put together in the code: one of each there is.
PUT_TOGETHER = {
    "x0: x2; sorted by date": "a.csv: the newest count stands first; sorted by date",
    "data_layout.csv: x1 x3; its counts only drive how many are displaced": (
        "data_layout.csv: Far is no camp in locations.csv; its counts only drive how many are displaced"
    ),
    "x0: not carried over, as x2; it has faults: x4 (and so on in 3 more)": (
        "a.csv: not carried over, as no rule reads it; it has faults: a.csv line 2, column x: 'y' — expected a number"
        " and 3 more"
    ),
    "x0: not carried over, as data_layout.csv does not name them: x2 (and so on in 3 more)": (
        "source_data: not carried over, as data_layout.csv does not name them: a.csv, b.csv and 3 more"
    ),
}
LINES = [
    "a.csv: its dates are not in order; sorted by date",
    "a.csv: column hdi is kept as the series attribute-hdi; no rule reads it",
    "data_layout.csv: Far is not in locations.csv; its counts only drive how many are displaced",
    "a.csv: column name not carried over: it holds text ('x', line 4)",
    "a.csv line 3: conflict_date '4' not carried over: only those of conflict zones are read (and so on in 3 more)",
    "a.csv line 3: 'x' not carried over: only 3 cells of a line are read (and so on in 1,200 more)",
    (
        "a.csv line 3: count '1.500' is read as 1500, as other cells of the column have dots between "
        "thousands (and so on in 2 more)"
    ),
    "s.yml: hasten not carried over: it stands under move_rules; Flee looks for it under optimisations",
    "s.yml: hasten not carried over: it stands under no section; Flee looks for it under optimisations",
    (
        "s.yml: default_conflict_intensity not carried over: it stands under move_rules; Flee looks for it "
        "outside of any section"
    ),
    (
        "s.yml: spawn_mode not carried over: it stands under no section; Flee looks for it under "
        "conflict_driven_spawning or flood_driven_spawning"
    ),
    "s.yml: hastn not carried over: no such setting is known (did you mean 'hasten'?)",
    "a.csv line 2: not carried over: no calendar holds day 9999999",
    "a.csv line 2: not carried over: before day 0, so Flee never acts on it",
    "major_routes.csv: not carried over: routes are enumerated",
    (
        "x: the road between A and B has 3 km, and the straight line between their coordinates 1,200: one of "
        "the two is wrong"
    ),
    (
        "x: the road between A and B has 3 km, and the straight line between their coordinates 1,200: one of "
        "the two is wrong (and so on for 4 more roads)"
    ),
    (
        "the coordinates of A (0, 0) lie 9,000 km from B, to which its road has 5 km: they are wrong, or the "
        "road is; 0, 0 stands for coordinates that are not known"
    ),
    (
        "the coordinates of A (1, 2) lie 900 km from B, to which its road has 5 km: they are wrong, or the "
        "road is; the latitude seems to have its dot in the wrong place (/ 10)"
    ),
    "the coordinates of A (1, 2) lie 900 km from B, to which its road has 5 km: they are wrong, or the road is",
    "far from all other places of the same country: A (Mali), B (Mali) and 3 more; look at the coordinates",
    "2 camps are counted, and no road leads there, so that nobody can arrive: A, B",
    "1 camp is not counted, and no road leads there, so that nobody can arrive: A",
    (
        "counts that jump hundredfold and more, as a dot or comma of thousands read wrongly does: 4e+06 on "
        "2012-05-01 at A"
    ),
]


def english_in(said):
    return ENGLISH.findall(OWN.sub("", said))


def test_the_code_is_read():
    assert len(NOTES) > 50


@pytest.mark.parametrize("where", NOTES)
def test_every_note_of_the_code(where):
    note = PUT_TOGETHER.get(NOTES[where], NOTES[where])
    said = message_words(note, ES)
    assert said != note
    assert not english_in(said), said


@pytest.mark.parametrize("line", LINES)
def test_notes_that_are_put_together(line):
    said = message_words(line, ES)
    assert said != line
    assert not english_in(re.sub(r"on 2012-05-01 at A", "", said)), said


@pytest.mark.parametrize("table", ["REFUSED", "WALK_ONLY", "NEVER_READ"])
def test_every_reason_of_a_setting(table):
    for reason in set(getattr(settings, table).values()):
        said = fault_words(reason, ES)
        assert said != reason
        assert not english_in(said), said


@pytest.mark.parametrize("name", READ)
def test_notes_of_odd_instances(tmp_path, name):
    file, content, _ = READ[name]
    for note in with_files(tmp_path, file, content).notes:
        assert not english_in(message_words(note, ES)), note


@pytest.mark.peers
@pytest.mark.skipif(not (SHARED / "mali2012").is_dir(), reason="the shared data folder is not beside the project")
def test_the_command_notes_a_real_instance_in_spanish(tmp_path):
    options = [str(tmp_path / "out"), "--settings", str(SHARED / "simsetting.yml"), "--lang", "es"]
    result = CliRunner().invoke(app, ["import", "flee", str(SHARED / "mali2012"), *options])
    assert result.exit_code == 0
    assert "registration_corrections.csv: recuentos de Mentao antes del 2012-10-03 multiplicados por" in result.output
    assert "las coordenadas de Abala" in result.output
    assert not english_in(result.output.replace(str(tmp_path), "")), result.output
