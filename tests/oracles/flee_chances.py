"""Chances of options and throttles of camps in plain array operations: the reference of the compiled ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.walk.choice import ChoiceTable
    from caravana.models.displacement.walk.travel import Options
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


def capacity_share(people: Floats, capacity: Floats, buffer: float) -> Floats:
    """Throttle of a camp: 1 up to `buffer` of its capacity, 0 from full on, linear between.

    Parameters
    ----------
    people
        Persons there, [member, camp].
    capacity
        Persons it takes, already scaled; below 1 there is no limit, [camp].
    """
    room = np.maximum(capacity * (1.0 - buffer), 1e-12)
    share = np.clip((capacity - people) / room, 0.0, 1.0)
    return np.where(capacity < 1.0, 1.0, share)


def chances(
    table: ChoiceTable,
    options: Options,
    weight: Floats,
    first_open: Bools,
    share: Floats,
    camp: Bools,
    settings: DisplacementSettings,
) -> Floats:
    """Chance of each option for a person who moves, [member, option]; what is missing to 1 stays.

    Parameters
    ----------
    weight
        From :func:`weights_of_day`, [option].
    first_open
        Whether the option's own link is open, [option].
    share
        From :func:`capacity_share`, [member, camp with a capacity].
    camp
        Whether each destination counts as a camp today, [option].
    """
    candidate = weight >= 0
    open_share = np.where(table.slot >= 0, share[:, np.maximum(table.slot, 0)], 1.0)
    pulled = np.where(candidate, weight, 0.0) * open_share**settings.weight_power
    first = options.first[:-1]
    filled = np.flatnonzero(np.diff(options.first) > 0)
    if settings.pruning_threshold >= 1.001:
        best = _spread(np.maximum.reduceat(pulled, first[filled], axis=1), options, filled)
        pulled = np.where(pulled < best / settings.pruning_threshold, 0.0, pulled)
    pulled = pulled * options.chance
    total = _spread(np.add.reduceat(pulled, first[filled], axis=1), options, filled)
    # All candidates full: everybody chooses one of them at random, and finds it full.
    even = candidate * options.chance
    number = _spread(np.add.reduceat(even[None, :], first[filled], axis=1), options, filled)
    chance = np.where(total > 0, pulled / np.where(total > 0, total, 1.0), even / np.maximum(number, 1e-300))
    chance = np.where(_follows(table, options), first_open * options.chance, chance)
    # A camp more than half throttled turns those who chose it away: they stay where they are.
    return np.asarray(np.where(camp & (open_share < 0.5), 0.0, chance))


def _follows(table: ChoiceTable, options: Options) -> Bools:
    """Whether each option belongs to a route half done, [option]."""
    return np.repeat(table.following, np.diff(options.first))


def _spread(values: Floats, options: Options, filled: Ints) -> Floats:
    """Give each option the value of its post, [member, option]."""
    return np.repeat(values, np.diff(options.first)[filled], axis=1)
