"""What a block remembers of its days, as columns that grow: occupied cells only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.dynamics.state import STATUSES, Mode
from caravana.world import ROAD_DAYS

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
        self._flows: dict[str, list[tuple[int, Ints]]] = {}
        self._payers: list[str] = []
        self._sides: list[str] = []

    def _add(self, table: str, day: int, **columns: Array) -> None:
        length = len(next(iter(columns.values())))
        self._rows.setdefault(table, []).append({"day": np.full(length, day, dtype=np.int32), **columns})

    def people(self, day: int, cells: Ints, parties: Ints) -> None:
        """Add tonight's occupied cells; people on the road are summed over their days of arrival."""
        world = self._world
        first = world.places + world.caravans
        row = world.rows_of(cells)
        road = np.flatnonzero(row >= first)
        if road.size:
            to_first_day = (row[road] - first) % ROAD_DAYS * len(world.size)
            merged, inverse = np.unique(cells[road] - to_first_day, return_inverse=True)
            summed = np.bincount(inverse, weights=parties[road]).astype(np.int64)
            cells = np.concatenate([np.delete(cells, road), merged])
            parties = np.concatenate([np.delete(parties, road), summed])
        # 32 bits hold a cell's index; they halve the time it takes to work out what the cells are.
        self._add("people", day, cells=cells.astype(np.int32), parties=parties)

    def _people(self, columns: dict[str, Any]) -> dict[str, Array]:
        """Return cells as member, place, kind and status."""
        world = self._world
        parties = columns["parties"]
        status, member, row, kind = world.split(columns["cells"])
        first = world.places + world.caravans
        return {
            "day": columns["day"],
            "member": member,
            "place": np.where(row >= first, first + (row - first) // ROAD_DAYS, row),
            "kind": kind,
            "status": status,
            "parties": parties,
            "persons": parties * world.size[kind],
        }

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
            self._flows.setdefault(name, []).append((day, table))

    def _stack_flows(self) -> dict[str, Array]:
        """Return all flows as columns, zeros left out: looked for once, at the end."""
        if not self._flows:
            return {}
        days = np.array([day for rows in self._flows.values() for day, _ in rows], dtype=np.int32)
        flow = np.repeat(np.arange(len(self._flows)), [len(rows) for rows in self._flows.values()])
        tables = np.stack([table for rows in self._flows.values() for _, table in rows])
        at, member, kind = np.nonzero(tables != 0)
        return {
            "day": days[at], "member": member.astype(np.int32), "flow": flow[at], "kind": kind,
            "persons": tables[at, member, kind],
        }  # fmt: skip

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
            "flows": {"flow": tuple(self._flows), "kind": world.kind_ids},
            "payments": {"payer": tuple(self._payers), "payee": tuple(self._payers)},
            "reports": {"caravan": world.caravan_ids, "side": tuple(self._sides)},
        }
        tables: dict[str, Table] = {}
        for name, coded in labels.items():
            parts = self._rows.get(name, [])
            empty = ("day", "cells", "parties") if name == "people" else ("day", "member", *coded, AMOUNTS[name])
            keys = parts[0] if parts else empty
            columns = {key: np.concatenate([p[key] for p in parts]) if parts else np.arange(0) for key in keys}
            if name == "people":
                columns = self._people(columns)
            elif name == "flows":
                columns = self._stack_flows() or columns
            tables[name] = {
                key: Coded(column, coded[key]) if key in coded else column
                for key, column in columns.items()
            }
        return tables
