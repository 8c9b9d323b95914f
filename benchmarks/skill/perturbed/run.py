"""How well records made out of the given ones are forecast.

    python -m benchmarks.skill.perturbed.run --caravans FOLDER --displacement FOLDER [--only WORD] [--out FILE]

Camps counted more seldom, later or otherwise, crises that turn or stop, caravans that are told of by half: every
operation of ``camp_records.py`` and ``caravan_records.py`` on every record, the record left out as in
``benchmarks.skill.run``.  Writes ``results.json``, from which the table of the docs is drawn, and prints it.
``--only`` takes the operations whose name holds a word; the others keep what the file had.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.skill.displacement import RECORDS
from benchmarks.skill.perturbed import camp_records, caravan_records
from benchmarks.skill.perturbed.camp_scores import measure_camps
from benchmarks.skill.perturbed.caravan_scores import measure_made
from benchmarks.skill.perturbed.tables import made_misses, made_table

from caravana.atomic import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure what is named, write it and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--caravans", type=Path, metavar="FOLDER")
    parser.add_argument("--displacement", type=Path, metavar="FOLDER")
    parser.add_argument("--only", default="", metavar="WORD", help="only operations whose name holds it")
    parser.add_argument("--members", type=int, default=64)
    parser.add_argument("--records", nargs="*", default=RECORDS, metavar="NAME", help="only these of displacement")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def chosen(operations: Mapping[str, Any]) -> dict[str, Any]:
        return {word: one for word, one in operations.items() if options.only in word}

    if options.displacement is not None:
        camps = measure_camps(
            options.displacement, chosen(camp_records.OPERATIONS), members=options.members, names=options.records,
            say=say,
        )  # fmt: skip
        results["camps"] = _in_order(results.get("camps", {}) | camps, camp_records.OPERATIONS)
    if options.caravans is not None:
        made = measure_made(options.caravans, chosen(caravan_records.OPERATIONS), say=say)
        results["caravans"] = _in_order(results.get("caravans", {}) | made, caravan_records.OPERATIONS)
    write_text(options.out, json.dumps(results, separators=(",", ":")).replace('},"', '},\n"') + "\n")
    for part in results:
        print(made_table(results, part))
        print(made_misses(results, part))


def _in_order(rows: Mapping[str, Any], operations: Mapping[str, Any]) -> dict[str, Any]:
    return {word: rows[word] for word in operations if word in rows}


if __name__ == "__main__":
    main()
