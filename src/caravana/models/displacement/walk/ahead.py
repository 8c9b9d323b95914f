"""The loops of the walk compiled ahead, arrivals in this process and departures in another at the same time.

A run of a few days on four places asks for every one of them, and so finds what is missing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from caravana.compiled import is_whole, mark_whole
from caravana.models.displacement.walk import kernels
from caravana.processors import cores
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
        with helped():
            compile_arrivals()
        simulate_walk(compile_walk(small_country(), mended=True), seed=1, block=0, members=8)
        mark_whole(LOOPS)


def compile_arrivals() -> None:
    """Compile the loop of arrivals, which takes more than all others."""
    from caravana.models.displacement.walk.kernels import arrays
    from caravana.models.displacement.walk.kernels.bundles import type_of
    from caravana.models.displacement.walk.kernels.hops import come_in

    given = (
        arrays.Network, arrays.Conditions, arrays.Block, arrays.Crowd, arrays.Crowd, arrays.Due, arrays.Sight,
        arrays.Urns, arrays.Leavers,
    )  # fmt: skip
    come_in.compile(tuple(type_of(one) for one in given))  # type: ignore[attr-defined]


def compile_others() -> None:
    """Compile the loop of departures, and what a scenario is compiled by."""
    from caravana.models.displacement.walk.kernels import arrays
    from caravana.models.displacement.walk.kernels.bundles import type_of
    from caravana.models.displacement.walk.kernels.hops import set_out
    from caravana.models.displacement.walk.world import compile_walk

    given = (
        arrays.Network, arrays.Conditions, arrays.Block, arrays.Crowd, arrays.Crowd, arrays.Sight, arrays.Leavers
    )  # fmt: skip
    set_out.compile(tuple(type_of(one) for one in given))  # type: ignore[attr-defined]
    compile_walk(small_country(), mended=True)


@contextlib.contextmanager
def helped() -> Iterator[None]:
    """Let another process compile the other loops into the same folder meanwhile, where there is a second core.

    What it does not bring, as where it cannot start, is compiled here afterwards.
    """
    helper = None
    if cores() > 1:
        with contextlib.suppress(OSError):
            helper = subprocess.Popen(
                [sys.executable, "-P", "-m", "caravana.models.displacement.walk.ahead"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    try:
        yield
        if helper is not None:
            helper.wait()
    finally:
        if helper is not None and helper.poll() is None:
            helper.kill()
            helper.wait()


if __name__ == "__main__":
    compile_others()
