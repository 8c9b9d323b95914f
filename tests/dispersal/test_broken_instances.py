"""Instances with a fault are refused by name; what real ones have and the given four have not is read right."""

import datetime as dt

import pytest
from tests.dispersal.instances import LOCATIONS, ROUTES, write_instance

from caravana.scenario.files import read_scenario
from caravana.scenario.flee import import_flee

INPUT, DATA = "input_csv/", "source_data/"
DAYS = [f"{day},1\n" for day in range(20)]


def told(result):
    return [str(fault) for fault in result.faults]


def imported(tmp_path, file, content):
    """Import a sound instance with one file put in place of its own; None takes the file away."""
    folder = write_instance(tmp_path / "x")
    path = folder / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_flee(folder, folder / "simsetting.yml", tmp_path / "out")


REFUSED = {
    "a row short": (INPUT + "routes.csv", ROUTES + "A\n", "routes.csv line 5: 'A' — expected at least 3 cells"),
    "a closure short": (INPUT + "closures.csv", "country,Here,There,0\n", "closures.csv line 1: "),
    "a conflict row short": (
        INPUT + "conflicts.csv",
        "#Day,A,B\n0,1\n",
        "conflicts.csv line 2: expected 2 values, not 1",
    ),
    "a place unknown to conflicts": (
        INPUT + "conflicts.csv",
        "#Day,Q\n" + "".join(DAYS),
        "column Q: 'Q' — expected a name",
    ),
    "a column twice": (
        INPUT + "conflicts.csv",
        "#Day,A,A\n" + "".join(f"{d},1,0\n" for d in range(20)),
        "no other column",
    ),
    "conflict days that fall": (
        INPUT + "conflicts.csv",
        "#Day,A\n" + "".join([*DAYS[:5], *DAYS[6:], DAYS[5]]),
        "days that rise",
    ),
    "conflict that is no number": (
        INPUT + "conflicts.csv",
        "#Day,A\n0,nan\n" + "".join(DAYS[1:]),
        "'nan' — expected a number",
    ),
    "tabs": (INPUT + "routes.csv", ROUTES.replace(",", "\t"), "commas between the cells, not tabs"),
    "utf-16": (INPUT + "locations.csv", LOCATIONS.encode("utf-16"), "this is UTF-16"),
    "an open quote": (INPUT + "locations.csv", LOCATIONS.replace("B,R1", '"B,R1'), "line 3: "),
    "a name twice": (INPUT + "locations.csv", LOCATIONS + "A,R1,Here,1,1,town,,\n", "line 2 has it"),
    "a decimal comma": (INPUT + "locations.csv", LOCATIONS.replace("1.0,2.0", '"1,0",2.0'), "latitude: '1,0'"),
    "a kind of place unknown": (
        INPUT + "locations.csv",
        LOCATIONS.replace("town", "castle"),
        "location_type: 'castle'",
    ),
    "an empty list of places": (INPUT + "locations.csv", "", "locations.csv: expected at least one place"),
    "a road to itself": (INPUT + "routes.csv", ROUTES + "A,A,3,\n", "another place than name1"),
    "a redirect unknown": (INPUT + "routes.csv", ROUTES.replace("A,B,90,", "A,B,90,7"), "blank, 0, 1 or 2"),
    "no length": (INPUT + "sim_period.csv", "StartDate,2020-01-01\n", "Length: expected a row"),
    "a length beyond all calendars": (
        INPUT + "sim_period.csv",
        "StartDate,2020-01-01\nLength,9999999\n",
        "at most 36,525 days",
    ),
    "a date of another form": (
        INPUT + "sim_period.csv",
        "StartDate,01/02/2020\nLength,20\n",
        "'01/02/2020' — expected a date",
    ),
    "counts of other dates": (DATA + "Near.csv", "1/2/2020,3\n", "'1/2/2020' — expected a date"),
    "counts that fall back": (DATA + "Near.csv", "2020-01-05,3\n2020-01-02,4\n", "dates that rise"),
    "a count of thousands": (DATA + "Near.csv", '2020-01-05,"3,000"\n', "'3,000' — expected a number"),
    "counts with semicolons": (DATA + "Near.csv", "2020-01-05;3\n", "not semicolons"),
    "Latin-1 counts": (DATA + "Near.csv", "2020-01-05,3 é\n".encode("latin-1"), "Near.csv line 1: "),
    "no layout": (DATA + "data_layout.csv", None, "data_layout.csv: expected this file"),
    "an empty layout": (DATA + "data_layout.csv", "", "a row total"),
    "a camp twice": (
        DATA + "data_layout.csv",
        "total,refugees.csv\nNear,Near.csv\nNear,Near.csv\n",
        "no other row has",
    ),
    "no total": (DATA + "data_layout.csv", "Near,Near.csv\n", "'total' in the first row"),
    "hunger beyond all": (INPUT + "region_attributes_IPC.csv", "#Day,R1\n0,120\n", "from 0 to 100"),
    "a list for settings": ("simsetting.yml", "- a\n", "sections such as move_rules"),
    "a section that is none": ("simsetting.yml", "move_rules: [1]\n", "key move_rules: '[1]'"),
    "a setting of another type": ("simsetting.yml", "move_rules:\n  max_move_speed: fast\n", "max_move_speed: 'fast'"),
    "a setting with nothing": (
        "simsetting.yml",
        "move_rules:\n  softening:\n",
        "softening: 'None' — expected a number",
    ),
    "a list for a number": ("simsetting.yml", "move_rules:\n  awareness_level: [1]\n", "a whole number from 0 to 20"),
    "a number for a list": ("simsetting.yml", "spawn_rules:\n  conflict_spawn_decay: 0.5\n", "a list of numbers"),
    "a setting out of bounds": ("simsetting.yml", "move_rules:\n  default_movechance: 1.5\n", "a number from 0 to 1"),
    "nobody stands for anybody": ("simsetting.yml", "optimisations:\n  hasten: 0\n", "hasten: '0'"),
    "a word unknown": (
        "simsetting.yml",
        "spawn_rules:\n  conflict_driven_spawning:\n    spawn_mode: often\n",
        "'often' — expected one of constant",
    ),
    "floods only and conflicts only": (
        "simsetting.yml",
        "spawn_rules:\n  flood_zone_spawning_only: true\n",
        "Flee stops at both",
    ),
    "broken YAML": ("simsetting.yml", "move_rules:\n\tx: 3\n", "simsetting.yml line 2: expected YAML"),
    "floods that are not there": (
        "simsetting.yml",
        "spawn_rules:\n  flood_driven_spawning:\n    spawn_mode: constant\n",
        "flood_level.csv: expected this file, which flood_driven_spawning needs",
    ),
    "a rule without its people": (
        "simsetting.yml",
        "move_rules:\n  ChildrenAvoidHazards: true\n",
        "demographics_age.csv",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_faults_are_listed_with_their_place(tmp_path, name):
    file, content, expected = REFUSED[name]
    found = imported(tmp_path, file, content)
    assert found.scenario is None
    assert any(expected in line for line in told(found)), told(found)
    assert len(told(found)) == 1, told(found)  # no fault brings others that are none
    assert not (tmp_path / "out").exists()


READ = {
    "a byte order mark": (INPUT + "locations.csv", b"\xef\xbb\xbf" + LOCATIONS.encode(), None),
    "lines of Windows": (INPUT + "locations.csv", LOCATIONS.replace("\n", "\r\n"), None),
    "quoted commas": (INPUT + "locations.csv", LOCATIONS.replace("B,R1", 'B,"R1, north"'), None),
    "empty lines": (INPUT + "routes.csv", ROUTES.replace("\n", "\n\n"), None),
    "a header without its mark": (INPUT + "locations.csv", LOCATIONS.lstrip("#"), None),
    "no population": (INPUT + "locations.csv", LOCATIONS.replace("0,1000", "0,"), None),
    "nobody lives there": (INPUT + "locations.csv", LOCATIONS.replace("0,1000", "0,0"), None),
    "closures that never end": (INPUT + "closures.csv", "country,Here,There,0,-1\n", "it never ends"),
    "a closure beyond all calendars": (INPUT + "closures.csv", "country,Here,There,99999999,-1\n", "no calendar holds"),
    "no closures": (INPUT + "closures.csv", "", None),
    "a country without places": (INPUT + "closures.csv", "country,Here,Nowhere,0,9\n", "no place is in 'Nowhere'"),
    "no corrections": (INPUT + "registration_corrections.csv", "", None),
    "a second road": (INPUT + "routes.csv", ROUTES + "B,A,90,\n", "a second road between B and A (line 2 has one)"),
    "trailing commas": (INPUT + "conflicts.csv", "#Day,A,\n" + "".join(f"{d},1,\n" for d in range(20)), None),
    "conflicts by date": (
        INPUT + "conflicts.csv",
        "Date,A\n" + "".join(f"{dt.date(2020, 1, 1) + dt.timedelta(day)},1\n" for day in range(20)),
        None,
    ),
    "days from one": (
        INPUT + "conflicts.csv",
        "#Day,A\n" + "".join(f"{d},1\n" for d in range(1, 21)),
        "day 1 where 0 is due",
    ),
    "more days than needed": (INPUT + "conflicts.csv", "#Day,A\n" + "".join(f"{d},1\n" for d in range(30)), None),
    "a column of noughts": (
        INPUT + "conflicts.csv",
        "#Day,A,Q\n" + "".join(f"{d},1,0\n" for d in range(20)),
        "column 'Q' not carried over",
    ),
    "a header of counts": (DATA + "Near.csv", "Date,Camp 1\n2020-01-01,0\n2020-01-21,600\n", None),
    "a date twice": (DATA + "Near.csv", "2020-01-01,0\n2020-01-21,500\n2020-01-21,600\n", "stands there twice"),
    "a column with text": (
        INPUT + "locations.csv",
        LOCATIONS.replace("population\n", "population,note\n").replace("town,,\n", "town,,,dry\n"),
        "column note not carried over: it holds text",
    ),
    "a column no rule reads": (
        INPUT + "locations.csv",
        LOCATIONS.replace("population\n", "population,wells/km\n").replace("town,,\n", "town,,,3\n"),
        "no rule reads it",
    ),
    "longitude first": (
        INPUT + "locations.csv",
        LOCATIONS.replace("latitude,longitude", "longitude,latitude"),
        "longitude stands before",
    ),
    "a place called road": (INPUT + "routes.csv", ROUTES, None),
    "people one by one": (INPUT + "agents.csv", "A\n", "agents.csv: people listed one by one"),
    "a file of no use": (INPUT + "weather.csv", "A\n", "weather.csv: not carried over"),
    "a file beside the counts": (DATA + "religion.csv", "A\n", "does not name them: religion.csv"),
    "people of a religion": (
        INPUT + "demographics_religion.csv",
        "religion,Default\nx,1\n",
        "no rule acts on religion",
    ),
    "a setting unknown": ("simsetting.yml", "move_rules:\n  speed_of_light: 3\n", "no such setting is known"),
    "empty settings": ("simsetting.yml", "", "Flee's defaults hold"),
    "forecasts of floods": (
        "simsetting.yml",
        "flood_rules:\n  flood_forecaster: true\n",
        "flood_forecaster not carried",
    ),
    "religions that match": (
        "simsetting.yml",
        "move_rules:\n  MatchCampReligion: true\n",
        "match_camp_religion not carried",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_real_instances_have_is_read_or_noted(tmp_path, name):
    file, content, noted = READ[name]
    found = imported(tmp_path, file, content)
    assert told(found) == []
    assert noted is None or any(noted in note for note in found.notes), found.notes
    again, faults = read_scenario(tmp_path / "out")
    assert faults == []
    assert again.notes == found.scenario.notes


def test_longitude_before_latitude_is_turned_round(tmp_path):
    locations = LOCATIONS.replace("latitude,longitude", "longitude,latitude").replace("1.0,2.0", "102.0,2.0")
    found = imported(tmp_path, INPUT + "locations.csv", locations).require()
    assert (found.places[1].lat, found.places[1].lon) == (2.0, 102.0)
    unsaid = locations.replace("longitude,latitude", "gps_x,gps_y")
    found = imported(tmp_path / "y", INPUT + "locations.csv", unsaid).require()
    assert (found.places[1].lat, found.places[1].lon) == (2.0, 102.0)


def test_a_list_of_places_that_cannot_be_read_brings_no_faults_about_names(tmp_path):
    assert len(told(imported(tmp_path, INPUT + "locations.csv", LOCATIONS.replace(",", ";")))) == 1


def test_where_conflicts_displace_people_counts_may_be_missing(tmp_path):
    settings = "spawn_rules:\n  conflict_driven_spawning:\n    displaced_per_conflict_day: 40\n"
    folder = write_instance(tmp_path / "x", settings=settings)
    for path in (folder / "source_data").iterdir():
        path.unlink()
    found = import_flee(folder, folder / "simsetting.yml")
    assert found.require().observations == ()
    assert any("nothing is scored" in note for note in found.notes)


def test_the_older_name_of_the_period_is_read(tmp_path):
    folder = write_instance(tmp_path / "x")
    (folder / "input_csv" / "sim_period.csv").rename(folder / "input_csv" / "conflict_period.csv")
    found = import_flee(folder)
    assert found.require().days == 20
    assert any("conflict_period.csv" in note for note in found.notes)


def test_settings_in_the_folder_that_are_not_given_are_noted(tmp_path):
    folder = write_instance(tmp_path / "x")
    assert any(note.startswith("simsetting.yml: in the instance's folder") for note in import_flee(folder).notes)


def test_counts_of_a_place_that_is_no_camp_only_drive_how_many_there_are(tmp_path):
    layout = "Total,refugees.csv\nNear,Near.csv\nB,Far.csv\n"
    found = imported(tmp_path, DATA + "data_layout.csv", layout)
    assert any("B is no camp in locations.csv" in note for note in found.notes)
    kinds = {(one.kind, one.place_id) for one in found.require().observations}
    assert kinds == {("total_count", None), ("camp_count", "Near"), ("camp_count_elsewhere", None)}


def test_what_stands_beyond_the_columns_and_before_the_start_is_noted(tmp_path):
    found = imported(tmp_path, INPUT + "routes.csv", ROUTES.replace("A,B,90,", "A,B,90,,7"))
    assert any("routes.csv line 2: cells past" in note for note in found.notes)
    found = imported(tmp_path / "y", INPUT + "registration_corrections.csv", "Near,2019-05-01,normalize\n")
    assert any("before the start" in note for note in found.notes)


def test_without_conflicts_in_a_flood_the_dates_of_the_places_hold(tmp_path):
    settings = "spawn_rules:\n  flood_driven_spawning:\n    displaced_per_flood_day: 5\n"
    folder = write_instance(tmp_path / "x", settings=settings, locations=LOCATIONS.replace("zone,0", "zone,3"))
    (folder / "input_csv" / "conflicts.csv").unlink()
    (folder / "input_csv" / "location_changes.csv").write_text("B,camp,4\n")
    (folder / "input_csv" / "flood_level.csv").write_text("#Day,B\n" + "".join(f"{day},1\n" for day in range(20)))
    found = import_flee(folder, folder / "simsetting.yml")
    series = found.require().series[0]
    assert (series.kind, series.days, series.values.tolist()) == ("conflict", (0, 3), [[0.0], [1.0]])
    assert any("quirk 11" in note for note in found.notes)
    assert any("location_changes.csv: read from the instance" in note for note in found.notes)
