"""The compiled loops of dispersal, against plain array operations and against the multinomial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.dispersal.instances import CLOSURES, write_instance
from tests.reference.flee_counts import capacity_share, chances, simulate_by_arrays

from caravana.dynamics.dispersal import compile_dispersal, simulate_block
from caravana.dynamics.dispersal_draws import FEW, leave, part, pick, spread, throttle, weigh
from caravana.dynamics.dispersal_state import people_at_places, start_state
from caravana.dynamics.dispersal_steps import begin_day, see_network
from caravana.scenario.flee import import_flee

SETTINGS = """move_rules:
  max_move_speed: 200.0
  default_movechance: 0.5
  camp_weight: 2.0
  start_on_foot: true
  avoid_short_stints: true
  capacity_buffer: 0.7
"""


def world_of(folder, extra="", **kwargs):
    write_instance(folder, settings=SETTINGS + extra, **kwargs)
    return compile_dispersal(import_flee(folder, folder / "simsetting.yml").require())


def shared_out(rng, people, move, reach):
    """How many of a cell take each option, few one by one and many together, and how many stay."""
    last = len(reach)
    going = np.zeros(last + 1, dtype=np.int64)
    left = leave(rng, people, move * reach[-1])
    going[-1] = people - left
    if left <= FEW:
        for _ in range(left):
            going[pick(rng, reach, 0, last)] += 1
        return going
    for option in range(last):
        going[option] = part(rng, left, reach, 0, last, option)
        left -= going[option]
    return going


@pytest.mark.parametrize("people", [0, 1, 7, 24, 25, 60, 5000])
@pytest.mark.parametrize("move", [1.0, 0.3, 0.004])
@pytest.mark.parametrize("chance", [[0.2, 0.5, 0.3], [0.0, 0.6, 0.1, 0.0], [0.001, 0.0], [1.0]])
def test_a_cell_is_shared_out_as_a_multinomial(people, move, chance):
    draws = 4000
    rng = np.random.Generator(np.random.Philox(people + int(1000 * move)))
    reach = np.cumsum(chance)
    out = np.array([shared_out(rng, people, move, reach) for _ in range(draws)])
    assert (out.sum(axis=1) == people).all()
    whole = np.append(np.array(chance) * move, 1.0 - move * sum(chance))
    assert not out[:, whole <= 1e-12].any()
    for column, one in enumerate(whole):
        if people == 0 or not 1e-12 < one < 1.0 - 1e-12:
            continue
        low, high = stats.binom.ppf([0.05, 0.95], people, one)
        number = np.clip(out[:, column], low, high).astype(np.int64) - int(low)
        mass = np.diff(stats.binom.cdf(np.arange(low - 1, high + 1), people, one))
        mass[0], mass[-1] = stats.binom.cdf(low, people, one), stats.binom.sf(high - 1, people, one)
        if len(mass) > 1:
            seen = np.bincount(number, minlength=len(mass))
            assert stats.chisquare(seen, mass / mass.sum() * draws).pvalue > 1e-5


def test_options_of_one_cell_vary_against_each_other_as_in_a_multinomial():
    rng = np.random.Generator(np.random.Philox(5))
    p = 0.8 * np.array([0.5, 0.3, 0.2])
    for people in (10, 400):
        out = np.array([shared_out(rng, people, 0.8, np.cumsum(p / 0.8))[:3] for _ in range(6000)])
        assert np.allclose(np.cov(out.T), people * (np.diag(p) - np.outer(p, p)), atol=0.06 * people * p.max())


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 7 * 10**6), min_size=1, max_size=12), st.data())
def test_takers_are_spread_over_memories_in_proportion(cells, data):
    among = sum(cells)
    if among == 0:
        return
    taken, offset = data.draw(st.integers(0, among)), data.draw(st.integers(0, among - 1))
    left, taking = np.array(cells), np.empty(len(cells), dtype=np.int64)
    spread(taken, among, offset, left, taking)
    assert taking.sum() == taken
    assert (taking >= 0).all()
    assert (left + taking == cells).all()
    assert (left >= 0).all()
    assert np.allclose(taking, np.array(cells) * (taken / among), atol=1.001, rtol=1e-9)


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 9), min_size=2, max_size=5), st.data())
def test_no_memory_is_favoured(cells, data):
    among = sum(cells)
    if among == 0:
        return
    taken = data.draw(st.integers(0, among))
    summed, taking = np.zeros(len(cells)), np.empty(len(cells), dtype=np.int64)
    for offset in range(among):
        spread(taken, among, offset, np.array(cells), taking)
        summed += taking
    # A rounding error may move one person at an edge.
    assert np.abs(summed / among - np.array(cells) * taken / among).max() <= 1.0 / among + 1e-9


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 3000), min_size=2, max_size=2), st.sampled_from([1.0, 0.5, 2.0]), st.integers(0, 19),
       st.sampled_from([1.0, 1.2, 5.0]))  # fmt: skip
def test_chances_are_those_of_the_array_form(tmp_path_factory, in_camps, power, day, pruning):
    folder = tmp_path_factory.mktemp("hops") / "x"
    extra = f"  weight_power: {power}\n  pruning_threshold: {pruning}\n  awareness_level: 2\n"
    world = world_of(folder, extra, closures=CLOSURES + "country,Here,There,3,14\n")
    state, network = start_state(world, 1), see_network(world)
    today = begin_day(state, world, network, people_at_places(state, world), day)
    now, limited = today.conditions, len(world.choice.limited)
    people = np.resize(np.array(in_camps, dtype=float), limited)
    share, reach = np.ones(limited), np.empty(len(world.options.route))
    throttle(people, now.capacity, now.buffer, share)
    expected_share = capacity_share(people, now.capacity, now.buffer)
    np.testing.assert_allclose(share, expected_share, rtol=1e-12)
    weigh(network, now, np.arange(len(world.place)), share, reach)
    expected = chances(
        world.choice, world.options, now.weight, now.first_open, expected_share[None, :], now.to_camp, world.settings
    )[0]
    first = world.options.first
    for post in range(len(world.place)):
        ours = np.diff(reach[first[post] : first[post + 1]], prepend=0.0)
        np.testing.assert_allclose(ours, expected[first[post] : first[post + 1]], rtol=1e-9, atol=1e-12)


@pytest.mark.statistical
@pytest.mark.parametrize("extra", ["", "  awareness_level: 2\n", "  pruning_threshold: 2.0\n"])
def test_loops_have_the_distribution_of_the_array_form(tmp_path, extra):
    world = world_of(
        tmp_path / "x", extra, days=30, closures=CLOSURES + "country,Here,There,10,14\n",
        camps={"Near": [(0, 0), (30, 3000)], "Far": [(0, 0), (30, 800)]},
    )  # fmt: skip
    ours = np.concatenate([simulate_block(world, seed=1, block=b, members=64).people for b in range(12)])
    arrays = simulate_by_arrays(world, seed=2, members=768)
    noise = np.sqrt(ours.var(axis=0) / len(ours) + arrays.var(axis=0) / len(arrays))
    gap = np.abs(ours.mean(axis=0) - arrays.mean(axis=0))
    assert (gap <= 4.5 * noise + 1e-9).all()
    ratio = ours[:, 5:].std(axis=0).mean() / arrays[:, 5:].std(axis=0).mean()
    assert 0.9 < ratio < 1.1
