"""Where to: the chance of each option from each post, given how full the camps are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Routes
    from caravana.models.displacement.walk.travel import Options
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """What choices are made among.

    Attributes
    ----------
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

    destination: Ints
    following: Bools
    limited: Ints
    slot: Ints
    place_slot: Ints


def make_choice_table(routes: Routes, options: Options, *, following: Bools, capacity: Floats) -> ChoiceTable:
    """Find out which options lead to places that have a capacity."""
    limited = np.flatnonzero(capacity >= 1.0)
    slot_of = np.full(len(capacity), -1, dtype=np.int64)
    slot_of[limited] = np.arange(len(limited))
    destination = routes.destination[options.route]
    return ChoiceTable(destination, following, limited, slot_of[destination], slot_of)


def weights_of_day(
    routes: Routes, options: Options, score: Floats, open_link: Bools, settings: DisplacementSettings, *, factor: Floats
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
