"""Folders as people make them are read; what is broken in a file is told by line."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest

from caravana.errors import ScenarioError
from caravana.models.scenarios import load_scenario, read_scenario
from caravana.received import as_utf8
from caravana.scenario.reading.faults import MOST_FAULTS, Fault


def test_sound_folder_is_read(folder):
    scenario, faults = read_scenario(folder.path)
    assert faults == []
    assert scenario is not None
    assert scenario.start == dt.date(2021, 10, 23)
    assert [place.id for place in scenario.places] == ["a", "b", "c", "d"]
    assert scenario.places[1].name == "Bravo, the town"
    assert scenario.places[1].stop is True
    assert scenario.places[1].population is None
    assert scenario.links[1].modes == ("foot", "vehicle")
    assert scenario.events[1].basis == ("claim-1", "obs-1")
    assert next(p for p in scenario.parameters if p.name == "office_per_day").prior.high == 90
    assert scenario.settings == {"blocks": 3, "share": 0.5, "fast": True, "levels": (1.0, 2.5)}


def test_line_of_the_brief():
    fault = Fault("places.csv", 7, "lat", "'abc'", "a number between -90 and 90")
    assert str(fault) == "places.csv line 7, column lat: 'abc' — expected a number between -90 and 90"


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("places.csv", "15.1", "abc", "places.csv line 3, column lat: 'abc' — expected a number between -90 and 90"),
        ("places.csv", "15.1", "nan", "line 3, column lat: 'nan' — expected a finite number between -90 and 90"),
        ("links.csv", ",45,", ",-45,", "links.csv line 4, column km: -45.0 — expected a number, 0 or more"),
        ("links.csv", ",45,", ",inf,", "links.csv line 4, column km: 'inf' — expected a finite number, 0 or more"),
        ("links.csv", ",45,", ",1_0,", "links.csv line 4, column km: '1_0' — expected a number, 0 or more"),
        ("links.csv", ",45,", ",,", "links.csv line 4, column km: expected a number, 0 or more; the cell is empty"),
        (
            "links.csv",
            ",45,,,vehicle",
            ",45,,,ship",
            "column modes: 'ship' — expected a list, each one of foot, vehicle",
        ),
        ("places.csv", ",900,", ",-1,", "line 4, column population: -1 — expected a whole number, 0 or more"),
        ("places.csv", ",900,", ",9.5,", "line 4, column population: '9.5' — expected a whole number, 0 or more"),
        ("places.csv", ",900,", ",9" + "0" * 30 + ",", "— expected a whole number of at most 1,000,000,000,000"),
        ("places.csv", ",false,", ",no,", "line 4, column stop: 'no' — expected true or false"),
        ("places.csv", ",town,false", ",hamlet,false", "line 4, column kind: 'hamlet' — expected one of origin, city,"),
        ("places.csv", "c,Charlie", "c h,Charlie", "line 4, column id: 'c h' — expected an id of letters, digits,"),
        ("places.csv", "c,Charlie", "c" * 90 + ",Charlie", "— expected an id of at most 80 characters"),
        ("places.csv", "c,Charlie", "c,", "line 4, column name: expected text; the cell is empty"),
        ("events.csv", "2021-10-28", "28/10/2021", "column date: '28/10/2021' — expected a date like 2021-10-23"),
        ("events.csv", "2021-10-28", "20211028", "column date: '20211028' — expected a date like 2021-10-23"),
        ("events.csv", "2021-10-28", "2021-02-30", "column date: '2021-02-30' — expected a date that exists"),
        ("observations.csv", ",range,", ",roughly,", "column qualifier: 'roughly' — expected one of exact, about,"),
        ("events.csv", "claim-1;obs-1", "claim-1;;obs-1", "line 3, column basis: 'claim-1;;obs-1' — expected a list"),
    ],
)
def test_cell_that_does_not_fit(folder, file, old, new, line):
    told = folder.change(file, old, new).told()
    assert any(line in one for one in told), told
    assert not any("pydantic" in one or "Input should" in one for one in told)


@pytest.mark.parametrize("name", ["scenario.toml", "places.csv", "links.csv", "events.csv", "sources.csv"])
def test_missing_file(folder, name):
    (folder.path / name).unlink()
    # Only what is missing is told, not the hundreds of ids that hang on it.
    assert folder.told() == [f"{name}: expected this file in the scenario folder; it is missing"]


def test_unknown_and_missing_columns(folder):
    folder.change("links.csv", "from_id,to_id,km,", "from_id,to_id,length,")
    told = folder.told()
    assert told[0].startswith("links.csv line 1, column length: 'length' — expected one of the columns from_id, to_id")
    assert told[1] == "links.csv line 1, column km: expected this column in the header; it is missing"
    assert len(told) == 2


def test_table_without_coordinates_is_cut_short(folder):
    folder.change("places.csv", "lat,lon", "name_es,pcode")
    assert "places.csv line 1, column lat: expected this column in the header; it is missing" in folder.told()


def test_duplicate_header(folder):
    folder.change("places.csv", "lat,lon", "lat,lat")
    assert folder.told() == ["places.csv line 1, column lat: 'lat' — expected each column once"]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_table_without_header(folder, text):
    (folder.path / "places.csv").write_text(text)
    assert folder.told() == ["places.csv line 1: expected a header row with the names of the columns"]


@pytest.mark.parametrize("name", ["places", "links"])
def test_empty_table(folder, name):
    path = folder.path / f"{name}.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert f"{name}.csv: expected at least one row below the header" in folder.told()


def test_ragged_rows(folder):
    folder.change("places.csv", "c,Charlie,15.3,", "c,Charlie,").change("sources.csv", "A paper,", "A paper,x,")
    assert folder.told() == [
        "places.csv line 4: 7 cells — expected 8 cells, as in the header",
        "sources.csv line 2: 6 cells — expected 5 cells, as in the header",
    ]


def test_semicolons_are_told(folder):
    path = folder.path / "places.csv"
    path.write_text(path.read_text().replace(",", ";"))
    assert "expected columns separated by commas" in folder.told()[0]


def test_quotes_that_never_close(folder):
    folder.change("places.csv", "c,Charlie", 'c,"Charlie')
    assert folder.told() == [
        "places.csv line 4: expected quoted text with '\"' around it and every '\"' within it doubled"
    ]


def test_line_numbers_count_text_over_several_lines_and_blank_ones(folder):
    folder.change("places.csv", "Alfa", '"Alfa\nand\r\nmore"').change(
        "places.csv", "d,Delta,15.6", "\n,,,,,,,\nd,Delta,x"
    )
    assert folder.told() == ["places.csv line 9, column lat: 'x' — expected a number between -90 and 90"]


def test_bom_and_crlf_are_taken(folder):
    for path in folder.path.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert folder.told() == []


def test_lone_carriage_returns_end_lines(folder):
    path = folder.path / "places.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r").replace(b"15.6", b"x"))
    assert folder.told() == ["places.csv line 5, column lat: 'x' — expected a number between -90 and 90"]


def test_latin_1_is_told_by_line_and_byte_with_all_other_faults(folder):
    path = folder.path / "places.csv"
    text = path.read_text().replace("Charlie", "Ch\xe1rlie").replace("15.6", "x")
    path.write_bytes(text.encode("latin-1"))
    offset = text.index("\xe1")
    assert folder.told() == [
        f"places.csv line 4: byte 0xE1 at offset {offset} — expected {as_utf8('Windows-1252')}",
        "places.csv line 5, column lat: 'x' — expected a number between -90 and 90",
    ]


@pytest.mark.parametrize("name", ["scenario.toml", "sources.csv"])
def test_nul_bytes(folder, name):
    path = folder.path / name
    path.write_bytes(path.read_bytes().replace(b"A ", b"A\0 ", 1))
    line = 3 if name == "scenario.toml" else 2
    assert folder.told() == [f"{name} line {line}: a NUL byte — expected text without NUL bytes"]


def test_utf_16(folder):
    path = folder.path / "places.csv"
    path.write_bytes(path.read_text().encode("utf-16"))
    assert folder.told() == [f"places.csv line 1: expected {as_utf8('UTF-16')}"]


def test_file_in_place_of_the_folder(folder):
    (fault,) = read_scenario(folder.path / "places.csv")[1]
    assert str(fault).endswith("places.csv: expected a scenario folder, not a file")


def test_folder_in_place_of_a_file_and_a_pipe(folder):
    for name in ("claims.csv", "sources.csv"):
        (folder.path / name).unlink()
    (folder.path / "claims.csv").mkdir()
    os.mkfifo(folder.path / "sources.csv")
    assert folder.told() == [
        "claims.csv: expected a file of this name, not a folder",
        "sources.csv: expected a plain file, not a pipe or device",
    ]


@pytest.mark.parametrize("path", ["nowhere", "", "\0", "x" * 5000])
def test_no_such_folder(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if path:
        with pytest.raises(ScenarioError):
            load_scenario(path)
    scenario, faults = read_scenario(path)
    assert scenario is None
    assert faults


def test_permission_denied(folder, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", refuse)
        told = folder.told()
    assert "places.csv: expected a file that may be read; permission is denied" in told
    assert len(told) == 7


def test_permission_denied_by_the_system(folder):
    """The folder is read by a process that may not: root drops its rights first."""
    folder.path.chmod(0)
    code = (
        "import os, sys\n"
        "from caravana.models.scenarios import read_scenario\n"
        "os.geteuid() or os.seteuid(65534)\n"
        "sys.stdout.write('\\n'.join(map(str, read_scenario(sys.argv[1])[1])))\n"
    )
    try:
        done = subprocess.run([sys.executable, "-c", code, folder.path], capture_output=True, text=True, check=True)
    finally:
        folder.path.chmod(0o755)
    assert done.stdout.endswith("expected a folder that may be read; permission is denied")


def test_listing_is_capped(folder):
    folder.append("sources.csv", "".join(f"s-{number},rumour,x,,\n" for number in range(250)))
    faults = folder.faults()
    assert len(faults) == MOST_FAULTS + 1
    assert str(faults[-1]) == "sources.csv: and 150 more"


def test_long_values_are_shortened(folder):
    folder.change("places.csv", "15.3", "x" * 5000)
    (told,) = folder.told()
    assert "xxx…'" in told
    assert len(told) < 200


def test_load_lists_every_fault_of_every_file(folder):
    folder.change("places.csv", "15.3", "x").change("links.csv", "c,d,45", "c,zz,45")
    folder.change("scenario.toml", "share = 0.6", "share = 0.7").change("sources.csv", "news", "rumour")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder.path)
    message = str(caught.value)
    for part in ("places.csv line 4", "links.csv line 4", "key kinds.share", "sources.csv line 2"):
        assert part in message


def test_one_bad_cell_hides_no_other_fault_of_its_row(folder):
    folder.change("events.csv", "ev-1,2021-10-28,2021-10-30,roadblock,b", "ev-1,someday,2021-10-30,revolt,zz")
    columns = [(fault.row, fault.column) for fault in folder.faults()]
    assert columns == [(2, "date"), (2, "kind"), (2, "place_id")]
