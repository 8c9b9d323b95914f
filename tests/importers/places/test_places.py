"""Places and camps from tables, dumps and workbooks; near-identical names joined, and said."""

from __future__ import annotations

import pytest
import xlsxwriter

from caravana.importers.places.joining import join_places, match_name
from caravana.importers.places.listed import ListedPlace
from caravana.importers.places.tables import read_camps, read_places
from caravana.importers.remarks import Remarks
from caravana.importers.rows import Reader
from caravana.language.language import load_language


def read(tmp_path, text, *, name="places.csv", encoding="utf-8", camps=False):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    reader = Reader(tmp_path)
    return (read_camps if camps else read_places)(reader, path, source="places"), reader


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name,latitude,longitude,population\nMopti,14.49,-4.2,114296\n", "utf-8"),
        ("\ufeffName;Lat;Lon;Pop\nMopti;14,49;-4,2;114 296\n", "utf-8"),
        ("Lugar\tLatitud\tLongitud\tPoblación\nMopti\t14.49\t-4.2\t114,296\n", "utf-8"),
        ("Lugar\tLatitud\tLongitud\tPoblación\nMopti\t14.49\t-4.2\t114'296\n", "latin-1"),
        ("name,latitude,longitude,population\n#loc,#geo+lat,#geo+lon,#pop\nMopti,14.49,-4.2,114296\n", "utf-8"),
        ("name|lat|lon|population\nMopti|14.49|-4.2|114\u00a0296\n", "utf-16"),
    ],
)  # fmt: skip
def test_tables_of_any_form_say_the_same(tmp_path, text, encoding):
    (place,), reader = read(tmp_path, text, encoding=encoding)
    assert not reader.faults
    assert (place.name, place.lat, place.lon, place.population) == ("Mopti", 14.49, -4.2, 114296)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("Mopti,14.49,-4.2,2.500", "population", "2500 if the dot"),
        ("Mopti,14.49,-4.2,many", "population", "a whole number of people"),
        ("Mopti,14.49,-4.2,-5", "population", "a whole number of people from 0"),
        ("Mopti,94.49,-4.2,5", "latitude", "degrees from -90 to 90"),
        ("Mopti,0,0,5", "latitude", "zero and zero"),
        (",14.49,-4.2,5", "name", "a name"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_column(tmp_path, row, column, said):
    places, reader = read(tmp_path, f"name,latitude,longitude,population\n{row}\n")
    (fault,) = reader.listed()
    assert (fault.row, fault.column) == (2, column)
    assert said in fault.expected
    assert not places or places[0].population is None or column != "population"


def test_missing_columns_are_one_fault(tmp_path):
    _, reader = read(tmp_path, "town,people\nMopti,5\n")
    (fault,) = reader.listed()
    assert "columns for name, latitude, longitude" in fault.expected


def test_a_dump_of_geonames_gives_its_populated_places(tmp_path):
    def row(name, feature, code, people):
        where = f"14.5\t-4.2\t{feature}\t{code}\tML\t\t04"
        return f"1\t{name}\t{name}\t\t{where}\t\t\t\t{people}\t\t272\tAfrica/Bamako\t2020-01-01"

    text = "\n".join([row("Mopti", "P", "PPLA", 114296), row("Niger", "H", "STM", 0), row("Old", "P", "PPLH", 0),
                      row("Small", "P", "PPL", 0)])  # fmt: skip
    places, reader = read(tmp_path, text + "\n", name="ML.txt")
    assert not reader.faults
    assert [(p.name, p.population, p.country) for p in places] == [("Mopti", 114296, "ML"), ("Small", None, "ML")]


def test_camps_come_from_a_workbook_with_capacity_and_dates(tmp_path):
    path = tmp_path / "camps.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Camp name", "Latitude", "Longitude", "Capacity", "Opened", "Type"])
        sheet.write_row(1, 0, ["Mbera", 15.8, -5.7, 40000, "2012-03-01", "Refugee"])
        sheet.write_row(2, 0, ["Faladie", 12.6, -7.9, 2500.0, "", "IDP site"])
    camps = read_camps(Reader(tmp_path), path, source="camps")
    assert [(c.name, c.kind, c.capacity, str(c.opens)) for c in camps] == [
        ("Mbera", "camp", 40000, "2012-03-01"), ("Faladie", "idpcamp", 2500, "None"),
    ]  # fmt: skip


def place(name, lat=10.0, lon=20.0, **given):
    return ListedPlace(name, lat, lon, **given)


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("San Pedro Tapanatepec", "San\u00a0Pedro  Tapanatepec", True),
        ("Niltepéc", "Niltepec", True),
        ("Tombouctou", "Timbuktu", False),
        ("Mopti", "Mopty", False),
        ("Bobo-Dioulasso", "Bobo Dioulaso", True),
        ("Camp 1 extension", "Camp 2 extension", False),
    ],
)
def test_names_nearly_the_same_nearby_are_one_place_and_it_is_said(one, other, joined):
    remarks = Remarks()
    places = join_places([place(one, population=5), place(other, lat=10.01, state="North")], remarks)
    assert len(places) == (1 if joined else 2)
    if joined:
        assert (places[0].name, places[0].population, places[0].state) == (one, 5, "North")
        (remark,) = remarks.of("decision")
        assert remark.text(load_language("en")).startswith(f"{other} is taken for {one}")


def test_one_name_far_apart_stays_two_places_and_a_camp_is_not_its_town():
    remarks = Remarks()
    assert len(join_places([place("San José"), place("San Jose", lat=12.0)], remarks)) == 2
    assert [one.key for one in remarks.of("decision")] == ["one_name"]
    assert len(join_places([place("Dadaab"), place("Dadaab", kind="camp")], Remarks())) == 2


def test_a_name_like_two_places_is_matched_with_neither():
    names = [("Kampala North", "a"), ("Kampala North", "b"), ("Mbera", "c")]
    assert match_name("Kampala north", names) is None
    assert match_name("M'bera", [("Mbera camp", "c")]) is None
    assert match_name("mbéra", names).place_id == "c"


@pytest.mark.parametrize(("said", "people"), [("114296", 114296), ("0", None), ("", None), ("9" * 5000, 10**9)])
def test_a_dump_says_how_many_live_there(tmp_path, said, people):
    cells = ["1", "Mopti", "Mopti", "", "14.49", "-4.2", "P", "PPLA", "ML", "", "05", "", "", "", said, "", "", "", ""]
    (one,), reader = read(tmp_path, "\t".join(cells) + "\n", name="ML.txt")
    assert not reader.faults
    assert one.population == people
