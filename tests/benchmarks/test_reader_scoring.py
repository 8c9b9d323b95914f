"""How the reader is held against answers: where careful readers differ, what each of them has is right."""

from pathlib import Path
from typing import Any

import pytest
from benchmarks.reader.run import FIRST, RULES, SECOND, UNSEEN, measure_second_reader
from benchmarks.reader.scoring import Tally, published_of, read_answers, reading_of, score_text, text_of

import caravana as cv

HEAD = "what,find,kind,low,high,qualifier,side,place,date,row\n"
TEXT = "Doctors saw 40 people at Tonala or so. Some 900 walked. Later 12 of them were seen again."


@pytest.fixture
def answers(tmp_path: Path) -> list[dict[str, Any]]:
    """Answers with everything that may be open."""
    file = tmp_path / "en-a.gold.csv"
    file.write_text(
        HEAD
        + "published,,,,,,,,2021-11-04|2021-11-05,\n"
        + "figure,40 people,ill|medical_consultations,40,40,exact|about,"
        + "observer|press,tonala|,2021-11-03|2021-11-04,yes\n"
        + "figure,Some 900,headcount,900,900|,about|more_than,press,tonala,2021-11-03,yes\n"
        + "figure,12,medical_consultations,12,12,exact,press,tonala,2021-11-03,open\n"
    )
    (tmp_path / "en-a.txt").write_text(TEXT)
    return read_answers(file, TEXT)


def proposal(find: str, **cells: Any) -> dict[str, Any]:
    start = TEXT.index(find)
    first = {"kind": "headcount", "low": 900.0, "high": 900.0, "qualifier": "about", "side": "press", "place": "tonala",
             "date": "2021-11-03"} | cells  # fmt: skip
    place = {"start": start, "end": start + len(find), "find": find, "caravan": "this", "sentence": ""}
    return first | place | {"readings": [first]}


def score(answers: list[dict[str, Any]], *proposals: dict[str, Any]) -> dict[str, Any]:
    tally = Tally()
    score_text({"figures": [], "places": [], "dates": [], "proposals": list(proposals)}, answers, tally, "a")
    return tally.measures()


@pytest.mark.parametrize("kind", ["ill", "medical_consultations"])
@pytest.mark.parametrize(("side", "place"), [("observer", "tonala"), ("press", "arriaga")])
@pytest.mark.parametrize("date", ["2021-11-03", "2021-11-04"])
def test_each_answer_of_a_careful_reader_is_right(answers, kind, side, place, date):
    one = proposal("40 people", kind=kind, low=40.0, high=40.0, qualifier="exact", side=side, place=place, date=date)
    assert score(answers, one)["rows_right_first"] == 0.5


@pytest.mark.parametrize("wrong", [{"kind": "injured"}, {"side": "agency"}, {"date": "2021-11-05"}, {"low": 4.0}])
def test_no_other_answer_is(answers, wrong):
    one = {"kind": "ill", "low": 40.0, "high": 40.0, "qualifier": "exact", "side": "press", "date": "2021-11-03"}
    assert score(answers, proposal("40 people", **(one | wrong)))["rows_right_first"] == 0


def test_what_may_be_left_out_is_neither_missed_nor_wrong(answers):
    some = proposal("Some 900"), proposal("12", kind="medical_consultations", low=12.0, high=12.0)
    assert score(answers, some[0])["rows"] == score(answers, *some)["rows"] == 2
    assert score(answers, *some)["proposals_wrong"] == 0
    assert score(answers, some[0], proposal("of them"))["proposals_wrong"] == 0.5


def test_open_ends_are_either(answers):
    assert score(answers, proposal("Some 900", high=None, qualifier="more_than"))["rows_right_first"] == 0.5


def test_another_readers_answers_are_read_as_proposals(answers):
    assert score(answers, *reading_of(answers)["proposals"])["rows_right_first"] == 1
    assert str(published_of(answers)) == "2021-11-04"


def test_every_answer_is_of_its_text_and_of_the_scenario():
    places = {place.id for place in cv.load_scenario("tapachula-2021").places} | {""}
    for folder in (RULES, UNSEEN, FIRST, SECOND):
        for file in folder.glob("*.gold.csv"):
            for row in read_answers(file, text_of(file)):
                assert set(row["place"].split("|")) <= places, (file, row)
                assert row["row"] in {"", "yes", "no", "part", "open", "other caravan"}, (file, row)


def test_a_second_reader_has_seven_rows_in_ten_of_the_first():
    """What a careful reader who saw the unseen texts alone has of the answers written with them."""
    told = measure_second_reader(FIRST, SECOND)["all"]
    assert told["rows"] == 196
    assert 0.65 < told["rows_right_first"] < 0.75
