"""How well every given record is forecast, each left out of everything.

    python -m benchmarks.skill.run --caravans FOLDER --displacement FOLDER [--tables] [--out FILE]

The folders hold the tables of other caravans and the instances of displacement.  Writes ``results.json``, from which
the tables of the docs are drawn, and prints them.  Parts whose folder is not named keep what the file had.
``--tables`` writes what other records tell into the package as well (``inference/caravan/pooled/*.csv`` and
``inference/displacement/pool_weights.csv``).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.skill import displacement
from benchmarks.skill.caravans import caravans, measure
from benchmarks.skill.package_tables import write_camp_weights, write_tables
from benchmarks.skill.tables import camp_tables, caravan_table

from caravana.atomic import write_text

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure what is named, write it and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--caravans", type=Path, metavar="FOLDER")
    parser.add_argument("--displacement", type=Path, metavar="FOLDER")
    parser.add_argument("--tables", action="store_true", help="also write the tables that ship with the package")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    begun = time.perf_counter()
    if options.caravans is not None:
        measured = measure(options.caravans, say=lambda line: print(line, file=sys.stderr, flush=True))
        results["caravans"] = caravans(measured)
        if options.tables:
            write_tables(measured)
    if options.displacement is not None:
        camps, weights = displacement.measure(options.displacement)
        results |= camps
        if options.tables:
            write_camp_weights(weights)
    write_text(options.out, json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr)
    if "caravans" in results:
        print(caravan_table(results["caravans"]))
    if "displacement" in results:
        print(camp_tables(results))


if __name__ == "__main__":
    main()
