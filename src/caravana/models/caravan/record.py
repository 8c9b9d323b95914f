"""What a block remembers of its days, as columns that grow: occupied cells only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.models.base import Coded, Table
from caravana.models.caravan.state import STATUSES, Mode, Status
from caravana.models.caravan.world import ROAD_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.caravan.world import World

    Array = NDArray[np.generic]
    Ints = NDArray[np.int64]


class BlockRecord:
    """Columns of one block's tables, appended to day by day.

    Parameters
    ----------
    world
        The compiled scenario, for labels and sizes.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._people: list[tuple[int, Ints, Ints]] = []
        self._caravans: list[tuple[int, dict[str, Array]]] = []
        self._flows: dict[str, list[tuple[int, Ints]]] = {}
        self._payments: dict[tuple[str, str], list[tuple[int, NDArray[np.float64]]]] = {}
        self._reports: dict[str, list[tuple[int, NDArray[np.float64]]]] = {}

    def people(self, day: int, cells: Ints, parties: Ints) -> None:
        """Add tonight's occupied cells; what they are is worked out once, at the end."""
        # 32 bits hold a cell's index; they halve the time it takes to work out what the cells are.
        self._people.append((day, cells.astype(np.int32), parties))

    def _merge_road(self, day: Ints, cells: Ints, parties: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the cells with people on the road summed over their days of arrival."""
        world = self._world
        first = world.places + world.caravans
        status, _, row, _ = world.split(cells)
        road = np.flatnonzero((row >= first) & ((status == Status.by_vehicle) | (status == Status.smuggled)))
        if road.size == 0:
            return day, cells, parties
        one_day = cells[road] - (row[road] - first) % ROAD_DAYS * len(world.size)
        size = math.prod(world.shape)
        merged, inverse = np.unique(day[road].astype(np.int64) * size + one_day, return_inverse=True)
        summed = np.bincount(inverse, weights=parties[road]).astype(np.int64)
        keep = np.ones(cells.size, dtype=bool)
        keep[road] = False
        day = np.concatenate([day[keep], (merged // size).astype(day.dtype)])
        cells = np.concatenate([cells[keep], (merged % size).astype(cells.dtype)])
        return day, cells, np.concatenate([parties[keep], summed])

    def _stack_people(self) -> dict[str, Array]:
        """Return cells as day, member, place, kind and status."""
        world = self._world
        days = np.array([day for day, _, _ in self._people], dtype=np.int32)
        day, cells, parties = self._merge_road(
            np.repeat(days, [len(cells) for _, cells, _ in self._people]),
            np.concatenate([cells for _, cells, _ in self._people]),
            np.concatenate([parties for _, _, parties in self._people]),
        )
        status, member, row, kind = world.split(cells)
        first = world.places + world.caravans
        return {
            "day": day,
            "member": member,
            "place": np.where(row >= first, first + (row - first) // ROAD_DAYS, row),
            "kind": kind,
            "status": status,
            "parties": parties,
            "persons": parties * world.size[kind],
        }

    def caravans(self, day: int, **columns: Array) -> None:
        """Add tonight's caravans; every column is [member, caravan]."""
        self._caravans.append((day, columns))

    def _stack_caravans(self) -> dict[str, Array]:
        """Return the caravans' nights as columns."""
        if not self._caravans:
            return {}
        shape = (len(self._caravans), *next(iter(self._caravans[0][1].values())).shape)
        days = np.array([day for day, _ in self._caravans], dtype=np.int32)
        keys = zip(("day", "member", "caravan"), np.indices(shape, dtype=np.int32), strict=True)
        columns: dict[str, Array] = {name: at.reshape(-1) for name, at in keys}
        columns["day"] = days[columns["day"]]
        for name in self._caravans[0][1]:
            columns[name] = np.stack([night[name] for _, night in self._caravans]).reshape(-1)
        return columns

    def flows(self, day: int, persons: Mapping[str, Ints]) -> None:
        """Add today's flows, [member, kind] by name; zeros are left out."""
        for name, table in persons.items():
            self._flows.setdefault(name, []).append((day, table))

    def payments(self, day: int, usd: Mapping[tuple[str, str], NDArray[np.float64]]) -> None:
        """Add today's payments, [member] by (payer, payee); zeros are left out."""
        for pair, amounts in usd.items():
            self._payments.setdefault(pair, []).append((day, amounts))

    def reports(self, day: int, reported: Mapping[str, NDArray[np.float64]]) -> None:
        """Add what each side would have reported today, [member, caravan]; zeros are left out."""
        for side, table in reported.items():
            self._reports.setdefault(side, []).append((day, table))

    def _stack_payments(self) -> tuple[dict[str, Array], tuple[str, ...]]:
        names = tuple(dict.fromkeys(name for pair in self._payments for name in pair))
        key, at, columns = _stack(self._payments)
        payer = np.array([names.index(a) for a, _ in self._payments], dtype=np.int64)
        payee = np.array([names.index(b) for _, b in self._payments], dtype=np.int64)
        return {
            "day": columns["day"], "member": at[0], "payer": payer[key], "payee": payee[key], "usd": columns["value"]
        }, names  # fmt: skip

    def _stack_flows(self) -> dict[str, Array]:
        key, at, columns = _stack(self._flows)
        return {
            "day": columns["day"], "member": at[0], "flow": key, "kind": at[1] if len(at) > 1 else key,
            "persons": columns["value"],
        }  # fmt: skip

    def _stack_reports(self) -> dict[str, Array]:
        key, at, columns = _stack(self._reports)
        return {
            "day": columns["day"], "member": at[0], "caravan": at[1] if len(at) > 1 else key, "side": key,
            "persons": columns["value"],
        }  # fmt: skip

    def finish(self) -> dict[str, Table]:
        """Return the tables with their labels."""
        world = self._world
        rows = (*world.place_ids, *world.caravan_ids, *(f"road:{x}" for x in world.destination_ids))
        payments, payers = self._stack_payments()
        columns = {
            "people": self._stack_people(),
            "caravans": self._stack_caravans(),
            "flows": self._stack_flows(),
            "payments": payments,
            "reports": self._stack_reports(),
        }
        labels: dict[str, dict[str, tuple[str, ...]]] = {
            "people": {"place": rows, "kind": world.kind_ids, "status": STATUSES},
            "caravans": {"caravan": world.caravan_ids, "place": world.place_ids, "mode": tuple(m.name for m in Mode)},
            "flows": {"flow": tuple(self._flows), "kind": world.kind_ids},
            "payments": {"payer": payers, "payee": payers},
            "reports": {"caravan": world.caravan_ids, "side": tuple(self._reports)},
        }
        return {
            name: {k: Coded(c, labels[name][k]) if k in labels[name] else c for k, c in table.items()}
            for name, table in columns.items()
        }


def _stack(
    kept: Mapping[Any, list[tuple[int, Any]]],
) -> tuple[Ints, tuple[NDArray[np.int32], ...], dict[str, Array]]:
    """Return what is not zero among arrays by key and day: key index, indices, day and value.

    Looked for once, at the end, over all days.
    """
    if not kept:
        none = np.zeros(0, dtype=np.int64)
        return none, (none.astype(np.int32),), {"day": none.astype(np.int32), "value": none}
    days = np.array([day for rows in kept.values() for day, _ in rows], dtype=np.int32)
    key = np.repeat(np.arange(len(kept)), [len(rows) for rows in kept.values()])
    tables = np.stack([table for rows in kept.values() for _, table in rows])
    nonzero = np.nonzero(tables != 0)
    at = tuple(index.astype(np.int32) for index in nonzero[1:])
    return key[nonzero[0]], at, {"day": days[nonzero[0]], "value": tables[nonzero]}
