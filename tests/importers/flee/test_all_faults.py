"""An instance with many faults is told of all of them at once, and of nothing that is none."""

import json
import subprocess

import pytest
from tests.made.commands import quick_command
from tests.made.instances import CLOSURES, LOCATIONS, ROUTES, told, with_files, write_instance

import caravana as cv
from caravana.errors import UsageError
from caravana.importers.flee.instance import import_flee
from caravana.scenario.reading.faults import Fault

INPUT, DATA = "input_csv/", "source_data/"

MANY = {
    "no period, and four other files": (
        {
            INPUT + "sim_period.csv": None,
            INPUT + "flood_level.csv": "#Day,Q\n0,high\n",
            INPUT + "location_changes.csv": "Q,castle,soon\n",
            INPUT + "region_attributes_IPC.csv": "#Day,R1\n0,120\n",
            INPUT + "closures.csv": "country,Here,There,0,x\n",
        },
        [
            "sim_period.csv: expected this file",
            "flood_level.csv line 1, column Q: 'Q' — expected a name in locations.csv",
            "flood_level.csv line 2, column Q: 'high' — expected a number",
            "location_changes.csv line 1, column name: 'Q'",
            "location_changes.csv line 1, column type: 'castle'",
            "location_changes.csv line 1, column day: 'soon'",
            "region_attributes_IPC.csv line 2, column R1: '120'",
            "closures.csv line 1, column closure_end: 'x'",
        ],
    ),
    "a period that is none, and conflicts by date": (
        {
            INPUT + "sim_period.csv": "StartDate,soon\nLength,-3\n",
            INPUT + "conflicts.csv": "Date,A\n2020-01-01,1\n2020-01-02,x\n",
        },
        ["column StartDate: 'soon'", "column Length: '-3'", "conflicts.csv line 3, column A: 'x'"],
    ),
    "a row of places with nothing right": (
        {INPUT + "locations.csv": LOCATIONS + "Z,R,There,abc,def,castle,,-5\nA,R,Here,xyz,1,town,,\n"},
        [
            "line 6, column location_type: 'castle'",
            "line 6, column latitude: 'abc'",
            "line 6, column longitude: 'def'",
            "line 6, column population: '-5'",
            "line 7, column latitude: 'xyz'",
            "line 7, column name: 'A'",
        ],
    ),
    "a closure with nothing right": (
        {INPUT + "closures.csv": CLOSURES + "border,Q,Z,x,y\nlocation,Q,,x,3\n"},
        [
            "line 2, column closure_type: 'border'",
            "line 2, column closure_start: 'x'",
            "line 2, column closure_end: 'y'",
            "line 3, column name1: 'Q'",
            "line 3, column closure_start: 'x'",
        ],
    ),
    "days that fall twice": (
        {INPUT + "conflicts.csv": "#Day,A\n" + "".join(f"{day},1\n" for day in [0, 1, 0, 3, 2, *range(5, 20)])},
        [
            "line 4, column #Day: '0' — expected days that rise; 1",
            "line 6, column #Day: '2' — expected days that rise; 3",
        ],
    ),
    "floods out of order": (
        {INPUT + "flood_level.csv": "#Day,B\n0,1\nx,1\n3,1\n2,-1\n4,1\n"},
        ["line 3, column #Day: 'x'", "line 5, column #Day: '2'", "line 5, column B: '-1'"],
    ),
    "people short of a column": (
        {INPUT + "demographics_age.csv": "age,Default,A\n5,x\n20,1,-1\n"},
        ["line 2: expected 3 cells, not 2", "line 2, column Default: 'x'", "line 3, column A: '-1'"],
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_all_are_listed(tmp_path, name):
    files, expected = MANY[name]
    lines = told(with_files(tmp_path, None, files))
    missing = [one for one in expected if not any(one in line for line in lines)]
    assert not missing, lines
    assert len(lines) == len(expected), lines
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [LOCATIONS.replace("B,", "é,").encode("latin-1"), LOCATIONS.splitlines()[0], None])
def test_where_places_cannot_be_read_no_camp_is_said_to_be_missing(tmp_path, text):
    found = with_files(tmp_path, INPUT + "locations.csv", text)
    assert len(told(found)) == 1
    assert not [note for note in found.notes if "locations.csv" in note]


def test_where_a_place_has_a_fault_nothing_is_noted_of_its_counts(tmp_path):
    found = with_files(tmp_path, INPUT + "locations.csv", LOCATIONS + "Z,R,There,abc,1,camp,,5\n")
    assert len(told(found)) == 1
    assert not [note for note in found.notes if "no counts" in note]


def test_of_a_column_of_wrong_cells_the_rest_are_counted(tmp_path):
    conflicts = "#Day,A,B\n" + "".join(f"{day},-1,{'x' if day == 9 else 0}\n" for day in range(60))
    found = with_files(tmp_path, INPUT + "conflicts.csv", conflicts)
    assert len(found.faults) == 22
    assert any("column B: 'x'" in line for line in told(found))
    assert found.faults[-1] == Fault("input_csv/conflicts.csv", None, "", None, "", more=40)
    assert found.number_of_faults == 61
    told_by = subprocess.run(
        [quick_command(), "import", "flee", tmp_path / "x", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told_by.returncode == 3
    assert "61 faults in " in told_by.stderr


def test_a_scenario_that_is_there_is_overwritten_on_demand_only(tmp_path):
    folder = write_instance(tmp_path / "x")
    cv.import_flee(folder, None, tmp_path / "out").require()
    with pytest.raises(UsageError, match="exists and is not empty"):
        cv.import_flee(folder, None, tmp_path / "out")
    (folder / INPUT / "routes.csv").write_text(ROUTES.replace("90", "70"))
    cv.import_flee(folder, None, tmp_path / "out", overwrite=True).require()
    assert cv.load_scenario(tmp_path / "out").links[0].km == 70


def test_a_folder_in_place_of_a_file_is_said_to_be_one(tmp_path):
    folder = write_instance(tmp_path / "x")
    assert told(import_flee(folder, folder)) == ["x: expected a file; this is a folder"]
    (folder / INPUT / "routes.csv").unlink()
    (folder / INPUT / "routes.csv").mkdir()
    assert told(import_flee(folder)) == ["input_csv/routes.csv: expected a file; this is a folder"]


def test_what_stands_beside_the_files_of_an_instance_is_noted(tmp_path):
    folder = write_instance(tmp_path / "x")
    for path in (folder / "README.md", folder / DATA / "old" / "Near.csv", folder / DATA / "sub" / "Far.csv"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("2020-01-01,0\n2020-01-21,300\n")
    (folder / DATA / "empty").mkdir()
    (folder / DATA / "data_layout.csv").write_text("total,refugees.csv\nNear,Near.csv\nFar,sub/Far.csv\n")
    notes = import_flee(folder, folder / "simsetting.yml").notes
    assert "beside input_csv and source_data, and not carried over: README.md" in notes
    assert "source_data: not carried over, as data_layout.csv does not name them: Far.csv, empty, old/Near.csv" in notes


def test_faults_as_json_say_how_many_more_there_are(tmp_path):
    conflicts = "#Day,A\n" + "".join(f"{day},-1\n" for day in range(60))
    with_files(tmp_path, INPUT + "conflicts.csv", conflicts)
    done = subprocess.run(
        [quick_command(), "import", "flee", tmp_path / "x", tmp_path / "out", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    faults = json.loads(done.stdout)["faults"]
    assert [one["more"] for one in faults] == [0] * 20 + [40]
