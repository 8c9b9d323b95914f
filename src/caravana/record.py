"""What a block remembers of its days, as columns that grow: occupied cells only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.state import STATUSES, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.world import World

    Array = NDArray[np.generic]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of labels: ``codes`` index ``labels``."""

    codes: Ints
    labels: tuple[str, ...]


Table = dict[str, "Array | Coded"]


AMOUNTS = {"people": "parties", "caravans": "persons", "flows": "persons", "payments": "usd", "reports": "persons"}
"""The column of each table that is counted: a table in which nothing happened has its columns all the same."""


class Record:
    """Columns of one block's tables, appended to day by day.

    Parameters
    ----------
    world
        The compiled scenario, for labels and sizes.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[str, list[dict[str, Array]]] = {}
        self._flow_labels: list[str] = []
        self._payers: list[str] = []
        self._sides: list[str] = []

    def _add(self, table: str, day: int, **columns: Array) -> None:
        length = len(next(iter(columns.values())))
        self._rows.setdefault(table, []).append({"day": np.full(length, day, dtype=np.int32), **columns})

    def people(
        self, day: int, member: Ints, label: Ints, kind: Ints, status: Ints, parties: Ints, road: NDArray[np.bool_]
    ) -> None:
        """Add tonight's occupied cells; cells of the road that share a label are summed."""
        if road.any():
            key = np.stack([member[road], label[road], kind[road], status[road]])
            unique, inverse = np.unique(key, axis=1, return_inverse=True)
            summed = np.bincount(inverse.reshape(-1), weights=parties[road], minlength=unique.shape[1])
            columns = zip((member, label, kind, status), unique, strict=True)
            member, label, kind, status = (np.concatenate([old[~road], new]) for old, new in columns)
            parties = np.concatenate([parties[~road], summed.astype(np.int64)])
        self._add(
            "people", day,
            member=member.astype(np.int32), place=label.astype(np.int32), kind=kind.astype(np.int16),
            status=status.astype(np.int16), parties=parties,
        )  # fmt: skip

    def caravans(
        self, day: int, *, active: NDArray[np.bool_], place: Ints, km: Array, mode: Array, parties: Ints, persons: Ints
    ) -> None:
        """Add tonight's caravans; every array is [member, caravan]."""
        members, caravans = place.shape
        self._add(
            "caravans", day,
            member=np.repeat(np.arange(members, dtype=np.int32), caravans),
            caravan=np.tile(np.arange(caravans, dtype=np.int32), members),
            active=active.reshape(-1), place=place.reshape(-1), km=km.reshape(-1), mode=mode.reshape(-1),
            parties=parties.reshape(-1), persons=persons.reshape(-1),
        )  # fmt: skip

    def flows(self, day: int, persons: Mapping[str, Ints]) -> None:
        """Add today's flows, [member, kind] by name; zeros are left out."""
        for name, table in persons.items():
            if name not in self._flow_labels:
                self._flow_labels.append(name)
            member, kind = np.nonzero(table)
            flow = np.full(member.size, self._flow_labels.index(name))
            self._add("flows", day, member=member.astype(np.int32), flow=flow, kind=kind, persons=table[member, kind])

    def payments(self, day: int, usd: Mapping[tuple[str, str], NDArray[np.float64]]) -> None:
        """Add today's payments, [member] by (payer, payee); zeros are left out."""
        for pair, amounts in usd.items():
            for name in pair:
                if name not in self._payers:
                    self._payers.append(name)
            member = np.flatnonzero(amounts)
            payer, payee = (np.full(member.size, self._payers.index(name)) for name in pair)
            self._add("payments", day, member=member.astype(np.int32), payer=payer, payee=payee, usd=amounts[member])

    def reports(self, day: int, told: Mapping[str, NDArray[np.float64]]) -> None:
        """Add what each side would have reported today, [member, caravan]; zeros are left out."""
        for side, table in told.items():
            if side not in self._sides:
                self._sides.append(side)
            member, caravan = np.nonzero(table)
            code = np.full(member.size, self._sides.index(side))
            self._add(
                "reports", day, member=member.astype(np.int32), caravan=caravan, side=code,
                persons=table[member, caravan],
            )  # fmt: skip

    def finish(self) -> dict[str, Table]:
        """Return the tables with their labels."""
        world = self._world
        rows = (*world.place_ids, *world.caravan_ids, *(f"road:{x}" for x in world.destination_ids))
        labels = {
            "people": {"place": rows, "kind": world.kind_ids, "status": STATUSES},
            "caravans": {"caravan": world.caravan_ids, "place": world.place_ids, "mode": tuple(m.name for m in Mode)},
            "flows": {"flow": tuple(self._flow_labels), "kind": world.kind_ids},
            "payments": {"payer": tuple(self._payers), "payee": tuple(self._payers)},
            "reports": {"caravan": world.caravan_ids, "side": tuple(self._sides)},
        }
        tables: dict[str, Table] = {}
        for name, coded in labels.items():
            parts = self._rows.get(name, [])
            keys = parts[0] if parts else ("day", "member", *coded, AMOUNTS[name])
            columns = {key: np.concatenate([np.arange(0), *(p[key] for p in parts)]) for key in keys}
            tables[name] = {
                key: Coded(column.astype(np.int64), coded[key]) if key in coded else column
                for key, column in columns.items()
            }
        people = tables["people"]
        kind = people["kind"]
        if isinstance(kind, Coded):
            people["persons"] = people["parties"] * world.size[kind.codes]
        return tables
