"""The compiled loops of displacement, against plain array operations and against the multinomial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, DENSE_LOCATIONS, DENSE_ROUTES, write_instance
from tests.made.lanes import (
    bits_of,
    draw_binomials,
    draw_from_urn,
    draw_shares,
    draw_uniforms,
    draw_words,
    leave_cell,
    see_and_weigh,
    spread_over,
)
from tests.oracles.flee_chances import capacity_share, chances
from tests.oracles.flee_counts import simulate_by_arrays

from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.kernels.arrays import ALL_RECENTS, RECENTS
from caravana.models.displacement.walk.kernels.journeys import make_sight
from caravana.models.displacement.walk.kernels.lanes import LANES
from caravana.models.displacement.walk.kernels.random import COUNTED, draw_bits
from caravana.models.displacement.walk.processes import Crowds, begin_day, see_network
from caravana.models.displacement.walk.state import members_last, nobody, people_at_places, start_state

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


def test_bits_are_those_of_the_published_generator():
    # The first numbers of xoshiro256++ from the state 1, 2, 3, 4, for one member; another's do not touch them.
    bits = np.arange(4 * LANES, dtype=np.uint64)
    bits[3::LANES] = [1, 2, 3, 4]
    words = draw_words(bits, 4)
    assert words[:, 3].tolist() == [41943041, 58720359, 3588806011781223, 3591011842654386]
    assert len(np.unique(words)) == words.size


def test_bits_of_a_group_do_not_depend_on_how_many_there_are():
    few, many = (draw_bits(np.random.Generator(np.random.Philox(1)), groups) for groups in (1, 8))
    assert (few[0] == many[0]).all()
    assert len(np.unique(many)) == many.size


def test_uniforms_fill_the_range_evenly():
    drawn = draw_uniforms(bits_of(3), 20_000)
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    for member in range(LANES):
        assert stats.kstest(drawn[:, member], "uniform").pvalue > 1e-5
        assert abs(np.corrcoef(drawn[1:, member], drawn[:-1, member])[0, 1]) < 0.03
    assert np.abs(np.corrcoef(drawn.T) - np.eye(LANES)).max() < 0.035


def agrees(drawn, law):
    """Whether numbers are of a law, by their frequencies between its quantiles."""
    low, high = law.ppf([0.02, 0.98])
    if low == high:
        return (drawn == low).mean() > 0.9
    edges = np.unique(np.round(np.linspace(low, high, min(int(high - low) + 1, 30))))
    mass = np.diff(np.concatenate([[0.0], law.cdf(edges[:-1]), [1.0]]))
    seen = np.diff(np.concatenate([[0], [(drawn <= edge).sum() for edge in edges[:-1]], [len(drawn)]]))
    return stats.chisquare(seen, mass / mass.sum() * len(drawn)).pvalue > 1e-5


@pytest.mark.parametrize("people", [1, 7, 8, 9, 24, 63, 64, 65, 128, 700, COUNTED, COUNTED + 1, 50_000])
def test_binomials_are_exact_member_by_member(people):
    # Members have other numbers and chances, as their coins are drawn together but must not be mixed up.
    number = np.array([people, people, 0, 3, people, 2 * people, people, people], dtype=np.int32)
    chance = np.array([0.137, 0.5, 0.5, 0.9, 1.0, 0.004, 0.0, 1 / 3])
    drawn = draw_binomials(bits_of(people), number, chance, 4000)
    assert (drawn[:, chance == 1.0] == people).all()
    assert not drawn[:, chance == 0.0].any()
    assert ((drawn >= 0) & (drawn <= number)).all()
    for member in np.flatnonzero((chance > 0) & (chance < 1) & (number > 0)):
        assert agrees(drawn[:, member], stats.binom(number[member], chance[member])), (member, people)
    spreading = drawn[:, [0, 1, 7]].astype(float)
    assert np.abs(np.corrcoef(spreading.T) - np.eye(3)).max() < 0.08


def test_binomials_draw_anew_from_where_the_coins_were_left():
    bits, people, chance = bits_of(9), np.full(LANES, 300, np.int32), np.full(LANES, 0.3)
    drawn = draw_binomials(bits, people, chance, 4000)
    assert np.abs(np.array([np.corrcoef(one[1:], one[:-1])[0, 1] for one in drawn.T])).max() < 0.07


@pytest.mark.parametrize("people", [0, 1, 7, 24, 60, 511, 5000])
@pytest.mark.parametrize("move", [1.0, 0.3, 0.004])
@pytest.mark.parametrize("chance", [[0.2, 0.5, 0.3], [0.0, 0.6, 0.1, 0.0], [0.001, 0.0], [1.0]])
def test_a_cell_is_shared_out_as_a_multinomial(people, move, chance):
    out = draw_shares(
        bits_of(people + int(1000 * move)), np.full(LANES, people, np.int32), move, np.cumsum(chance), 500
    )
    out = out.transpose(0, 2, 1).reshape(-1, len(chance) + 1)
    assert (out.sum(axis=1) == people).all()
    whole = np.append(np.array(chance) * move, 1.0 - move * sum(chance))
    assert not out[:, whole <= 1e-12].any()
    for column, one in enumerate(whole):
        if people and 1e-12 < one < 1.0 - 1e-12:
            assert agrees(out[:, column], stats.binom(people, one))


def test_options_of_one_cell_vary_against_each_other_as_in_a_multinomial():
    p = 0.8 * np.array([0.5, 0.3, 0.2])
    for people in (10, 400, 2000):
        out = draw_shares(bits_of(people), np.full(LANES, people, np.int32), 0.8, np.cumsum(p / 0.8), 750)
        out = out.transpose(0, 2, 1).reshape(-1, 4)[:, :3]
        assert np.allclose(np.cov(out.T), people * (np.diag(p) - np.outer(p, p)), atol=0.06 * people * p.max())


def over_lanes(cells):
    """The same for every member, [..., member]."""
    return np.repeat(np.asarray(cells, dtype=np.int32)[..., None], LANES, axis=-1)


people_by_memory = st.lists(st.integers(0, 7 * 10**6), min_size=RECENTS, max_size=RECENTS)


@settings(deadline=None)  # the first call may compile
@given(people_by_memory, st.data())
def test_takers_are_spread_over_memories_in_proportion(cells, data):
    among = sum(cells)
    if among == 0:
        return
    taken, turn = data.draw(st.integers(0, among)), data.draw(st.floats(0.0, 1.0, exclude_max=True))
    lanes = over_lanes(cells)
    lanes[:, 5] = 0  # a member with nobody there disturbs none
    taking, left = spread_over(lanes, np.where(np.arange(LANES) == 5, 0, taken).astype(np.int32), np.full(LANES, turn))
    assert not taking[:, 5].any()
    taking, left = taking[:, :5], left[:, :5]
    assert (taking.sum(axis=0) == taken).all()
    assert (taking >= 0).all()
    assert (left + taking == lanes[:, :5]).all()
    assert (left >= 0).all()
    assert np.allclose(taking[:, 0], np.array(cells) * (taken / among), atol=1.001, rtol=1e-9)


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 5), min_size=RECENTS, max_size=RECENTS), st.data())
def test_no_memory_is_favoured(cells, data):
    among = sum(cells)
    if among == 0:
        return
    taken = data.draw(st.integers(1, among))
    turns = np.resize((np.arange(among) + 0.5) / among, among * LANES).reshape(among, LANES)
    lanes, takers = over_lanes(cells), np.full(LANES, taken, np.int32)
    summed = sum(spread_over(lanes, takers, turn)[0].sum(axis=1) for turn in turns)
    assert np.abs(summed / (among * LANES) - np.array(cells) * taken / among).max() <= 1.0 / among + 1e-6


@pytest.mark.parametrize("people", [12, 300, 3000, 30_000])
def test_those_who_leave_together_are_a_binomial_and_of_all_memories(people):
    here = np.zeros(RECENTS, dtype=np.int64)
    here[[0, 3, RECENTS - 1]] = people // 6, people // 2, people // 3
    bits, lanes = bits_of(people), over_lanes(here)
    drawn = np.array([leave_cell(bits, lanes, ALL_RECENTS, np.ones(LANES), np.full(LANES, 0.4)) for _ in range(500)])
    assert (drawn <= lanes).all()
    left, expected = drawn.sum(axis=1).ravel(), stats.binom(here.sum(), 0.4)
    assert left.mean() == pytest.approx(expected.mean(), abs=5 * expected.std() / np.sqrt(4000))
    assert left.std() == pytest.approx(expected.std(), rel=0.06)
    assert np.allclose(drawn.mean(axis=(0, 2)), 0.4 * here, atol=0.02 * np.sqrt(people) + 0.02)


def test_those_who_must_go_on_do_so_and_the_others_by_their_chance():
    lanes = over_lanes(np.full(RECENTS, 40))
    drawn = np.array(
        [leave_cell(bits_of(one), lanes, 0b000111100, np.ones(LANES), np.full(LANES, 0.25)) for one in range(200)]
    )
    may = np.array([bool(0b000111100 >> recent & 1) for recent in range(RECENTS)])
    assert (drawn[:, ~may] == 40).all()
    assert drawn[:, may].mean() == pytest.approx(10.0, abs=0.25)


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(0, 3000), min_size=2, max_size=2), st.sampled_from([1.0, 0.5, 2.0]), st.integers(0, 19),
       st.sampled_from([1.0, 1.2, 5.0]))  # fmt: skip
def test_chances_are_those_of_the_array_form(tmp_path_factory, in_camps, power, day, pruning):
    folder = tmp_path_factory.mktemp("hops") / "x"
    extra = f"  weight_power: {power}\n  pruning_threshold: {pruning}\n  awareness_level: 2\n"
    world = world_of(folder, extra, closures=CLOSURES + "country,Here,There,3,14\n")
    state, network = start_state(world, LANES), see_network(world)
    crowds = Crowds.for_members(LANES, network)
    today = begin_day(state, world, network, crowds, people_at_places(state, world, day), day)
    now, limited = today.conditions, len(world.choice.limited)
    people = np.resize(np.array(in_camps), limited)
    there = nobody(LANES, limited)
    there[:] = people
    there[1] = 0
    sight = make_sight(len(world.place), len(world.options.route), limited)
    see_and_weigh(network, now, sight, members_last(there), np.ones(limited))
    expected_share = capacity_share(people.astype(float), now.capacity, now.buffer)
    np.testing.assert_allclose(sight.share.reshape(limited, LANES)[:, 0], expected_share, rtol=1e-12)
    reach = sight.reach.reshape(-1, LANES)
    expected = chances(
        world.choice, world.options, now.weight, now.first_open, expected_share[None, :], now.to_camp, world.settings
    )[0]
    first = world.options.first
    for post in range(len(world.place)):
        ours = np.diff(reach[first[post] : first[post + 1], 0], prepend=0.0)
        np.testing.assert_allclose(ours, expected[first[post] : first[post + 1]], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("in_camps", [[0, 0, 0, 0], [58, 190, 95, 0], [50, 210, 70, 8000], [60, 250, 100, 8800]])
def test_what_is_kept_of_an_urn_has_the_chances_of_the_options(tmp_path, in_camps):
    world = world_of(
        tmp_path / "x", "  awareness_level: 2\n", locations=DENSE_LOCATIONS, routes=DENSE_ROUTES,
        closures=CLOSURES + "link,T0,T1,0,5\n",
    )  # fmt: skip
    state, network = start_state(world, LANES), see_network(world)
    crowds = Crowds.for_members(LANES, network)
    now = begin_day(state, world, network, crowds, people_at_places(state, world, 2), 2).conditions
    there = nobody(LANES, len(in_camps))
    there[:] = in_camps
    there[1] = 0
    sight = make_sight(len(world.place), len(world.options.route), len(in_camps))
    see_and_weigh(network, now, sight, members_last(there), np.ones(len(in_camps)))
    reach, drawn = sight.reach.reshape(-1, LANES), 5000
    for post in range(len(world.place_ids)):
        first, last = world.options.first[post : post + 2]
        options, leaves = draw_from_urn(bits_of(post), network, now, sight, post, drawn)
        np.testing.assert_allclose(leaves, reach[last - 1], rtol=1e-9)
        assert ((options >= first) & (options < last)).all()
        for member in (0, 1):
            chance = np.diff(reach[first:last, member], prepend=0.0) / reach[last - 1, member]
            seen = np.bincount(options[:, member] - first, minlength=last - first)
            assert not seen[chance <= 1e-12].any()
            some = chance > 1e-12
            expected = chance[some] / chance[some].sum() * drawn
            assert stats.chisquare(seen[some], expected).pvalue > 1e-5


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
