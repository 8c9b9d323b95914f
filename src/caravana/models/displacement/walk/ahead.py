"""The loops of the walk compiled ahead: by a run of a few days on four places, which asks for every one of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from caravana.compiled import is_whole, mark_whole
from caravana.models.displacement.walk import kernels
from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario, Series

LOOPS = Path(kernels.__file__).parent
DAYS = 3


def small_country() -> Scenario:
    """Return a country with a conflict zone, two towns and a camp."""
    start = dt.date(2020, 1, 1)
    end = start + dt.timedelta(days=DAYS - 1)
    kinds = {"zone": "conflict_zone", "near": "town", "far": "town", "camp": "camp"}
    places = tuple(
        Place(
            id=name, name=name, country="Here", lat=0.0, lon=float(at), kind=kind, population=1_000,
            capacity=50 if kind == "camp" else None,
        )
        for at, (name, kind) in enumerate(kinds.items())
    )  # fmt: skip
    roads = ((0, 1, 40.0), (1, 2, 250.0), (2, 3, 60.0), (1, 3, 90.0))
    counts = tuple(
        Observation(
            id=f"camp-{day}", date=day, known_on=day, place_id="camp", low=people, high=people, kind="camp_count",
            qualifier="exact", speaker_role="made up", speaker_side="agency",
        )
        for day, people in ((start, 0), (end, 200))
    )  # fmt: skip
    return Scenario(
        name="small", title="small", start=start, end=end, rules="walk",
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=places,
        links=tuple(Link(from_id=places[a].id, to_id=places[b].id, km=km) for a, b, km in roads), observations=counts,
        series=(Series(kind="conflict", days=(0,), place_ids=("zone",), values=np.ones((1, 1))),),
    )  # fmt: skip


def compile_loops() -> None:
    """Compile every loop that a run needs, unless they are kept already."""
    from caravana.models.displacement.walk.order import simulate_walk
    from caravana.models.displacement.walk.world import compile_walk

    if not is_whole(LOOPS):
        simulate_walk(compile_walk(small_country(), mended=True), seed=1, block=0, members=8)
        mark_whole(LOOPS)
