"""The world changed on the map: undone, done again, named, and held against the base as the command holds it."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from tests.made.camps import END, START, two_camps
from tests.made.small import small_scenario
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.errors import ScenarioError, UsageError
from caravana.models.displacement.series import dated_capacity
from caravana.results.places import people_on
from caravana.scenario.model import Event, Observation, Series
from caravana.simulation import simulate
from caravana.studies.changed_world import compare_changes, tells_apart
from caravana.studies.changes import Change, apply_changes, changes_text, is_of_changes, read_changes
from caravana.web.store import edits, jobs


def test_changes_are_written_and_read_again(tmp_path):
    held = (
        Change(change="close", place_id="a", target_id="b", start=START, name='the "ferry"'),
        Change(change="camp", place_id="new", lon=1.5, lat=2, capacity=300),
    )
    path = tmp_path / "x.toml"
    path.write_text(changes_text(held), "utf-8")
    assert is_of_changes(path)
    assert read_changes(path) == held
    path.write_text('[[changes]]\nchange = "flood"\nfoo = 1\n', "utf-8")
    with pytest.raises(ScenarioError, match=r"change: .*flood|foo"):
        read_changes(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(change="close", place_id="home", target_id="land"), "no crossing between"),
        (Change(change="close"), "expected place_id"),
        (Change(change="capacity", place_id="pier", capacity=3), "no camp"),
        (Change(change="open", place_id="pier", target_id="isle"), "open on 2030-01-01 already"),
        (Change(change="camp", place_id="land", lon=1, lat=1, capacity=3), "there is a place"),
        (Change(change="lifts"), "expected one of close, open, camp, move, capacity"),
        (Change(change="move", place_id="gone", lon=1, lat=1), "no place 'gone'"),
        (
            Change(change="close", place_id="pier", target_id="isle", start=END, end=START),
            "the first not after the last",
        ),
    ],
)
def test_what_cannot_be_changed_is_refused(change, said):
    with pytest.raises(UsageError, match=said):
        apply_changes(two_camps(), [change])


def test_a_crossing_is_shut_and_opened_again():
    shut = Change(change="close", place_id="pier", target_id="isle", start=START)
    (event,) = apply_changes(two_camps(), [shut]).events
    assert (event.kind, event.unit, event.date, event.end_date) == ("closure", "crossing", START, None)
    later = START + dt.timedelta(10)
    opened = apply_changes(two_camps(), [shut, Change(change="open", place_id="isle", target_id="pier", start=later)])
    assert [(e.date, e.end_date) for e in opened.events] == [(START, later)]
    whole = apply_changes(two_camps(), [shut, Change(change="open", place_id="isle", target_id="pier")])
    assert whole.events == ()


def test_a_new_camp_lies_on_a_straight_road_to_the_nearest_place():
    world = apply_changes(two_camps(), [Change(change="camp", place_id="new", lon=10.0, lat=10.1, capacity=50)])
    assert world.places[-1].kind == "camp"
    link = world.links[-1]
    assert (link.from_id, link.to_id, link.kind) == ("home", "new", "straight")
    assert link.km == pytest.approx(11.1, abs=0.1)
    moved = apply_changes(world, [Change(change="move", place_id="new", lon=10.2, lat=10.05, target_id="pier")])
    assert [(k.from_id, k.km) for k in moved.links if k.to_id == "new"] == [("pier", 5.6)]


def test_the_road_of_a_caravan_is_shut_at_a_place():
    small = small_scenario()
    town = small.places[3].id
    world = apply_changes(small, [Change(change="close", place_id=town, start=small.start)])
    assert world.events[-1].place_id == town
    blocked = small.model_copy(update={"events": (Event(id="x", date=small.start, kind="roadblock", place_id=town),)})
    assert apply_changes(blocked, [Change(change="open", place_id=town)]).events == ()
    office = apply_changes(small, [Change(change="office", place_id=town)])
    assert len(office.facilities) == len(small.facilities) + 1


def test_a_shut_road_holds_a_caravan_and_what_it_does_not_touch_is_the_same():
    small = small_scenario()
    town = small.places[2].id
    shut = compare_changes(small, [Change(change="close", place_id=town)], members=16, seed=3, workers=1)
    assert [one.outcome.harm for one in shut.differences[:4]] == [True] * 4
    arrived = next(one for one in shut.differences if one.outcome.key == "arrivals")
    assert arrived.policy["median"] < arrived.base["median"]
    assert tells_apart(arrived)


def test_edits_are_undone_and_done_again_each_account_its_own(client, desk_of):
    first = client.post("/api/changes", json={"change": "lifts", "start": "2021-11-20"}).json()
    assert [one["change"] for one in first["changes"]] == ["lifts"]
    second = client.post("/api/changes", json={"change": "office", "place_id": "huixtla"}).json()
    assert [one["words"] for one in second["changes"]] == [
        "No lifts from 20 November to 30 November",
        "Huixtla: one more office",
    ]
    refused = client.post("/api/changes", json={"change": "camp", "place_id": "x", "lon": 1, "lat": 1, "capacity": 1})
    assert refused.status_code == 422
    undone = client.post("/api/changes/undo").json()
    assert (len(undone["changes"]), undone["undone"]) == (1, 1)
    assert len(client.post("/api/changes/redo").json()["changes"]) == 2
    client.post("/api/changes/undo")
    client.post("/api/changes", json={"change": "office", "place_id": "mapastepec"})
    assert client.post("/api/changes/redo").json()["undone"] == 0
    assert edits.edits_of(desk_of().store, "somebody else") == ([], 0)


def test_what_if_is_what_the_command_says(client, desk_of, operation, tmp_path):
    client.post("/api/changes", json={"change": "close", "place_id": "escuintla", "start": "2021-11-20"})
    assert client.post("/api/changes/policies", json={"name": "shut"}).status_code == 201
    client.post("/api/changes", json={"change": "lifts"})
    assert "says something else" in client.post("/api/changes/policies", json={"name": "shut"}).json()["error"]
    number = client.post("/api/changes/compare", json={"name": "shut", "members": 16}).json()["job"]
    assert client.get(f"/api/changes/compared/{number}").status_code == 404
    path = operation.folder / "policies" / "shut.toml"
    words = ["compare", str(operation.folder), str(path), "--members", "16", "--json", "--quiet", "--workers", "1"]
    said = CliRunner().invoke(app, words).stdout
    store = desk_of().store
    jobs.claim_job(store, "w", at=1.0)
    jobs.end_job(store, number, "w", jobs.DONE, message="", result=json.dumps(json.loads(said)))
    shown = client.get(f"/api/changes/compared/{number}").json()
    assert [one["difference"] for one in shown["outcomes"]] == [
        one["difference"] for one in json.loads(said)["outcomes"]
    ]
    assert [one["harm"] for one in shown["outcomes"]][:4] == [True] * 4
    assert any("no difference can be told" in one["words"] for one in shown["outcomes"])


@pytest.fixture
def counted():
    """Two camps that were counted, and a conflict that goes on."""
    conflict = Series(kind="conflict", days=(0,), place_ids=("home",), values=np.array([[1.0]]))
    counts = tuple(
        Observation(
            id=f"{camp}-{n}", date=START + dt.timedelta(10 * n), known_on=START + dt.timedelta(10 * n), place_id=camp,
            kind="camp_count", low=500 * n, high=500 * n, qualifier="exact", speaker_role="agency",
            speaker_side="agency",
        )
        for camp in ("isle", "land") for n in range(4)
    )  # fmt: skip
    return two_camps(series=(conflict,), observations=counts)


@pytest.mark.parametrize("rules", ["walk", "camp-shares"])
def test_a_capacity_with_dates_holds_from_its_first_day_to_its_last(counted, rules):
    first, last = START + dt.timedelta(12), START + dt.timedelta(25)
    given = Change(change="capacity", place_id="isle", capacity=1, start=first, end=last)
    base = counted.model_copy(update={"rules": rules})
    world = apply_changes(base, [given])
    assert world.places == base.places
    people = [
        pd.DataFrame({n: people_on(run, START + dt.timedelta(n)).get("isle") for n in range(38)}).fillna(0.0)
        for run in (simulate(one, members=8, seed=2, workers=1) for one in (base, world))
    ]
    apart = (people[0] - people[1]).mean()
    assert (apart.loc[:11] == 0).all(), "nothing before it is so"
    came = [one.diff(axis=1).mean() for one in people]
    during, after = came[1].loc[14:25].sum(), came[1].loc[27:].sum()
    assert during < 0.5 * came[0].loc[14:25].sum()
    assert after > 0, "and people come again after it"


def test_dated_capacities_are_of_the_policy_and_of_days_that_do_not_touch_each_other(counted):
    days = [START + dt.timedelta(n) for n in (0, 4, 10, 19)]
    changes = [
        Change(change="capacity", place_id="isle", capacity=300, start=days[1], end=days[2]),
        Change(change="capacity", place_id="land", capacity=50, start=days[2], end=days[3]),
    ]
    world = apply_changes(counted, changes)
    held = dated_capacity(world, 40, hasten=1.0)
    isle, land = (held[:, [p.id for p in world.places].index(name)] for name in ("isle", "land"))
    assert [n for n in range(40) if isle[n] == 300] == list(range(4, 11))
    assert [n for n in range(40) if land[n] == 50] == list(range(10, 20))
    assert np.isnan(isle[[0, 3, 11, 39]]).all()
    text = changes_text(changes)
    assert f"start = {days[1]}" in text
    assert f"end = {days[2]}" in text


def test_a_shut_ferry_changes_who_is_in_which_camp(counted):
    shut = compare_changes(
        counted, [Change(change="close", place_id="pier", target_id="isle", start=START)], members=8, seed=2, workers=1
    )
    camps = {one.outcome.key: one for one in shut.differences}
    assert [one.outcome.key for one in shut.differences[:2]] == ["over_capacity", "on_the_road"]
    assert camps["at isle"].base["median"] > 0
    assert camps["at isle"].policy["high"] == 0
    assert tells_apart(camps["at isle"])
