"""People taken from one place to others: a transit camp that passes on who comes, or convoys of so many a day.

A transfer is an event of kind ``transfer``: from ``place_id`` to ``target_id``, from its date until its end date (that
day no more).  With the unit ``1/day`` its value is a hazard of everybody there, h: of n people n (1 - exp(-h)) go in a
day on average.  With ``persons/day`` so many are taken each day, as long as anybody is there.  Nobody is made or lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.vocabulary import CONVOYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transfer:
    """People taken from one place to another.

    Attributes
    ----------
    start, end
        Places, as positions in the arrays of the model.
    days
        Days of the scenario on which it acts; its last one may lie beyond the end.
    hazard
        1/day, of everybody there; 0 where convoys go.
    convoy
        Persons a day, scaled as the model's are; 0 where there is a hazard.
    """

    start: int
    end: int
    days: range
    hazard: float
    convoy: float


def compile_transfers(
    scenario: Scenario, place_ids: Sequence[str], *, days: int, hasten: float
) -> tuple[Transfer, ...]:
    """Return the transfers of a scenario between places that a model knows, in the order of its events.

    Parameters
    ----------
    place_ids
        Places of the model; transfers from and to others are left out.
    days
        Days simulated.
    hasten
        Persons whom one of the run stands for.
    """
    index = {place: at for at, place in enumerate(place_ids)}
    out = []
    for event in scenario.events:
        start, end = index.get(event.place_id or ""), index.get(event.target_id or "")
        if event.kind != "transfer" or start is None or end is None:
            continue
        first = max(scenario.day_of(event.date), 0)
        last = days if event.end_date is None else scenario.day_of(event.end_date)
        size, convoys = float(event.value or 0.0), event.unit == CONVOYS
        out.append(
            Transfer(start, end, range(first, last), 0.0 if convoys else size, size / hasten if convoys else 0.0)
        )
    return tuple(out)


def draw_transfers(people: Ints, transfers: Sequence[Transfer], day: int, rng: np.random.Generator) -> Ints:
    """Draw who is taken where today, of those there in the morning, [member, transfer].

    Hazards compete: of all who leave a place (binomial) each transfer takes its part (multinomial).  Convoys come
    after, in the order of the events, for those who are left; a part of a person goes by chance.

    Parameters
    ----------
    people
        [member, place]
    """
    taken = np.zeros((len(people), len(transfers)), dtype=np.int64)
    acting = [at for at, one in enumerate(transfers) if day in one.days]
    for place in dict.fromkeys(transfers[at].start for at in acting):
        here = [at for at in acting if transfers[at].start == place]
        hazard = np.array([transfers[at].hazard for at in here])
        left = people[:, place]
        if hazard.sum() > 0:
            leaving = rng.binomial(left, -np.expm1(-hazard.sum()))
            taken[:, here] = rng.multinomial(leaving, hazard / hazard.sum())
            left = left - leaving
        for at in here:
            if transfers[at].convoy > 0:
                whole, part = divmod(transfers[at].convoy, 1.0)
                taken[:, at] = np.minimum(left, int(whole) + (rng.random(len(left)) < part))
                left = left - taken[:, at]
    return taken


def draw_leavers(less: Ints, here: Ints, rng: np.random.Generator) -> Ints:
    """Draw who leaves of those there, each as likely as any other, [member, place]."""
    out = np.zeros_like(here)
    for member in np.flatnonzero(less):
        out[member] = rng.multivariate_hypergeometric(here[member], less[member], method="marginals")
    return out


def net_of(taken: NDArray[np.number], transfers: Sequence[Transfer], *, places: int) -> NDArray[np.number]:
    """What each place gains by transfers, losses negative, [..., place], of who was taken, [..., transfer]."""
    net = np.zeros((*taken.shape[:-1], places), dtype=taken.dtype)
    for at, one in enumerate(transfers):
        net[..., one.start] -= taken[..., at]
        net[..., one.end] += taken[..., at]
    return net


def expected_net(people: Floats, transfers: Sequence[Transfer]) -> Floats:
    """What each place is expected to gain by transfers on each day, of so many there the day before, [day, place]."""
    net = np.zeros(people.shape)
    for one in transfers:
        days = np.arange(max(one.days.start, 1), min(one.days.stop, len(people)))
        before = people[days - 1, one.start]
        taken = -np.expm1(-one.hazard) * before + np.minimum(one.convoy, before)
        net[days, one.start] -= taken
        net[days, one.end] += taken
    return net
