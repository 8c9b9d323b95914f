"""Print what 1,000 times the people cost: the engine's time over its usual, and that of a loop over parties.

Run as ``python benchmarks/population.py``.  The engine simulates one block of 64 members of
``tapachula-2021`` over the whole period, from the draw of parameters to the Parquet on disk, in one
process.  Beside it stands the compiled one-by-one loop of the tests, over a member's first days (as
many days at both sizes; its time grows with days and people alike).  CPU seconds, pairs interleaved,
medians.  The claim in the README is a ratio of at most 2.5 for the engine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.ensemble.design import draw_parameters
from caravana.models.base import BLOCK
from caravana.models.scenarios import load_scenario
from caravana.simulation import simulate

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.oracles import one_by_one

if TYPE_CHECKING:
    from caravana.scenario.model import Parameter, Scenario

SCENARIO = "tapachula-2021"
PEOPLE = (
    "stuck_pool", "inflow", "turnout", "northern_turnout", "joiners_start", "town_stuck_per_1000", "office_per_day",
    "raid_detained",
)  # fmt: skip
"""Parameters in persons or parties; towns give up 300 people at most whatever the size, as the rules say."""


def scaled(parameter: Parameter, factor: float) -> Parameter:
    """Return a parameter with its value, its prior and its bounds times a factor."""
    prior = parameter.prior
    if prior is not None:
        if prior.dist != "lognormal" or prior.median is None:
            raise SystemExit(f"{parameter.name} has a {prior.dist} prior; this benchmark scales lognormal ones only")
        prior = prior.model_copy(update={"median": prior.median * factor})
    value = None if parameter.value is None else parameter.value * factor
    low, high = parameter.low * factor, parameter.high * factor
    return parameter.model_copy(update={"prior": prior, "value": value, "low": low, "high": high})


def enlarge(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with ``factor`` times the people, and rooms and offices to match."""
    parameters = tuple(scaled(p, factor) if p.name in PEOPLE else p for p in scenario.parameters)
    facilities = tuple(
        f if f.capacity is None else f.model_copy(update={"capacity": int(f.capacity * factor)})
        for f in scenario.facilities
    )
    # Readings of claims speak of the people there were, and no run looks at them.
    return scenario.model_copy(update={"parameters": parameters, "facilities": facilities, "readings": ()})


def time_engine(scenario: Scenario) -> tuple[float, float]:
    """Return CPU seconds of one block, and persons alive in a member on the last day."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        run = simulate(scenario, members=BLOCK, seed=1, workers=1, out=Path(folder) / "run")
        seconds = time.process_time() - begun
        last = scenario.end.isoformat()
        total = run.query(f"SELECT sum(persons) AS persons FROM people WHERE day = '{last}'")
        return seconds, float(total["persons"][0]) / BLOCK


def time_loop(scenario: Scenario, days: int) -> float:
    """Return CPU seconds of the one-by-one loop over a member's first days, with median parameters."""
    drawn = draw_parameters(scenario, seed=1, block=0)
    draws = {name: np.array([float(np.median(values))]) for name, values in drawn.items()}
    policies = tuple(p for p in scenario.policies if p.base)
    go = one_by_one.make_ready(scenario, draws, policies, days=days, runs=1, seed=1)
    begun = time.process_time()
    go()
    return time.process_time() - begun


def measure(*, factor: float, repeats: int, loop_days: int) -> dict[str, Any]:
    """Return seconds at both sizes and their ratios, of the engine and of the loop."""
    usual = load_scenario(SCENARIO)
    large = enlarge(usual, factor)
    persons = [time_engine(s)[1] for s in (usual, large)]
    engine = np.array([[time_engine(s)[0] for s in (usual, large)] for _ in range(repeats)])
    time_loop(usual, 1)  # compiles
    small = np.median([time_loop(usual, loop_days) for _ in range(3)])
    loop = [float(small), time_loop(large, loop_days)]
    return {
        "factor": factor,
        "persons": persons,
        "engine_seconds": np.median(engine, axis=0).tolist(),
        "engine_ratio": float(np.median(engine[:, 1] / engine[:, 0])),
        "loop_days": loop_days,
        "loop_seconds": loop,
        "loop_ratio": loop[1] / loop[0],
    }


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--factor", type=float, default=1000.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--loop-days", type=int, default=2, help="days that the one-by-one loop lives through")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(factor=given.factor, repeats=given.repeats, loop_days=given.loop_days)
    if given.json:
        print(json.dumps(found))
        return
    few, many = found["persons"]
    print(f"persons in a member on the last day: {few:,.0f} and {many:,.0f}")
    a, b = found["engine_seconds"]
    print(f"engine, a block of {BLOCK} members: {a:.2f} s and {b:.2f} s")
    print(f"ratio {found['engine_ratio']:.2f} (claim: at most 2.5)")
    a, b = found["loop_seconds"]
    print(f"one by one, compiled, a member for {given.loop_days} days: {a:.3f} s and {b:.1f} s")
    print(f"ratio {found['loop_ratio']:.0f}")


if __name__ == "__main__":
    main()
