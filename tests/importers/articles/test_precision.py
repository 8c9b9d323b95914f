"""How much of what a careful reader takes from an article the rules find, and how much of what they find is right.

A row counts as right only if all seven fields are: kind, low, high, qualifier, side, place, day.
"""

import csv
from pathlib import Path

import pytest

from caravana.importers.articles.statements import read_statements

TEXTS = Path(__file__).parent / "texts"
PARTS = {
    "development": ["1", "2"],
    "held out": ["3", "4"],
    "written after the rules": ["5", "6", "7", "8"],
    "measured before the rules were extended": ["9", "10", "11", "12", "13", "14"],
}
"""Texts used while the rules were written, held out from the start, and written later to extend them."""


def figure(value):
    return "" if value is None else f"{value:g}"


def score(names, gazetteer):
    """Rows right, rows found, rows there are, and what is wrong."""
    right = found = there = 0
    wrong = []
    for name in names:
        text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
        with (TEXTS / f"{name}.gold.csv").open(encoding="utf-8", newline="") as lines:
            gold = list(csv.DictReader(lines))
        article = read_statements(text, gazetteer, origin="tapachula")
        got = [s for s in article.statements if s.count is not None]
        spans = [(s.sentence.start + s.count.quantity.start, s.sentence.start + s.count.quantity.end) for s in got]
        used, after = set(), 0
        for row in gold:
            start = text.index(row["find"], after)
            after, end = start + 1, start + len(row["find"])
            match = next((k for k, (a, b) in enumerate(spans) if a < end and start < b and k not in used), None)
            if match is None:
                wrong.append((name, "missed", row["find"]))
                continue
            used.add(match)
            s, q = got[match], got[match].count.quantity
            have = (s.count.kind, figure(q.low), figure(q.high), q.qualifier, s.side, s.place, s.date.isoformat())
            want = tuple(row[c] for c in ("kind", "low", "high", "qualifier", "side", "place", "date"))
            right += have == want
            if have != want:
                wrong.append((name, row["find"], have, want))
        wrong += [(name, "extra", text[a:b]) for k, (a, b) in enumerate(spans) if k not in used]
        found, there = found + len(got), there + len(gold)
    return right, found, there, wrong


@pytest.mark.parametrize("language", ["en", "es"])
def test_precision_and_recall_over_all_texts(language, gazetteer):
    names = [f"{language}-{n}" for part in PARTS.values() for n in part]
    right, found, there, wrong = score(names, gazetteer)
    assert there >= 30
    assert right / found >= 0.9, wrong
    assert right / there >= 0.8, wrong


@pytest.mark.parametrize("language", ["en", "es"])
def test_precision_and_recall_over_the_texts_held_out(language, gazetteer):
    names = [f"{language}-{n}" for n in PARTS["held out"]]
    right, found, there, wrong = score(names, gazetteer)
    assert there >= 30
    assert right / found >= 0.9, wrong
    assert right / there >= 0.8, wrong


def test_every_text_has_its_answers():
    texts = {p.stem for p in TEXTS.glob("*.txt")}
    assert texts == {p.name.removesuffix(".gold.csv") for p in TEXTS.glob("*.gold.csv")}
    assert texts == {f"{code}-{n}" for code in ("en", "es") for part in PARTS.values() for n in part}
