"""Counts of camps as hands type them: an upper bound is nobody's number, a nought is doubted, a range has a middle."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from benchmarks.operation_replay import make_scenario
from tests.made.instances import write_instance
from tests.operation.test_commands import call

from caravana.errors import UsageError
from caravana.inference.displacement.forecast import camp_reports
from caravana.inference.displacement.listening import published_days
from caravana.models.displacement.counts import daily_counts
from caravana.models.scenarios import load_scenario
from caravana.operation.folder import open_operation
from caravana.operation.known import read_current
from caravana.operation.ledger import open_ledger

DAY = dt.timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    camps = {"Near": [(day, 200 * day) for day in range(0, 21, 5)], "Far": [(day, 3 * day) for day in range(0, 21, 5)]}
    instance = write_instance(tmp_path / "made" / "made", days=40, camps=camps)
    (instance / "simsetting.yml").rename(instance.parent / "simsetting.yml")
    call("new", str(tmp_path / "op"), "--scenario", str(make_scenario(instance, tmp_path / "scenario")))
    return str(tmp_path / "op")


def scenario_of(folder):
    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        return read_current(operation, ledger)


def day(folder, number):
    scenario = load_scenario(open_operation(folder).scenario)
    return str(scenario.start.fromordinal(scenario.start.toordinal() + number))


def test_a_range_counts_by_its_middle_and_an_upper_bound_counts_nobody(folder):
    call("observe", folder, "Near", "--on", day(folder, 22), "--persons", "4000-5000")
    scenario = scenario_of(folder)
    near = daily_counts(scenario).place_ids.index("Near")
    assert daily_counts(scenario).camps[22, near] == 4500
    assert camp_reports(scenario, ["Near"])[0].persons[-1] == 4500
    with pytest.raises(UsageError, match="fewer than 6,000 is no count"):
        call("observe", folder, "Near", "--on", day(folder, 24), "--persons", "<6000")
    # In a scenario's own table such a row may stand: it says nothing, and never nought.
    last = next(o for o in scenario.observations if o.place_id == "Near" and o.date.isoformat() == day(folder, 22))
    bound = last.model_copy(update={"id": "bound", "date": scenario.end, "known_on": scenario.end, "low": None})
    bounded = scenario.model_copy(update={"observations": (*scenario.observations, bound)})
    assert np.array_equal(daily_counts(bounded).camps, daily_counts(scenario).camps)
    assert published_days(bounded) == published_days(scenario)


def test_noughts_too_many_and_nobody_are_doubted_where_many_were(folder):
    def observe(*words):
        return call("observe", folder, *words)[1]

    assert "10 times" in observe("Near", "--on", day(folder, 22), "--persons", "40000")
    assert "nobody, after 40,000" in observe("Near", "--on", day(folder, 23), "--persons", "0")
    assert "look at" not in observe("Far", "--on", day(folder, 23), "--persons", "900")
    assert "look at" not in observe("Far", "--on", day(folder, 24), "--persons", "0-1800")
    assert "50 times" in observe("Far", "--on", day(folder, 25), "--persons", "0-90000")
    assert "outside the days of this operation" in observe("Far", "--on", day(folder, 400), "--persons", "80")


def test_an_operation_whose_days_are_over_says_how_it_goes_on(folder):
    written = open_operation(folder).scenario / "scenario.toml"
    end = load_scenario(written.parent).end
    said = call("observe", folder, "Near", "--on", str(end + DAY), "--persons", "4200")[1]
    assert "a later end in its scenario.toml" in said
    with pytest.raises(UsageError, match="write a later day under end"):
        call("update", folder)
    written.write_text(written.read_text().replace(f"end = {end}", f"end = {end + 30 * DAY}"))
    known = ("--known-on", str(end + 3 * DAY))
    said = call("observe", folder, "Near", "--on", str(end + 2 * DAY), "--persons", "4200", *known)
    assert "outside the days" not in said[1]
    assert f"To go on, write a later day under end in {written}." in call("update", folder)[1]


def test_people_are_counted_in_camps_and_a_town_is_taken_for_one_aloud(folder):
    def observe(place, *words):
        return call("observe", folder, place, "--on", day(folder, 22), *words)[1]

    assert "look at the place" not in observe("Near", "--persons", "4100")
    assert "look at the place: B is no camp in this scenario" in observe("B", "--persons", "300")
    assert "look at the place" not in call("observe", folder, "B", "--on", day(folder, 24), "--persons", "310")[1]
    places = open_operation(folder).scenario / "places.csv"
    places.write_text(places.read_text().replace(",town,", ",marker,"))
    with pytest.raises(UsageError, match="B is where a road can be shut, and no place where people stay"):
        observe("B", "--persons", "320")


def test_only_a_caravan_ends(folder):
    with pytest.raises(UsageError, match="only a caravan ends"):
        call("observe", folder, "Near", "--on", day(folder, 22), "--ended", "closed")


def test_on_the_first_day_it_is_said_that_a_forecast_begins_with_the_next(folder):
    with pytest.raises(UsageError, match="is not after the first day of"):
        call("update", folder, "--on", day(folder, 0))
    assert json.loads(call("update", folder, "--on", day(folder, 1), "--json")[0])


def reports_of(folder):
    with open_ledger(open_operation(folder)) as ledger:
        return ledger.reports().set_index("id")


def test_a_count_typed_by_hand_is_the_agency_s_and_a_correction_keeps_whose_word_it_was(folder):
    call("observe", folder, "Near", "--on", day(folder, 22), "--persons", "4100")
    call(
        "observe",
        folder,
        "Far",
        "--on",
        day(folder, 22),
        "--persons",
        "70",
        "--by",
        "observer",
        "--speaker",
        "health post",
    )
    rows = reports_of(folder)
    first = rows[rows["date"].astype(str) == day(folder, 22)]
    near, far = first[first["place"] == "Near"], first[first["place"] == "Far"]
    assert near["side"].tolist() == ["agency"]
    # As what it speaks is as whoever counted there before: it is the next of those counts, and no second voice.
    assert near["speaker"].tolist() == rows[(rows["place"] == "Near")]["speaker"].unique().tolist()
    call("observe", folder, "--correct", far.index[0], "--persons", "65")
    corrected = reports_of(folder).loc[far.index[0]]
    assert (corrected["low"], corrected["side"], corrected["speaker"]) == (65, "observer", "health post")


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(("said", "side"), [("prensa", "press"), ("press", "press"), ("autoridades", "authorities")])
def test_whose_word_it_is_may_be_said_in_either_language(folder, lang, said, side):
    call("observe", folder, "Near", "--on", day(folder, 22), "--persons", "4100", "--by", said, "--lang", lang)
    rows = reports_of(folder)
    assert rows[rows["date"].astype(str) == day(folder, 22)]["side"].tolist() == [side]


def test_an_evening_says_its_first_sentence(folder):
    out, _ = call("update", folder, "--on", day(folder, 21))
    assert out.startswith("On ")
    assert "people in the camps" in out
    assert len(out.strip().splitlines()) == 1
    told = json.loads(call("update", folder, "--on", day(folder, 21), "--json")[0])
    assert told["headline"] == out.strip()


def test_a_camp_that_fills_is_named_first(folder):
    places = open_operation(folder).scenario / "places.csv"
    rows = places.read_text().splitlines()
    at = rows[0].split(",").index("capacity")
    near = next(n for n, row in enumerate(rows) if row.startswith("Near,"))
    cells = rows[near].split(",")
    cells[at] = "4000"
    places.write_text("\n".join([*rows[:near], ",".join(cells), *rows[near + 1 :]]) + "\n")
    call("update", folder, "--on", day(folder, 21))
    page = (open_operation(folder).pages / "tonight.html").read_text()
    assert "Full or nearly so by" in page
    assert "room for 4,000)" in page
    assert "sitio para 4000)" in page
