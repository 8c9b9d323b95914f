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


@njit
def draw_shares(bits, people, move, reach, number):
    """How many of people (int32) take each option by the running sum of chances (the same for all), and how many stay.

    Those who leave are drawn first, then option after option, as in the loops, [draw, option + 1, member].
    """
    last = len(reach)
    sight = make_sight(1, last, 0)
    for option in range(last):
        sight.reach[option * LANES : (option + 1) * LANES] = reach[option]
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


@njit
def leave_cell(bits, here, may, must, chance):
    """Who of a cell leave, by recent distance, given those that may stay a bit each, [recent, member]."""
    who = make_leavers(1)
    who.acting[:] = here.ravel()
    chances = np.empty(2 * LANES)
    chances[:LANES], chances[LANES:] = must, chance
    leave(bits, may, load(chances, 0), load(chances, LANES), who)
    return who.leaving.copy().reshape(RECENTS, LANES)


@njit
def spread_over(cells, taken, turn):
    """Who of cells by recent distance take an option, and who are left, [recent, member]."""
    who = make_leavers(1)
    summed = np.zeros(LANES, np.int32)
    for recent in range(RECENTS):
        summed += cells[recent]
        who.upto[recent * LANES : (recent + 1) * LANES] = summed
    spread(load(taken, 0), load(summed, 0), load(turn, 0), who, who.taking, 0)
    upto = who.upto.copy().reshape(RECENTS, LANES)
    left = upto.copy()
    left[1:] -= upto[:-1]
    return who.taking.copy().reshape(RECENTS, LANES), left


@njit
def see_and_weigh(network, now, sight, in_camps, staying, posts):
    """What people see of camps where a share of those there stays, and the chances of the options of posts."""
    see_camps(now, sight, in_camps, LANES, 0, staying)
    for post in posts:
        weigh_post(network, now, post, sight)


@njit
def draw_from_urn(bits, network, now, sight, post, number):
    """Options drawn one by one from a post's urn, [draw, member], and who of those who would leave finds one open."""
    urns = make_urns(len(network.room), len(network.chance), len(network.seen))
    fill_urns(network, now, urns, np.empty(network.most), np.empty(network.most, np.int64))
    out = np.full((number, LANES), -1)
    if glance(network, now, sight, urns, post):
        first, options = network.first[post], network.first[post + 1] - network.first[post]
        for draw in range(number):
            for lane in range(LANES):
                out[draw, lane] = draw_option(bits, network, now, sight, urns, first, options, lane)
    return out, urns.leaves[post * LANES : (post + 1) * LANES].copy()
