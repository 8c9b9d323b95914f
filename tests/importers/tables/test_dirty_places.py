"""Places, camps and conflict as they come: each table gives the right value, or one fault that names the cause."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.made.workbooks import WRITERS, workbook

from caravana.importers.conflict.events import read_events
from caravana.importers.places.tables import read_camps, read_places
from caravana.importers.remarks import Remarks
from caravana.importers.rows import Reader

MOPTI = ("Mopti", 14.49, -4.2, 114296)
HEAD = "name,latitude,longitude,population\n"
PLAIN = HEAD + "Mopti,14.49,-4.2,114296\n"
PLACES = {
    "with a byte-order mark": PLAIN.encode("utf-8-sig"),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-16 without a mark": PLAIN.encode("utf-16-le"),
    "windows-1252": "Lugar;Latitud;Longitud;Población\nMopti;14,49;-4,2;114296\n".encode("cp1252"),
    "lines of the Macintosh": PLAIN.replace("\n", "\r"),
    "titles above": "Gazetteer of Mali\nUpdated in 2022\n\n" + PLAIN,
    "tags in a second row": PLAIN.replace("Mopti", "#loc+name,#geo+lat,#geo+lon,#population\nMopti"),
    "a total": PLAIN + "Total,,,114296\n",
    "a total in Spanish": PLAIN + "Total general,,,114296\n",
    "a footnote": PLAIN + "Source: census,,,\n",
    "the header again": PLAIN + HEAD,
    "row numbers": "Unnamed: 0,name,latitude,longitude,population\n0,Mopti,14.49,-4.2,114296\n",
    "a column twice": "name,latitude,longitude,population,population\nMopti,14.49,-4.2,114296,99\n",
    "decimal commas": "name;latitude;longitude;population\nMopti;14,49;-4,2;114296,0\n",
    "no-break spaces": HEAD + "\u00a0Mopti\u202f,14.49\u00a0,\u00a0-4.2,114\u202f296\n",
    "commas of thousands": HEAD + 'Mopti,14.49,-4.2,"114,296"\n',
    "degrees, minutes": HEAD + 'Mopti,"14\u00b029\'24""N","4\u00b012\'00""W",114296\n',
    "letters of directions": HEAD + "Mopti,14.49 N,4.2 W,114296\n",
    "a minus of books": HEAD + "Mopti,14.49,\u22124.2,114296\n",
    "json": '[{"name": "Mopti", "latitude": 14.49, "longitude": "-4.2", "population": 114296}]',
}
WRONG = {
    "dots before three digits alone": (HEAD + "A,14,-4,2.500\nB,15,-4,3.500\n", "2500 if the dot is one of thousands"),
    "thousands that a spreadsheet cut": (HEAD + "A,14,-4,2.5\nB,15,-4,3.5\n", "fractions come of dots of thousands"),
    "words for people": (HEAD + "A,14,-4,many\nB,15,-4,more\n", "a whole number of people from 0"),
    "fewer than nobody": (HEAD + "A,14,-4,-5\n", "a whole number of people from 0"),
    "both degrees in one column": ('name,coordinates\nA,"14, -4"\n', "columns for latitude, longitude"),
    "no names": (HEAD + ",14,-4,5\n,15,-4,5\n", "a name (and so on in 1 more)"),
    "nothing": ("", "a table; there is nothing in it"),
    "NUL bytes": (b"name,lat,lon\nA\0,1,2\n", "without NUL bytes"),
    "a page of the web": (b"<!DOCTYPE html><html></html>", "columns for name, latitude, longitude"),
}
OPENED = {
    "as everywhere": ("2022-01-13", "2022-12-31"), "the day first": ("13/01/2022", "31/12/2022"),
    "decided by the other column": ("01/02/2022", "31/12/2022"), "in words": ("13 de enero de 2022", "31 dic 2022"),
    "days of a spreadsheet": ("44574", "44926"), "with a time": ("2022-01-13 00:00:00", "2022-12-31T00:00:00"),
}  # fmt: skip
SHUT = {
    "days that may be months": ("01/02/2022", "03/04/2022", "whether the day or the month stands first"),
    "closed before it opens": ("2022-02-01", "2022-01-01", "a date after it opens, 2022-02-01"),
    "no date": ("soon", "", "a date such as 2012-02-29"),
}
EVENT_HEAD = "event_id_cnty,event_date,event_type,country,latitude,longitude,geo_precision,fatalities\n"
EVENT = EVENT_HEAD + "MLI1,2022-05-13,Battles,Mali,15.0,-2.95,1,3\n"
EVENTS = {
    "utf-16": EVENT.encode("utf-16"),
    "titles above": "Downloaded on 2 June 2022\n\n" + EVENT,
    "semicolons, decimal commas": EVENT.replace(",", ";").replace("15.0", "15,0").replace("-2.95", "-2,95"),
    "months named": EVENT.replace("2022-05-13", "13 May 2022"),
    "months named in Spanish": EVENT.replace("2022-05-13", "13 mayo 2022"),
    "days of a spreadsheet": EVENT.replace("2022-05-13", "44694"),
    "the header again": EVENT + EVENT_HEAD,
}
EVENTS_WRONG = {
    "a lost minus": (
        EVENT.replace("-2.95", "2.95").replace("15.0", "13.9"),
        "the longitude seems to have lost its minus",
    ),
    "columns swapped": (EVENT.replace("15.0,-2.95", "-2.95,15.0"), "latitude and longitude seem to be swapped"),
    "deaths with a dot": (EVENT.replace(",3\n", ",1.250\n"), "1250 if the dot is one of thousands"),
    "days that may be months": (EVENT.replace("2022-05-13", "03/04/2022"), "the day or the month stands first"),
    "no day": (EVENT.replace("2022-05-13", "soon"), "a date such as 2012-02-29"),
    "another table": (PLAIN, "the columns of an ACLED export"),
}


def put(tmp_path, content, name="table.csv"):
    path = tmp_path / ("table.json" if content[:1] == "[" else name)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path, Reader(tmp_path)


@pytest.mark.parametrize("name", PLACES)
def test_places_of_every_form_say_the_same(tmp_path, name):
    path, reader = put(tmp_path, PLACES[name])
    (one,) = read_places(reader, path, source="s")
    assert not reader.faults
    assert (one.name, round(one.lat, 6), round(one.lon, 6), one.population) == MOPTI
    assert ("stand there twice" in " ".join(reader.notes)) == (name == "a column twice")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_places_is_one_fault(tmp_path, name):
    content, said = WRONG[name]
    path, reader = put(tmp_path, content)
    read_places(reader, path, source="s")
    (fault,) = reader.listed()
    assert said in fault.expected


def test_dots_of_thousands_are_decided_by_the_column(tmp_path):
    path, reader = put(tmp_path, HEAD + "A,14,-4,2.500\nB,15,-4,1.250.000\n")
    assert [one.population for one in read_places(reader, path, source="s")] == [2500, 1_250_000]
    assert not reader.faults


@pytest.mark.parametrize("name", OPENED)
def test_camps_open_and_close_on_days_however_they_are_written(tmp_path, name):
    opens, closes = OPENED[name]
    path, reader = put(tmp_path, f"Camp;Lat;Lon;Opened;Closed\nA;14;-4;{opens};{closes}\n")
    (camp,) = read_camps(reader, path, source="s")
    assert not reader.faults
    first = dt.date(2022, 2, 1) if "other" in name else dt.date(2022, 1, 13)
    assert (camp.opens, camp.closes) == (first, dt.date(2022, 12, 31))


@pytest.mark.parametrize("name", SHUT)
def test_what_is_wrong_with_the_days_of_camps_is_one_fault(tmp_path, name):
    opens, closes, said = SHUT[name]
    path, reader = put(tmp_path, f"Camp;Lat;Lon;Opened;Closed\nA;14;-4;{opens};{closes}\nB;14;-4;{opens};{closes}\n")
    read_camps(reader, path, source="s")
    (fault, *more) = reader.listed()
    assert said in fault.expected
    assert not more or name == "closed before it opens"


@pytest.mark.parametrize("kind", WRITERS)
def test_camps_of_a_workbook_have_dates_and_numbers(tmp_path, kind):
    rows = [["List of camps"], ["Camp", "Latitude", "Longitude", "Capacity", "Opened"],
            ["Ábala", 14.9, 3.4, 8000, dt.date(2022, 1, 13)], ["Total", None, None, 8000, None]]  # fmt: skip
    path, reader = put(tmp_path, workbook(kind, rows), f"camps.{kind}")
    (camp,) = read_camps(reader, path, source="s")
    assert not reader.faults
    assert (camp.name, camp.lat, camp.capacity, camp.opens) == ("Ábala", 14.9, 8000, dt.date(2022, 1, 13))


@pytest.mark.parametrize("name", EVENTS)
def test_conflict_of_every_form_says_the_same(tmp_path, name):
    path, reader = put(tmp_path, EVENTS[name])
    file = read_events(reader, path, Remarks())
    assert not reader.faults
    (event,) = file.events
    assert (event.date, event.lat, event.lon, event.deaths) == (dt.date(2022, 5, 13), 15.0, -2.95, 3)


@pytest.mark.parametrize("name", EVENTS_WRONG)
def test_what_is_wrong_with_conflict_is_one_fault(tmp_path, name):
    content, said = EVENTS_WRONG[name]
    path, reader = put(tmp_path, content)
    read_events(reader, path, Remarks())
    (fault,) = reader.listed()
    assert said in fault.expected
