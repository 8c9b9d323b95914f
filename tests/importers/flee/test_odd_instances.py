"""What real instances have and the given four have not is read right, or noted by name."""

import datetime as dt

import pytest
from tests.made.instances import LOCATIONS, ROUTES, told, with_files, write_instance

from caravana.importers.flee.instance import import_flee
from caravana.models.scenarios import read_scenario

INPUT, DATA = "input_csv/", "source_data/"

READ = {
    "a byte order mark": (INPUT + "locations.csv", b"\xef\xbb\xbf" + LOCATIONS.encode(), None),
    "lines of Windows": (INPUT + "locations.csv", LOCATIONS.replace("\n", "\r\n"), None),
    "quoted commas": (INPUT + "locations.csv", LOCATIONS.replace("B,R1", 'B,"R1, north"'), None),
    "empty lines": (INPUT + "routes.csv", ROUTES.replace("\n", "\n\n"), None),
    "a header without its mark": (INPUT + "locations.csv", LOCATIONS.lstrip("#"), None),
    "no population": (INPUT + "locations.csv", LOCATIONS.replace("0,1000", "0,"), None),
    "nobody lives there": (INPUT + "locations.csv", LOCATIONS.replace("0,1000", "0,0"), None),
    "a road to itself": (
        INPUT + "routes.csv",
        ROUTES + "A,A,3,\n",
        "line 5: not carried over: a road from A to itself",
    ),
    "a place twice, the same": (
        INPUT + "locations.csv",
        LOCATIONS + "B,R1,Here,1.0,2.0,town,,\n",
        "line 6: not carried over: B stands on line 3",
    ),
    "a place off the globe": (
        INPUT + "locations.csv",
        LOCATIONS.replace("1.0,2.0,town", "1.0,200,town"),
        "line 3: coordinates 1, 200 of B not carried over",
    ),
    "one place with longitude first": (
        INPUT + "locations.csv",
        LOCATIONS.replace("1.0,1.0,", "1.0,31.0,").replace("1.0,2.0,", "32.0,1.0,").replace(",3.0,camp", ",33.0,camp"),
        "line 3: coordinates 32, 1 of B not carried over: far from all other places",
    ),
    "a cell without a column": (
        INPUT + "locations.csv",
        LOCATIONS.replace("population\n", "population,,wells\n").replace("town,,\n", "town,,,7,3\n"),
        "line 3: cells under a column without a name not carried over",
    ),
    "a column named twice": (
        INPUT + "locations.csv",
        LOCATIONS.replace("population\n", "population,hdi,hdi\n").replace("town,,\n", "town,,,1,2\n"),
        "column hdi stands there 2 times; the last one counts",
    ),
    "a conflict date of a town": (
        INPUT + "locations.csv",
        LOCATIONS.replace("town,,", "town,foo,"),
        "line 3: conflict_date 'foo' not carried over",
    ),
    "a second name for a camp that shuts": (
        INPUT + "closures.csv",
        "camp,Near,Far,1,4\n",
        "line 1: shuts the camp Near; 'Far' is not carried over",
    ),
    "a closure with a remark": (
        INPUT + "closures.csv",
        "camp,Near,,1,4,permanent\n",
        "line 1: 'permanent' not carried",
    ),
    "a period with a remark": (
        INPUT + "sim_period.csv",
        "StartDate,2020-01-01,guess\nLength,20,days\n",
        "line 1: 'guess' not carried over: only 2 cells of a line are read (and so on in 1 more)",
    ),
    "counts with a remark": (
        DATA + "Near.csv",
        "2020-01-01,0,low\n2020-01-21,600\n",
        "Near.csv line 1: 'low' not carried",
    ),
    "a correction with a remark": (
        INPUT + "registration_corrections.csv",
        "Near,2019-01-21,guess\n",
        "line 1: 'guess' not carried over",
    ),
    "a usual correction": (INPUT + "registration_corrections.csv", "Near,2019-01-21,normalize\n", "before the start"),
    "a change before the start": (
        INPUT + "location_changes.csv",
        "B,camp,-4\n",
        "line 1: not carried over: before day 0",
    ),
    "a change with a remark": (INPUT + "location_changes.csv", "B,camp,4,soon\n", "line 1: 'soon' not carried over"),
    "a section of nothing": ("simsetting.yml", "magic:\n", "magic not carried over: no such setting is known"),
    "a setting of moves among those of displacement": (
        "simsetting.yml",
        "spawn_rules:\n  max_move_speed: 50\n",
        "max_move_speed not carried over: it stands under spawn_rules; Flee looks for it under move_rules",
    ),
    "a setting without a section": (
        "simsetting.yml",
        "hasten: 7\n",
        "hasten not carried over: it stands under no section; Flee looks for it under optimisations",
    ),
    "a rate outside of its table": (
        "simsetting.yml",
        "spawn_rules:\n  displaced_per_conflict_day: 7\n",
        "Flee looks for it under conflict_driven_spawning",
    ),
    "a path as Windows has it": (
        DATA + "data_layout.csv",
        "total,refugees.csv\nNear,.\\Near.csv\nFar,./Far.csv\n",
        ".\\Near.csv is read as Near.csv",
    ),
    "hunger that nothing is known of": (
        "simsetting.yml",
        "move_rules:\n  flee_when_starving: true\n",
        "has no effect without region_attributes_IPC.csv",
    ),
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
        "acts on nobody without the setting match_camp_religion",
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
        "move_rules:\n  MatchTownReligion: true\n",
        "match_town_religion not carried over: Flee has no such rule",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_real_instances_have_is_read_or_noted(tmp_path, name):
    file, content, noted = READ[name]
    found = with_files(tmp_path, file, content)
    assert told(found) == []
    assert noted is None or any(noted in note for note in found.notes), found.notes
    again, faults = read_scenario(tmp_path / "out")
    assert faults == []
    assert again.notes == found.scenario.notes


def test_longitude_before_latitude_is_turned_round(tmp_path):
    locations = LOCATIONS.replace("latitude,longitude", "longitude,latitude").replace("1.0,2.0", "102.0,2.0")
    found = with_files(tmp_path, INPUT + "locations.csv", locations).require()
    assert (found.places[1].lat, found.places[1].lon) == (2.0, 102.0)
    unsaid = locations.replace("longitude,latitude", "gps_x,gps_y")
    found = with_files(tmp_path / "y", INPUT + "locations.csv", unsaid).require()
    assert (found.places[1].lat, found.places[1].lon) == (2.0, 102.0)


def test_a_list_of_places_that_cannot_be_read_brings_no_faults_about_names(tmp_path):
    assert len(told(with_files(tmp_path, INPUT + "locations.csv", LOCATIONS.replace(",", ";")))) == 1


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
    found = with_files(tmp_path, DATA + "data_layout.csv", layout)
    assert any("B is no camp in locations.csv" in note for note in found.notes)
    kinds = {(one.kind, one.place_id) for one in found.require().observations}
    assert kinds == {("total_count", None), ("camp_count", "Near"), ("camp_count_elsewhere", None)}


def test_what_stands_beyond_the_columns_and_before_the_start_is_noted(tmp_path):
    found = with_files(tmp_path, INPUT + "routes.csv", ROUTES.replace("A,B,90,", "A,B,90,,7"))
    assert any("routes.csv line 2: cells past" in note for note in found.notes)
    found = with_files(tmp_path / "y", INPUT + "registration_corrections.csv", "Near,2019-05-01,normalize\n")
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
