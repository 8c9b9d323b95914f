"""What a block of members of a displacement did, and the tables that are kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.base import Coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.base import Table
    from caravana.models.displacement.network import Links

    Ints = NDArray[np.int64]

ROAD = "road"
"""The place of people under way."""


@dataclass(frozen=True, slots=True)
class DisplacementBlock:
    """What a block of members did.

    Attributes
    ----------
    people
        Persons at each place at the end of each day, [member, day, place].
    under_way
        Persons between places at the end of each day, [member, day].
    displaced
        Persons newly displaced, by place of origin, [member, day, place].
    departures
        Persons who set out on each directed link, summed over the block's members, [day, link].
    returned
        Persons who went home for good, by the place that they left, [member, day, place]; None where nobody can.
    """

    people: Ints
    under_way: Ints
    displaced: Ints
    departures: Ints
    returned: Ints | None = None


def tabulate_block(
    block: DisplacementBlock, *, place_ids: tuple[str, ...], links: Links, kind: str, columns: Ints | None = None
) -> dict[str, Table]:
    """Return what a block did as tables.

    Parameters
    ----------
    block
        What its members did.
    place_ids, links
        Places and links in the order of the block's arrays.
    kind
        Id of the party kind that stands for a person.
    columns
        Place of each column of the block's people, where it has not one for every place.

    Returns
    -------
    dict
        ``people`` (persons at places, and on the road), ``flows`` (persons newly displaced, and gone home
        for good, all places together) and ``links`` (persons who set out on each link, summed over the members).
    """
    member, day, place, there = _occupied(block.people)
    if columns is not None:
        place = columns.astype(np.int32)[place]
    on_road = np.nonzero(block.under_way)
    persons = np.concatenate([there, block.under_way[on_road]])
    road = len(place_ids)
    people: Table = {
        "day": np.concatenate([day, on_road[1].astype(np.int32)]),
        "member": np.concatenate([member, on_road[0].astype(np.int32)]),
        "place": Coded(np.concatenate([place, np.full(on_road[0].size, road, np.int32)]), (*place_ids, ROAD)),
        "kind": Coded(np.zeros(persons.size, dtype=np.int32), (kind,)),
        "status": Coded((np.arange(persons.size) >= member.size).astype(np.int32), ("displaced", "under_way")),
        "parties": persons,
        "persons": persons,
    }
    moved = [block.displaced.sum(axis=2), *(() if block.returned is None else (block.returned.sum(axis=2),))]
    which, who, when = np.nonzero(np.stack(moved))
    flows: Table = {
        "day": when.astype(np.int32),
        "member": who.astype(np.int32),
        "flow": Coded(which.astype(np.int32), ("displaced", "returned")),
        "kind": Coded(np.zeros(who.size, dtype=np.int32), (kind,)),
        "persons": np.stack(moved)[which, who, when],
    }
    when, link = np.nonzero(block.departures)
    departures: Table = {
        "day": when.astype(np.int32),
        "from_id": Coded(links.start[link].astype(np.int32), place_ids),
        "to_id": Coded(links.end[link].astype(np.int32), place_ids),
        "persons": block.departures[when, link],
    }
    return {"people": people, "flows": flows, "links": departures}


def _occupied(people: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], Ints]:
    """Return member, day and column of the cells with anybody in them, and how many: found a member at a time.

    Of a country of sites the indices of all at once would take more memory than the people.
    """
    cells = [tuple(index.astype(np.int32) for index in np.nonzero(one)) for one in people]
    member = np.repeat(np.arange(len(cells), dtype=np.int32), [len(day) for day, _ in cells])
    there = [one[cell] for one, cell in zip(people, cells, strict=True)]
    day, column = (np.concatenate([cell[axis] for cell in cells]) for axis in (0, 1))
    return member, day, column, np.concatenate(there)
