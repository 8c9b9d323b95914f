"""All campaigns of attacks, two at a time: one table of figures, and ``results.json`` beside this file.

::

    make attacks
    python -m benchmarks.attacks.run --short
    python -m benchmarks.attacks.run --only kills damage

A campaign is a module here with a function that returns its :class:`~benchmarks.attacks.figures.Figures`; it is named
in :data:`CAMPAIGNS`.  What went wrong is said in a line each on standard error.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.attacks.commands import OFTEN
from benchmarks.attacks.figures import Figures

RESULTS = Path(__file__).with_name("results.json")
ROOT = Path(__file__).parents[2]
AT_ONCE = 2
FIELDS = ("campaign", "tries", "lost", "silent", "outside", "tracebacks")


@dataclass(frozen=True, slots=True)
class Campaign:
    """Where a campaign is, its options when it is whole and when it is short, and what says whether it can be here."""

    module: str
    function: str = "campaign"
    whole: dict[str, Any] = field(default_factory=dict)
    short: dict[str, Any] = field(default_factory=dict)
    possible: str | None = None

    @property
    def is_possible(self) -> bool:
        """Whether what it needs is here."""
        module = import_module(f"benchmarks.attacks.{self.module}")
        return self.possible is None or bool(getattr(module, self.possible)())

    def run(self, *, short: bool) -> Figures:
        """Attack."""
        function = getattr(import_module(f"benchmarks.attacks.{self.module}"), self.function)
        figures: Figures = function(**(self.short if short else self.whole))
        return figures


_FEW = {"every": 12, "names": OFTEN}
CAMPAIGNS = {
    # The longest first: the short ones fill what is left of the second core.
    "kills": Campaign("strikes", "kills", whole={"every": 3}, short=_FEW),
    "errors": Campaign("strikes", "errors", whole={"every": 5}, short=_FEW),
    "full": Campaign("strikes", "full", whole={"every": 5}, short=_FEW),
    "interrupts": Campaign("strikes", "interrupts", whole={"every": 6, "moments": 2}, short={**_FEW, "moments": 1}),
    "power": Campaign("power", whole={"every": 2}, short={"every": 16}),
    "damage": Campaign("damage", whole={"tries": 1000}, short={"tries": 60}),
    "links": Campaign("links", short={"every": 23}),
    "hostile": Campaign("hostile", short={"names": ("run, workers", "report", "check", "export, xlsx")}),
    "fuzz": Campaign("fuzz", whole={"tries": 500}, short={"tries": 25}),
    "operation": Campaign("operation", whole={"tries": 100}, short={"tries": 8}),
    "operation on a server": Campaign(
        "operation", "campaign_on_a_server", whole={"tries": 100}, short={"tries": 4}, possible="has_server"
    ),
    "public": Campaign("public"),
    "pages": Campaign("pages", whole={"tries": 50}, short={"tries": 2}),
    "pages on a server": Campaign(
        "pages", "campaign_on_a_server", whole={"tries": 50}, short={"tries": 2}, possible="has_server"
    ),
    "asked": Campaign("asked", whole={"examples": 200}, short={"examples": 5}),
}


def run_apart(name: str, *, short: bool) -> tuple[Figures | None, float]:
    """Run a campaign in a process of its own; return its figures (None where it broke off) and its seconds."""
    command = [sys.executable, "-m", "benchmarks.attacks.run", "--within", name, *(["--short"] if short else [])]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    try:
        figures = Figures(**json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        figures = None
    return figures, time.monotonic() - began


def table(rows: list[Figures]) -> str:
    """Return the figures as lines of text."""
    lines = [f"{'campaign':<24}" + "".join(f"{name:>12}" for name in FIELDS[1:])]
    lines += [f"{one.campaign:<24}" + "".join(f"{getattr(one, name):>12,}" for name in FIELDS[1:]) for one in rows]
    return "\n".join(lines)


def keep(rows: list[Figures]) -> None:
    """Write figures to the results; those of other campaigns stay."""
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    kept = {one["campaign"]: one for one in before} | {one.campaign: asdict(one) for one in rows}
    RESULTS.write_text(json.dumps(list(kept.values()), indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Run the campaigns, print the table, keep the results; end with 0 only where all that is promised held."""
    options = argparse.ArgumentParser(description="Attack the program in every way that is promised to be withstood.")
    options.add_argument("--short", action="store_true", help="a few tries of each; results.json stays as it is")
    options.add_argument("--keep", action="store_true", help="put the figures of a short one into results.json too")
    options.add_argument(
        "--only", nargs="+", choices=list(CAMPAIGNS), help="these; of the others results.json keeps what it has"
    )
    options.add_argument("--within", choices=list(CAMPAIGNS), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.within:
        print(json.dumps(asdict(CAMPAIGNS[chosen.within].run(short=chosen.short))))
        return
    wanted = chosen.only or list(CAMPAIGNS)
    names = [name for name in wanted if CAMPAIGNS[name].is_possible]
    for name in sorted({*wanted} - {*names}):
        print(f"{name} is left out: what it needs is not on this machine", file=sys.stderr)
    outcomes: dict[str, tuple[Figures | None, float]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {pool.submit(run_apart, name, short=chosen.short): name for name in names}
        for one in as_completed(waiting):
            name = waiting[one]
            figures, seconds = outcomes[name] = one.result()
            print(f"{name} broke off" if figures is None else f"{name} {seconds:.0f} s", file=sys.stderr, flush=True)
            # Kept as each ends: a round takes an hour, and one that is broken off has shown what it has shown.
            if figures is not None and (chosen.keep or not chosen.short):
                keep([figures])
    rows = [figures for name in names if (figures := outcomes[name][0]) is not None]
    print(table(rows))
    broken = len(rows) < len(names)
    raise SystemExit(0 if rows and not broken and all(one.held for one in rows) else 1)


if __name__ == "__main__":
    main()
