import datetime as dt
import json
import subprocess

import numpy as np
import pytest
from tests.made.commands import quick_command
from tests.made.instances import LOCATIONS, SHARED, write_instance

from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.counts import as_known, daily_counts
from caravana.models.scenarios import read_scenario


def told(result):
    return [str(fault) for fault in result.faults]


def test_a_sound_instance_becomes_a_scenario_that_reads_back(tmp_path):
    folder = write_instance(tmp_path / "x", settings="move_rules:\n  max_move_speed: 200.0\n  nonsense: 3\n")
    found = import_flee(folder, folder / "simsetting.yml", tmp_path / "out")
    assert found.faults == ()
    assert found.scenario.settings["max_move_speed"] == 200.0
    assert any("nonsense" in note for note in found.notes)
    again, faults = read_scenario(tmp_path / "out")
    assert not faults
    assert again.places == found.scenario.places
    assert again.links == found.scenario.links
    assert again.observations == found.scenario.observations
    assert np.array_equal(again.series[0].values, found.scenario.series[0].values)
    assert again.notes == found.notes


def test_what_was_not_carried_over_is_kept_and_shown_by_check(tmp_path):
    folder = write_instance(tmp_path / "x", settings="move_rules:\n  nonsense: 3\n")
    import_flee(folder, folder / "simsetting.yml", tmp_path / "out").require()
    told = subprocess.run([quick_command(), "check", tmp_path / "out"], capture_output=True, text=True, check=True)
    assert "note: simsetting.yml: nonsense not carried over" in told.stderr
    told = subprocess.run(
        [quick_command(), "check", tmp_path / "out", "--json"], capture_output=True, text=True, check=True
    )
    assert any("nonsense" in note for note in json.loads(told.stdout)["notes"])


BREAKS = {
    "missing file": ("routes.csv", None, "routes.csv: expected this file"),
    "missing conflicts": ("conflicts.csv", None, "conflicts.csv"),
    "a column short": ("locations.csv", LOCATIONS.replace("town,,\n", "town\n"), "line 3: "),
    "a name not in locations": ("routes.csv", "#h\nA,Nowhere,3,\nA,B,1,\n", "'Nowhere'"),
    "a closure of nothing": ("closures.csv", "#h\nlocation,Nowhere,x,0,3\n", "'Nowhere'"),
    "semicolons": ("locations.csv", LOCATIONS.replace(",", ";"), "commas between the cells"),
    "negative capacity": ("locations.csv", LOCATIONS.replace("10000", "-5", 1), "capacity: '-5'"),
    "empty conflicts": ("conflicts.csv", "", "conflicts.csv"),
    "conflicts too short": ("conflicts.csv", "#Day,A\n0,1\n", "20 days"),
    "conflicts out of order": ("conflicts.csv", "#Day,A\n0,1\n2,1\n", "days that rise"),
    "a day that is none": ("sim_period.csv", "StartDate,2020-13-01\nLength,x\n", "StartDate"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_instance_is_refused_with_the_place_of_the_fault(tmp_path, name):
    folder = write_instance(tmp_path / "x")
    file, content, expected = BREAKS[name]
    path = folder / "input_csv" / file
    path.unlink() if content is None else path.write_text(content)
    found = import_flee(folder, folder / "simsetting.yml")
    assert found.scenario is None
    assert any(expected in line for line in told(found)), told(found)


def test_latin_text_dates_of_another_form_and_a_missing_count_file_are_listed_at_once(tmp_path):
    folder = write_instance(tmp_path / "x")
    (folder / "source_data" / "Near.csv").write_text("05/01/2020,3\n31/01/2020,4\n")
    (folder / "source_data" / "Far.csv").unlink()
    (folder / "input_csv" / "locations.csv").write_bytes(LOCATIONS.replace("Far", "Fár").encode("latin-1"))
    lines = told(import_flee(folder))
    assert sum("these have the year last (and so on in 1 more)" in line for line in lines) == 1
    assert any("source_data/Far.csv" in line and "missing" in line for line in lines)
    assert any("Latin-1" in line for line in lines)


def test_the_command_ends_with_3_and_names_every_fault(tmp_path):
    folder = write_instance(tmp_path / "x")
    (folder / "input_csv" / "routes.csv").unlink()
    (folder / "input_csv" / "conflicts.csv").write_text("")
    done = subprocess.run(
        [quick_command(), "import", "flee", folder, tmp_path / "out", "--settings", folder / "simsetting.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "routes.csv" in done.stderr
    assert "conflicts.csv" in done.stderr
    assert not (tmp_path / "out").exists()


def test_registration_corrections_scale_the_rows_before_their_date(tmp_path):
    folder = write_instance(tmp_path / "x", camps={"Near": [(0, 100), (5, 200), (10, 150)]})
    (folder / "input_csv" / "registration_corrections.csv").write_text("Near,2020-01-11,normalize\n")
    scenario = import_flee(folder).require()
    rows = as_known(one for one in scenario.observations if one.kind == "camp_count")
    assert [one.low for one in rows] == pytest.approx([75.0, 150.0, 150.0])
    assert daily_counts(scenario).camps[0].tolist() == [75]
    (folder / "input_csv" / "registration_corrections.csv").write_text("Near,2020-01-10,normalize\n")
    assert any("row of" in line for line in told(import_flee(folder)))


def test_a_corrected_count_is_known_on_the_day_of_the_correction_and_not_before(tmp_path):
    counts = [(0, 100), (5, 200), (10, 150), (15, 160), (20, 80)]
    folder = write_instance(tmp_path / "x", camps={"Near": counts})
    corrections = "Near,2020-01-21,normalize\nNear,2020-01-11,normalize\n"
    (folder / "input_csv" / "registration_corrections.csv").write_text(corrections)
    read = import_flee(folder)
    scenario = read.require()
    noted = [note for note in read.notes if "multiplied by" in note]
    assert [day in note for day, note in zip(("2020-01-11", "2020-01-21"), sorted(noted), strict=True)] == [True, True]
    first = scenario.start

    def known(on: int) -> list[float | None]:
        day = first + dt.timedelta(days=on)
        seen = [one for one in scenario.observations if one.kind == "camp_count" and one.known_on <= day]
        return [one.low for one in as_known(seen)]

    assert known(9) == pytest.approx([100, 200])
    assert known(10) == pytest.approx([75, 150, 150])
    assert known(19) == pytest.approx([75, 150, 150, 160])
    assert known(20) == pytest.approx([37.5, 75, 75, 80, 80])
    # Held against a forecast from day 7, a count is what was first reported after it.
    at = daily_counts(scenario, on=first + dt.timedelta(days=7)).camps[[0, 5, 10, 15], 0]
    assert at.tolist() == [100, 200, 150, 160]
    assert daily_counts(scenario, on=first + dt.timedelta(days=12)).camps[[0, 15], 0].tolist() == [75, 160]


def test_floods_hunger_attributes_demographics_and_changes_are_carried(tmp_path):
    locations = LOCATIONS.replace("population\n", "population,hdi\n").replace("town,,\n", "town,,,0.5\n")
    folder = write_instance(tmp_path / "x", locations=locations)
    inputs = folder / "input_csv"
    (inputs / "flood_level.csv").write_text("#Day,B\n0,0\n10,2\n")
    (inputs / "region_attributes_IPC.csv").write_text("#Day,R1,R2\n0,10,0\n10,20,0\n")
    (inputs / "demographics_age.csv").write_text("age,Default,A\n10,1,0.25\n30,1,0.75\n")
    (inputs / "location_changes.csv").write_text("B,camp,7\n")
    (inputs / "agents.csv").write_text("x\n")
    scenario = import_flee(folder).require()
    kinds = {series.kind for series in scenario.series}
    assert {"conflict", "flood", "ipc", "attribute-hdi"} <= kinds
    assert scenario.settings["demographics.age.A"] == (0.25, 0.75)
    assert [event.kind for event in scenario.events] == ["location_change"]


@pytest.mark.peers
@pytest.mark.parametrize("name", ["mali2012", "burundi2015", "ssudan2013", "car2013"])
def test_the_given_instances_are_sound_and_their_counts_are_flees(name):
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is absent")
    import csv

    from caravana.models.displacement.counts import daily_counts

    scenario = import_flee(SHARED / name, SHARED / "simsetting.yml").require()
    output = next((SHARED / name / "flee_output").glob("*.csv"))
    hasten = int(output.stem.split("hasten")[1].split("_")[0])
    counts = daily_counts(scenario, hasten=hasten)
    names = {place.id: place.name for place in scenario.places}
    with output.open() as file:
        rows = list(csv.DictReader(file))
    for column, place in enumerate(counts.place_ids):
        assert [int(float(row[f"{names[place]} data"])) for row in rows] == counts.camps[: len(rows), column].tolist()
