"""The compiled loops of displacement, against plain array operations and against the multinomial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, write_instance
from tests.oracles.flee_chances import capacity_share, chances
from tests.oracles.flee_counts import simulate_by_arrays

from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.kernels.arrays import RECENTS
from caravana.models.displacement.walk.kernels.draws import (
    FEW,
    MANY,
    add_up,
    leave,
    leave_together,
    part,
    pick,
    spread,
    throttle,
    weigh,
)
from caravana.models.displacement.walk.kernels.journeys import make_leavers
from caravana.models.displacement.walk.kernels.random import count_below, draw_bits, fill, step, uniform
from caravana.models.displacement.walk.processes import begin_day, see_network
from caravana.models.displacement.walk.state import people_at_places, start_state

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
    return compile_world(import_flee(folder, folder / "simsetting.yml").require())


def bits_of(seed):
    return draw_bits(np.random.Generator(np.random.Philox(seed)))


def shared_out(bits, people, move, reach):
    """How many of a cell take each option (few one by one, more counted, many by binomials), and how many stay."""
    last = len(reach)
    going = np.zeros(last + 1, dtype=np.int64)
    left = leave(bits, people, move * reach[-1])
    going[-1] = people - left
    if left <= FEW:
        for _ in range(left):
            going[pick(bits, reach, 0, last)] += 1
    elif left <= MANY:
        words = np.zeros(MANY + 2, dtype=np.uint32)
        fill(bits, words, left)
        upto = [count_below(words, left, one / reach[-1]) for one in reach[:-1]]
        going[:last] = np.diff([0, *upto, left])
    else:
        below = 0.0
        for option in range(last):
            going[option] = part(bits, left, reach[option] - below, reach[-1] - below)
            left, below = left - going[option], reach[option]
    return going


def test_bits_are_those_of_the_published_generator():
    # The first numbers of xoshiro256++ from the state 1, 2, 3, 4.
    bits = np.array([1, 2, 3, 4], dtype=np.uint64)
    assert [int(step(bits)) for _ in range(4)] == [41943041, 58720359, 3588806011781223, 3591011842654386]


def test_uniforms_fill_the_range_evenly():
    bits = bits_of(3)
    drawn = np.array([uniform(bits) for _ in range(20_000)])
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert stats.kstest(drawn, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.03


def test_words_below_a_chance_are_as_many_as_it_says():
    words = np.zeros(MANY + 2, dtype=np.uint32)
    bits = bits_of(4)
    for chance, expected in ((0.0, 0.0), (0.3, 0.3), (1.0, 1.0)):
        below = 0
        for _ in range(100):
            fill(bits, words, 400)
            below += count_below(words, 400, chance)
        assert below / 40_000 == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("people", [0, 1, 7, 24, 25, 60, 511, 700, 5000])
@pytest.mark.parametrize("move", [1.0, 0.3, 0.004])
@pytest.mark.parametrize("chance", [[0.2, 0.5, 0.3], [0.0, 0.6, 0.1, 0.0], [0.001, 0.0], [1.0]])
def test_a_cell_is_shared_out_as_a_multinomial(people, move, chance):
    draws = 4000
    bits = bits_of(people + int(1000 * move))
    reach = np.cumsum(chance)
    out = np.array([shared_out(bits, people, move, reach) for _ in range(draws)])
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
    bits = bits_of(5)
    p = 0.8 * np.array([0.5, 0.3, 0.2])
    for people in (10, 400, 2000):
        out = np.array([shared_out(bits, people, 0.8, np.cumsum(p / 0.8))[:3] for _ in range(6000)])
        assert np.allclose(np.cov(out.T), people * (np.diag(p) - np.outer(p, p)), atol=0.06 * people * p.max())


def spread_over(cells, taken, turn):
    """Who takes an option, by memory, and what is left of the running sums."""
    who, people = make_leavers(), np.array(cells, dtype=np.int64)
    add_up(people, who.upto)
    spread(taken, int(people.sum()), turn, who)
    return who.taking.astype(np.int64), np.diff(who.upto, prepend=0)


people_by_memory = st.lists(st.integers(0, 7 * 10**6), min_size=RECENTS, max_size=RECENTS)


@settings(deadline=None)  # the first call may compile
@given(people_by_memory, st.data())
def test_takers_are_spread_over_memories_in_proportion(cells, data):
    among = sum(cells)
    if among == 0:
        return
    taken, turn = data.draw(st.integers(1, among)), data.draw(st.floats(0.0, 1.0, exclude_max=True))
    taking, left = spread_over(cells, taken, turn)
    assert taking.sum() == taken
    assert (taking >= 0).all()
    assert (left + taking == cells).all()
    assert (left >= 0).all()
    assert np.allclose(taking, np.array(cells) * (taken / among), atol=1.001, rtol=1e-9)


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 5), min_size=RECENTS, max_size=RECENTS), st.data())
def test_no_memory_is_favoured(cells, data):
    among = sum(cells)
    if among == 0:
        return
    taken = data.draw(st.integers(1, among))
    turns = (np.arange(among) + 0.5) / among
    summed = sum(spread_over(cells, taken, turn)[0] for turn in turns)
    assert np.abs(summed / among - np.array(cells) * taken / among).max() <= 1.0 / among + 1e-6


@pytest.mark.parametrize("people", [12, 300, 3000])
def test_those_who_leave_together_are_a_binomial_and_of_all_memories(people):
    here = np.zeros(RECENTS, dtype=np.int64)
    here[[0, 3, RECENTS - 1]] = people // 6, people // 2, people // 3
    bits, who = bits_of(people), make_leavers()
    left, summed = [], np.zeros(RECENTS)
    for _ in range(4000):
        left.append(leave_together(bits, here, int(here.sum()), 0.4, who))
        assert who.leaving.sum() == left[-1]
        assert (who.leaving <= here).all()
        summed += who.leaving
    expected = stats.binom(here.sum(), 0.4)
    assert np.mean(left) == pytest.approx(expected.mean(), abs=5 * expected.std() / np.sqrt(4000))
    assert np.std(left) == pytest.approx(expected.std(), rel=0.06)
    assert np.allclose(summed / 4000, 0.4 * here, atol=0.02 * np.sqrt(people) + 0.02)


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 3000), min_size=2, max_size=2), st.sampled_from([1.0, 0.5, 2.0]), st.integers(0, 19),
       st.sampled_from([1.0, 1.2, 5.0]))  # fmt: skip
def test_chances_are_those_of_the_array_form(tmp_path_factory, in_camps, power, day, pruning):
    folder = tmp_path_factory.mktemp("hops") / "x"
    extra = f"  weight_power: {power}\n  pruning_threshold: {pruning}\n  awareness_level: 2\n"
    world = world_of(folder, extra, closures=CLOSURES + "country,Here,There,3,14\n")
    state, network = start_state(world, 1), see_network(world)
    today = begin_day(state, world, network, people_at_places(state, world, day), day)
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
