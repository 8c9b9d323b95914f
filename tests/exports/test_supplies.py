"""Profiles of standards and the user's stock: read strictly, and reckoned as a logistician would."""

import datetime as dt
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from caravana.errors import UsageError
from caravana.results.supplies import FOLLOWS, MOST_BYTES, Stock, load_profile, load_stock, usable

PLACES = {"huixtla": "huixtla", "tonalá": "tonala", "tonala": "tonala"}
ORIGIN = dt.date(2021, 10, 30)


@pytest.fixture(scope="module")
def profile():
    return load_profile()


def item(profile, name, group="moving"):
    return next(s for s in profile if s.standard.item == name and group in s.groups)


def write(tmp_path, text, name="stock.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_people_on_the_move_and_in_a_settlement_have_standards_of_their_own(profile):
    assert item(profile, "water").standard.value == 7.5
    assert item(profile, "water", "settlement").standard.value == 15


def test_every_bundled_standard_says_where_it_is_from_and_lies_in_its_range(profile):
    for supply in profile:
        s = supply.standard
        assert s.low <= s.value <= s.high
        assert s.source
        assert s.verified in {"reported", "recalled", "assumption"}


@pytest.mark.parametrize(("persons", "kits"), [(0, 0), (1, 1), (50, 1), (51, 2), (100, 2)])
def test_toilets_come_in_whole_ones(profile, persons, kits):
    toilets = item(profile, "toilets")
    assert toilets.kits(float(toilets.amounts(np.array([float(persons)]))[0])) == kits


def test_kits_are_rounded_up_but_not_by_a_rounding_error(profile):
    water = item(profile, "water")
    assert water.kits(20.0) == 1
    assert water.kits(20.000001) == 2
    assert water.kits(0.1 + 0.2 - 0.3 + 60) == 3


def test_a_profile_of_the_reports_standards_is_read_too():
    path = Path(str(resources.files("caravana.results") / "standards" / "sphere.csv"))
    supplies = load_profile(path)
    assert {g for s in supplies for g in s.groups} == {"moving", "settlement"}
    assert next(s for s in supplies if s.standard.item == "water").use == "daily"
    assert next(s for s in supplies if s.standard.item == "toilets").use == "standing"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("item,per,value\nwater,person,15\n", "no column low"),
        ("item,per,value,low,high,unit,whole,source,colour\n", "unknown column colour"),
        ("item,per,value,low,high,unit,whole,source\nwater,person,many,1,2,litres a day,false,x\n", "row 2, value"),
        ("item,per,value,low,high,unit,whole,source\nwater,person,9,1,2,litres a day,false,x\n", "not between"),
        ("item,per,value,low,high,unit,whole,source\nwater,head,2,1,3,litres a day,false,x\n", "row 2, per"),
        ("item,per,value,low,high,unit,whole,source\nwater,person,nan,1,3,litres a day,false,x\n", "row 2, value"),
        ("item,per,value,low,high,unit,whole,source\n", "no supplies"),
        (
            "item,per,value,low,high,unit,whole,source\nw,person,2,1,3,l,false,x\nw,person,2,1,3,l,false,x\n",
            "more than once",
        ),
        ("item,per,value,low,high,unit,whole,source\nwater,person\n", "row 2"),
    ],
)
def test_a_faulty_profile_is_told_by_row_and_column(tmp_path, text, told):
    with pytest.raises(UsageError, match=told):
        load_profile(write(tmp_path, text, "profile.csv"))


def test_stock_is_read_by_place_unit_and_lead_time(tmp_path, profile):
    path = write(
        tmp_path,
        "item,place,quantity,unit,lead_days,note\n"
        "water,,1000,litres,0,\nwater,caravan,10,20-litre container,1,\ntoilets,Tonalá,5,,2.5,hired\n",
    )
    first, second, third = load_stock(path, profile, PLACES)
    assert (first.place, first.quantity) == ("", 1000)
    assert (second.place, second.quantity, second.lead_days) == ("", 200, 1)
    assert (third.place, third.quantity, third.lead_days, third.note) == ("tonala", 5, 3, "hired")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("item,quantity\nwine,3\n", "row 2, item"),
        ("item,place,quantity\nwater,Atlantis,3\n", "no place 'Atlantis'"),
        ("item,quantity\nwater,-3\n", "row 2, quantity"),
        ("item,quantity\nwater,inf\n", "row 2, quantity"),
        ("item,quantity,unit\nwater,3,barrels\n", "row 2, unit"),
        ("item,quantity,lead_days\nwater,3,soon\n", "row 2, lead_days"),
        ("item;quantity\nwater;3\n", "no column item, quantity"),
        ('item,quantity\n"water,3\n', "cannot be read"),
    ],
)
def test_a_faulty_stock_list_is_told_by_row_and_column(tmp_path, profile, text, told):
    with pytest.raises(UsageError, match=told):
        load_stock(write(tmp_path, text), profile, PLACES)


def test_a_huge_or_missing_or_binary_list_is_refused(tmp_path, profile):
    large = tmp_path / "large.csv"
    large.write_bytes(b"item,quantity\n" + b"water,1\n" * (MOST_BYTES // 8))
    with pytest.raises(UsageError, match="larger than"):
        load_stock(large, profile, PLACES)
    with pytest.raises(UsageError, match="cannot be read"):
        load_stock(tmp_path / "none.csv", profile, PLACES)
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00\x01" * 20)
    with pytest.raises(UsageError, match="cannot be read"):
        load_stock(tmp_path / "b.csv", profile, PLACES)


def test_stock_can_be_used_where_it_is_and_when_it_has_come():
    stock = (Stock("water", "", 100, 0), Stock("water", "tonala", 40, 2), Stock("food", "", 7, 0))
    day = ORIGIN + dt.timedelta(1)
    assert usable(stock, "water", origin=ORIGIN, day=day, place="tonala") == 100
    assert usable(stock, "water", origin=ORIGIN, day=day + dt.timedelta(1), place="tonala") == 140
    assert usable(stock, "water", origin=ORIGIN, day=day + dt.timedelta(1), place="huixtla") == 100
    assert FOLLOWS == "caravan"
