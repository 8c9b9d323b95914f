"""Tables of people counted, taken into an operation: the next week's, corrected numbers, several speakers' words."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.operation.test_camps_typed import day, folder, scenario_of  # noqa: F401 (a fixture)
from tests.operation.test_commands import call

from caravana.errors import InputError, ScenarioError, UsageError
from caravana.inference.displacement.forecast import camp_reports
from caravana.models.displacement.counts import daily_counts
from caravana.operation.folder import open_operation
from caravana.operation.known import read_known
from caravana.operation.ledger import open_ledger
from caravana.reporting.tonight.weeks import last_counts


def put(tmp_path, rows, name="portal.csv"):
    path = tmp_path / name
    path.write_text("geomaster_name,data_date,individuals,source\n" + "".join(f"{row},Government\n" for row in rows))
    return str(path)


def near_on(scenario, number):
    (rows,) = camp_reports(scenario, ["Near"])
    daily = daily_counts(scenario)
    persons = rows.persons[rows.days.tolist().index(number)]
    assert daily.camps[number, daily.place_ids.index("Near")] == persons
    return persons


def test_the_next_table_adds_and_a_corrected_one_takes_the_place_of_numbers_from_its_day_on(folder, tmp_path):  # noqa: F811
    old, new = day(folder, 20), day(folder, 25)
    said = call("observe", folder, "--from", put(tmp_path, [f"Near,{old},4000", f"Near,{new},4800"]))[1]
    assert "1 taken, 0 not used" in said
    assert "1 counts are recorded already, with the same number" in said
    known = day(folder, 30)
    said = call(
        "observe", folder, "--from", put(tmp_path, [f"Near,{old},3500", f"Elsewhere,{old},9"], "corrected.csv"),
        "--known-on", known, "--lang", "es",
    )[1]  # fmt: skip
    assert "reemplaza a" in said
    assert "1 tomados, 1 no usados" in said
    assert near_on(scenario_of(folder), 20) == 3500
    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        before, after = (
            read_known(operation, ledger, dt.date.fromisoformat(known) - dt.timedelta(days=ago)).scenario
            for ago in (1, 0)
        )
    assert [near_on(one, 20) for one in (before, after)] == [4000, 3500]


def test_what_two_speakers_say_of_one_day_has_a_middle_whoever_spoke_first(folder):  # noqa: F811
    when = day(folder, 22)
    said = [("press", "6000"), ("authorities", "4000"), ("agency", "4400")]
    for side, persons in said:
        call("observe", folder, "Near", "--on", when, "--persons", persons, "--by", side)
    scenario = scenario_of(folder)
    turned = scenario.model_copy(update={"observations": scenario.observations[::-1]})
    for one in (scenario, turned):
        assert near_on(one, 22) == 5000
        assert np.array_equal(daily_counts(one).camps, daily_counts(scenario).camps)


def test_the_page_shows_the_middle_of_what_was_said_of_a_camp_last_and_no_plan():
    rows = [
        ("Near", "2031-01-03", "2031-01-03", 4000, 5000, "range", "agency"),
        ("Near", "2031-01-03", "2031-01-09", 3000, 4000, "range", "agency"),
        ("Near", "2031-01-03", "2031-01-04", 5000, 5000, "exact", "press"),
        ("Near", "2031-01-02", "2031-01-10", 9, 9, "exact", "press"),
        ("Near", "2031-01-05", "2031-01-04", 8000, 8000, "planned", "agency"),
        ("Far", "2031-01-02", "2031-01-02", 70, np.nan, "more_than", "press"),
    ]
    frame = pd.DataFrame(rows, columns=["place", "date", "known_on", "low", "high", "qualifier", "side"])
    counted = last_counts(SimpleNamespace(standing=frame.assign(kind="camp_count", speaker=frame["side"])))
    assert counted == {"Near": ("2031-01-03", 4250.0), "Far": ("2031-01-02", 70.0)}


def test_a_file_of_reports_says_itself_whose_they_are(folder, tmp_path):  # noqa: F811
    path = tmp_path / "rows.csv"
    path.write_text(f"date,kind,place,low,high\n{day(folder, 22)},camp_count,Near,4100,4100\n")
    for words in (("--by", "agency"), ("--known-on", day(folder, 23)), ("--persons", "900"), ("--on", day(folder, 1))):
        with pytest.raises(UsageError, match=f"with --from the file says itself what {words[0]} would say"):
            call("observe", folder, "--from", str(path), *words)
    assert "1 taken" in call("observe", folder, "--from", str(path))[1]


def test_a_table_that_cannot_be_told_is_refused(folder, tmp_path):  # noqa: F811
    path = tmp_path / "rows.csv"
    path.write_text("site,when,how many\nNear,2020-01-22,900\n")
    with pytest.raises(InputError, match="a column of dates is not to be told by its name"):
        call("observe", folder, "--from", str(path))
    path.write_text("date,kind,plaza\n2020-01-22,camp_count,Near\n")
    with pytest.raises(ScenarioError, match="column plaza"):
        call("observe", folder, "--from", str(path))
