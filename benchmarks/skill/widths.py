"""How wide forecasts of a caravan should be, learned from the standardised errors of others; constants by leaving out.

Beforehand errors are as those of a forecast that is right (a normal distribution), worth so many cases; errors of
other caravans and, evening by evening, of the caravan itself are added.  How much each counts is chosen so that the
bands of the other caravans, each with its own left out as well, hold what they should (:func:`choose`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from caravana.inference.caravan.pooled.rosters import FAR, HORIZONS, near
from caravana.inference.widths import KEPT, LEAST, LEVELS, MOST, Believed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HELD = 0.9
RIGHT = ndtri((np.arange(400) + 0.5) / 400) / ndtri(LEVELS[1])
"""Standardised errors of a forecast that is right."""


@dataclass(frozen=True)
class CaseError:
    """Standardised errors of one forecast, one a truth."""

    caravan: str
    horizon: int
    origin: int
    known_day: int
    errors: Floats


@dataclass(frozen=True)
class Choice:
    """What counts how much.

    Attributes
    ----------
    power : float
        A caravan of n cases counts as n to this power.
    right : float
        How many cases a forecast that is right is worth beforehand.
    others, own : float
        What a case of another caravan, and one of its own, is worth.
    """

    power: float
    right: float
    others: float
    own: float


POWERS = (0.0, 0.5, 1.0)
CHOICES = tuple(
    itertools.starmap(
        Choice, itertools.product(POWERS, (5.0, 10.0, 20.0, 40.0), (0.25, 0.5, 1.0, 2.0), (0.0, 0.5, 1.0, 2.0))
    )
)


def choose(errors: Sequence[CaseError]) -> Choice:
    """The choice by which bands hold nearest to what they should at each horizon, each caravan left out in turn."""
    held = np.stack([_held(case, errors) for case in errors])
    horizons = np.array([case.horizon for case in errors])
    off = [np.abs(held[horizons == h].mean(axis=0) - HELD) for h in HORIZONS if (horizons == h).any()]
    return CHOICES[int(np.mean(off, axis=0).argmin())]


def believed(errors: Sequence[CaseError], choice: Choice, easing: float = 0.0) -> dict[int, Believed]:
    """What these caravans tell of another, by horizon."""
    out = {}
    for horizon in HORIZONS:
        values, weights = _gathered(errors, horizon)
        every = np.concatenate([RIGHT, values])
        counted = np.concatenate([_right(choice), choice.others * weights[choice.power]])
        order = np.argsort(every, kind="stable")
        reached = np.cumsum(counted[order])
        at = np.searchsorted(reached, KEPT * reached[-1])
        out[horizon] = Believed(every[order][at], worth=float(reached[-1]), own=choice.own, easing=easing)
    return out


def _held(case: CaseError, errors: Sequence[CaseError]) -> Floats:
    """Whether the band of a case holds its truth, by choice, from the other caravans and its own earlier cases."""
    others, weights = _gathered([e for e in errors if e.caravan != case.caravan], case.horizon)
    mine = [e for e in errors if e.caravan == case.caravan and e.known_day <= case.origin]
    own, counted = _gathered([e for e in mine if near(e.horizon, case.horizon)], case.horizon)
    every = np.concatenate([RIGHT, others, own])
    order = np.argsort(every, kind="stable")
    rows = np.stack([
        np.concatenate([_right(c), c.others * weights[c.power], c.own * counted[1.0]])[order] for c in CHOICES
    ])  # fmt: skip
    reached = np.cumsum(rows, axis=1)
    reached /= reached[:, -1:]
    low, high = (every[order][np.minimum((reached < level).sum(axis=1), every.size - 1)] for level in LEVELS)
    low, high = -np.clip(-low, LEAST, MOST), np.clip(high, LEAST, MOST)
    inside = (case.errors[:, None] >= low - 1e-9) & (case.errors[:, None] <= high + 1e-9)
    return np.asarray(inside.mean(axis=0), float)


def _right(choice: Choice) -> Floats:
    return np.full(RIGHT.size, choice.right / RIGHT.size)


def _gathered(errors: Sequence[CaseError], horizon: int) -> tuple[Floats, Mapping[float, Floats]]:
    """Errors that count at a horizon, and the weight of each by power."""
    some = [error for error in errors if near(error.horizon, horizon)]
    plain = [(1.0 if e.horizon == horizon else FAR) / e.errors.size for e in some]
    total: dict[str, float] = {}
    for e, weight in zip(some, plain, strict=True):
        total[e.caravan] = total.get(e.caravan, 0.0) + weight * e.errors.size
    none = np.zeros(0)
    values = np.concatenate([none, *(e.errors for e in some)])
    by_power = {
        power: np.concatenate([
            none,
            *(np.full(e.errors.size, w * total[e.caravan] ** (power - 1.0)) for e, w in zip(some, plain, strict=True)),
        ])
        for power in POWERS
    }  # fmt: skip
    return values, by_power
