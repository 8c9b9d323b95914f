"""Which input drives which outcome: first-order Sobol indices from the members of a run as they are.

An ensemble draws all its inputs at once, by scrambled Sobol points through priors.  That is no
Saltelli design (which changes one input at a time), so the indices are estimated from given data:
by random balance designs in the form of Plischke's EASI, with the bias correction of Tissot and
Prieur, as SALib has them.  See decision record 0030 for why, and for what it leaves out.

References
----------
Plischke, "An effective algorithm for computing global sensitivity indices (EASI)" (2010).
Tissot and Prieur, "Bias correction for the estimation of sensitivity indices based on random
balance designs" (2012).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.results.outcomes import Quantity

    Floats = NDArray[np.float64]

LEVEL = 0.9
"""Of the intervals."""
LEAST_MEMBERS = 128
"""Fewer members cannot tell an index of a tenth from nothing."""
RESAMPLES = 40
RESAMPLES_IDLE = 15
"""For the intervals of inputs that cannot be told from nothing: most of the time would go there."""
PERMUTATIONS = 40
HARMONICS = (6, 10)
"""Fewest and most harmonics counted as the input's own; more follow a sharper response, and more chance."""
MEMBERS_PER_HARMONIC = 60
GHOST, GONE = 0.5, 0.75
"""An input is a ghost of another if it shows half its index and loses three quarters of that with the other's."""
SKEWED = 2.0
"""Skewness from which on an outcome is taken by rank: its variance would be that of a few members."""


@dataclass(frozen=True, slots=True)
class Index:
    """What one input does to one outcome.

    Attributes
    ----------
    name
        The input.
    index
        First-order Sobol index: share of the outcome's variance that goes if the input is known.
        An estimate, so it may be a little under 0.
    low, high
        Interval of 9 in 10 from resampled members, within 0 and 1.
    direction
        Spearman's rank correlation of input and outcome: its sign says which way, a small one
        with a large index that the response turns.
    above_floor
        Whether the index is above what the largest of as many idle inputs would show.
    or_else
        Inputs that showed at least half of the same effect until this one's was taken away: with
        these members they cannot be told apart, and the effect may be theirs.
    """

    name: str
    index: float
    low: float
    high: float
    direction: float
    above_floor: bool
    or_else: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drivers:
    """The inputs of one outcome, strongest first.

    Attributes
    ----------
    key, unit
        Of the outcome.
    members
        In which the outcome has a value.
    by_rank
        Whether indices are of the outcome's rank (it is too skewed).
    floor
        What the largest of as many idle inputs stays under 19 times in 20.
    explained
        Sum of the indices that can be told from nothing; the rest is chance, interaction and what is too weak to tell.
    effects
        By input.
    """

    key: str
    unit: str
    members: int
    by_rank: bool
    floor: float
    explained: float
    effects: tuple[Index, ...]


def harmonics_for(members: int) -> int:
    """Return how many harmonics of an input are counted as its own."""
    fewest, most = HARMONICS
    return int(np.clip(members // MEMBERS_PER_HARMONIC, fewest, most))


def _salib() -> Any:
    try:
        with warnings.catch_warnings():
            # SALib imports plotting libraries whose own deprecations are none of the user's.
            warnings.simplefilter("ignore")
            from SALib.analyze import rbd_fast
    except ImportError:
        raise UsageError("sensitivity needs SALib: install the extra, pip install 'caravana[inference]'") from None
    return rbd_fast


def untie(values: Floats, rng: np.random.Generator) -> Floats:
    """Return ranks in which equal values stand in random order: an input of 0 or 1 has many."""
    return np.asarray(np.lexsort((rng.random(len(values)), values)).argsort(kind="stable"), dtype=np.float64)


def unweave(ranks: Floats, rng: np.random.Generator) -> Floats:
    """Return ranks with each point moved by a place or so, at random.

    The method takes every second point on the way up and the rest on the way down.  Points of a Sobol
    sequence that are neighbours in one input lie in opposite halves of another, always in the same
    order; then the way up sees one half of that other input and the way down the other half, and an
    interaction of the two passes for an effect of the first.
    """
    return np.asarray(
        (ranks + rng.uniform(0.0, 2.0, len(ranks))).argsort(kind="stable").argsort(kind="stable"), dtype=np.float64
    )


def first_order(inputs: pd.DataFrame, outcome: Floats, *, seed: int = 1, key: str = "", unit: str = "") -> Drivers:
    """Return first-order Sobol indices of each input on one outcome.

    Parameters
    ----------
    inputs
        Drawn values, [member, input], drawn independently of each other.
    outcome
        Values, [member]; NaN where the outcome has none.
    seed
        Of resampling, permutations and ties.
    key, unit
        Of the outcome, passed on.

    Returns
    -------
    Drivers
        Strongest first.

    Raises
    ------
    UsageError
        If there are under 128 members with a value, or all values are equal; or SALib is missing.
    """
    known = ~np.isnan(outcome)
    members = int(known.sum())
    if members < LEAST_MEMBERS:
        raise UsageError(f"{key or 'the outcome'} has a value in {members} members; {LEAST_MEMBERS} or more are needed")
    y = outcome[known]
    if y.min() == y.max():
        raise UsageError(f"{key or 'the outcome'} is {y[0]:g} in every member: nothing drives it")
    rng = np.random.default_rng([seed, members])
    spread = y - y.mean()
    by_rank = abs(float((spread**3).mean())) > SKEWED * float((spread**2).mean()) ** 1.5
    ranks = untie(y, rng)
    if by_rank:
        y = ranks
    names = [str(c) for c in inputs.columns]
    x = np.column_stack([unweave(untie(inputs[c].to_numpy(np.float64)[known], rng), rng) for c in inputs.columns])
    sieve = _Sieve(_salib(), x, names, harmonics_for(members), seed)
    effects, floor = sieve.sort_out(y)
    direction = [float(np.corrcoef(column, ranks)[0, 1]) for column in x.T]
    ranked = [
        Index(names[i], index, low, high, direction[i], above_floor=above, or_else=ghosts)
        for i, index, (low, high), above, ghosts in effects
    ]
    ranked.sort(key=lambda e: -e.index)
    explained = min(1.0, sum((e.index for e in ranked if e.above_floor), 0.0))
    return Drivers(key, unit, members, by_rank, floor, explained, tuple(ranked))


class _Sieve:
    """Indices of one outcome, the strongest input's effect taken away before the next is looked at.

    A few hundred Sobol points in many dimensions are not independent: some pairs of inputs lie on a
    few lines, and one then shows the other's effect.  Once the true one's is gone, so is its ghost's.
    """

    def __init__(self, rbd_fast: Any, x: Floats, names: list[str], harmonics: int, seed: int) -> None:
        self._rbd, self._x, self._names, self._harmonics, self._seed = rbd_fast, x, names, harmonics, seed

    def _indices(self, y: Floats) -> Floats:
        rbd, m = self._rbd, self._harmonics
        plain = [rbd.compute_first_order(rbd.permute_outputs(column, y), m) for column in self._x.T]
        return np.asarray([rbd.unskew_S1(s, m, len(y)) for s in plain])

    def _interval(self, i: int, y: Floats, *, resamples: int) -> tuple[float, float]:
        """Return SALib's index of one input and half its interval, from resampled members."""
        problem = {"num_vars": 1, "names": [self._names[i]], "bounds": [[0.0, float(len(y))]]}
        analysis = self._rbd.analyze(
            problem, self._x[:, [i]], y, M=self._harmonics, num_resamples=resamples, conf_level=LEVEL, seed=self._seed
        )
        return float(analysis["S1"][0]), float(analysis["S1_conf"][0])

    def _floor(self, y: Floats) -> float:
        """Return what the largest index of inputs that do nothing stays under 19 times in 20.

        The outcome is shuffled among the members, which cuts every tie with the inputs.
        """
        rng = np.random.default_rng([self._seed, len(y)])
        return float(np.quantile([self._indices(rng.permutation(y)).max() for _ in range(PERMUTATIONS)], 0.95))

    def _without(self, i: int, y: Floats) -> Floats:
        """Return the outcome without its mean given one input, as a cosine series in the input's rank."""
        angle = np.pi * (self._x[:, i] + 0.5) / len(y)
        basis = np.cos(angle[:, None] * np.arange(self._harmonics + 1))
        return np.asarray(y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0])

    def sort_out(self, y: Floats) -> tuple[list[tuple[int, float, tuple[float, float], bool, tuple[str, ...]]], float]:
        """Return (input, index, interval, above_floor, ghosts) of every input, and the floor."""
        floor, whole, rest = self._floor(y), float(y.var()), y - y.mean()
        out: list[tuple[int, float, tuple[float, float], bool, tuple[str, ...]]] = []
        open_ = np.ones(len(self._names), dtype=bool)
        now = self._indices(rest)
        while open_.any():
            best = int(np.where(open_, now, -np.inf).argmax())
            share = float(rest.var()) / whole
            if share * now[best] <= floor:
                break
            left = self._without(best, rest)
            kept = float(left.var()) / float(rest.var())
            then = self._indices(left)
            open_[best] = False
            gone = open_ & (now > max(floor, GHOST * now[best])) & (then * kept < now * (1 - GONE))
            ghosts = tuple(self._names[j] for j in np.flatnonzero(gone))
            out.append((best, *self._scaled(best, rest, share, resamples=RESAMPLES), True, ghosts))
            rest, now = left, then
        share = float(rest.var()) / whole
        out += [
            (int(i), *self._scaled(int(i), rest, share, resamples=RESAMPLES_IDLE), False, ())
            for i in np.flatnonzero(open_)
        ]
        return out, floor

    def _scaled(self, i: int, y: Floats, share: float, *, resamples: int) -> tuple[float, tuple[float, float]]:
        """Return an index and its interval as shares of the whole outcome's variance."""
        index, half = self._interval(i, y, resamples=resamples)
        low, high = (float(np.clip(share * (index + s * half), 0.0, 1.0)) for s in (-1, 1))
        return share * index, (low, high)


def find_drivers(
    inputs: pd.DataFrame, outcomes: Mapping[Quantity, pd.Series[float]], *, seed: int = 1
) -> tuple[list[Drivers], dict[str, str]]:
    """Return the drivers of every outcome that enough members have and that varies among them.

    Parameters
    ----------
    inputs
        Drawn values, [member, input].
    outcomes
        Values by member of each, as :func:`caravana.results.outcomes.outcomes_of` gives them.
    seed
        Of resampling, permutations and ties.

    Returns
    -------
    tuple
        The drivers, by outcome; and why an outcome cannot be analysed, by the outcome's key.

    Raises
    ------
    UsageError
        If no input varies among the members, or no outcome can be analysed.
    """
    if inputs.empty:
        raise UsageError("every input of this run is fixed: nothing to be sensitive to")
    _salib()
    drivers, refused = [], {}
    for quantity, values in outcomes.items():
        outcome = np.asarray(values.reindex(inputs.index), dtype=np.float64)
        try:
            drivers.append(first_order(inputs, outcome, seed=seed, key=quantity.key, unit=quantity.unit))
        except UsageError as error:
            refused[quantity.key] = str(error)
    if not drivers:
        raise UsageError("\n".join(["no outcome can be analysed:", *refused.values()]))
    return drivers, refused
