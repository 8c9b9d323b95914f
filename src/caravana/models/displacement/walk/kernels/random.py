"""Random numbers inside the compiled loops: uniforms, coins and binomials.

A call into NumPy's generator costs a compiled loop 8 ns and its binomials some 100 ns, most of the time of a
crowded day.  So each process draws 256 bits from its named stream, and the loops go on from these.

References
----------
D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions on Mathematical
Software 47 (2021): xoshiro256++.  W. Hormann, "The generation of binomial random variates", Journal of
Statistical Computation and Simulation 46 (1993): algorithm BTRS.  L. Devroye, "Non-Uniform Random Variate
Generation" (1986), X.4: inversion.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Bits = NDArray[np.uint64]
Words = NDArray[np.uint32]

P = ParamSpec("P")
R = TypeVar("R")

#: Expected number from which binomials are drawn by rejection, below by inversion.
REJECTION = 18.0


def inner(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays."""
    return njit(cache=True, _nrt=False)(loop)  # type: ignore[call-overload,no-any-return]


def inlined(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile what stands inside such loops."""
    return njit(cache=True, _nrt=False, forceinline=True)(loop)  # type: ignore[call-overload,no-any-return]


def draw_bits(rng: np.random.Generator) -> Bits:
    """Draw the bits that a loop goes on from."""
    bits = rng.integers(0, 2**64, size=4, dtype=np.uint64)
    return bits if bits.any() else bits + np.uint64(1)


@inlined
def step(bits: Bits) -> np.uint64:
    """Step xoshiro256++ and return its next 64 bits."""
    a, b, c, d = bits[0], bits[1], bits[2], bits[3]
    total = a + d
    word = ((total << np.uint64(23)) | (total >> np.uint64(41))) + a
    c ^= a
    d ^= b
    bits[0] = a ^ d
    bits[1] = b ^ c
    bits[2] = c ^ (b << np.uint64(17))
    bits[3] = (d << np.uint64(45)) | (d >> np.uint64(19))
    return word  # type: ignore[no-any-return]


@inlined
def uniform(bits: Bits) -> float:
    """Draw evenly from 0 (included) to 1."""
    return (step(bits) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def fill(bits: Bits, words: Words, number: int) -> None:
    """Fill the front of a list with `number` (or one more) words of 32 bits."""
    for pair in range(0, number, 2):
        word = step(bits)
        words[pair] = np.uint32(word & np.uint64(0xFFFFFFFF))
        words[pair + 1] = np.uint32(word >> np.uint64(32))


@inlined
def count_below(words: Words, number: int, chance: float) -> int:
    """Count how many of the first `number` words are below a chance."""
    if chance >= 1.0:
        return number
    edge = np.uint32(chance * 4294967296.0)
    below = 0
    for index in range(number):
        below += words[index] < edge
    return below


@inner
def binomial(bits: Bits, people: int, chance: float) -> int:
    """Draw how many of some people do what each does with a chance from 0 to 1."""
    less = min(chance, 1.0 - chance)
    if people <= 0 or less <= 0.0:
        number = 0
    elif people * less < REJECTION:
        number = _invert(bits, people, less)
    else:
        number = _reject(bits, people, less)
    return number if chance <= 0.5 else people - number


@inlined
def _invert(bits: Bits, people: int, chance: float) -> int:
    """Draw by going up the distribution from 0."""
    odds = chance / (1.0 - chance)
    left = uniform(bits)
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
def _reject(bits: Bits, people: int, chance: float) -> int:
    """Draw by transformed rejection with squeeze (BTRS), for people * chance of 10 and more."""
    deviation = math.sqrt(people * chance * (1.0 - chance))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    c = people * chance + 0.5
    vertical = 0.92 - 4.2 / b
    while True:
        u = uniform(bits) - 0.5
        v = uniform(bits)
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
