"""Months of conflict by admin unit, as HDX HAPI has them: no event twice, joined by p-code or by name."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from caravana.importers.conflict.assigning import EventRule, assign, series_of
from caravana.importers.conflict.events import read_events, weight_of
from caravana.importers.remarks import Remarks
from caravana.importers.rows import Reader
from caravana.language.language import load_language
from caravana.scenario.model import Place

HEADER = (
    "location_code,has_hrp,in_gho,provider_admin1_name,provider_admin2_name,admin1_code,admin1_name,admin2_code,"
    "admin2_name,admin_level,event_type,events,fatalities,reference_period_start,reference_period_end,dataset_hdx_id,"
    "resource_hdx_id,warning,error"
)
TAGS = "#country+code,#meta+has_hrp,#meta+in_gho,#adm1+name+provider" + "," * 15
PLACES = (
    Place(
        id="Douentza", name="Douentza", lat=15.0, lon=-2.9, population=28000, municipality="Douentza", pcode="ML0502"
    ),
    Place(id="Hombori", name="Hombori", lat=15.3, lon=-1.7, population=6000, municipality="Douentza", state="Mopti"),
    Place(id="Gao", name="Gao", lat=16.3, lon=0.0, population=9000, state="Gao"),
)


def row(kind="political_violence", events=3, deaths=9, *, level=2, code="ML0502", name="Douentza", month="2022-05"):
    second = f"{code},{name}" if level == 2 else ","
    last = {"2022-05": 31, "2022-06": 30}[month]
    return (
        f"MLI,True,True,Mopti,{name},ML05,Mopti,{second},{level},{kind},{events},{deaths},{month}-01,{month}-{last},"
        "dataset,resource,,"
    )


def read(tmp_path, *rows, tags=False):
    path = tmp_path / "conflict.csv"
    path.write_text("\ufeff" + "\n".join([HEADER, *([TAGS] if tags else []), *rows]) + "\n", encoding="utf-8")
    reader, remarks = Reader(tmp_path), Remarks()
    return read_events(reader, path, remarks), reader, remarks


@pytest.mark.parametrize("tags", [False, True])
def test_a_month_of_events_lies_over_its_days_and_keeps_its_sums(tmp_path, tags):
    file, reader, _ = read(tmp_path, row(), row(events=0, deaths=0, month="2022-06"), tags=tags)
    assert not reader.faults
    assert file.publisher == "HDX HAPI"
    assert [one.date.day for one in file.events] == [6, 16, 26]
    assert sum(one.number for one in file.events) == 3
    assert sum(one.deaths for one in file.events) == pytest.approx(9)
    assert sum(map(weight_of, file.events)) == pytest.approx(3 * (1 + math.log1p(3)))


def test_more_events_than_days_are_each_days_share(tmp_path):
    file, _, _ = read(tmp_path, row(events=62, deaths=62))
    assert [one.date for one in file.events] == [dt.date(2022, 5, day) for day in range(1, 32)]
    assert {one.number for one in file.events} == {2.0}
    assert sum(map(weight_of, file.events)) == pytest.approx(62 * (1 + math.log(2)))


def test_no_event_counts_twice(tmp_path):
    rows = [row(), row("civilian_targeting", 2, 5), row("demonstration", 8, 0), row(events=40, level=1, code="")]
    file, _, remarks = read(tmp_path, *rows)
    assert sum(one.number for one in file.events) == 3
    said = {one.key: one.values["number"] for one in remarks.of("decision")}
    assert said == {"events_peaceful": 1, "events_of_civilians": 1, "events_above": 1}
    alone, _, _ = read(tmp_path, row("civilian_targeting", 2, 5))
    assert sum(one.number for one in alone.events) == 2


@pytest.mark.parametrize(
    ("code", "name", "place"),
    [("ML0502", "Elsewhere", "Douentza"), ("", "DOUENTZA", "Douentza"), ("ML0901", "Gao", None)],
)
def test_events_are_joined_by_p_code_before_the_name(tmp_path, code, name, place):
    file, _, remarks = read(tmp_path, row(code=code, name=name).replace(",ML05,Mopti,", ",ML05,Nowhere,"))
    assigned = assign(file.events, PLACES, remarks, rule=EventRule())
    assert {where for _, where in assigned} == ({place} if place else set())
    assert bool(remarks.of("look_first")) == (place is None)
    for language in ("en", "es"):
        assert all("COD-AB" in one.text(load_language(language)) for one in remarks.of("look_first"))


def test_the_series_is_of_the_month(tmp_path):
    file, _, remarks = read(tmp_path, row(events=31, deaths=0))
    assigned = assign(file.events, PLACES, remarks, rule=EventRule())
    series = series_of(assigned, ["Douentza"], start=dt.date(2022, 4, 1), days=90, rule=EventRule(lasts_days=5))
    by_day = dict(zip(series.days, series.values[:, 0].tolist(), strict=True))
    assert by_day == {0: 0.0, 30: 0.2, 31: 0.4, 32: 0.6, 33: 0.8, 34: 1.0, 61: 0.8, 62: 0.6, 63: 0.4, 64: 0.2, 65: 0.0}


def test_a_column_of_dots_before_three_digits_is_one_fault(tmp_path):
    _, reader, _ = read(tmp_path, row(deaths="1.250"), row(deaths="2.500", month="2022-06"))
    (fault,) = reader.listed()
    assert (fault.column, "1250 if the dot" in fault.expected) == ("fatalities", True)
