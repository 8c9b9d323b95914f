"""The displaced outside camps: from the first day, assessed by area, going home; numbers worked out by hand."""

import datetime as dt

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block

import caravana as cv
from caravana.exports.tables import internal_export
from caravana.models.displacement.assessments import group_places, read_areas
from caravana.scenario.checks.whole import check_scenario
from caravana.scenario.folders import write_scenario
from caravana.scenario.model import Event, Link, Observation, PartyKind, Place, Scenario, Series

START = dt.date(2024, 1, 1)
KINDS = {"war": "conflict_zone", "alpha": "town", "beta": "town", "camp": "camp", "late": "town", "gamma": "town"}
STATE = {"war": "W", "alpha": "North", "beta": "North", "camp": "North", "late": "North", "gamma": "South"}
WAR, ALPHA, BETA, CAMP, LATE, GAMMA = range(6)


def figure(day, n, *, area="", place=None, kind="displaced_count", high=None):
    date = START + dt.timedelta(day)
    return Observation(
        id=f"{kind[:4]}-{area or place or 'all'}-{day}", date=date, known_on=date, place_id=place, kind=kind, low=n,
        high=n if high is None else high, qualifier="exact" if high is None else "range", speaker_role="tracking",
        speaker_side="agency", area=area,
    )  # fmt: skip


def scenario(*observations, rules="walk", displaced=None, days=20, series=(), events=(), **settings):
    size = {"war": 90_000, "alpha": 3_000, "beta": 1_000, "gamma": 500, "late": 0}
    places = tuple(
        Place(id=one, name=one.title(), country="Here", state=STATE[one], kind=KINDS[one], lat=1.0 + at, lon=2.0,
              population=size.get(one), capacity=5_000 if one == "camp" else None,
              displaced=(displaced or {}).get(one))
        for at, one in enumerate(KINDS)
    )  # fmt: skip
    fought = Series(kind="conflict", days=(0,), place_ids=("war",), values=np.ones((1, 1)))
    return Scenario(
        name="outside", title="Outside", start=START, end=START + dt.timedelta(days - 1), rules=rules,
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=places,
        links=tuple(Link(from_id="war", to_id=one, km=90) for one in KINDS if one != "war"),
        observations=observations, series=(fought, *series), events=events, settings=settings,
    )  # fmt: skip


def test_the_narrowest_area_holds_a_place_and_wider_ones_hold_the_rest():
    one = scenario(figure(0, 1000), figure(10, 2000), figure(0, 600, area="North"), figure(0, 100, place="alpha"))
    areas = read_areas(one)
    assert [area.name for area in areas] == ["Alpha", "North", ""]
    groups = group_places(areas, places=6, days=20)
    assert groups.of.tolist() == [2, 0, 1, 1, 1, 2]
    # 100 in Alpha, 500 more in the North, 400 elsewhere, who are 1400 on day 10
    assert groups.total[[0, 5, 10, 19]].tolist() == [
        [100, 500, 400],
        [100, 500, 900],
        [100, 500, 1400],
        [100, 500, 1400],
    ]


def test_what_several_said_of_one_day_is_a_range_and_later_figures_can_be_left_out():
    one = scenario(figure(0, 600, area="North", high=900), figure(10, 100, area="North"))
    (area,) = read_areas(one)
    assert (area.low.tolist(), area.high.tolist()) == ([600, 100], [900, 100])
    (area,) = read_areas(one, until=9)
    assert area.days.tolist() == [0]


def test_the_walk_begins_with_those_assessed_and_is_held_to_the_rises():
    one = scenario(
        figure(0, 1000, area="North"), figure(10, 3000, area="North"), displaced={"beta": 200},
        default_movechance=0.0, camp_movechance=0.0,
    )  # fmt: skip
    world = compile_world(one)
    # 800 whose place is not known: 3000 : 1000 : 5000 inhabitants, or capacity, of Alpha, Beta and the camp
    assert world.day0.tolist() == [0, 267, 200 + 89, 444, 0, 0]
    assert world.assessed.tolist() == [1000 + 200 * day for day in range(11)] + [3000] * 9
    block = simulate_block(world, seed=1, block=0, members=8)
    everybody = block.people.sum(axis=2) + block.under_way
    assert (everybody == world.assessed).all()
    assert block.displaced[:, :, WAR].sum(axis=1).tolist() == [2000] * 8
    flee = compile_world(one, rules="flee")
    assert flee.assessed is None
    assert flee.day0.sum() == 0


def test_a_fall_is_no_return_and_a_return_is_made_up_for_while_a_rise_is_assessed():
    one = scenario(
        figure(0, 1000, area="North"), figure(10, 500, area="North"), return_hazard=0.05, default_movechance=0.0,
        camp_movechance=0.0,
    )  # fmt: skip
    block = simulate_block(compile_world(one), seed=1, block=0, members=32)
    people = block.people.sum(axis=2)
    # -50 a day were assessed, and 5% go home: more than that at first, so that some come
    assert people[:, 0].mean() == pytest.approx(1000, abs=1)
    assert (people[:, :11] >= np.linspace(1000, 500, 11).astype(int)).all()
    left = people[:, 12].mean() * np.exp(-0.05)
    assert people[:, 13].mean() == pytest.approx(max(left, 500), abs=4)
    assert (people + block.returned.sum(axis=2).cumsum(axis=1)
            == 1000 + (block.displaced.sum(axis=2)).cumsum(axis=1)).all()  # fmt: skip


def test_a_camp_for_them_opens_and_closes():
    event = Event(
        id="opens", date=START + dt.timedelta(5), kind="location_change", place_id="late", unit="idpcamp"
    )  # fmt: skip
    shut = Event(
        id="shuts", date=START + dt.timedelta(12), end_date=START + dt.timedelta(15), kind="closure", place_id="late",
        unit="idpcamp",
    )  # fmt: skip
    places = compile_world(scenario(events=(event, shut))).places
    is_open = [5 <= day < 12 or day >= 15 for day in range(20)]
    assert places.camp[:, LATE].tolist() == is_open
    assert places.move_chance[:, LATE].tolist() == [0.1 if one else 0.3 for one in is_open]


CAMPS = (figure(0, 100, place="camp", kind="camp_count"), figure(19, 290, place="camp", kind="camp_count"))


def test_shares_of_camps_hold_the_rest_of_an_area_outside_its_counted_camps():
    one = scenario(
        *CAMPS, figure(0, 1000, area="North"), figure(10, 2000, area="North"), rules="camp-shares",
        displaced={"gamma": 70},
    )  # fmt: skip
    world = compile_world(one)
    assert world.outside.start.tolist() == [0, 675, 225, 0, 0, 70]  # 900 by inhabitants, 3000 : 1000
    block = simulate_block(world, seed=1, block=0, members=8)
    north = block.people[:, :, [ALPHA, BETA, CAMP, LATE]].sum(axis=2)
    assert (north == [1000 + 100 * min(day, 10) for day in range(20)]).all()
    assert (block.people[:, :, GAMMA] == 70).all()  # nobody assessed them, and nobody goes home
    assert block.people[:, :, CAMP].mean(axis=0) == pytest.approx(100 + 10 * np.arange(20), abs=1)


def test_shares_of_camps_see_no_assessment_after_the_origin_and_people_go_home():
    one = scenario(
        *CAMPS, figure(0, 1000, area="North"), figure(15, 9000, area="North"), rules="camp-shares",
        origin_day=10, return_hazard=0.03, forecast_total=True,
    )  # fmt: skip
    block = simulate_block(compile_world(one), seed=1, block=0, members=256)
    outside = block.people[:, :, [ALPHA, BETA, LATE]].sum(axis=2)
    assert (outside[:, 0] == 900).all()
    assert outside[:, 19].mean() == pytest.approx(900 * np.exp(-0.03 * 19), rel=0.05)
    # the number wanders as that of camps does
    assert 0.005 < outside[:, 19].std() / outside[:, 19].mean() < 0.3
    assert block.returned is not None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (figure(0, 1, area="Nort"), "column area: 'Nort' — expected a state or a country as places.csv spells it"),
        (figure(0, 1, area="North", place="alpha"), "nothing, as place_id says which place it is of"),
        (figure(0, 1, area="North", kind="total_count"), "only a displaced_count is of an area, not a total_count"),
    ],
)
def test_areas_that_are_none_are_faults(row, words):
    (fault,) = check_scenario(scenario(row), declared_by={})
    assert words in str(fault)


def test_scores_by_area_and_the_folder_keep_what_was_said(tmp_path):
    one = scenario(
        *CAMPS, figure(0, 1000, area="North"), figure(10, 2000, area="North"), figure(5, 70, place="gamma"),
        displaced={"gamma": 70}, rules="camp-shares",
    )  # fmt: skip
    write_scenario(one, tmp_path / "s", declared_by={})
    again = cv.load_scenario(tmp_path / "s")
    assert again.places == one.places
    assert again.observations == one.observations
    run = cv.simulate(again, members=8, seed=1, out=tmp_path / "run")
    areas = {(one["area"], one["of"]): one for one in cv.score_run(run)["areas"]}
    assert set(areas) == {("North", "camps"), ("North", "assessments"), ("Gamma", "assessments")}
    assert areas["North", "assessments"]["err"] == areas["Gamma", "assessments"]["err"] == 0.0
    assert areas["North", "assessments"]["counts"] == 2
    assert areas["North", "assessments"]["coverage_90"] is None  # it was given them
    export = internal_export(run).tables["areas"]
    assert export[["area_name", "assessed_low", "persons_median"]].to_numpy().tolist() == [
        ["North", 1000, 1000], ["Gamma", 70, 70], ["North", 2000, 2000],
    ]  # fmt: skip
    page = (cv.write_report(run, path=tmp_path / "page.html")).read_text()
    assert "Displaced by area, in camps or not" in page
    assert "displaced" in run.query("SELECT DISTINCT CAST(flow AS VARCHAR) AS f FROM flows")["f"].tolist()
    spanish = cv.write_report(run, path=tmp_path / "es.html", language="es").read_text()
    assert "Personas desplazadas por zona, en campamentos o fuera" in spanish
