"""Where to: the chance of each option from each post, given how full the camps are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.dynamics.dispersal_network import Routes
    from caravana.dynamics.dispersal_travel import Options
    from caravana.scenario.flee_settings import DispersalSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """What choices are made among, padded so that posts are rows.

    Attributes
    ----------
    options
        Option of each (post, column), padded with the number of options, [post, column].
    destination
        Final destination of each option's route, [option].
    following
        Whether the post is a route half done (no new choice there), [post].
    limited
        Places that have a capacity, as place indices, [camp].
    slot
        Index into `limited` of each option's destination, or -1, [option].
    place_slot
        Index into `limited` of each place, or -1, [place].
    """

    options: Ints
    destination: Ints
    following: Bools
    limited: Ints
    slot: Ints
    place_slot: Ints


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


def make_choice_table(
    routes: Routes, options: Options, *, posts: int, following: Bools, capacity: Floats
) -> ChoiceTable:
    """Lay the options of each post out in rows."""
    number = np.diff(options.first)
    width = max(int(number.max(initial=0)), 1)
    columns = options.first[:-1, None] + np.arange(width)[None, :]
    padded = np.where(np.arange(width)[None, :] < number[:, None], columns, len(options.route))
    limited = np.flatnonzero(capacity >= 1.0)
    slot_of = np.full(len(capacity), -1, dtype=np.int64)
    slot_of[limited] = np.arange(len(limited))
    destination = routes.destination[options.route]
    return ChoiceTable(padded.reshape(posts, width), destination, following, limited, slot_of[destination], slot_of)


def weights_of_day(
    routes: Routes, options: Options, score: Floats, open_link: Bools, settings: DispersalSettings, *, factor: Floats
) -> Floats:
    """Weigh options before capacity: ((softening + score) / (softening km + km) ^ p) ^ q; -1 where shut.

    A route with any link shut is no candidate; a route half done only needs its next link.

    Parameters
    ----------
    score
        Of destinations as each class of people sees them, [option].
    factor
        Further weight of each option (closeness), [option].
    """
    reach = settings.softening + routes.km[options.route]
    weight = (settings.weight_softening + score * factor) / reach**settings.distance_power
    weight = weight**settings.weight_power
    chain = routes.links[options.route]
    passable = ((chain < 0) | open_link[chain]).all(axis=1)
    return np.where(passable, weight, -1.0)


def chances(
    table: ChoiceTable,
    options: Options,
    weight: Floats,
    first_open: Bools,
    share: Floats,
    camp: Bools,
    settings: DispersalSettings,
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
    """  # fmt: skip
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
