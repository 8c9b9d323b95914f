"""Random numbers inside the compiled loops: coins, uniforms and binomials of eight members at once.

A call into NumPy's generator costs a compiled loop 8 ns and its binomials some 100 ns, most of the time of a
crowded day.  So each process draws 256 bits for each member from its named stream, and the loops go on from these.

A binomial of up to :data:`COUNTED` people is drawn by their coins.  Each person's uniform is held against the chance
digit by digit: whose digit is another than that of the chance is decided, the others, about half, go on to the next.
So it takes two coins a person, 64 of which are one word, and is exact for a chance to 32 binary digits.  Of more
people it is drawn by rejection or inversion, member by member.

References
----------
D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions on Mathematical
Software 47 (2021): xoshiro256++.  W. Hörmann, "The generation of binomial random variates", Journal of
Statistical Computation and Simulation 46 (1993): algorithm BTRS.  L. Devroye, "Non-Uniform Random Variate
Generation" (1986), X.4: inversion; XV.2: a chance bit by bit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from caravana.models.displacement.walk.kernels.lanes import (
    LANES,
    Lanes,
    all_f64,
    all_i64,
    any_of,
    as_float,
    bytes_below,
    bytes_equal,
    count_ones,
    load,
    narrow,
    one_of,
    select,
    store,
    to_long,
    widen,
    with_one,
)
from caravana.models.displacement.walk.kernels.parts import LoopCompiler, PartCompiler

if TYPE_CHECKING:
    from collections.abc import Callable

Bits = NDArray[np.uint64]

P = ParamSpec("P")
R = TypeVar("R")

#: Most people whose binomial is drawn by their coins.
COUNTED = 2048
#: Words that a group of members draws from.
WORDS = 4 * LANES
#: Binary digits of a chance, and the edge below which all words of so many bits are.
DIGITS, ALWAYS, WHOLE = 32, 2**32 - 1, 2.0**32
#: How numba compiles what no Python calls.
_BY_LOOPS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
#: Expected number from which binomials of more are drawn by rejection, below by inversion.
REJECTION = 18.0


def inner(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays, for other loops alone.

    What Python would call it by takes as long to compile as the loop itself, and it is kept as part of those others.
    """
    return njit(_nrt=False, pipeline_class=PartCompiler, **_BY_LOOPS)(loop)  # type: ignore[call-overload,no-any-return]


def inlined(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile what stands inside such loops."""
    return njit(_nrt=False, forceinline=True, pipeline_class=PartCompiler, **_BY_LOOPS)(loop)  # type: ignore[call-overload,no-any-return]


def loop(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that Python calls, and that makes no arrays."""
    return njit(cache=True, _nrt=False, no_cfunc_wrapper=True, pipeline_class=LoopCompiler)(function)  # type: ignore[call-overload,no-any-return]


def draw_bits(rng: np.random.Generator, groups: int = 1) -> Bits:
    """Draw the bits that a loop goes on from, [group, word * member]."""
    bits = rng.integers(0, 2**64, size=(groups, 4, LANES), dtype=np.uint64)
    bits[:, 0] += ~bits.any(axis=1)  # from four zeros there would be nothing but zeros
    return bits.reshape(groups, -1)


@inlined
def step(bits: Bits) -> Lanes:
    """Step xoshiro256++ of each member and return its next 64 bits."""
    a, b, c, d = load(bits, 0), load(bits, LANES), load(bits, 2 * LANES), load(bits, 3 * LANES)
    total = a + d
    word = ((total << all_i64(23)) | (total >> all_i64(41))) + a
    c = c ^ a
    d = d ^ b
    store(bits, 0, a ^ d)
    store(bits, LANES, b ^ c)
    store(bits, 2 * LANES, c ^ (b << all_i64(17)))
    store(bits, 3 * LANES, (d << all_i64(45)) | (d >> all_i64(19)))
    return word


@inlined
def uniform(bits: Bits) -> Lanes:
    """Draw evenly from 0 (included) to 1, for each member: 52 bits as the digits of a float from 1 to 2."""
    return as_float((step(bits) >> all_i64(12)) | all_i64(0x3FF0000000000000)) - all_f64(1.0)


@inlined
def edge_of(chance: Lanes) -> Lanes:
    """Edge below which a word of 32 bits is with a chance from 0 to 1."""
    scaled = chance * all_f64(4294967296.0)
    return to_long(select(scaled < all_f64(4294967295.0), scaled, all_f64(4294967295.0)))


@inner
def binomial(bits: Bits, people: Lanes, edge: Lanes) -> Lanes:
    """Draw how many of some people do what each does with a chance, for each member.

    Parameters
    ----------
    people
        How many, integers of 32 bits.
    edge
        From :func:`edge_of`.
    """
    a, b, c, d = load(bits, 0), load(bits, LANES), load(bits, 2 * LANES), load(bits, 3 * LANES)
    nobody, one, word_long, everyone = all_i64(0), all_i64(1), all_i64(64), all_i64(-1)
    number = widen(people)
    always = edge == all_i64(ALWAYS)
    done = select(always, number, nobody)
    open_to_both = (edge > nobody) & (edge < all_i64(ALWAYS))
    left = select(open_to_both & (number < all_i64(COUNTED + 1)), number, nobody)
    digits = all_i64(DIGITS)
    while any_of(left > all_i64(8)):
        heads, uncounted = nobody, left
        while any_of(uncounted > nobody):
            total = a + d
            word = ((total << all_i64(23)) | (total >> all_i64(41))) + a
            c = c ^ a
            d = d ^ b
            a, b, c, d = a ^ d, b ^ c, c ^ (b << all_i64(17)), (d << all_i64(45)) | (d >> all_i64(19))
            coins = select(uncounted < word_long, (one << uncounted) - one, everyone)
            heads = heads + count_ones(word & select(uncounted > nobody, coins, nobody))
            uncounted = uncounted - word_long
        digits = digits - one
        below = ((edge >> digits) & one) > nobody
        done = select(below, done + heads, done)
        left = select(below, left - heads, heads)
        # Where all further digits of the chance are 0, nobody is below it any more.
        left = select((edge & ((one << digits) - one)) > nobody, left, nobody)
    # A few are held against the next eight digits at once.
    ahead = edge << (all_i64(64) - digits)
    while any_of(left > nobody):
        total = a + d
        word = ((total << all_i64(23)) | (total >> all_i64(41))) + a
        c = c ^ a
        d = d ^ b
        a, b, c, d = a ^ d, b ^ c, c ^ (b << all_i64(17)), (d << all_i64(45)) | (d >> all_i64(19))
        these, digit = (one << left) - one, (ahead >> all_i64(56)) * all_i64(0x0101010101010101)
        done = done + count_ones(bytes_below(word, digit) & these)
        left = count_ones(bytes_equal(word, digit) & these)
        ahead = ahead << all_i64(8)
        left = select(ahead != nobody, left, nobody)
    store(bits, 0, a)
    store(bits, LANES, b)
    store(bits, 2 * LANES, c)
    store(bits, 3 * LANES, d)
    many = open_to_both & (number > all_i64(COUNTED))
    if any_of(many):
        for lane in range(LANES):
            if one_of(number, lane) > COUNTED and 0 < one_of(edge, lane) < ALWAYS:
                done = with_one(done, lane, _of_many(bits, lane, one_of(number, lane), one_of(edge, lane) / WHOLE))
    return narrow(done)


@inlined
def word_of(bits: Bits, lane: int) -> np.uint64:
    """Step xoshiro256++ of one member and return its next 64 bits."""
    a, b, c, d = bits[lane], bits[LANES + lane], bits[2 * LANES + lane], bits[3 * LANES + lane]
    total = a + d
    word = ((total << np.uint64(23)) | (total >> np.uint64(41))) + a
    c ^= a
    d ^= b
    bits[lane] = a ^ d
    bits[LANES + lane] = b ^ c
    bits[2 * LANES + lane] = c ^ (b << np.uint64(17))
    bits[3 * LANES + lane] = (d << np.uint64(45)) | (d >> np.uint64(19))
    return word  # type: ignore[no-any-return]


@inlined
def _uniform_of(bits: Bits, lane: int) -> float:
    """Draw evenly from 0 (included) to 1, for one member."""
    return float(word_of(bits, lane) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def _of_many(bits: Bits, lane: int, people: int, chance: float) -> int:
    """Draw a binomial of one member."""
    less = min(chance, 1.0 - chance)
    number = _invert(bits, lane, people, less) if people * less < REJECTION else _reject(bits, lane, people, less)
    return number if chance <= 0.5 else people - number


@inlined
def _invert(bits: Bits, lane: int, people: int, chance: float) -> int:
    """Draw by going up the distribution from 0."""
    odds = chance / (1.0 - chance)
    left = _uniform_of(bits, lane)
    mass = math.exp(people * math.log1p(-chance))
    number = 0
    while left > mass and number < people:
        left -= mass
        number += 1
        mass *= odds * (people - number + 1) / number
        if mass == 0.0:
            break
    return number


@inlined
def _reject(bits: Bits, lane: int, people: int, chance: float) -> int:
    """Draw by transformed rejection with squeeze (BTRS), for people * chance of 10 and more."""
    deviation = math.sqrt(people * chance * (1.0 - chance))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    c = people * chance + 0.5
    vertical = 0.92 - 4.2 / b
    while True:
        u = _uniform_of(bits, lane) - 0.5
        v = _uniform_of(bits, lane)
        us = 0.5 - abs(u)
        if us <= 0.0:
            continue
        number = math.floor((2.0 * a / us + b) * u + c)
        if us >= 0.07 and v <= vertical:
            return number
        if number < 0 or number > people:
            continue
        mode = math.floor((people + 1) * chance)
        ratio = (
            math.lgamma(mode + 1.0) + math.lgamma(people - mode + 1.0)
            - math.lgamma(number + 1.0) - math.lgamma(people - number + 1.0)
            + (number - mode) * math.log(chance / (1.0 - chance))
        )  # fmt: skip
        if v * (2.83 + 5.1 / b) * deviation / (a / (us * us) + b) <= math.exp(ratio):
            return number
