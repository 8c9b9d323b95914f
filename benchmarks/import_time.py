"""Measures how long a user waits for the package: its import, and the first use of each public name.

Each is timed in a fresh interpreter, several times; the least is kept, less that of an interpreter that does nothing.
Seconds of the clock and of the processor are given: on a machine at rest they are near each other.

    python benchmarks/import_time.py            # prints a table, writes benchmarks/import_time.json
    python benchmarks/import_time.py --check    # exit status 4 if an import takes over .2 s or a name over 1 s (CPU)
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PROMISED = {"import": 0.2, "name": 1.0}
"""Seconds promised for the import, and for the first use of any name."""


def seconds(code: str, times: int) -> tuple[float, float]:
    """Least seconds of the clock and of the processor that a fresh interpreter takes for a piece of code."""
    best = (float("inf"), float("inf"))
    for _ in range(times):
        before, started = os.times(), time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        wall, after = time.perf_counter() - started, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        best = (min(best[0], wall), min(best[1], cpu))
    return best


def measure(times: int) -> dict[str, dict[str, float]]:
    """Seconds by name: ``import`` and every public name; names of one module take the same, and are timed once."""
    import caravana

    bare = seconds("pass", times)
    homes: dict[str, list[str]] = {}
    for name in caravana.__all__:
        homes.setdefault(caravana._HOMES.get(name, ""), []).append(name)  # noqa: SLF001 - what is measured
    rows = [
        (["import"], "import caravana"),
        *((names, f"import caravana as cv; cv.{names[0]}") for names in homes.values()),
    ]
    table = {}
    for names, code in rows:
        wall, cpu = seconds(code, times)
        row = {"wall": round(wall - bare[0], 3), "cpu": round(cpu - bare[1], 3)}
        print(f"{row['wall']:6.2f} s, {row['cpu']:5.2f} s of the processor: {', '.join(names)}", flush=True)
        table |= dict.fromkeys(names, row)
    return table


def main() -> int:
    """Print the table and keep it; 4 if a promise is not kept and that was to be checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="runs of each; the least counts")
    parser.add_argument("--check", action="store_true", help="end with 4 if a promise is not kept")
    chosen = parser.parse_args()
    table = measure(chosen.times)
    late = {
        name: row["cpu"]
        for name, row in table.items()
        if row["cpu"] > PROMISED["import" if name == "import" else "name"]
    }
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps({"promised": PROMISED, "seconds": table, "late": late}, indent=1) + "\n", "utf-8")
    print(f"over what is promised: {late or 'none'}")
    return 4 if late and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
