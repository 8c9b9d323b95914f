"""What has the right form and cannot be meant: one note, or one fault, that names the cause."""

from pathlib import Path

import pytest
from tests.made.instances import LOCATIONS, ROUTES, told, with_files, write_instance
from tests.made.small_folder import TEXTS

import caravana as cv
from caravana.importers.flee.instance import import_flee
from caravana.scenario.checks.sense import sense_notes, straight_km
from caravana.scenario.model import Place

CASES = Path(__file__).parents[3] / "shared" / "cases"
INPUT, DATA = "input_csv/", "source_data/"
NETWORK = """#name,region,country,latitude,longitude,location_type,conflict_date,population
A,R1,Here,2.0,-30.0,conflict_zone,0,1000
B,R1,Here,4.1,-30.4,town,,
C,R1,Here,3.2,-28.4,town,,
Near,R2,There,5.6,-31.2,camp,,10000
Far,R2,There,5.4,-29.4,camp,,10000
"""
ROADS = "#name1,name2,distance,forced_redirection\nA,B,250,\nA,C,230,\nB,Near,200,\nB,Far,190,\nC,Far,280,\n"


def imported(tmp_path, **changes):
    files = {INPUT + "locations.csv": NETWORK, INPUT + "routes.csv": ROADS}
    return with_files(tmp_path, None, files | {INPUT + k.replace("_csv", ".csv"): v for k, v in changes.items()})


def test_a_sound_network_has_no_notes_of_sense(tmp_path):
    result = imported(tmp_path)
    assert result.scenario is not None
    assert sense_notes(result.scenario) == ()
    for name in ("tapachula-2021", "san-pedro-sula-2018", "tapachula-2021-11-18"):
        assert sense_notes(cv.load_scenario(name)) == ()


def test_great_circles_by_hand():
    # A quarter of the way round, and a degree of a meridian: 6371 km times pi / 2, and pi / 180.
    assert straight_km((0, 0), (0, 90)) == pytest.approx(10007.54, abs=0.1)
    assert straight_km((10, 20), (11, 20)) == pytest.approx(111.19, abs=0.01)
    assert straight_km((0, 179.5), (0, -179.5)) == pytest.approx(111.19, abs=0.01)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("Far,R2,There,5.4,29.4,camp", "the longitude seems to have lost its minus"),
        ("Far,R2,There,29.4,5.4,camp", "latitude and longitude seem to be swapped, and one to have lost its minus"),
        ("Far,R2,There,0,0,camp", "0, 0 stands for coordinates that are not known"),
        ("Far,R2,There,54.0,-29.4,camp", "dot in the wrong place"),
        ("Far,R2,There,25.92,50.55,camp", "they are wrong, or the road is"),
        ("B,R1,Here,4.1,30.4,town", "the longitude seems to have lost its minus"),
        ("A,R1,Here,-2.0,30.0,conflict_zone", "they are wrong, or the road is"),
    ],
)
def test_coordinates_against_roads(tmp_path, line, cause):
    name = line.split(",")[0]
    rows = [line + "," + row.split(",", 6)[6] if row.startswith(name + ",") else row for row in NETWORK.splitlines()]
    result = imported(tmp_path, locations_csv="\n".join(rows) + "\n")
    notes = [note for note in result.notes if "km from" in note]
    assert len(notes) == 1, result.notes
    assert f"the coordinates of {name} (" in notes[0]
    assert cause in notes[0]
    cv.write_scenario(result.scenario, tmp_path / "s")
    assert cause in "".join(sense_notes(cv.load_scenario(tmp_path / "s")))


def test_a_road_shorter_than_the_straight_line(tmp_path):
    result = imported(tmp_path, routes_csv=ROADS.replace("A,B,250", "A,B,25"))
    (note,) = [note for note in result.notes if "straight line" in note]
    assert "the road between A and B has 25 km, and the straight line between their coordinates 238" in note


def test_a_camp_that_no_road_reaches(tmp_path):
    result = imported(tmp_path, routes_csv=ROADS.replace("B,Far,190,\nC,Far,280,\n", ""))
    (note,) = [note for note in result.notes if "nobody can arrive" in note]
    assert "1 camp is counted, and no road leads there, so that nobody can arrive: Far" in note


def test_a_place_far_from_its_country_with_no_road():
    scenario = cv.load_scenario("tapachula-2021")
    lost = Place(id="lost", name="Lost", country="MX", lat=14.9, lon=92.2)
    (note,) = sense_notes(scenario.model_copy(update={"places": (*scenario.places, lost)}))
    assert "Lost (MX)" in note


@pytest.mark.parametrize(("value", "jumps"), [(3, True), (900_000, True), (250, False)])
def test_a_count_that_jumps_hundredfold(tmp_path, value, jumps):
    folder = write_instance(
        tmp_path / "x", camps={"Near": [(0, 900), (5, value), (10, 1100)], "Far": [(0, 1), (9, 900)]}
    )
    notes = [note for note in import_flee(folder).notes if "jump" in note]
    assert len(notes) == jumps
    if jumps:
        assert f"{value:g} on 2020-01-06 at Near (before: 900)" in notes[0]


# ---------------------------------------------------------------- Flee instances


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("2020-01-01,4.000\n2020-01-08,5.000\n", None),
        ("2020-01-01,4.000\n2020-01-08,1.250.000\n", [4000, 1250000]),
        ("2020-01-01,4.000\n2020-01-08,12500.000\n", [4, 12500]),
        ("2020-01-01,4000.0\n2020-01-08,12.0\n", [4000, 12]),
    ],
)
def test_dots_of_counts_are_never_read_as_thousandths(tmp_path, rows, expected):
    result = with_files(tmp_path, DATA + "Near.csv", rows)
    if expected is None:
        (fault,) = told(result)
        assert "Near.csv line 1, column count: '4.000' — expected a number with one meaning: 4000 if" in fault
        assert fault.endswith("one of thousands, 4.0 if it is one of decimals (and so on in 1 more)")
        return
    read = [o.low for o in result.scenario.observations if o.place_id == "Near"]
    assert read == expected
    assert any("dots between thousands" in note for note in result.notes) == (expected == [4000, 1250000])


def test_dots_of_inhabitants_and_room(tmp_path):
    dotted = LOCATIONS.replace(",1000\n", ",80.000\n").replace(",10000\n", ",6.000\n")
    (fault,) = told(with_files(tmp_path, INPUT + "locations.csv", dotted))
    assert "line 2, column population: '80.000'" in fault
    assert "(and so on in 2 more)" in fault


def test_counts_out_of_order_are_sorted_and_noted(tmp_path):
    folder = write_instance(
        tmp_path / "x", camps={"Near": [(20, 600), (9, 300), (0, 0)], "Far": [(0, 0), (9, 5), (3, 4)]}
    )
    result = import_flee(folder)
    assert [o.low for o in result.scenario.observations if o.place_id == "Near"] == [0, 300, 600]
    assert [o.low for o in result.scenario.observations if o.place_id == "Far"] == [0, 4, 5]
    assert [note.partition("; ")[0] for note in result.notes if "sorted by date" in note] == [
        "Near.csv: the newest count stands first", "Far.csv: its dates are not in order",
    ]  # fmt: skip


def test_a_date_twice_out_of_order_takes_the_later_row(tmp_path):
    result = with_files(tmp_path, DATA + "Near.csv", "2020-01-08,5\n2020-01-01,1\n2020-01-08,7\n")
    assert [o.low for o in result.scenario.observations if o.place_id == "Near"] == [1, 7]
    assert any("stands there twice" in note for note in result.notes)


@pytest.mark.parametrize("first", ["", "Unnamed: 0", "index"])
def test_a_column_of_row_numbers_is_one_fault(tmp_path, first):
    def indexed(text, start):
        head, *rows = text.splitlines()
        return "\n".join([f"{first},{head}", *(f"{n},{row}" for n, row in enumerate(rows, start=start))]) + "\n"

    files = {INPUT + "locations.csv": indexed(LOCATIONS, 0), INPUT + "routes.csv": indexed(ROUTES, 0)}
    (fault,) = told(with_files(tmp_path, None, files))
    assert "no column of row numbers before the others, as pandas writes one" in fault
    assert fault.endswith("; so have input_csv/routes.csv")


def test_names_are_the_same_composed_and_decomposed(tmp_path):
    composed, decomposed = "M\u00f6ll\u00edn", "Mo\u0308lli\u0301n"
    result = with_files(tmp_path, None, {
        INPUT + "locations.csv": LOCATIONS.replace("\nB,", f"\n{composed},"),
        INPUT + "routes.csv": ROUTES.replace("B", decomposed + "\u00a0"),
    })  # fmt: skip
    assert told(result) == []
    assert [p.name for p in result.scenario.places][1] == composed


def test_near_names_of_places_and_kinds_are_offered(tmp_path):
    files = {
        INPUT + "locations.csv": LOCATIONS.replace("camp,", "cmp,"),
        INPUT + "routes.csv": ROUTES.replace("Near", "Neer"),
    }
    lines = told(with_files(tmp_path, None, files))
    assert sum("(did you mean 'camp'?)" in line for line in lines) == 2
    assert any("'Neer' — expected a name in locations.csv (did you mean 'Near'?)" in line for line in lines)


@pytest.mark.parametrize("column", ["initial_idps", "conflict_intensity", "farmer_fraction"])
def test_columns_on_which_flee_acts_are_taken(tmp_path, column):
    rows = [row + (f",{column}" if row.startswith("#") else ",0.5") for row in LOCATIONS.splitlines()]
    result = with_files(tmp_path, INPUT + "locations.csv", "\n".join(rows) + "\n")
    assert not [note for note in result.notes if f"column {column} " in note]
    kept = {one.kind: one for one in result.require().series}
    if column == "initial_idps":
        assert [place.displaced for place in result.require().places] == [0, 0, 0, 0]
    else:
        # an intensity is that of the zones that are in conflict on day 0
        of = {"conflict_intensity": ("A",), "farmer_fraction": ("A", "B", "Near", "Far")}
        assert kept[f"attribute-{column}"].place_ids == of[column]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("ElderlyTakeRisks: true", "Flee has no such rule"),
        ("fixed_routes: true", "quirks 38 to 41"),
        ("flood_forecaster: true", "quirks 13, 31 to 35, 52"),
        ("average_social_connectivity: 3", "quirks 7, 36, 37"),
        ("camp_wieght: 2", "no such setting is known (did you mean 'camp_weight'?)"),
    ],
)
def test_rules_of_2026_are_refused_by_name(tmp_path, setting, words):
    folder = write_instance(tmp_path / "x", settings=f"move_rules:\n  {setting}\n")
    notes = import_flee(folder, folder / "simsetting.yml").notes
    assert any(words in note and setting.split(":")[0] in note for note in notes), notes


# ---------------------------------------------------------------- scenario folders


@pytest.fixture
def folder(tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def faults_of(folder, name):
    return [str(fault) for fault in cv.read_scenario(folder)[1] if fault.file == name]


def test_dots_of_a_table_are_one_fault_a_column(folder):
    places = folder / "places.csv"
    places.write_text(places.read_text().replace(",200000,", ",2.500,").replace(",900,", ",12.000,"))
    (fault,) = faults_of(folder, "places.csv")
    assert "line 2, column population: '2.500' — expected a number with one meaning: 2500" in fault
    assert fault.endswith("(and so on in 1 more)")


def test_a_date_order_is_one_fault(folder):
    table = folder / "events.csv"
    head, first = table.read_text().splitlines()[:2]
    at = head.split(",").index("date")
    rows = []
    for number in range(5):
        cells = first.split(",")
        cells[0], cells[at] = f"e{number}", f"{28 - number}/10/2021"
        rows.append(",".join(cells))
    table.write_text("\n".join([head, *rows]) + "\n")
    (fault,) = faults_of(folder, "events.csv")
    assert "'28/10/2021' — expected a date like 2021-10-23, year, month and day; these have the year last" in fault
    assert "(and so on in 4 more)" in fault


def test_tags_and_row_numbers_of_a_table_are_one_fault(folder):
    places = folder / "places.csv"
    sound = places.read_text()
    head, *rows = sound.splitlines()
    places.write_text("\n".join([head, ",".join("#loc+x" for _ in head.split(",")), *rows]) + "\n")
    (fault,) = faults_of(folder, "places.csv")
    assert "expected no row of HXL tags (#...) below the header: take it out" in fault
    for name in ("", "Unnamed: 0"):
        places.write_text("\n".join([f"{name},{head}", *(f"{n},{row}" for n, row in enumerate(rows))]) + "\n")
        (fault,) = faults_of(folder, "places.csv")
        assert "pandas" in fault


SEEN = {
    "coordinates-far-from-road": ("the coordinates of Lakeside", 0),
    "camp-without-road": ("no road leads there", 0),
    "count-dot-thousands": ("4000 if the dot is one of thousands", 2),
    "index-column": ("row numbers", 1),
    "nfc-nfd-names": ("", 0),
    "initial-idps": ("people displaced before the first day, in ", 0),
    "unsorted-counts/swapped": ("sorted by date", 0),
    "unsorted-counts/newest-first": ("the newest count stands first", 0),
}


@pytest.mark.parametrize("case", SEEN)
def test_small_inputs_of_public_reports(case):
    folder = CASES / case
    folder = folder / "instance" if (folder / "instance").is_dir() else folder
    if not folder.is_dir():
        pytest.skip("the folder shared is not there")
    result = import_flee(folder)
    said = " ".join([*result.notes, *told(result)])
    words, faults = SEEN[case]
    assert words in said
    assert len(result.faults) == faults


def test_a_broken_file_that_no_rule_reads_is_a_note(tmp_path):
    files = {INPUT + "location_attributes_wells.csv": "#Day,A\n0,x\n", INPUT + "demographics_hobby.csv": "a,b\n1\n",
             DATA + "left.csv": "no,counts\nhere\n", INPUT + "major_routes.csv": "\0"}  # fmt: skip
    result = with_files(tmp_path, None, files)
    assert told(result) == []
    for name in ("location_attributes_wells.csv", "demographics_hobby.csv", "left.csv", "major_routes.csv"):
        assert any(name in note and "not carried over" in note for note in result.notes), name


def test_a_road_without_a_stop_between_its_ends_is_noted():
    scenario = cv.load_scenario("tapachula-2021-11-18")
    assert not [note for note in sense_notes(scenario) if "is a stop" in note]
    places = tuple(place.model_copy(update={"stop": False}) for place in scenario.places)
    (note,) = [note for note in sense_notes(scenario.model_copy(update={"places": places})) if "is a stop" in note]
    assert note.startswith("none of the ")
