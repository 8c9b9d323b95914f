from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.made.displacement_run import START, make_run, make_scenario, make_tables, write_run

from caravana.language.language import load_language
from caravana.reporting.displacement.charts import away_chart, camp_charts, registered, total_chart, un_total, within
from caravana.reporting.displacement.map import map_data, widest
from caravana.results.displacement import (
    conflict_spells,
    flows_by_link,
    place_counts,
    plain_name,
    read_displaced,
)

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.results.displacement import Displaced
    from caravana.run import Run

EN = load_language("en")


@pytest.fixture(scope="module")
def found(displaced: Run) -> Displaced:
    return read_displaced(displaced)


def test_everybody_is_in_a_camp_on_the_road_or_elsewhere(found: Displaced, displaced: Run) -> None:
    people = displaced.people["persons"].sum(["place", "kind", "status"]).to_numpy()
    np.testing.assert_array_equal(found.in_all_camps + found.road + found.elsewhere, people)
    assert (found.elsewhere >= 0).all()
    assert found.road[7, 0] == 47


def test_camps_come_with_the_most_counted_first_and_the_uncounted_last(found: Displaced) -> None:
    assert [plain_name(found.place(k)) for k in range(3)] == ["West Camp", "South Camp", "Far Camp"]
    assert found.counted == [0, 1]
    np.testing.assert_array_equal(found.in_counted_camps, found.in_camps[:2].sum(axis=0))


def test_a_camp_is_what_the_people_table_has_and_nobody_is_none(found: Displaced, displaced: Run) -> None:
    cells = displaced.people["persons"].sel(place="Far_Camp", kind="person", status="displaced")
    np.testing.assert_array_equal(found.in_camps[2], cells.to_numpy())
    assert (found.in_camps[2][:, :20] == 0).all()


def test_the_middle_of_a_place_counts_members_with_nobody_there(tmp_path: Path) -> None:
    scenario = make_scenario(days=2)
    rows = [(m, START, "Ferry", "person", "displaced", n, n) for m, n in ((0, 10), (1, 30), (2, 20))]
    rows += [(0, START + dt.timedelta(1), "Ferry", "person", "displaced", 5, 5)]
    rows += [(m, START + dt.timedelta(1), "West_Camp", "person", "displaced", 5, 5) for m in (1, 2)]
    tables = make_tables(scenario, 3, 1, block=4)
    tables["people"] = pd.DataFrame(rows, columns=tables["people"].columns)
    run = write_run(tmp_path / "run", scenario, tables, members=3, block=4)
    middles = read_displaced(run).middles
    assert {scenario.places[i].id: list(v) for i, v in middles.items()} == {"Ferry": [20.0, 0.0]}


def test_flows_are_means_over_all_members_of_the_blocks(displaced: Run) -> None:
    # Twenty members were asked for; the links table holds the block's 64.
    frame = flows_by_link(displaced)
    first = frame[(frame["day"] == 10) & (frame["from_id"] == "Old_Town")]
    assert first["persons"].tolist() == [40.0]
    assert set(frame["to_id"]) == {"Crossroads", "West_Camp", "Far_Camp"}


def test_a_run_without_links_has_no_flows(tmp_path: Path) -> None:
    scenario = make_scenario(days=5)
    tables = make_tables(scenario, 2, 1, block=2)
    del tables["links"]
    run = write_run(tmp_path / "run", scenario, tables, members=2, block=2)
    assert flows_by_link(run).empty
    drawn = map_data(read_displaced(run), EN)
    assert drawn["flows"] == [[]] * 5
    assert widest(drawn["flows"]) == 1.0


def test_counts_are_straight_between_dates_and_flat_outside() -> None:
    scenario = make_scenario()
    counts = place_counts(scenario)["South_Camp"]
    low, high = counts.by_day(120)
    assert [low[0], low[15], low[30], low[119]] == [50, 375, 700, 1100]
    np.testing.assert_array_equal(low, high)
    assert place_counts(scenario)["West_Camp"].corrected.tolist() == [True, True, False, False]


def test_two_sources_of_a_day_are_a_range_never_an_average() -> None:
    scenario = make_scenario()
    other = scenario.observations[0].model_copy(update={"id": "other", "low": 150.0, "high": 260.0})
    counts = place_counts(scenario.model_copy(update={"observations": (*scenario.observations, other)}))["West_Camp"]
    assert (counts.low[0], counts.high[0]) == (150, 260)
    assert (counts.low[1], counts.high[1]) == (900, 900)


def test_spells_of_conflict() -> None:
    scenario = make_scenario(days=80)
    ids = {scenario.places[i].id: spells for i, spells in conflict_spells(scenario, 80).items()}
    assert ids == {"Old_Town": [[0, 39]], "River": [[12, 79]]}


def test_the_total_as_registered_is_told_where_it_differs(found: Displaced) -> None:
    both = un_total(found)
    assert both is not None
    assert both[0][0] == 250
    assert both[0][45] == pytest.approx(2100 + 700 + 400 * 15 / 40)
    other = registered(found)
    assert other is not None
    assert other[40] == 6600
    chart = total_chart(found, load_language("en"))
    classes = [line["class"] for line in chart["lines"]]
    assert classes == ["un-line", "registered-line"]
    # Out of reach it leaves the picture, and is not drawn along its edge.
    assert chart["lines"][1]["values"][40] is None
    assert chart["lines"][1]["words"] == "7,200, beyond the picture"
    last = chart["lines"][1]["values"].index(None) - 1
    assert chart["lines"][1]["leaves"] == [last]
    assert chart["top"] < 6600


def test_charts_of_camps(found: Displaced) -> None:
    charts = camp_charts(found, EN)
    west, far = charts["camp-0"], charts["camp-2"]
    assert [m["open"] for m in west["observed"]] == ["corrected", "corrected", ""]
    assert west["observed"][1]["words"] == "21 March 2012: 900 people, the UN's count corrected afterwards"
    assert west["lines"] == [{"class": "capacity-line", "level": 3000.0}]
    assert far["observed"] == []
    assert far["lines"] == []
    assert all(isinstance(x, int) for row in west["q"] for x in row)
    ends = {day: np.quantile(found.in_camps[0][:, day], (0.05, 0.95)) for day in (20, 45)}
    inside = [low <= n <= high for n, (low, high) in zip((900, 2100), ends.values(), strict=True)]
    # The count of day 0 was given: it is no test.
    assert within(found, 0) == (sum(inside), 2)
    assert within(found, 2) == (0, 0)
    assert away_chart(found, EN)["q"][2][0] == round(float(np.median(found.road[:, 0] + found.elsewhere[:, 0])))


def test_places_without_coordinates_are_left_off_the_map(tmp_path: Path) -> None:
    places = tuple(p.model_copy(update={"lat": None, "lon": None}) for p in make_scenario().places)
    run = make_run(tmp_path / "run", members=2, days=5, places=places)
    drawn = map_data(read_displaced(run), EN)
    assert drawn["frame"] is None
    assert drawn["outlines"] == []
