"""The commands of the benchmark: ``python -m benchmarks.skill.entries``, see the package."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from benchmarks.skill.entries.naive import naive_entries
from benchmarks.skill.entries.own import own_entry
from benchmarks.skill.entries.scoring import compare, lay_out, read_entry
from benchmarks.skill.entries.tasks import COLUMNS, KEYS, all_tasks, entered, known_rows, licences

from caravana.atomic import write_text
from caravana.errors import CaravanaError

HOME = Path(__file__).parent
SUBMITTED, RESULTS = HOME / "submitted", HOME / "results.json"
OURS = "caravana-pool"


def scored(paths: list[Path], displacement: Path | None) -> list[dict[str, Any]]:
    """Score files, and the naive rules as if they were some."""
    tasks = all_tasks(displacement)
    rows = naive_entries(displacement)
    naive = {
        rule: lay_out(one.rename(columns={"output_type_id": "quantile"}), tasks, rule) for rule, one in rows.items()
    }
    found = [read_entry(path, tasks) for path in paths]
    names = {f"naive-{rule}": one for rule, one in naive.items()}
    every = {**dict(found), **names}
    return [{"model": model, **row} for model, entry in every.items() for row in compare(entry, naive, tasks)]


def give_tasks(folder: Path, displacement: Path | None) -> None:
    """Write what is to be forecast, the truth, what was known by when, and the licences."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = all_tasks(displacement)
    columns = [name for name in COLUMNS if name not in ("observation", "known_on")]
    tasks.drop_duplicates(list(KEYS))[columns].to_csv(folder / "tasks.csv", index=False)
    tasks.to_csv(folder / "truth.csv", index=False)
    pd.concat([known_rows(one) for one in entered()]).to_csv(folder / "known.csv", index=False)
    pd.DataFrame(licences()).to_csv(folder / "records.csv", index=False)
    print(f"{len(tasks.drop_duplicates(list(KEYS)))} tasks in {folder}")


def show(rows: list[dict[str, Any]]) -> None:
    """Print scores as a table."""
    with pd.option_context("display.max_rows", None, "display.max_columns", None, "display.width", 160):
        print(pd.DataFrame(rows).to_string(index=False))


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(prog="benchmarks.skill.entries", description=sys.modules[__package__].__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["tasks", "score", "own", "results"])
    parser.add_argument("files", nargs="*", type=Path, help="TEAM-MODEL.csv, for `score`")
    parser.add_argument("--out", type=Path, default=Path("tasks"), help="folder of `tasks`")
    parser.add_argument("--displacement", type=Path, help="folder of Flee instances, for tasks of camps")
    given = parser.parse_args()
    try:
        if given.what == "tasks":
            give_tasks(given.out, given.displacement)
        elif given.what == "own":
            table = own_entry(say=lambda line: print(line, file=sys.stderr, flush=True))
            write_text(SUBMITTED / f"{OURS}.csv", table.to_csv(index=False, lineterminator="\n"))
        elif given.what == "results":
            rows = scored(sorted(SUBMITTED.glob("*.csv")), None)
            write_text(RESULTS, json.dumps(rows, indent=1) + "\n")
            show(rows)
        else:
            show(scored(given.files, given.displacement))
    except CaravanaError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
