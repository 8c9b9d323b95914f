"""Makes the table of doubts: how often each kind of link was right on the texts for rules."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from pathlib import Path

from benchmarks.reader.run import EARLIER, RULES
from benchmarks.reader.scoring import read_answers

import caravana as cv
from caravana.atomic import write_whole
from caravana.importers.articles import proposals as reader

TABLE = Path(reader.__file__).with_name("doubts.csv")


def count_links(folders: list[Path]) -> dict[str, tuple[int, int]]:
    """How often each link was right, and how often it was made, over the texts of some folders."""
    scenario = cv.load_scenario("tapachula-2021")
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for answers_file in sorted(p for folder in folders for p in folder.glob("*.gold.csv")):
        text = answers_file.with_name(answers_file.name.replace(".gold.csv", ".txt")).read_text(encoding="utf-8")
        answers = read_answers(answers_file, text)
        day = next((row["date"] for row in answers if row["what"] == "published"), None)
        reading = reader.propose(text, scenario, published=dt.date.fromisoformat(day) if day else None).as_json()
        for proposal in reading["proposals"]:
            rows = [
                row
                for row in answers
                if row["row"] == "yes" and row["start"] < proposal["end"] and proposal["start"] < row["end"]
                and (row["what"] == "position") == (proposal["kind"] == "position")
            ]  # fmt: skip
            if not rows and (proposal["kind"] == "position"):
                continue
            for field, link in proposal["links"].items():
                of[link] += 1
                right[link] += bool(rows) and (proposal[field] or "") == rows[0][field]
    return {link: (right[link], of[link]) for link in sorted(of)}


def main() -> None:
    """Write the table into the package."""
    counted = count_links([RULES, EARLIER])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["link", "right", "of"])
    writer.writerows([link, *numbers] for link, numbers in counted.items())
    write_whole(TABLE, text.getvalue().encode())


if __name__ == "__main__":
    main()
