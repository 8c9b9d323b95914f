"""Instances with a fault are refused, each by file, line, column, value and what was expected."""

import pytest
from tests.made.instances import LOCATIONS, ROUTES, told, with_files, write_instance

from caravana.importers.flee.instance import import_flee

INPUT, DATA = "input_csv/", "source_data/"
DAYS = [f"{day},1\n" for day in range(20)]

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
    "a value under no name": (
        INPUT + "conflicts.csv",
        "#Day,,A\n0,1\n" + "".join(f"{day},,1\n" for day in range(1, 20)),
        "conflicts.csv line 2: expected 1 values, not 1, each under a column with a name",
    ),
    "a NUL byte": (
        INPUT + "locations.csv",
        LOCATIONS.replace("R1,Here,1.0,2.0", "R\0,Here,1.0,2.0"),
        "locations.csv line 3: 'B,R\\x00,Here,1.0,2.0,town,,' — expected text without NUL bytes",
    ),
    "an age without end": (
        None,
        {
            INPUT + "demographics_age.csv": "age,Default\n10,1\n1e400,1\n",
            "simsetting.yml": "move_rules:\n  ChildrenAvoidHazards: true\n",
        },
        "demographics_age.csv, column age: '10' — expected ages that are numbers",
    ),
    "an open quote": (INPUT + "locations.csv", LOCATIONS.replace("B,R1", '"B,R1'), "line 3: "),
    "a name twice": (INPUT + "locations.csv", LOCATIONS + "A,R1,Here,1,1,town,,\n", "line 2 has it"),
    "a decimal comma": (INPUT + "locations.csv", LOCATIONS.replace("1.0,2.0", '"1,0",2.0'), "latitude: '1,0'"),
    "a kind of place unknown": (
        INPUT + "locations.csv",
        LOCATIONS.replace("town", "castle"),
        "location_type: 'castle'",
    ),
    "an empty list of places": (INPUT + "locations.csv", "", "locations.csv: expected at least one place"),
    "conflicts of no place": (
        INPUT + "conflicts.csv",
        "#Day\n" + "".join(f"{day}\n" for day in range(20)),
        "conflicts.csv line 1: '#Day' — expected at least one column of a place",
    ),
    "half a coordinate": (
        INPUT + "locations.csv",
        "# places\n" + LOCATIONS.replace("1.0,2.0", "1.0,"),
        "input_csv/locations.csv line 4, column longitude: '' — expected a number, as latitude is given",
    ),
    "a name twice for another place": (
        INPUT + "locations.csv",
        LOCATIONS + "B,R9,Here,1.0,2.0,town,,\n",
        "which of the two is meant cannot be known",
    ),
    "a place off the globe that a rule needs": (
        None,
        {
            INPUT + "locations.csv": LOCATIONS.replace("1.0,2.0", "95,2.0"),
            "simsetting.yml": "move_rules:\n  stay_close_to_home: true\n",
        },
        "line 3, column latitude: '95' — expected a number from -90 to 90, as the setting stay_close_to_home",
    ),
    "a closure without an end": (
        INPUT + "closures.csv",
        "country,Here,There,0,\n",
        "column closure_end: '' — expected a whole number (Flee stops where there is nothing; -1 stands for",
    ),
    "a region twice": (INPUT + "region_attributes_IPC.csv", "#Day,R1,R1\n0,1,2\n", "a name that no other column has"),
    "a change on half a day": (INPUT + "location_changes.csv", "B,camp,4.5\n", "'4.5' — expected a whole number"),
    "a key twice": (
        "simsetting.yml",
        "move_rules:\n  softening: 1\n  softening: 99\n",
        "simsetting.yml line 3, key softening: expected a key that stands there once; line 2 has it",
    ),
    "a road of no length that nothing softens": (
        None,
        {
            INPUT + "routes.csv": "# roads\n" + ROUTES.replace("90", "0"),
            "simsetting.yml": "move_rules:\n  softening: 0\n",
        },
        "input_csv/routes.csv line 3, column distance: 0.0 — expected a number above 0, as the setting softening is 0",
    ),
    "a road beyond all roads": (
        INPUT + "routes.csv",
        ROUTES.replace("A,B,90", "A,B,1e9"),
        "routes.csv line 2, column distance: 1000000000.0 — expected a road of at most 131,760 km: 366 days at 360 km",
    ),
    "a speed that gets nowhere": (
        "simsetting.yml",
        "move_rules:\n  max_move_speed: 0.0001\n",
        "simsetting.yml, key max_move_speed: 0.0001 — expected a speed at which the shortest road, 90 km, takes",
    ),
    "weights that are none": (
        "simsetting.yml",
        "move_rules:\n  distance_power: -400\n",
        "simsetting.yml, key distance_power: -400 — expected a power",
    ),
    "more people than there are": (
        DATA + "Near.csv",
        "2020-01-01,0\n2020-01-06,999999999999\n",
        "Near.csv line 2, column count: '999999999999' — expected a number at most 1,000,000,000",
    ),
    "more people in all than there are": (
        None,
        {
            DATA + "data_layout.csv": "total,refugees.csv\n" + "".join(f"C{at},Near.csv\n" for at in range(11)),
            DATA + "Near.csv": "2020-01-01,0\n2020-01-06,999999999\n",
        },
        "source_data/data_layout.csv: 11000000889 — expected counts that add up to at most 500,000,000 people",
    ),
    "more people driven out than there are": (
        "simsetting.yml",
        "spawn_rules:\n  conflict_driven_spawning:\n    displaced_per_conflict_day: 1000000000\n",
        "simsetting.yml, key displaced_per_conflict_day: 1e+09 — expected a number that displaces at most",
    ),
    "starvation that nothing is known of": (
        "simsetting.yml",
        "spawn_rules:\n  starvation_driven_spawning: true\n",
        "simsetting.yml, key starvation_driven_spawning: true — expected false: there is no hunger",
    ),
    "counts from elsewhere": (
        DATA + "data_layout.csv",
        "total,refugees.csv\nNear,/etc/passwd\nFar,Far.csv\n",
        "data_layout.csv line 2, column file: '/etc/passwd' — expected the name of a file in source_data",
    ),
    "counts from above": (
        DATA + "data_layout.csv",
        "total,refugees.csv\nNear,a/../../x.csv\n",
        "a file in source_data",
    ),
    "counts from another drive": (DATA + "data_layout.csv", "total,refugees.csv\nNear,C:\\x.csv\n", "in source_data"),
    "places under a header without its mark": (
        INPUT + "locations.csv",
        LOCATIONS.replace("#name", "Place"),
        "locations.csv line 1: 'Place,region,country,latitude,longitude,location_type,confl…' — expected a header",
    ),
    "roads under a header without its mark": (
        INPUT + "routes.csv",
        ROUTES.replace("#name1,name2", "from,to"),
        "routes.csv line 1: 'from,to,distance,forced_redirection' — expected a header that begins with #",
    ),
    "closures under a header without its mark": (
        INPUT + "closures.csv",
        "kind,one,two,from,till\ncountry,Here,There,0,4\n",
        "closures.csv line 1: 'kind,one,two,from,till' — expected a header that begins with #",
    ),
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
    found = with_files(tmp_path, file, content)
    assert found.scenario is None
    assert any(expected in line for line in told(found)), told(found)
    assert len(told(found)) == 1, told(found)  # no fault brings others that are none
    assert not (tmp_path / "out").exists()


def test_a_link_that_leads_to_itself_is_no_traceback(tmp_path):
    (tmp_path / "instance").symlink_to(tmp_path / "instance")
    read = import_flee(tmp_path / "instance", None, tmp_path / "out")
    assert told(read) == ["instance: expected a folder with input_csv and source_data"]
    folder = write_instance(tmp_path / "x")
    (folder / "loop").symlink_to(folder / "loop")
    read = import_flee(folder, folder / "simsetting.yml", tmp_path / "y")
    assert read.scenario is not None
    assert any("loop" in note for note in read.notes)
