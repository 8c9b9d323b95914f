"""Print the engine's time over that of the bare NumPy draws it makes (same counts and chances).

Run as ``python benchmarks/sampler_floor.py``.  One block of 64 members of ``tapachula-2021`` over
the whole period, on one core: the loop over days, its checks and its record.  Compiling the
scenario, labelling the record and writing it to disk are not counted, on either side.  The claim
is a ratio of at most 3.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from caravana.ensemble.design import draw_parameters
from caravana.models.base import Task
from caravana.models.caravan.model import run_days, set_up
from caravana.models.scenarios import load_scenario
from caravana.streams import Stream

DRAWS = ("multinomial", "binomial", "poisson", "hypergeometric", "random", "standard_normal")


class Recorder:
    """A generator that notes what is asked of it."""

    def __init__(self, generator: np.random.Generator, calls: list[tuple[str, tuple[Any, ...]]]) -> None:
        self._generator, self._calls = generator, calls

    def __getattr__(self, name: str) -> Any:
        draw = getattr(self._generator, name)
        if name not in DRAWS:
            return draw

        def noted(*args: Any) -> Any:
            self._calls.append((name, args))
            return draw(*args)

        return noted


def record_draws(task: Task) -> list[tuple[str, tuple[Any, ...]]]:
    """Return every draw that a block makes: method and arguments."""
    calls: list[tuple[str, tuple[Any, ...]]] = []
    original = Stream.at
    Stream.at = lambda self, substep: Recorder(original(self, substep), calls)  # type: ignore[assignment, return-value]
    try:
        run_days(task, set_up(task))
    finally:
        Stream.at = original  # type: ignore[method-assign]
    return calls


def replay(calls: list[tuple[str, tuple[Any, ...]]]) -> None:
    """Make the same draws from one Philox generator, and nothing else."""
    generator = np.random.Generator(np.random.Philox(key=1))
    for name, args in calls:
        getattr(generator, name)(*args)


def measure(repeats: int) -> dict[str, float]:
    """Return seconds of the engine and of its bare draws, interleaved, and the median ratio."""
    scenario = load_scenario("tapachula-2021")
    policies = tuple(p for p in scenario.policies if p.base)
    draws = draw_parameters(scenario, seed=1, block=0)
    task = Task(scenario, policies, draws, 1, 0, scenario.days)
    calls = record_draws(task)
    pairs = []
    for _ in range(repeats):
        compiled = set_up(task)
        start = time.process_time()
        run_days(task, compiled)
        middle = time.process_time()
        replay(calls)
        pairs.append((middle - start, time.process_time() - middle))
    engine, bare = (float(np.median(x)) for x in zip(*pairs, strict=True))
    ratio = float(np.median([a / b for a, b in pairs]))
    return {"engine_seconds": engine, "bare_seconds": bare, "calls": len(calls), "ratio": ratio}


def main() -> None:
    """Print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments.repeats)
    if arguments.json:
        print(json.dumps(found))
    else:
        print(f"engine {found['engine_seconds']:.3f} s, its {found['calls']} draws bare {found['bare_seconds']:.3f} s")
        print(f"ratio {found['ratio']:.2f} (claim: at most 3)")


if __name__ == "__main__":
    main()
