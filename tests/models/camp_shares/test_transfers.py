"""People taken from a camp of transit to others: closed forms, conservation, and who is told of what is wrong."""

import datetime as dt

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block

from caravana.models.displacement.transfers import Transfer, draw_transfers, expected_net, net_of
from caravana.scenario.checks.whole import check_scenario
from caravana.scenario.model import Event, Link, Observation, PartyKind, Place, Scenario, Series

START = dt.date(2024, 1, 1)
WAR, TRANSIT, NORTH, SOUTH = range(4)
IDS = ("war", "transit", "north", "south")


def count(place, day, n):
    date = START + dt.timedelta(day)
    return Observation(
        id=f"{place}-{day}", date=date, known_on=date, place_id=place, kind="camp_count", low=n, high=n,
        qualifier="exact", speaker_role="agency", speaker_side="agency",
    )  # fmt: skip


def taken(value, *, unit="1/day", to="north", start=0, end=None, number=0, place="transit"):
    until = None if end is None else START + dt.timedelta(end)
    return Event(
        id=f"taken-{number}", date=START + dt.timedelta(start), end_date=until, kind="transfer", place_id=place,
        target_id=to, value=value, unit=unit,
    )  # fmt: skip


def scenario(*events, counts=(("transit", 0, 20_000), ("north", 0, 0), ("south", 0, 0)), days=41, **settings):
    kinds = dict(zip(IDS, ("conflict_zone", "camp", "camp", "camp"), strict=True))
    places = tuple(
        Place(id=one, name=one.title(), country="Here", kind=kind, lat=1.0 + at, lon=2.0,
              population=90_000 if one == "war" else None, capacity=None if one == "war" else 30_000)
        for at, (one, kind) in enumerate(kinds.items())
    )  # fmt: skip
    fought = Series(kind="conflict", days=(0,), place_ids=("war",), values=np.ones((1, 1)))
    last = [count(place, days - 1, n) for place, n in {p: n for p, _, n in counts}.items()]
    return Scenario(
        name="transit", title="Transit", start=START, end=START + dt.timedelta(days - 1), rules="camp-shares",
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=places,
        links=tuple(Link(from_id="war", to_id=one, km=90) for one in IDS[1:]),
        observations=(*(count(*one) for one in counts), *last), series=(fought,), events=events, settings=settings,
    )  # fmt: skip


STILL = {"moving_on": 0.0, "drift": 0.0}
"""Nobody moves by himself."""


def run(one, *, rules, members=64, draws=None, **settings):
    world = compile_world(one, rules=rules, settings=settings)
    values = {name: np.full(members, value) for name, value in (draws or {}).items()}
    return simulate_block(world, seed=1, block=0, members=members, draws=values).people


@pytest.mark.parametrize("rules", ["camp-shares", "walk"])
def test_a_transit_camp_empties_as_a_hazard_says_and_two_hazards_share_those_who_go(rules):
    hazards = {"north": 0.04, "south": 0.01}
    events = [taken(h, to=to, start=1, end=31, number=i) for i, (to, h) in enumerate(hazards.items())]
    still = {"camp_movechance": 0.0, "conflict_movechance": 0.0} if rules == "walk" else {}
    people = run(scenario(*events, **still), rules=rules, draws=STILL)
    left = 20_000 * np.exp(-0.05 * np.clip(np.arange(41), 0, 30))
    # Four standard errors of a mean over 64 members.
    close = 4 * np.sqrt(20_000 / 4 / 64)
    assert np.abs(people[:, :, TRANSIT].mean(axis=0) - left).max() < close
    gone = 20_000 - left
    assert np.abs(people[:, :, NORTH].mean(axis=0) - 0.8 * gone).max() < close
    assert np.abs(people[:, :, SOUTH].mean(axis=0) - 0.2 * gone).max() < close
    assert (people[:, :, [TRANSIT, NORTH, SOUTH]].sum(axis=2) == 20_000).all()
    spread = people[:, 30, TRANSIT].std() / np.sqrt(20_000 * np.exp(-1.5) * (1 - np.exp(-1.5)))
    assert 0.7 < spread < 1.3  # of a binomial


@pytest.mark.parametrize("rules", ["camp-shares", "walk"])
def test_convoys_take_so_many_a_day_until_nobody_is_left(rules):
    events = [taken(700.0, unit="persons/day", start=3), taken(100.5, unit="persons/day", to="south", number=1)]
    still = {"camp_movechance": 0.0, "conflict_movechance": 0.0} if rules == "walk" else {}
    people = run(scenario(*events, **still), rules=rules, draws=STILL)
    first = 1 if rules == "camp-shares" else 0  # under the walk the first day acts too, in camps it is counted
    expected = np.maximum(20_000 - 700 * np.maximum(np.arange(41) - 2, 0) - 100.5 * (np.arange(41) + 1 - first), 0)
    assert np.abs(people[:, :, TRANSIT].mean(axis=0) - expected).max() < 15
    assert (people[:, -1, TRANSIT] == 0).all()
    assert (people.sum(axis=2) == 20_000).all()


def test_of_those_under_way_and_at_places_nobody_is_lost_on_the_walk_and_flees_rules_have_no_transfers():
    counts = (("transit", 0, 500), ("transit", 20, 9_000), ("north", 0, 100), ("south", 0, 0))
    convoys = taken(30.0, unit="persons/day", to="south", number=1, place="north")
    one = scenario(taken(0.2, start=2), convoys, counts=counts)
    with_them = run(one, rules="walk")  # people conserved: the loop itself stops otherwise
    without = run(one.model_copy(update={"events": ()}), rules="walk")
    assert with_them[:, -1, TRANSIT].mean() < 0.5 * without[:, -1, TRANSIT].mean()
    assert compile_world(one, rules="flee").transfers == ()
    as_flee = [run(each, rules="flee") for each in (one, one.model_copy(update={"events": ()}))]
    assert np.array_equal(*as_flee)


def test_a_forecast_goes_on_with_a_transfer_once_and_not_twice():
    """What transfers did before the origin is no rate of its own that would go on beside them."""
    hazard, days, origin = 0.02, 61, 40
    left = {day: round(20_000 * np.exp(-hazard * day)) for day in range(0, origin + 1, 10)}
    counts = [row for day, n in left.items() for row in (("transit", day, n), ("north", day, 20_000 - n))]
    counts += [("south", 0, 0), ("south", origin, 0)]
    still = {"moving_on": 0.0, "drift": 0.0, "jump": 0.0, "own_rate": 0.0, "fill_days": 1e6}
    one = scenario(taken(hazard), counts=counts, days=days)
    people = run(one, rules="camp-shares", draws=still, origin_day=origin, forecast_total=1)
    assert (people[:, origin, TRANSIT] == left[origin]).all()
    expected = 20_000 * np.exp(-hazard * (days - 1))
    assert abs(people[:, -1, TRANSIT].mean() / expected - 1) < 0.02
    assert abs(people[:, -1, NORTH].mean() / (20_000 - expected) - 1) < 0.02


def test_what_is_taken_adds_up_and_is_never_more_than_are_there():
    rng = np.random.default_rng(1)
    people = rng.integers(0, 50, size=(200, 3))
    transfers = (
        Transfer(0, 1, range(5), 0.3, 0.0), Transfer(0, 2, range(5), 0.5, 0.0), Transfer(0, 1, range(5), 0.0, 7.3),
        Transfer(1, 0, range(5), 0.0, 1e6), Transfer(2, 0, range(9, 12), 5.0, 0.0),
    )  # fmt: skip
    drawn = draw_transfers(people, transfers, 4, rng)
    after = people + net_of(drawn, transfers, places=3)
    assert (after.sum(axis=1) == people.sum(axis=1)).all()
    assert (after >= 0).all()
    assert (drawn[:, 3] == people[:, 1]).all()
    assert (drawn[:, 4] == 0).all()


def test_what_transfers_are_expected_to_have_moved_is_their_mean():
    rng = np.random.default_rng(2)
    counts = np.repeat([[400.0, 30.0, 9.0]], 8, axis=0)
    transfers = (Transfer(0, 1, range(2, 5), 0.1, 0.0), Transfer(1, 2, range(8), 0.0, 40.0))
    expected = expected_net(counts, transfers)
    for day in range(1, 8):
        drawn = draw_transfers(np.repeat(counts[:1].astype(int), 40_000, axis=0), transfers, day, rng)
        assert np.allclose(net_of(drawn, transfers, places=3).mean(axis=0), expected[day], atol=0.2)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"place": None}, "place_id"), ({"to": None}, "target_id"), ({"to": "transit"}, "target_id"),
        ({"to": "Here"}, "target_id"), ({"to": "nowhere"}, "target_id"), ({"unit": "persons"}, "unit"),
        ({"value": 0.0}, "value"), ({"value": None}, "value"), ({"value": 300.0}, "value"),
    ],
)  # fmt: skip
def test_a_transfer_says_from_where_to_where_and_how_many(change, column):
    one = scenario(taken(**{"value": 0.1, **change}))
    faults = check_scenario(one, declared_by={})
    assert [(f.file, f.column) for f in faults] == [("events.csv", column)]
    assert not check_scenario(scenario(taken(0.1)), declared_by={})


def test_without_counts_people_move_on_from_a_full_camp_and_with_them_as_before():
    """Of n people in a full camp n x moving_on x (1 + 10) start out a day, of whom its own pull's share comes back."""
    counts = (("transit", 0, 30_000), ("north", 0, 0), ("south", 0, 0))
    rate = {**STILL, "moving_on": 1e-3, "held": 0.0, "room_power": 0.0, "size_power": 0.0, "surprise": 0.0}
    one = scenario(counts=counts, days=3)
    full = run(one, rules="camp-shares", draws=rate)[:, 1, TRANSIT].mean()
    assert 30_000 - full == pytest.approx(30_000 * 1e-3 * 11 * 2 / 3, rel=0.02)
    half = scenario(counts=(("transit", 0, 15_000), *counts[1:]), days=3)
    empty = run(half, rules="camp-shares", draws=rate)[:, 1, TRANSIT].mean()
    # Whole people in proportion: a camp is off by less than one.
    assert 15_000 - empty == pytest.approx(15_000 * 1e-3 * (1 + 10 / 2**8) * 2 / 3, abs=1.0)
    seen = run(one, rules="camp-shares", draws=rate, origin_day=1)[:, 2, TRANSIT].mean()
    assert 30_000 - seen < 0.2 * (30_000 - full)
