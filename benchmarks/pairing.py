"""Print, for each policy, the width of its effect's interval with paired streams over that with independent ones.

Run as ``python benchmarks/pairing.py``.  The effect is of ``tapachula-2021``'s policies on the people
who set out (and, for a call, on everyone): detentions, arrivals, cards, days on the road and what
smugglers receive.  Widths are of the 90% interval of the difference between two members.

* ``seeds``: paired, over two runs of different seeds (other parameters and other chance).
* ``chance``: paired, over two runs of the same parameters and other chance.  It says what the shared
  streams alone are worth, and is near 1 where the occupied cells of two worlds part at once.

The claim is ``seeds`` at most 0.67 for policies that act late or on few.  Each number is the
geometric mean over the outcomes that the policy moves.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from caravana.ensemble.design import draw_parameters
from caravana.ensemble.store import Plan, finish, prepare, write_block
from caravana.models.base import BLOCK, Task
from caravana.models.caravan.model import simulate_block
from caravana.models.caravan.order import ORDER
from caravana.models.scenarios import load_scenario, scenario_hash, write_scenario
from caravana.results.outcomes import compared_outcomes
from caravana.run import Run, open_run
from caravana.simulation import choose_policies
from caravana.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from caravana.scenario.model import Scenario

SCENARIO = "tapachula-2021"
LATE_OR_FEW = ("offer-credible", "two-governments", "medical-posts", "call-of-10000", "cards-in-tapachula")
"""Policies that begin after the first week, or act on few of those who set out."""
MOVED = ("detentions", "arrivals", "accepted_cards", "days_on_road", "smugglers_per_1000")


def simulate(scenario: Scenario, policies: list[str], *, parameters: int, chance: int, members: int) -> Run:
    """Return a run whose parameters come from one seed and whose chance comes from another."""
    folder = Path(tempfile.mkdtemp(prefix="caravana-pairing-"))
    chosen = choose_policies(scenario, policies)
    plan = Plan(
        scenario=scenario.name, scenario_hash=scenario_hash(scenario), rules=scenario.rules, seed=chance,
        first=scenario.start.isoformat(), last=scenario.end.isoformat(), policies=tuple(p.id for p in chosen),
        order=tuple(p.name for p in ORDER), follow=True,
    )  # fmt: skip
    prepare(folder, plan, scenario, version=__version__)
    write_scenario(scenario, folder / "scenario")
    for block in range(-(-members // BLOCK)):
        draws = draw_parameters(scenario, seed=parameters, block=block)
        tables = simulate_block(Task(scenario, chosen, draws, chance, block, scenario.days, follow=True))
        write_block(folder, block, tables, start=scenario.start, members=BLOCK)
    finish(folder, members=members, block=BLOCK, failures=[], wall_seconds=0.0)
    run = open_run(folder)
    weakref.finalize(run, shutil.rmtree, folder, ignore_errors=True)
    return run


def values(run: Run, policy: str) -> pd.DataFrame:
    """Return the outcomes that a policy may move: of everyone for a call, else of those who set out."""
    return compared_outcomes(run, "everyone" if policy.startswith("call") else "set_out")[list(MOVED)]


def width(difference: pd.DataFrame) -> pd.Series:
    """Return the width of each outcome's 90% interval."""
    return difference.quantile(0.95) - difference.quantile(0.05)


def ratio(paired: pd.Series, other: pd.Series) -> float:
    """Return the geometric mean of ratios over the outcomes that differ at all; 0 if none is moved."""
    moved = paired[(paired > 0) & (other > 0)]
    return float(np.exp(np.log(moved / other[moved.index]).mean())) if len(moved) else 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=128)
    parser.add_argument("--policies", nargs="*", help="ids; default: every policy that was not so in fact")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    scenario = load_scenario(SCENARIO)
    names = asked.policies or [p.id for p in scenario.policies if not p.base]
    base = simulate(scenario, [], parameters=1, chance=1, members=asked.members)
    rows = {}
    for name in names:
        worlds = {
            "paired": simulate(scenario, [name], parameters=1, chance=1, members=asked.members),
            "chance": simulate(scenario, [name], parameters=1, chance=2, members=asked.members),
            "seeds": simulate(scenario, [name], parameters=2, chance=2, members=asked.members),
        }
        widths = {world: width(values(run, name) - values(base, name)) for world, run in worlds.items()}
        late = name in LATE_OR_FEW
        found = {other: round(ratio(widths["paired"], widths[other]), 3) for other in ("seeds", "chance")}
        rows[name] = {"acts_late_or_on_few": late, **found}
        if not asked.json:
            note = "  late or few" if late else ""
            print(f"{name:20} seeds {found['seeds']:5.2f}  chance {found['chance']:5.2f}{note}", flush=True)
    worst = max([r["seeds"] for r in rows.values() if r["acts_late_or_on_few"]], default=0.0)
    if asked.json:
        print(json.dumps({"members": asked.members, "policies": rows, "worst_late_or_few": worst}))
    else:
        print(f"worst of those that act late or on few: {worst:.2f} (claim: at most 0.67)")


if __name__ == "__main__":
    main()
