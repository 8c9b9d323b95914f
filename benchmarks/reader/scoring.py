"""Holds what the reader finds in a text against the answers that lie beside it."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from caravana.scenario.vocabulary import ObservationKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FIELDS = ("kind", "low", "high", "qualifier", "side", "place", "date")
ROW_KINDS = frozenset(get_args(ObservationKind))
KM_ROUNDED = 0.02
"""Share by which km that were miles may differ from the answer."""
_MILE_KM = 1.609344
_DEGREE = 0.5
_EVERY = ("figures", "places", "dates", "rows")


@dataclass
class Tally:
    """Counts of one language, and what was missed or wrong, in words."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def astray(self) -> dict[str, int]:
        """What is wrong with rows that are not right at first: how often each field, or the whole row is missing."""
        return {k: n for k, n in self.counts.most_common() if k.endswith((" wrong", " missing"))}

    def measures(self) -> dict[str, float | int]:
        """Return recall by what is found, and rows right and wrong, as shares with the counts behind them."""
        c = self.counts
        out: dict[str, float | int] = {}
        for name in _EVERY[:3]:
            out[name] = c[name]
            out[f"{name}_found"] = _share(c[f"{name}_found"], c[name])
        out |= {
            "rows": c["rows"],
            "rows_right_first": _share(c["first"], c["rows"]),
            "rows_right_within_three": _share(c["within"], c["rows"]),
            "proposals": c["proposals"],
            "proposals_wrong": _share(c["wrong"], c["proposals"]),
        }
        return out


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def text_of(answers: Path) -> str:
    """The text that answers are to; those of other readers lie in a folder below it."""
    name = answers.name.replace(".gold.csv", ".txt")
    beside = answers.with_name(name)
    return (beside if beside.exists() else answers.parents[1] / name).read_text(encoding="utf-8")


def either(cell: str) -> tuple[str, ...]:
    """What a cell says; where careful readers may differ, each of its answers, the likelier first."""
    return tuple(cell.split("|"))


def read_answers(path: Path, text: str) -> list[dict[str, Any]]:
    """The answers to a text, each with its offsets; the older form of answers has rows of figures alone."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [dict(row) for row in csv.DictReader(file)]
    after: Counter[str] = Counter()
    before: dict[str, Any] = {}
    for row in rows:
        row["older"] = "what" not in row
        row.setdefault("what", "figure")
        row.setdefault("row", "yes" if row["kind"] in ROW_KINDS else "no")
        what = row["what"]
        if what == "position" and (before.get("what"), before.get("find")) == ("place", row["find"]):
            after[what] = before["start"]  # the very place told before it, not the same name in a dateline
        start = text.find(row["find"], after[what])
        start = start if start >= 0 else text.find(row["find"])
        if start < 0:
            raise ValueError(f"{path}: {row['find']!r} is not in the text")
        row["start"], row["end"] = start, start + len(row["find"])
        after[what] = row["end"]
        before = row
    return rows


def published_of(answers: Sequence[dict[str, Any]]) -> dt.date | None:
    """The day on which a text was published, where its answers have it."""
    day = next((either(row["date"])[0] for row in answers if row["what"] == "published"), "")
    return dt.date.fromisoformat(day) if day else None


def _number(cell: Any) -> float | None:
    return None if cell in {None, ""} else float(cell)


def _overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def _agrees(figure: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a figure has the value of an answer; an answer without a value has only to be found."""
    if row["kind"] in {"share", "money"}:
        return True
    wanted = [{_number(cell) for cell in either(row[name])} for name in ("low", "high")]
    have = {figure["low"], figure["high"]}
    return all(None in some or some & have or _in_own_unit(have, some, row["kind"]) for some in wanted)


def _in_own_unit(have: set[float | None], wanted: set[float | None], kind: str) -> bool:
    """Whether a figure is the one wanted in the text's own unit: answers have km and Celsius, texts miles too."""
    pairs = [(one, other) for one in have for other in wanted if one is not None and other is not None]
    if kind.startswith("km"):
        return any(_same(one * _MILE_KM, other, kind) for one, other in pairs)
    return kind == "temperature_c" and any(abs((one - 32) / 1.8 - other) <= _DEGREE for one, other in pairs)


def _same(have: float | None, wanted: float | None, kind: str) -> bool:
    """Whether a figure is the one wanted; of miles that were turned into km, what rounding leaves open is the same."""
    if have is None or wanted is None or not kind.startswith("km"):
        return have == wanted
    return abs(have - wanted) <= KM_ROUNDED * wanted


def _right(proposal: dict[str, Any], row: dict[str, Any], fields: Sequence[str] = FIELDS) -> bool:
    """Whether some fields of a proposal are as a careful reader could have them."""
    return all(any(_fits(proposal[name], wanted, name, row) for wanted in either(row[name])) for name in fields)


def _fits(have: Any, wanted: str, name: str, row: dict[str, Any]) -> bool:
    if name in {"low", "high"}:
        return _same(have, _number(wanted), row["kind"])
    if name == "place" and not wanted:
        return True  # the text gives none, or none of the scenario's: whichever is proposed is as good
    if row["what"] == "position" and name in {"side", "qualifier"}:
        return True
    if name == "kind" and row["row"] == "part":
        return {wanted, have} <= {"part", "headcount_part", "headcount", wanted if wanted != "part" else ""}
    return (have or "") == wanted


def reading_of(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Another reader's answers, as what the reader of reports would have proposed: how far two people agree."""
    out = []
    for row in answers:
        if row["what"] not in {"figure", "position"} or row["row"] not in {"yes", "part", "other caravan"}:
            continue
        first = {name: either(row[name])[0] for name in FIELDS}
        first |= {name: _number(first[name]) for name in ("low", "high")}
        first |= {"qualifier": first["qualifier"] or "exact"}
        first |= {"kind": "position"} if row["what"] == "position" else {}
        of = {"caravan": "another" if row["row"] == "other caravan" else "this", "sentence": ""}
        out.append(first | of | {name: row[name] for name in ("start", "end", "find")} | {"readings": [first]})
    return {"figures": [], "places": [], "dates": [], "proposals": out}


def score_text(reading: dict[str, Any], answers: list[dict[str, Any]], tally: Tally, name: str) -> None:
    """Count what was found and what is right in one text into a tally."""
    counts, missed = tally.counts, tally.missed
    for row in answers:
        what = row["what"]
        if what not in {"figure", "place", "date"}:
            continue
        found = [one for one in reading[f"{what}s"] if _overlaps(one, row)]
        if what == "figure":
            fit = [one for one in found if _agrees(one, row)]
        elif what == "place":
            fit = [one for one in found if not row["place"] or one["place"] == row["place"]]
        else:
            fit = [one for one in found if not row["date"] or one["date"] == row["date"]]
        counts[f"{what}s"] += 1
        counts[f"{what}s_found"] += bool(fit)
        if not fit:
            missed.append(f"{name}: {what} {row['find']!r}: {found or 'nothing'}"[:200])
    score_rows(reading, answers, tally, name)


def _astray(fit: list[tuple[int, dict[str, Any]]], row: dict[str, Any]) -> list[str]:
    """Which fields of a row's best proposal are wrong; ``row missing`` without a proposal."""
    wrong = [[f"{name} wrong" for name in FIELDS if not _right(p["readings"][0], row, (name,))] for _, p in fit]
    return min(wrong, key=len, default=["row missing", f"{either(row['kind'])[0]} missing"])


def _on(proposal: dict[str, Any], row: dict[str, Any], *, position: bool) -> bool:
    """Whether a proposal is of the words of an answer; a position, of its place and day wherever they stand."""
    same = position and proposal["place"] in either(row["place"]) and proposal["date"] in either(row["date"])
    return same or _overlaps(proposal, row)


def score_rows(reading: dict[str, Any], answers: list[dict[str, Any]], tally: Tally, name: str) -> None:
    """Count which rows of a text are right, and which proposals belong to none, into a tally."""
    counts, missed = tally.counts, tally.missed
    matched: set[int] = set()
    for row in answers:
        if row["row"] not in {"yes", "part", "open"}:
            continue
        position = row["what"] == "position"
        fit = [
            (n, p)
            for n, p in enumerate(reading["proposals"])
            if (p["kind"] == "position") == position and p["caravan"] == "this" and _on(p, row, position=position)
        ]
        matched |= {n for n, _ in fit}
        if row["row"] == "open" or (row["row"] == "part" and not fit):
            continue  # as well entered as left out
        first = any(_right(p["readings"][0] | {"readings": 0}, row) for _, p in fit)
        within = any(_right(reading_, row) for _, p in fit for reading_ in p["readings"][:3])
        counts["rows"] += 1
        counts["first"] += first
        counts["within"] += within
        if not first:
            counts.update(_astray(fit, row))
            have = [tuple(p["readings"][0][f] for f in FIELDS) for _, p in fit]
            mark = "~" if within else "!"
            missed.append(
                f"{name}:{mark} row {row['find']!r} wants {[row[f] for f in FIELDS]}, has {have or 'nothing'}"
            )
    if any(row["older"] for row in answers):  # the older answers have no positions
        reading = reading | {"proposals": [p for p in reading["proposals"] if p["kind"] != "position"]}
        matched = {n for n, p in enumerate(reading["proposals"]) if any(_overlaps(p, row) for row in answers)}
    elsewhere = [row for row in answers if row["row"] == "other caravan"]
    matched |= {
        n
        for n, p in enumerate(reading["proposals"])
        if p["caravan"] != "this" and any(_overlaps(p, row) for row in elsewhere)
    }
    counts["proposals"] += len(reading["proposals"])
    counts["wrong"] += len(reading["proposals"]) - len(matched)
    for n, p in enumerate(reading["proposals"]):
        if n not in matched:
            missed.append(
                f"{name}: wrongly proposed {p['find']!r} as {p['kind']} {p['place']} in {p['sentence'][:120]!r}"
            )
