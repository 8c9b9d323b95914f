"""The options of a post as an urn, compiled: who chooses one draws it at once, however many there are.

What a route weighs before capacity is the same all day, and what a full camp takes off its weight is a factor of at
most 1.  So a person draws from an urn that is filled once a day (alias table), and puts back what leads to a camp with
the chance that its throttle says: what she keeps in the end has the weights of now, to 32 binary digits.  How many
find no camp open follows from sums by camp, which are a few where routes are many.

Reference: M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE Transactions
on Software Engineering 17 (1991).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import Conditions, Network, Sight, Urns
from caravana.models.displacement.walk.kernels.lanes import LANES, Lanes, all_f64, any_of, load, select, store
from caravana.models.displacement.walk.kernels.random import Bits, inlined, inner, word_of

#: From so many options of a post on people draw from an urn; fewer are gone through.
MANY = 13
#: Where fewer of those who draw keep what they drew, at any member, options are gone through.
LEAST_KEPT = 0.125
#: A pruning threshold from which on options are left out by what the others weigh now.
PRUNES = 1.001
#: Words below this are all there are of 32 bits.
WORDS = 4294967296.0


def make_urns(posts: int, options: int, pairs: int, most: int) -> Urns:
    """Make room for urns, all of which are empty."""
    return Urns(
        np.zeros(options, np.uint32), np.zeros(options, np.int32), np.zeros(pairs), np.zeros(posts), np.zeros(posts),
        np.full(posts, -1, np.int64), np.zeros(posts * LANES), np.zeros(posts * LANES),
        np.empty(most), np.empty(most, np.int64),
    )  # fmt: skip


@inner
def fill_urns(net: Network, now: Conditions, urns: Urns) -> None:
    """Fill the urns of all posts with many options, by the weights of the day."""
    share = urns.part
    for post in range(net.posts):
        urns.version[post] = -1
        for pair in range(net.first_seen[post], net.first_seen[post + 1]):
            urns.of_camp[pair] = 0.0
        first, last = net.first[post], net.first[post + 1]
        urns.whole[post], urns.elsewhere[post] = 0.0, 0.0
        if last - first < MANY or net.following[post] or now.pruning >= PRUNES:
            continue
        for option in range(first, last):
            weight = max(now.weight[option], 0.0) * net.chance[option]
            share[option - first] = weight
            urns.whole[post] += weight
            if net.slot[option] < 0:
                urns.elsewhere[post] += weight
            for pair in range(net.first_seen[post], net.first_seen[post + 1]):
                if net.seen[pair] == net.slot[option]:
                    urns.of_camp[pair] += weight
        if urns.whole[post] > 0.0:
            _fill_urn(urns, first, last - first, urns.whole[post])


@inner
def _fill_urn(urns: Urns, first: int, number: int, whole: float) -> None:
    """Fill one urn: each place in it holds one option up to a share, and above it another."""
    share, order = urns.part, urns.order
    few, many = 0, number
    for at in range(number):
        share[at] *= number / whole
        if share[at] < 1.0:
            order[few] = at
            few += 1
        else:
            many -= 1
            order[many] = at
    # Those with less than their part are at the front, those with more at the back; each of the former is filled up.
    while few > 0 and many < number:
        few -= 1
        little, much = order[few], order[many]
        urns.keep[first + little] = np.uint32(share[little] * (WORDS - 1.0))
        urns.other[first + little] = first + much
        share[much] -= 1.0 - share[little]
        if share[much] < 1.0:
            order[few] = much
            few += 1
            many += 1
    for at in range(few):
        _fill_alone(urns, first + order[at])
    for at in range(many, number):
        _fill_alone(urns, first + order[at])


@inlined
def _fill_alone(urns: Urns, option: int) -> None:
    """Let an option have a place of the urn for itself."""
    urns.keep[option] = np.uint32(WORDS - 1.0)
    urns.other[option] = option


@inlined
def glance(net: Network, now: Conditions, sight: Sight, urns: Urns, post: int) -> bool:
    """Bring up to date who leaves a post, and return whether they may draw from its urn."""
    if urns.whole[post] <= 0.0:
        return False
    seen_on, version = urns.version[post], sight.version[0]
    if seen_on != version:
        urns.version[post] = version
        begin, end = net.first_seen[post], net.first_seen[post + 1]
        changed = seen_on < 0
        for pair in range(begin, end):
            changed = changed or sight.changed[net.seen[pair]] > seen_on
        if changed:
            total = all_f64(urns.elsewhere[post])
            finding = total
            for pair in range(begin, end):
                total = total + all_f64(urns.of_camp[pair]) * load(sight.pull, net.seen[pair] * LANES)
                finding = finding + weight_towards(net, now, sight, urns, pair)
            some = total > all_f64(0.0)
            store(urns.total, post * LANES, total)
            store(urns.leaves, post * LANES, select(some, finding / select(some, total, all_f64(1.0)), all_f64(0.0)))
    kept = load(urns.leaves, post * LANES) * load(urns.total, post * LANES)
    return not any_of(kept < all_f64(LEAST_KEPT * urns.whole[post]))


@inlined
def weight_towards(net: Network, now: Conditions, sight: Sight, urns: Urns, pair: int) -> Lanes:
    """Weight of a post's options towards one camp as it throttles now, nothing where it turns people away."""
    camp = net.seen[pair]
    weight = all_f64(urns.of_camp[pair]) * load(sight.pull, camp * LANES)
    if now.turns_away[camp]:
        weight = select(load(sight.share, camp * LANES) < all_f64(0.5), all_f64(0.0), weight)
    return weight


@inlined
def draw_option(
    bits: Bits, net: Network, now: Conditions, sight: Sight, urns: Urns, first: int, number: int, lane: int
) -> int:
    """Draw the option of one person of a member, from her post's urn until she keeps one."""
    while True:
        word = word_of(bits, lane)
        option: Any = first + np.int64(((word >> np.uint64(32)) * np.uint64(number)) >> np.uint64(32))
        other = np.int64(urns.other[option])
        option = other if np.uint32(word & np.uint64(0xFFFFFFFF)) >= urns.keep[option] else option
        camp = net.slot[option]
        if camp < 0:
            return option  # type: ignore[no-any-return]
        share, pull = sight.share[camp * LANES + lane], sight.pull[camp * LANES + lane]
        if now.turns_away[camp] and share < 0.5:
            continue
        if pull >= 1.0 or np.float64(word_of(bits, lane) >> np.uint64(11)) < pull * 9007199254740992.0:
            return option  # type: ignore[no-any-return]
