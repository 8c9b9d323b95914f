"""A run that no model of this package made: people at places, by a stranger's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
from tests.made.displacement_run import START, make_scenario, write_run
from tests.made.sealing import seal

from caravana.run import Run, open_run
from caravana.scenario.model import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FAMILY = "gravity"
PULL = Parameter(
    name="pull", unit="1", value=None, low=0, high=4, basis=("assumption",),
    prior={"dist": "uniform", "low": 1, "high": 3}, description="How far size outdoes distance <made up>",
    description_es="Cuánto pesa el tamaño frente a la distancia",
)  # fmt: skip
RISE = {"West_Camp": 28, "South_Camp": 14, "Crossroads": 3, "Old_Town": -9}
"""People more a day."""


def make_gravity_run(
    folder: Path, *, members: int = 24, days: int = 60, rise: Mapping[str, int] = RISE, **changes: Any
) -> Run:
    """Write a run of a family of models that nobody has heard of, and open it.

    It has the tables that any model may write, ``people`` and ``parameters``, and no other.
    """
    scenario = make_scenario(days=days, **{"parameters": (PULL,), **changes})
    rng = np.random.default_rng(5)
    pulls = rng.uniform(1, 3, members)
    people = []
    for day in range(days):
        date = START + pd.Timedelta(days=day)
        for member in range(members):
            for place, more in rise.items():
                persons = int(max(0.0, 700 + more * day * pulls[member] / 2))
                if persons:
                    people.append((member, date, place, "person", "displaced", persons, persons))
            people.append((member, date, "road", "person", "under_way", 10 + member, 10 + member))
    columns = ["member", "day", "place", "kind", "status", "parties", "persons"]
    tables = {"people": pd.DataFrame(people, columns=columns)}
    run = write_run(folder, scenario, tables, members=members, block=64)
    drawn = pd.DataFrame({"member": range(members), "name": "pull", "value": pulls})
    with duckdb.connect() as connection:
        connection.register("drawn", drawn)
        path = folder / "blocks" / "00000" / "parameters.parquet"
        connection.execute(f"COPY (SELECT * FROM drawn) TO '{path}' (FORMAT parquet)")
    manifest = dict(run.manifest)
    manifest["plan"] = {**manifest["plan"], "family": FAMILY}
    seal(folder, manifest)
    return open_run(folder)
