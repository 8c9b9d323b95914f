from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.made.caravan_run import by_hand

from caravana.errors import UsageError
from caravana.results.needs import daily_needs, load_standards
from caravana.results.supplies import load_profile

if TYPE_CHECKING:
    from pathlib import Path

BY_ITEM = {s.item: s for s in load_standards()}


@pytest.mark.parametrize(
    ("item", "persons", "amount"),
    [
        ("water", 1000, 15_000), ("food", 1000, 2_100_000), ("shelter", 1000, 3_500), ("toilets", 1000, 50),
        ("toilets", 1001, 51), ("toilets", 20, 1), ("toilets", 1, 1), ("toilets", 0, 0),
        ("health_staff", 10_000, 23), ("health_staff", 1000, 3), ("health_staff", 1, 1), ("water", 0, 0),
    ],
)  # fmt: skip
def test_amounts_by_hand(item: str, persons: float, amount: float) -> None:
    assert BY_ITEM[item].amount(persons) == amount


def test_every_standard_says_where_it_is_from() -> None:
    for s in BY_ITEM.values():
        assert s.source
        assert s.note
        assert s.note_es
        # What was not read in a source says so, in both languages.
        assert s.verified == "reported" or ("not verified" in s.note and "sin verificar" in s.note_es)


def test_needs_are_of_the_runs_in_which_the_caravan_is_together(tmp_path: Path) -> None:
    run = by_hand(
        tmp_path / "run",
        [
            [("tapachula", "rest", 1000), ("huixtla", "walk", 1000), ("", "dissolved", 0)],
            [("tapachula", "rest", 2000), ("huixtla", "walk", 2000), ("", "dissolved", 0)],
            [("tapachula", "rest", 3000), ("", "dissolved", 0), ("", "dissolved", 0)],
        ],
    )
    needs = daily_needs(run).set_index(["day", "item"])
    first, second = run.days[0], run.days[1]
    assert needs.loc[(first, "persons"), "median"] == 2000
    assert needs.loc[(first, "persons"), "low"] == pytest.approx(1100)
    assert needs.loc[(first, "persons"), "high"] == pytest.approx(2900)
    assert needs.loc[(first, "water"), "median"] == 15_000
    # The dissolved member does not pull the middle down; its share is told beside it.
    assert needs.loc[(second, "persons"), "median"] == 1500
    assert needs.loc[(second, "persons"), "together"] == pytest.approx(2 / 3)
    assert needs.loc[(first, "toilets"), ["at_low", "at_high"]].tolist() == [40, 100]
    assert needs.loc[(first, "water"), ["at_low", "at_high"]].tolist() == [5_000, 30_000]
    # A day without a caravan in any run has no needs.
    assert run.days[2] not in needs.index.get_level_values("day")
    assert needs.loc[(first, "toilets"), "standard"] == "1 per 50 people"


HEAD = "item,per,value,low,high,unit,whole,source,verified,note,note_es\n"


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(HEAD + "blankets,person,2,1,2,blankets,true,Our agency,reported,,\n", "utf-8")
    (blankets,) = load_standards(path)
    assert blankets.amount(10.2) == 21


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,per\n", "the columns must be item, per, value"),
        (HEAD, "no standards"),
        (HEAD + "water,person,much,1,2,l,false,S,reported,,\n", "row 2: value, low and high must be numbers"),
        (HEAD + "water,person,15,7,15,l,false\n", "row 2: another number of cells than the header"),
        (HEAD + "water,person,15,7,15,l,false,S,reported,,,,,,more\n", "row 2: another number of cells"),
        (HEAD + "water,family,15,7,15,l,false,S,reported,,\n", "'family' is none of person"),
        (HEAD + "water,person,15,16,15,l,false,S,reported,,\n", "low not above high"),
        (HEAD + "water,person,0,0,15,l,false,S,reported,,\n", "above 0"),
        (HEAD + "water,person,nan,1,15,l,false,S,reported,,\n", "above 0"),
    ],
)
def test_a_faulty_profile_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "faulty.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        load_standards(path)


def test_a_missing_profile_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_standards(tmp_path / "none.csv")


def test_people_on_the_move_have_one_figure_for_each_need_in_report_and_plan() -> None:
    plan = {s.standard.item: s.standard for s in load_profile() if "moving" in s.groups}
    settled = {s.standard.item: s.standard for s in load_profile() if "settlement" in s.groups}
    for moving, of_plan in ((True, plan), (False, settled)):
        for s in load_standards(moving=moving):
            same = of_plan[s.item]
            assert (s.value, s.unit, s.page, s.page_status) == (same.value, same.unit, same.page, same.page_status)
