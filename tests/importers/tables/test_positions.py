"""Coordinates of a whole file: every written form is read; what is wrong is one message with its cause."""

from __future__ import annotations

import pytest

from caravana.importers.places.tables import read_camps, read_places
from caravana.importers.rows import Reader
from caravana.importers.tables.columns import in_degrees

MALI = [("Mopti", 14.49, -4.2), ("Gao", 16.27, -0.04), ("Kayes", 14.45, -11.44), ("Timbuktu", 16.77, -3.0)]
CHAD = [("Abéché", 13.83, 20.83), ("Adré", 13.47, 22.2), ("Sarh", 9.14, 18.39)]


def read(tmp_path, rows, *, country="Mali", roads=None, camps=False):
    text = "name,latitude,longitude,country\n" + "".join(f"{n},{a},{b},{country}\n" for n, a, b in rows)
    path = tmp_path / "places.csv"
    path.write_text(text, encoding="utf-8")
    reader = Reader(tmp_path)
    return (read_camps if camps else read_places)(reader, path, source="places", roads=roads), reader.listed()


@pytest.mark.parametrize(
    ("cell", "most", "degrees"),
    [
        ("14.5", 90.0, 14.5), ("-4,25", 180.0, -4.25), (14.5, 90.0, 14.5), ("14\u00b030'00\"N", 90.0, 14.5),
        ("4\u00b0 15' W", 180.0, -4.25), ("W 4.25", 180.0, -4.25), ("4.25 O", 180.0, -4.25),
        ("\u22124.25", 180.0, -4.25),
        ("14\u00ba30\u203200\u2033 S", 90.0, -14.5), ("+14.5", 90.0, 14.5),
    ],
)  # fmt: skip
def test_degrees_are_read_in_every_written_form(cell, most, degrees):
    assert in_degrees(cell, most=most) == pytest.approx(degrees)


@pytest.mark.parametrize("cell", ["", None, "north", "4.25 N", "-4.25 W", "14 75' N", "1.234.567", "1_0", "nan", "inf"])
def test_what_are_no_degrees_is_none(cell):
    assert in_degrees(cell, most=180.0) != in_degrees(cell, most=180.0)


@pytest.mark.parametrize("country", ["Mali", "mali", "MALÍ"])
def test_a_file_in_its_country_is_read(tmp_path, country):
    places, faults = read(tmp_path, MALI, country=country)
    assert not faults
    assert len(places) == 4


@pytest.mark.parametrize(
    ("change", "said", "number"),
    [
        (lambda a, b: (a, abs(b)), "the longitude seems to have lost its minus", "2 of 4"),
        (lambda a, b: (-a, b), "the latitude seems to have lost its minus, or to have one too many", "4 of 4"),
        (lambda a, b: (b, a), "latitude and longitude seem to be swapped:", "4 of 4"),
        (lambda a, b: (b, -a), "swapped, and one to have lost its minus", "4 of 4"),
    ],
)
def test_a_file_beside_its_country_is_one_message_that_names_the_cause(tmp_path, change, said, number):
    _, (fault,) = read(tmp_path, [(name, *change(a, b)) for name, a, b in MALI])
    assert said in fault.expected
    assert number in fault.expected
    assert fault.column == "latitude"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a, b: (a, -b), "the longitude seems to have lost its minus, or to have one too many"),
        (lambda a, b: (b, a), "latitude and longitude seem to be swapped"),
        (lambda a, b: (-b, a), "swapped, and one"),
    ],
)
def test_a_file_that_names_no_country_is_held_against_the_roads(tmp_path, change, said):
    roads = (17.0, 8.0, 23.0, 15.0)
    moved = [(name, *change(a, b)) for name, a, b in CHAD]
    _, (fault,) = read(tmp_path, moved, country="", roads=roads, camps=True)
    assert said in fault.expected
    assert "the land of the roads" in fault.expected
    assert not read(tmp_path, moved, country="")[1]
    assert not read(tmp_path, CHAD, country="", roads=roads)[1]


def test_one_place_beyond_an_extract_is_no_fault(tmp_path):
    rows = [*CHAD, ("Far camp", 9.0, -20.0)]
    places, faults = read(tmp_path, rows, country="", roads=(17.0, 8.0, 23.0, 15.0))
    assert not faults
    assert len(places) == 4


def test_camps_over_the_border_that_say_so_are_no_fault(tmp_path):
    path = tmp_path / "camps.csv"
    path.write_text(
        "name,lat,lon,country\nMbera,15.77,-5.78,Mauritania\nGoudoubo,13.87,-0.23,Burkina Faso\nX,1,1,Nowhere\n"
    )
    reader = Reader(tmp_path)
    assert len(read_camps(reader, path, source="camps")) == 3
    assert not reader.listed()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("A", 100.5, 13.7), ("B", 101.2, 14.1), ("C", 99.9, 16.4)], "seem to be swapped"),
        ([("A", 1449000, -42000), ("B", 1627000, -400)], "the decimal mark seems to be lost"),
        ([("A", 1602000, 412000), ("B", 1799000, 498000)], "metres of a projection, such as UTM"),
        ([("A", 0, 0), ("B", 0, 0), ("C", 14.4, -4.2)], "zero and zero are none (and so on in 1 more)"),
        ([("A", "x", -4.2), ("B", "y", -4.2), ("C", 14.4, -4.2)], "such as 12.345 (and so on in 1 more)"),
    ],
)
def test_columns_that_cannot_be_degrees_are_one_message(tmp_path, rows, said):
    _, (fault,) = read(tmp_path, rows, country="")
    assert said in fault.expected
