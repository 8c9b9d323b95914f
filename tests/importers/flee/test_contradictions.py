"""Files of an instance that say two things at once: by Flee's columns one, by their header or their commas another."""

import re

import pytest
from tests.importers.flee.test_in_spanish import ENGLISH, ES
from tests.made.instances import CLOSURES, LOCATIONS, ROUTES, told, with_files

from caravana.language.faults import message_words

INPUT, DATA = "input_csv/", "source_data/"
ORDER = "expected the columns in the order that Flee takes them in: "
COUNTS = "2020-01-01,0\n2020-01-06,800\n2020-01-11,{}\n2020-01-21,{}\n"

REFUSED = {
    "country before region": (
        INPUT + "locations.csv", LOCATIONS.replace("region,country", "country,region"),
        "locations.csv line 1, column country: ",
    ),
    "population before the date of conflict": (
        INPUT + "locations.csv", LOCATIONS.replace("conflict_date,population", "population,conflict_date"),
        "locations.csv line 1, column population: ",
    ),
    "no column of countries": (
        INPUT + "locations.csv", LOCATIONS.replace("country,", "").replace(",Here", "").replace(",There", ""),
        "latitude, longitude, location_type, conflict_date, population; no column is country",
    ),
    "redirection before distance": (
        INPUT + "routes.csv", ROUTES.replace("distance,forced_redirection", "forced_redirection,distance"),
        f"{ORDER}name1, name2, distance, forced_redirection",
    ),
    "the end before the start": (
        INPUT + "closures.csv",
        CLOSURES.replace("closure_start,closure_end", "closure_end,closure_start") + "country,Here,There,9,2\n",
        "closures.csv line 1, column closure_end: ",
    ),
    "the kind before the name": (
        INPUT + "location_changes.csv", "#type,name,day\ncamp,B,5\n", f"{ORDER}name, type, day",
    ),
    "commas between thousands": (
        DATA + "Near.csv", COUNTS.format("1,240", "3,870"),
        "Near.csv line 3, column count: '1,240' — expected a count in one cell: 1,240 stands in several",
    ),
    "commas between thousands in each row": (
        DATA + "Near.csv", "2020-01-01,1,040\n2020-01-21,3,870\n", "Near.csv line 1, column count: '1,040'",
    ),
    "commas between thousands in quotes": (
        DATA + "Near.csv", '2020-01-01,0\n2020-01-21,"3,870"\n', "expected a number without commas between thousands",
    ),
    "households in the second column": (
        DATA + "Near.csv", "Date,Households,Individuals\n2020-01-01,0,0\n2020-01-21,150,700\n",
        "Near.csv line 1, column Households: expected people in the second column, which is called Households",
    ),
}  # fmt: skip


def put(tmp_path, name):
    file, content, expected = REFUSED[name]
    return with_files(tmp_path, None, {file: content}), expected


@pytest.mark.parametrize("name", REFUSED)
def test_they_are_refused_in_one_line_in_both_languages(tmp_path, name):
    found, expected = put(tmp_path, name)
    assert found.scenario is None
    (line,) = told(found)
    assert expected in line
    said = message_words(line, ES)
    assert "se esperaba" in said
    assert not ENGLISH.search(re.sub(r"'[^']*'", "", said)), said


READ = {
    "longitude first": {INPUT + "locations.csv": LOCATIONS.replace("latitude,longitude", "longitude,latitude")},
    "names of their own": {INPUT + "locations.csv": LOCATIONS.replace("region,country", "admin1,adm0")},
    "a name twice": {INPUT + "locations.csv": LOCATIONS.replace("#name,region", "#name,#name")},
    "a total and its parts": {DATA + "Near.csv": "2020-01-01,900,400,500\n2020-01-21,999,499,500\n"},
    "people in several camps": {DATA + "Near.csv": "2020-01-01,0,0,0\n2020-01-21,1900,900,1000\n"},
    "a header of both": {DATA + "Near.csv": "Date,Individuals,Households\n2020-01-01,0,0\n2020-01-21,700,150\n"},
}


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_like_it_is_read(tmp_path, name):
    found = with_files(tmp_path, None, READ[name])
    assert found.scenario is not None, told(found)


def test_accents_of_names_are_left_off_in_ids(tmp_path):
    text = LOCATIONS.replace("Far,R2", "Ñuble São,R2")
    files = {INPUT + "locations.csv": text, INPUT + "routes.csv": ROUTES.replace("Far", "Ñuble São"),
             DATA + "data_layout.csv": "total,refugees.csv\nNear,Near.csv\n"}  # fmt: skip
    found = with_files(tmp_path, None, files).require()
    assert [place.id for place in found.places] == ["A", "B", "Near", "Nuble_Sao"]
