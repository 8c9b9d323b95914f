"""A road network as arrays: what is read of an extract, and contracted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

CrossingKind = Literal["ferry", "gate", "checkpoint", "border"]


class RoadKind(IntEnum):
    """What a stretch of road is, the largest first."""

    MAIN = 0
    SECONDARY = 1
    MINOR = 2
    TRACK = 3
    PATH = 4
    FERRY = 5


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a road can be shut: a ferry, a gate, a checkpoint, a border.

    Attributes
    ----------
    key
        What tells it apart whatever the order of input: the ids of the extract's objects.
    kind
        Which of them.
    name
        As the extract has it; "" where it has none.
    """

    key: str
    kind: CrossingKind
    name: str


@dataclass(frozen=True, slots=True)
class Streets:
    """A road network as read: undirected edges between nodes.

    Attributes
    ----------
    lat, lon
        Degrees, [node].
    start, end
        Node indices, [edge].
    km
        Length, [edge].
    kind
        :class:`RoadKind`, [edge].
    motor
        Whether vehicles can take it, [edge].
    one_way
        Whether vehicles can take it from start to end only, [edge].
    crossing
        Index of the crossing that the edge is, or -1, [edge].
    crossings
        The crossings.
    """

    lat: Floats
    lon: Floats
    start: Ints
    end: Ints
    km: Floats
    kind: Ints
    motor: Bools
    one_way: Bools
    crossing: Ints
    crossings: tuple[Crossing, ...]

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.lat)


@dataclass(frozen=True, slots=True)
class Contracted:
    """A road network with chains of nodes of degree two made one edge each.

    Attributes
    ----------
    node
        Index of each kept node in the network as read, rising, [node].
    start, end
        Kept nodes, start before end, [edge].
    km
        Length, [edge].
    km_of
        Length by kind of road, [edge, kind].
    forth, back
        Whether vehicles can go from start to end, and from end to start, [edge].
    one_way
        Whether any part is one-way, [edge].
    crossing
        Index of the crossing that the edge is, or -1, [edge].
    """

    node: Ints
    start: Ints
    end: Ints
    km: Floats
    km_of: Floats
    forth: Bools
    back: Bools
    one_way: Bools
    crossing: Ints
