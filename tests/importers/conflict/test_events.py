"""Conflict events: both layouts of ACLED, UCDP GED with its header and without; by distance, or by admin unit."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from caravana.importers.boundaries.units import name_units, read_units
from caravana.importers.conflict.assigning import EventRule, assign, series_of
from caravana.importers.conflict.events import UCDP_COLUMNS, read_events
from caravana.importers.places.listed import ListedPlace
from caravana.importers.remarks import Remarks
from caravana.importers.rows import Reader
from caravana.scenario.model import Place

OLD = (
    "data_id,iso,event_id_cnty,event_id_no_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,"
    "assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,region,country,admin1,admin2,admin3,location,"
    "latitude,longitude,geo_precision,source,source_scale,notes,fatalities,timestamp,iso3"
)
NEW = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,"
    "latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
)
EVENT = {
    "event_id_cnty": "MLI1", "data_id": "9", "time_precision": "1", "event_type": "Battles", "admin1": "Mopti",
    "admin2": "Douentza", "latitude": "15.0", "longitude": "-2.95", "geo_precision": "1", "fatalities": "3",
    "notes": "a note, with a comma", "id": "77", "date_prec": "1", "where_prec": "1", "adm_1": "Mopti region",
    "adm_2": "Douentza", "best": "3", "date_end": "2022-05-13",
}  # fmt: skip


def table(header, *rows, head=True):
    columns = header.split(",") if isinstance(header, str) else header
    lines = [",".join(f'"{ {**EVENT, **row}.get(column, "") }"' for column in columns) for row in rows]
    return "\n".join([*([",".join(columns)] if head else []), *lines]) + "\n"


def read(tmp_path, text):
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    reader, remarks = Reader(tmp_path), Remarks()
    return read_events(reader, path, remarks), reader, remarks


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        (table(OLD, {"event_date": "13 May 2022"}), "ACLED"),
        (table(NEW, {"event_date": "2022-05-13"}), "ACLED"),
        (table(NEW, {"event_date": "13/05/2022"}), "ACLED"),
        (table(NEW, {"event_date": "5/13/2022"}), "ACLED"),
        (table(UCDP_COLUMNS, {"date_start": "2022-05-13 00:00:00.000"}), "UCDP GED"),
        (table(UCDP_COLUMNS, {"date_start": "2022-05-13", "relid": "x", "year": "2022"}, head=False), "UCDP GED"),
    ],
)
def test_every_layout_gives_the_same_event(tmp_path, text, publisher):
    file, reader, _ = read(tmp_path, text)
    assert not reader.faults
    (event,) = file.events
    assert file.publisher == publisher
    assert (event.date, event.lat, event.lon, event.deaths, event.exact) == (dt.date(2022, 5, 13), 15.0, -2.95, 3, True)
    assert event.admin2 == "douentza"


def test_dates_that_may_be_either_are_one_fault(tmp_path):
    _, reader, _ = read(tmp_path, table(NEW, {"event_date": "03/04/2022"}, {"event_date": "05/06/2022"}))
    (fault,) = reader.listed()
    assert "whether the day or the month stands first" in fault.expected


@pytest.mark.parametrize(
    "text", ["date,place\n2022-01-01,Mopti\n", "", "\0\1", table(NEW, {"event_date": "soon"}), table(NEW)]
)
def test_what_is_no_export_is_one_fault(tmp_path, text):
    file, reader, _ = read(tmp_path, text)
    assert file is None
    assert len(reader.listed()) == 1


def test_protests_undated_rows_and_corrected_ids_are_left_out_and_said(tmp_path):
    rows = [
        {"event_date": "2022-05-13"}, {"event_date": "2022-05-13", "fatalities": "5"},
        {"event_date": "2022-05-14", "event_type": "Protests", "event_id_cnty": "MLI2"},
        {"event_date": "2022-05-15", "time_precision": "3", "event_id_cnty": "MLI3"},
    ]  # fmt: skip
    file, _, remarks = read(tmp_path, table(NEW, *rows))
    assert [event.deaths for event in file.events] == [5]
    assert {one.key for one in remarks.of("decision")} == {"events_peaceful", "events_undated", "events_twice"}


@pytest.mark.parametrize("code", ["9" * 5000, "²", "x"])
def test_what_is_no_code_of_how_well_the_day_is_known_leaves_the_event(tmp_path, code):
    file, reader, _ = read(tmp_path, table(NEW, {"event_date": "2022-05-13", "time_precision": code}))
    assert not reader.faults
    assert [event.deaths for event in file.events] == [3]


PLACES = (
    Place(id="Douentza", name="Douentza", lat=15.0, lon=-2.9, population=28000, municipality="Douentza", state="Mopti"),
    Place(id="Hombori", name="Hombori", lat=15.3, lon=-1.7, population=6000, municipality="Douentza", state="Mopti"),
    Place(id="Camp", name="Camp", lat=15.0, lon=-2.95, kind="camp"),
)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({}, "Douentza"),
        ({"latitude": "15.29", "longitude": "-1.75"}, "Hombori"),
        ({"latitude": "15.29", "longitude": "-1.75", "geo_precision": "3"}, "Douentza"),
        ({"latitude": "17.0", "longitude": "-2.9"}, "Douentza"),
        ({"latitude": "17.0", "longitude": "-2.9", "admin1": "Kidal", "admin2": ""}, None),
    ],
)
def test_events_are_of_the_nearest_town_or_the_largest_of_their_unit(tmp_path, row, place):
    file, _, remarks = read(tmp_path, table(NEW, {"event_date": "2022-05-13", **row}))
    assigned = assign(file.events, PLACES, remarks, rule=EventRule())
    assert [where for _, where in assigned] == ([] if place is None else [place])
    assert bool(remarks.of("look_first")) == (place is None)


def test_the_series_is_dated_graded_and_ends(tmp_path):
    rows = [{"event_date": f"2022-05-{day:02}", "event_id_cnty": f"MLI{day}", "fatalities": "0"} for day in (3, 4, 6)]
    file, _, remarks = read(tmp_path, table(NEW, *rows))
    assigned = assign(file.events, PLACES, remarks, rule=EventRule())
    series = series_of(assigned, ["Douentza"], start=dt.date(2022, 5, 1), days=31, rule=EventRule(lasts_days=10))
    by_day = dict(zip(series.days, series.values[:, 0].tolist(), strict=True))
    assert by_day == {0: 0.0, 2: 0.2, 3: 0.4, 5: 0.6, 12: 0.4, 13: 0.2, 15: 0.0}


@pytest.mark.parametrize("names", [("adm1_name", "adm1_pcode", "adm2_name"), ("ADM1_EN", "ADM1_PCODE", "ADM2_FR")])
def test_boundaries_of_either_layout_name_places(tmp_path, names):
    path = tmp_path / "units.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{
            "type": "Feature", "properties": {
                **dict(zip(names, ("Mopti", "ML05", "Douentza"), strict=True)), "adm0_name": "Mali", "validOn": "2020",
            },
            "geometry": {"type": "Polygon", "coordinates": [[[-4, 14], [-2, 14], [-2, 16], [-4, 16], [-4, 14]]]},
        }]}),
        encoding="utf-8",
    )  # fmt: skip
    reader, remarks = Reader(tmp_path), Remarks()
    inside, outside = ListedPlace("Douentza", 15.0, -2.95), ListedPlace("Gao", 16.3, 0.0, country="Mali")
    named = name_units([inside, outside], read_units(reader, path), remarks)
    assert (named[0].state, named[0].municipality, named[0].pcode, named[0].country) == (
        "Mopti", "Douentza", "ML05", "Mali",
    )  # fmt: skip
    assert named[1] == outside
    assert [one.key for one in remarks.of("look_first")] == ["outside_boundaries"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"features": []}', '{"features": [{"properties": {}}]}', "\xff"])
def test_what_are_no_boundaries_is_one_fault(tmp_path, text):
    path = tmp_path / "units.geojson"
    path.write_text(text, encoding="latin-1")
    reader = Reader(tmp_path)
    assert read_units(reader, path) == []
    assert len(reader.listed()) == 1
