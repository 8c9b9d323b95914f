"""Measures the reader on texts with answers: ``python -m benchmarks.reader.run [FOLDER] [--json] [--missed]``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.reader.scoring import (
    Tally,
    published_of,
    read_answers,
    reading_of,
    score_rows,
    score_text,
    text_of,
)

import caravana as cv
from caravana.importers.articles.proposals import propose

HERE = Path(__file__).parent
RULES = HERE / "texts" / "rules"
DEVELOPMENT = HERE / "texts" / "development"
UNSEEN = HERE / "texts" / "unseen"
FIRST, SECOND = UNSEEN / "first", UNSEEN / "second"
"""Of the unseen texts, the answers written with them, and those of another reader who saw the texts alone."""
RESULTS = HERE / "results.json"
EARLIER = HERE.parents[1] / "tests" / "importers" / "articles" / "texts"


def measure(folders: list[Path], *, scenario: str = "tapachula-2021") -> tuple[dict[str, Any], list[str]]:
    """Read every text of some folders; return the measures by language, and what was missed."""
    read_against = cv.load_scenario(scenario)
    tallies = {"en": Tally(), "es": Tally(), "all": Tally()}
    slowest = 0.0
    texts = 0
    for answers_file in sorted(p for folder in folders for p in folder.glob("*.gold.csv")):
        text = text_of(answers_file)
        answers = read_answers(answers_file, text)
        published = published_of(answers)
        began = time.perf_counter()
        reading = propose(text, read_against, published=published).as_json()
        slowest = max(slowest, time.perf_counter() - began)
        texts += 1
        for name in (reading["language"], "all"):
            score_text(reading, answers, tallies[name], answers_file.name.removesuffix(".gold.csv"))
    out: dict[str, Any] = {name: tally.measures() for name, tally in tallies.items()}
    return out | {"texts": texts, "slowest_seconds": round(slowest, 2)}, tallies["all"].missed


def measure_second_reader(answers: Path, others: Path) -> dict[str, Any]:
    """How many rows of some answers another careful reader has too, who saw the texts alone."""
    tallies = {"en": Tally(), "es": Tally(), "all": Tally()}
    for file in sorted(answers.glob("*.gold.csv")):
        text = text_of(file)
        theirs = reading_of(read_answers(others / file.name, text))
        for name in (file.name[:2], "all"):
            score_rows(theirs, read_answers(file, text), tallies[name], file.name)
    rows = ("rows", "rows_right_first", "proposals", "proposals_wrong")
    return {code: {name: value for name, value in t.measures().items() if name in rows} for code, t in tallies.items()}


def main() -> int:
    """Print the measures as a table, or as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="*", type=Path, help="folders of texts with answers [default: those for rules]")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--missed", action="store_true", help="print what was missed or wrong, too")
    parser.add_argument("--scenario", default="tapachula-2021")
    parser.add_argument("--write", action="store_true", help="measure every set of texts and write results.json")
    options = parser.parse_args()
    if options.write:
        sets = {"rules": [RULES, DEVELOPMENT, EARLIER], "unseen": [UNSEEN], "unseen, first answers": [FIRST]}
        measured = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        measured |= {name: measure(folders, scenario=options.scenario)[0] for name, folders in sets.items()}
        measured["a second reader, unseen, first answers"] = measure_second_reader(FIRST, SECOND)
        RESULTS.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
        return 0
    measures, missed = measure(options.folder or [RULES, DEVELOPMENT, EARLIER], scenario=options.scenario)
    if options.json:
        sys.stdout.write(json.dumps(measures) + "\n")
        return 0
    names = list(measures["all"])
    sys.stdout.write(f"{'':<26}" + "".join(f"{code:>8}" for code in ("en", "es", "all")) + "\n")
    for name in names:
        cells = "".join(f"{measures[code][name]:>8}" for code in ("en", "es", "all"))
        sys.stdout.write(f"{name.replace('_', ' '):<26}{cells}\n")
    sys.stdout.write(f"texts {measures['texts']}, the slowest read in {measures['slowest_seconds']} s\n")
    if options.missed:
        sys.stdout.write("\n".join(missed) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
