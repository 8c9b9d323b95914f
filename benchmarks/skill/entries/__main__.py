"""The commands of the benchmark: ``python -m benchmarks.skill.entries``, see the package."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from benchmarks.skill.entries.naive import naive_entries
from benchmarks.skill.entries.own import camps_entry, caravans_entry
from benchmarks.skill.entries.scoring import compare, lay_out, read_entry
from benchmarks.skill.entries.tasks import COLUMNS, KEYS, all_tasks, known_reports, licences

from caravana.atomic import write_text
from caravana.errors import CaravanaError

HOME = Path(__file__).parent
SUBMITTED, RESULTS = HOME / "submitted", HOME / "results.json"
OURS = {"caravans": "caravana-pool", "camps": "caravana-camps"}
CAMPS = "camp_persons"
"""The target whose tasks are those of a folder that is named, and not of the package."""


def scored(paths: list[Path], displacement: Path | None, *, apart: bool = False) -> list[dict[str, Any]]:
    """Score files, and the naive rules as if they were some.

    Parameters
    ----------
    paths
        The files.
    displacement
        Folder of instances of displacement, for tasks of camps.
    apart
        Leave out files that forecast camps alone, where no instances are named.
    """
    tasks = all_tasks(displacement)
    rows = naive_entries(displacement)
    naive = {
        rule: lay_out(one.rename(columns={"output_type_id": "quantile"}), tasks, rule) for rule, one in rows.items()
    }
    if apart and displacement is None:
        paths = [path for path in paths if set(pd.read_csv(path, usecols=["target"])["target"]) != {CAMPS}]
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
    known_reports(displacement).to_csv(folder / "known.csv", index=False)
    pd.DataFrame(licences()).to_csv(folder / "records.csv", index=False)
    print(f"{len(tasks.drop_duplicates(list(KEYS)))} tasks in {folder}")


def enter_ours(displacement: Path | None) -> None:
    """Make our own files anew: of caravans, and of camps where a folder of instances is named."""

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    tables = {"caravans": caravans_entry(say=say)}
    if displacement is not None:
        tables["camps"] = camps_entry(displacement, say=say)
    for what, table in tables.items():
        write_text(SUBMITTED / f"{OURS[what]}.csv", table.to_csv(index=False, lineterminator="\n"))


def keep_results(displacement: Path | None) -> list[dict[str, Any]]:
    """Score every submitted file and keep the rows; those of camps stay as they are where no instances are named."""
    rows = scored(sorted(SUBMITTED.glob("*.csv")), displacement, apart=True)
    if displacement is None and RESULTS.is_file():
        rows += [row for row in json.loads(RESULTS.read_text("utf-8")) if row["target"] == CAMPS]
    rows.sort(key=lambda row: (row["model"], row["target"], row["horizon"]))
    write_text(RESULTS, json.dumps(rows, indent=1) + "\n")
    return rows


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
            enter_ours(given.displacement)
        elif given.what == "results":
            show(keep_results(given.displacement))
        else:
            show(scored(given.files, given.displacement))
    except CaravanaError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
