"""A record replayed evening by evening as it was known then: twice in a file, and once on a server.

::

    .venv/bin/python benchmarks/operation_replay.py ../shared/data/flee/mali2012 --every 1 --json FILE

The record is a Flee instance, imported; an evening is every day (or every so many) from its first to the last that
leaves a day to forecast.  What is compared: frozen files, byte by byte; scores in the ledgers; and the scores of
``backtest`` of the same days, on every day that was counted.  Seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import math
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.importers.flee.instance import import_flee
from caravana.inference.displacement.backtest import backtest_camps
from caravana.inference.displacement.listening import counted_days, scored_day
from caravana.inference.past import PastForecasts
from caravana.models.scenarios import load_scenario, write_scenario
from caravana.operation.creating import new_operation
from caravana.operation.known import read_current
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from caravana.operation.folder import Operation
    from caravana.scenario.model import Scenario

HORIZON = 30


@dataclass
class Replayed:
    """An operation after its evenings.

    Attributes
    ----------
    operation, world
        The operation, and its scenario as its folder has it.
    scenario
        The same with all reports.
    scores
        What its ledger says of its forecasts.
    seconds
        Of the processor, an evening.
    past
        What an evening leaves to the next.
    """

    operation: Operation
    world: Scenario
    scenario: Scenario = field(init=False)
    scores: pd.DataFrame = field(init=False)
    seconds: list[float] = field(default_factory=list)
    past: PastForecasts = field(default_factory=PastForecasts)

    def frozen(self) -> dict[str, bytes]:
        """Its frozen files, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.operation.forecasts.iterdir())}


def make_scenario(instance: Path, folder: Path) -> Path:
    """Import a Flee instance as a scenario's folder."""
    write_scenario(import_flee(instance, instance.parent / "simsetting.yml").require(), folder)
    return folder


def evenings_of(scenario: Scenario, every: int) -> list[dt.date]:
    """Every so many days of a scenario, but the first and the last: the days from which something can be forecast."""
    return [scenario.start + dt.timedelta(days=day) for day in range(1, scenario.days - 1, every)]


def begin(folder: Path, scenario: Path, *, database: str | None = None) -> Replayed:
    """Make an operation that has done no evening yet."""
    world = load_scenario(scenario)
    operation = new_operation(folder, name=f"Replay of {world.name}", scenario=str(scenario), database=database)
    return Replayed(operation, load_scenario(operation.scenario))


def advance(replayed: Replayed, evenings: Sequence[dt.date]) -> Replayed:
    """Do evenings of an operation with what was known then."""
    operation = replayed.operation
    with open_ledger(operation) as ledger:
        for evening in evenings:
            began = time.process_time()
            update_operation(
                operation, ledger, on=evening, page=False, scenario=replayed.world, past=replayed.past
            )  # fmt: skip
            replayed.seconds.append(time.process_time() - began)
        replayed.scenario, replayed.scores = read_current(operation, ledger), ledger.scores()
    return replayed


def replay(folder: Path, scenario: Path, evenings: Sequence[dt.date], *, database: str | None = None) -> Replayed:
    """Make an operation, and do each of its evenings with what was known then."""
    return advance(begin(folder, scenario, database=database), evenings)


def unlike_backtest(replayed: Replayed, evenings: Sequence[dt.date]) -> tuple[int, list[str]]:
    """Hold a ledger's scores against those of the backtest; return how many were compared, and what differs."""
    scenario = replayed.scenario
    ledger = {
        (row["issued_on"], row["location"], row["target_date"]): (row["crps"], row["error"], row["observed_low"])
        for row in replayed.scores.to_dict("records")
    }
    horizons = range(1, HORIZON + 1)
    cases = backtest_camps(scenario, origins=list(evenings), horizons=horizons, flee=False).cases
    dated, wrong, compared = counted_days(scenario), [], 0
    for case in cases:
        place = case.caravan.removeprefix(f"{scenario.name}/")
        scored = scored_day(dated.get(place, np.zeros(0, dtype=np.int64)), case.origin, case.horizon)
        if not case.firm or scored is None:
            continue
        task = (scenario.start + dt.timedelta(days=case.origin), place, scenario.start + dt.timedelta(days=scored[0]))
        own = case.scores["caravana"]
        if task[2] <= evenings[-1]:
            compared += 1
            if ledger.get(task) != (own.crps, own.error, case.truth):
                wrong.append(f"{task}: {ledger.get(task)} in the ledger, {(own.crps, own.error, case.truth)}")
    return compared, wrong


def compare(instance: Path, *, every: int, server: str | None, minutes: float = math.inf) -> dict[str, Any]:
    """Replay an instance twice in a file and once on a server, side by side, and tell what came of it.

    After so many `minutes` no other evening is begun: what is told is of those that all three have done.
    """
    until, step = time.monotonic() + 60 * minutes, 5
    with tempfile.TemporaryDirectory(prefix="replay-") as name:
        base = Path(name)
        scenario = make_scenario(instance, base / "scenario")
        due = evenings_of(load_scenario(scenario), every)
        replays = {"first": begin(base / "first", scenario), "again": begin(base / "again", scenario)}
        if server is not None:
            replays["server"] = begin(base / "server", scenario, database=server)
        evenings: list[dt.date] = []
        while len(evenings) < len(due) and (not evenings or time.monotonic() < until):
            some = due[len(evenings) : len(evenings) + step]
            for one in replays.values():
                advance(one, some)
            evenings += some
        return figures_of(instance.name, every, evenings, len(due), replays)


def figures_of(
    name: str, every: int, evenings: Sequence[dt.date], due: int, replays: Mapping[str, Replayed]
) -> dict[str, Any]:
    """What came of replays of the same evenings."""
    first, others = replays["first"], {who: one for who, one in replays.items() if who != "first"}
    held = first.frozen()
    compared, wrong = unlike_backtest(first, evenings)
    half = len(evenings) // 2
    return {
        "instance": name,
        "every_days": every,
        "evenings": len(evenings),
        "evenings_of_the_record": due,
        "first_evening": evenings[0].isoformat(),
        "last_evening": evenings[-1].isoformat(),
        "frozen": {
            "files": len(held),
            "bytes": sum(map(len, held.values())),
            "sha256": hashlib.sha256(b"".join(held.values())).hexdigest(),
        },
        "same_bytes": {who: other.frozen() == held for who, other in others.items()},
        "same_scores": {who: other.scores.equals(first.scores) for who, other in others.items()},
        "scores": len(first.scores),
        "beside_backtest": {"compared": compared, "differing": len(wrong), "first": wrong[:3]},
        "seconds_an_evening": {
            who: {
                "first_half": round(float(np.mean(one.seconds[1:half])), 3),
                "second_half": round(float(np.mean(one.seconds[half:])), 3),
            }
            for who, one in replays.items()
        },
    }


def main() -> int:
    """Replay, print the figures, and keep them; fail where two replays or the backtest differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--every", type=int, default=7, help="days from one evening to the next")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no other evening after so many")
    parser.add_argument("--json", type=Path, help="file that the figures are kept in")
    given = parser.parse_args()
    # A server of its own, where one is installed; a socket's path may not be long.
    from tests.made import postgres

    if postgres.BINARIES is None:
        figures = compare(given.instance, every=given.every, server=None, minutes=given.minutes)
    else:
        with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
            Path(name).chmod(0o755)
            with postgres.cluster(Path(name) / "c") as url:
                figures = compare(given.instance, every=given.every, server=url, minutes=given.minutes)
    text = json.dumps(figures, indent=1) + "\n"
    print(text, end="")
    if given.json:
        given.json.write_text(text, encoding="utf-8")
    same = all(figures["same_bytes"].values()) and all(figures["same_scores"].values())
    return 0 if same and not figures["beside_backtest"]["differing"] else 1


if __name__ == "__main__":
    sys.exit(main())
