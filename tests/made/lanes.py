"""The compiled pieces of the walk for eight members, called from Python."""

from __future__ import annotations

import numpy as np
from numba import njit

from caravana.models.displacement.walk.kernels.arrays import RECENTS
from caravana.models.displacement.walk.kernels.draws import leave, see_camps, set_edges, spread, weigh_post
from caravana.models.displacement.walk.kernels.journeys import make_leavers, make_sight
from caravana.models.displacement.walk.kernels.lanes import LANES, load, store, unsigned
from caravana.models.displacement.walk.kernels.random import binomial, draw_bits, edge_of, step, uniform
from caravana.models.displacement.walk.kernels.urns import draw_option, fill_urns, glance, make_urns


def bits_of(seed):
    """Bits of a group of members."""
    return draw_bits(np.random.Generator(np.random.Philox(seed)))[0]


@njit
def draw_words(bits, number):
    """Words of 64 bits, [draw, member]."""
    out = np.empty(number * LANES, np.uint64)
    for at in range(0, len(out), LANES):
        store(out, at, step(bits))
    return out.reshape(number, LANES)


@njit
def draw_uniforms(bits, number):
    """Uniforms, [draw, member]."""
    out = np.empty(number * LANES, np.float64)
    for at in range(0, len(out), LANES):
        store(out, at, uniform(bits))
    return out.reshape(number, LANES)


@njit
def draw_binomials(bits, people, chance, number):
    """Binomials of people (int32) and chances of each member, [draw, member]."""
    out = np.empty(number * LANES, np.int32)
    for at in range(0, len(out), LANES):
        store(out, at, binomial(bits, load(people, 0), edge_of(load(chance, 0))))
    return out.reshape(number, LANES)


def draw_shares(bits, people, move, reach, number):
    """How many of people (int32) take each option by the running sum of chances (the same for all), and how many stay.

    Those who leave are drawn first, then option after option, as in the loops, [draw, option + 1, member].
    """
    sight = make_sight(1, len(reach), 0)
    sight.reach[:] = np.repeat(reach, LANES)
    return _draw_shares(bits, people, move, reach, number, sight)


@njit
def _draw_shares(bits, people, move, reach, number, sight):
    last = len(reach)
    set_edges(sight, 0, last)
    chance = np.full(LANES, move * reach[-1])
    out = np.zeros(number * (last + 1) * LANES, np.int32)
    for draw in range(number):
        at = draw * (last + 1) * LANES
        left = binomial(bits, load(people, 0), edge_of(load(chance, 0)))
        store(out, at + last * LANES, load(people, 0) - left)
        for option in range(last):
            taken = left
            if option < last - 1:
                taken = binomial(bits, left, unsigned(load(sight.edge, option * LANES)))
            store(out, at + option * LANES, taken)
            left = left - taken
    return out.reshape(number, last + 1, LANES)


def leave_cell(bits, here, may, must, chance):
    """Who of a cell leave, by recent distance, given those that may stay a bit each, [recent, member]."""
    who = make_leavers(1)
    who.acting[:] = here.ravel()
    _leave_cell(bits, may, must, chance, who)
    return who.leaving.reshape(RECENTS, LANES)


@njit
def _leave_cell(bits, may, must, chance, who):
    leave(bits, may, load(must, 0), load(chance, 0), who)


def spread_over(cells, taken, turn):
    """Who of cells by recent distance take an option, and who are left, [recent, member]."""
    who = make_leavers(1)
    upto = np.cumsum(cells, axis=0, dtype=np.int32)
    who.upto[:] = upto.ravel()
    _spread_over(taken, upto[-1].copy(), turn, who)
    return who.taking.reshape(RECENTS, LANES), np.diff(who.upto.reshape(RECENTS, LANES), axis=0, prepend=np.int32(0))


@njit
def _spread_over(taken, summed, turn, who):
    spread(load(taken, 0), load(summed, 0), load(turn, 0), who, who.taking, 0)


@njit
def see_and_weigh(network, now, sight, in_camps, staying):
    """What people see of camps where a share of those there stays, and the chances of the options of all posts."""
    see_camps(now, sight, in_camps, LANES, 0, staying)
    for post in range(network.posts):
        weigh_post(network, now, post, sight)


def draw_from_urn(bits, network, now, sight, post, number):
    """Options drawn one by one from a post's urn, [draw, member], and who of those who would leave finds one open."""
    urns = make_urns(network.posts, network.options, len(network.seen), network.most)
    out = _draw_from_urn(bits, network, now, sight, urns, post, number)
    return out, urns.leaves[post * LANES : (post + 1) * LANES]


@njit
def _draw_from_urn(bits, network, now, sight, urns, post, number):
    fill_urns(network, now, urns)
    out = np.full((number, LANES), -1)
    if glance(network, now, sight, urns, post):
        first, options = network.first[post], network.first[post + 1] - network.first[post]
        for draw in range(number):
            for lane in range(LANES):
                out[draw, lane] = draw_option(bits, network, now, sight, urns, first, options, lane)
    return out
