"""Learns what cues weigh from texts with answers: ``python -m benchmarks.reader.learn [--batches] [--write]``."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.reader.run import DEVELOPMENT, EARLIER, RESULTS, RULES
from benchmarks.reader.scoring import Tally, either, published_of, read_answers, score_text, text_of
from scipy import optimize, sparse

import caravana as cv
from caravana.atomic import write_whole
from caravana.importers.articles import proposals as reader
from caravana.importers.articles.gazetteer import build_gazetteer
from caravana.importers.articles.linking.decisions import shares_of
from caravana.importers.articles.linking.marks import all_days, mark_text
from caravana.importers.articles.linking.rows import LEAST_ROW, link_rows
from caravana.importers.articles.linking.whole import weigh_text
from caravana.importers.articles.plausibility import build_geography
from caravana.importers.articles.statements import read_statements
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from caravana.importers.articles.linking.decisions import Decision, Weights
    from caravana.importers.articles.linking.marks import Passage
    from caravana.scenario.model import Scenario

TABLE = Path(reader.__file__).with_name("weights.csv")
PENALTY = {
    "seat": 4.5, "voice": 1.2, "telling": 5.0,
    "kind": 2.1, "qualifier": 1.5, "side": 4.5, "date": 4.5, "place": 4.5, "position": 4.5,
}  # fmt: skip
"""Of squared weights, by task; chosen by leaving out all texts that were written at one time, in turn."""
LEAST = 0.06
"""Weights nearer to zero are left out."""
_PARTS = 3
"""In how many parts batches are left out for what each is read with before it is learned from."""
_FEW = 3
"""A text with more rows than these tells places enough: where one has none, none is learned."""
_TOGETHER = {"w": "v"}
"""Batches too small to be left out alone, with what they were written beside."""
_OTHERS = {"other caravan": "another", "no": "none"}


@dataclass
class Lesson:
    """One text: its decisions, each with the values that are right."""

    text: str
    decisions: list[tuple[Decision, frozenset[Any]]] = field(default_factory=list)
    unreachable: Counter[str] = field(default_factory=Counter)


class Teacher:
    """A chooser that answers as the answers do, and notes what was to be decided."""

    def __init__(
        self, answers: list[dict[str, Any]], passages: list[Passage], lesson: Lesson, weights: Weights | None = None
    ) -> None:
        self.weights = weights
        self.rows = [r for r in answers if r["what"] in {"figure", "position"}]
        self.lesson = lesson
        self.older = any(r["older"] for r in answers)
        sure = [r | {name: either(r[name])[0] for name in ("side", "place", "date")} for r in self.rows
                if r["row"] == "yes"]  # fmt: skip
        figures = [r for r in sure if r["what"] == "figure"]
        bare = [(p.start, p.end) for p in passages if not p.quotables]
        sides = [r["side"] for r in figures if any(a <= r["start"] < b for a, b in bare)]
        given = next((either(r["side"]) for r in answers if r["what"] == "voice"), ("",))
        counted = Counter(sides).most_common(1)[0][0] if len(sides) > 1 else ""
        self.voices = given if given != ("",) else (counted,)
        here = Counter(r["place"] for r in sure if r["place"] and r["kind"] != "returned")
        nights = [r for r in sure if r["what"] == "position"]
        latest = max((r["date"] for r in nights), default="")
        here.update(r["place"] for r in nights if r["date"] == latest)
        self.seat = here.most_common(1)[0][0] if here else ""
        days = Counter(r["date"] for r in figures if r["date"])
        self.day = dt.date.fromisoformat(days.most_common(1)[0][0]) if days else None
        self.nights = {p for r in self.rows if r["what"] == "position" for p in either(r["place"])}

    def _answer(self, passage: Passage, span: tuple[int, int], *, position: bool) -> dict[str, Any] | None:
        start, end = passage.start + span[0], passage.start + span[1]
        fit = [r for r in self.rows if r["start"] < end and start < r["end"] and (r["what"] == "position") == position]
        return max(fit, key=lambda r: min(r["end"], end) - max(r["start"], start), default=None)

    def __call__(self, decision: Decision, passage: Passage, span: tuple[int, int]) -> list[tuple[Any, float]]:
        """What the answers have; with weights, what these choose, so that what follows a mistake is learned too."""
        right = self._answered(decision, passage, span)
        if self.weights is None:
            return right
        chosen = shares_of(decision, self.weights)
        if decision.task in {"voice", "seat", "telling"}:
            return [(chosen[0][0], 1.0)]
        if decision.task == "kind" and right[0][0] != "none" and dict(chosen)["none"] > 1 - LEAST_ROW:
            return right  # whoever passed it over would not come to its side, day and place
        if decision.task == "position" and dict(right).get(True) and not chosen[0][0]:
            return right
        return chosen

    def _answered(self, decision: Decision, passage: Passage, span: tuple[int, int]) -> list[tuple[Any, float]]:
        """The answers' value; where they have none, whatever stands first and is not noted."""
        if decision.task == "voice":
            return self._note(decision, *self.voices) if self.voices[0] else [(decision.shared[1].split("=")[1], 1.0)]
        if decision.task in {"telling", "seat"}:
            known = self.day if decision.task == "telling" else self.seat
            return self._note(decision, known) if known in decision.values else [(decision.values[0], 1.0)]
        if decision.task == "position":
            return self._night(decision, passage, span)
        row = self._answer(passage, span, position=False) or self._answer(passage, span, position=True)
        if decision.task == "kind":
            return self._note(decision, *_kinds(row))
        if row is None or row["row"] not in {"yes", "part", "open"}:
            return [(decision.values[0], 1.0)]
        values: list[Any] = list(either(row[decision.task]))
        if decision.task == "date":
            values = [dt.date.fromisoformat(value) for value in values if value]
        if decision.task == "place" and values == [""] and (self.older or len(self.rows) > _FEW):
            return [("", 1.0)]
        if not values or (decision.task == "qualifier" and not set(values) & set(decision.values)):
            return [(decision.values[0], 1.0)]
        return self._note(decision, *values)

    def _night(self, decision: Decision, passage: Passage, span: tuple[int, int]) -> list[tuple[Any, float]]:
        row = self._answer(passage, span, position=True)
        mention = next(m for m in passage.mentions if (m.start, m.end) == span)
        if row is not None and row["row"] != "open":
            return self._note(decision, row["row"] != "no")
        if self.older or row is not None:
            ruled = "rule=True" in decision.shared
            return [(True, float(ruled)), (False, float(not ruled))]
        if mention.place in self.nights:
            return [(True, 0.0), (False, 1.0)]  # told elsewhere too: neither right nor wrong
        return self._note(decision, row is not None)

    def _note(self, decision: Decision, *values: Any) -> list[tuple[Any, float]]:
        """What is right, one or several; the first of them is gone on with."""
        right = {*values, "own"} if decision.task == "side" and set(values) & set(self.voices) else set(values)
        if right & set(decision.values):
            self.lesson.decisions.append((decision, frozenset(right)))
        else:
            self.lesson.unreachable[decision.task] += 1
        value = next((v for v in values if v in decision.values), values[0])
        out = [(value, 1.0)]
        return [*out, (not value, 0.0)] if decision.task == "position" else out


def _kinds(row: dict[str, Any] | None) -> list[str]:
    """What a figure may count, by its answer: of what may be left out too, nothing as well."""
    if row is None:
        return ["none"]
    kinds = [_OTHERS.get(row["row"], kind) for kind in either(row["kind"])]
    if row["row"] == "part":
        kinds = [kind if kind in {"minors", "pregnant"} else "headcount_part" for kind in kinds]
    return [*kinds, "none"] if row["row"] == "open" else kinds


def batch_of(path: Path | str) -> str:
    """With what other texts a text was written: the letter of its name, or ``earlier``."""
    named = re.match(r"(?:en|es)-([a-z])\d\d", Path(path).name)
    return "earlier" if named is None else _TOGETHER.get(named[1], named[1])


def answers_in(folders: Iterable[Path]) -> list[Path]:
    """The answers that lie in some folders."""
    return sorted(p for folder in folders for p in folder.glob("*.gold.csv"))


def study(files: Iterable[Path], scenario: Scenario, followed: Mapping[str, Weights] | None = None) -> list[Lesson]:
    """The decisions of some texts; with weights by batch, as these come to them."""
    gazetteer, geography = build_gazetteer(scenario), build_geography(scenario)
    out = []
    for answers_file in files:
        text = text_of(answers_file)
        answers = read_answers(answers_file, text)
        day = published_of(answers)
        article = read_statements(
            text, gazetteer, origin=geography.origin, published=day,
            start=scenario.start, road=geography.km,
        )  # fmt: skip
        words = next(w for w in load_words() if w.code == article.language)
        folded = fold(text)
        lesson = Lesson(str(answers_file))
        passages = mark_text(text, folded, article, gazetteer, words, all_days(folded, article, words))
        weights = None if followed is None else followed[batch_of(answers_file)]
        teacher = Teacher(answers, passages, lesson, weights)
        if passages:
            whole, article = weigh_text(passages, article, words, teacher)
            link_rows(passages, article, words, teacher, whole)
        out.append(lesson)
    return out


def teach(lessons: list[Lesson], scenario: Scenario) -> Weights:
    """Weights learned from answers, and again from what is made of each batch by weights that never saw it.

    With the answers alone, whatever stands before a choice is right; as a text is read it is not.
    """
    batches = sorted({batch_of(x.text) for x in lessons})
    if len(batches) == 1:
        return learn(lessons)
    unseen = {}
    for k in range(_PARTS):
        part = batches[k::_PARTS]
        if part:
            unseen |= dict.fromkeys(part, learn([x for x in lessons if batch_of(x.text) not in part]))
    again = study([Path(x.text) for x in lessons], scenario, unseen)
    return learn([*lessons, *again], {task: 2 * penalty for task, penalty in PENALTY.items()})


def learn(lessons: list[Lesson], penalty: dict[str, float] | None = None) -> Weights:
    """Weights of every task, by maximum likelihood with a penalty on their squares."""
    by_task: dict[str, list[tuple[Decision, frozenset[Any]]]] = defaultdict(list)
    for lesson in lessons:
        for decision, right in lesson.decisions:
            by_task[decision.task].append((decision, right))
    out: Weights = {}
    for task, decisions in sorted(by_task.items()):
        alike = all(not d.own and d.values == decisions[0][0].values for d, _ in decisions)
        fit = _fit_shared if alike else _fit
        for (cue, value), weight in fit(decisions, (penalty or PENALTY)[task]).items():
            if abs(weight) >= LEAST:
                out.setdefault(f"{task}:{cue}", {})[value] = round(float(weight), 2)
    return out


def _fit(decisions: list[tuple[Decision, frozenset[Any]]], penalty: float) -> dict[tuple[str, str], float]:
    """Weights of one task, by cue and value."""
    names: dict[tuple[str, str], int] = {}
    rows, columns, of, right = [], [], [], []
    n = 0
    seen = Counter(cue for d, _ in decisions for cue in d.shared)
    for k, (decision, correct) in enumerate(decisions):
        shared = [cue for cue in decision.shared if seen[cue] > 1]
        for i, value in enumerate(decision.values):
            keys = [(cue, str(value)) for cue in shared]
            keys += [(cue, "") for cue in decision.own[i]] if decision.own else []
            for key in keys:
                rows.append(n)
                columns.append(names.setdefault(key, len(names)))
            of.append(k)
            right.append(value in correct)
            n += 1
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, len(names)))
    group, good = np.array(of), np.array(right)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        top = np.maximum.reduceat(scores, starts)[group]
        odds = np.exp(scores - top)
        whole = np.add.reduceat(odds, starts)
        fit = np.add.reduceat(np.where(good, odds, 0.0), starts)
        slope = odds / whole[group] - np.where(good, odds, 0.0) / fit[group]
        value = float(np.log(whole / fit).sum() + penalty / 2 * weights @ weights)
        return value, matrix.T @ slope + penalty * weights

    solved = optimize.minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return {key: solved.x[k] for key, k in names.items()}


def _fit_shared(decisions: list[tuple[Decision, frozenset[Any]]], penalty: float) -> dict[tuple[str, str], float]:
    """The same of a task whose decisions all have the same values and cues of no value alone: faster by its shape."""
    values = decisions[0][0].values
    seen = Counter(cue for d, _ in decisions for cue in d.shared)
    names = {cue: n for n, cue in enumerate(c for c, times in seen.items() if times > 1)}
    at = [(k, names[cue]) for k, (d, _) in enumerate(decisions) for cue in d.shared if cue in names]
    rows, columns = zip(*at, strict=True)
    matrix = sparse.csr_matrix((np.ones(len(at)), (rows, columns)), shape=(len(decisions), len(names)))
    back = matrix.T.tocsr()
    good = np.array([[v in right for v in values] for _, right in decisions])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(len(names), len(values))
        scores = matrix @ weights
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        whole, fit = odds.sum(axis=1), np.where(good, odds, 0.0).sum(axis=1)
        slope = odds / whole[:, None] - np.where(good, odds, 0.0) / fit[:, None]
        return float(np.log(whole / fit).sum() + penalty / 2 * flat @ flat), (back @ slope + penalty * weights).ravel()

    start = np.zeros(len(names) * len(values))
    solved = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    found = solved.x.reshape(len(names), len(values))
    return {(cue, str(v)): found[n, k] for cue, n in names.items() for k, v in enumerate(values)}


def score(files: list[str], weights: Weights, scenario: Scenario, tally: Tally) -> None:
    """Score texts read with some weights into a tally."""
    for name in files:
        path = Path(name)
        text = text_of(path)
        answers = read_answers(path, text)
        day = published_of(answers)
        reading = reader.propose(text, scenario, published=day, weights=weights)
        score_text(reading.as_json(), answers, tally, path.name.removesuffix(".gold.csv"))


def score_batches(
    lessons: list[Lesson], names: Iterable[str], scenario: Scenario, *, missed: bool = False
) -> dict[str, dict[str, Any]]:
    """Measures of each batch of texts, by language, read with weights that were learned from all others."""
    together: dict[str, list[Tally]] = defaultdict(list)
    out: dict[str, dict[str, Any]] = {}
    for name in sorted(set(names) or {batch_of(x.text) for x in lessons}):
        weights = teach([x for x in lessons if batch_of(x.text) != name], scenario)
        tallies = {code: Tally() for code in ("en", "es", "all")}
        for text in (x.text for x in lessons if batch_of(x.text) == name):
            score([text], weights, scenario, tallies["es" if re.search(r"\bes-", Path(text).name) else "en"])
        tallies["all"] = _sum_of([tallies["en"], tallies["es"]])
        for code, tally in tallies.items():
            together[code].append(tally)
        out[name] = {code: tally.measures() | tally.astray() for code, tally in tallies.items()}
        sys.stderr.write(f"{name}: {json.dumps(out[name]['all'])}\n")
        if missed:
            sys.stderr.write("\n".join(tallies["all"].missed) + "\n")
    return out | {"together": {code: _sum_of(some).measures() for code, some in together.items()}}


def _sum_of(tallies: Iterable[Tally]) -> Tally:
    some = list(tallies)
    return Tally(sum((t.counts for t in some), Counter()), [line for t in some for line in t.missed])


def write(weights: Weights) -> None:
    """Write the weights into the package."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["cue", "value", "weight"])
    writer.writerows([cue, value, w] for cue in sorted(weights) for value, w in sorted(weights[cue].items()))
    write_whole(TABLE, text.getvalue().encode())


def main() -> int:
    """Learn, or score by leaving texts out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="*", type=Path)
    parser.add_argument("--batches", nargs="*", help="score each batch of texts with weights of all others [all]")
    parser.add_argument("--test", type=Path, help="score the texts of a folder that are not learned from")
    parser.add_argument("--record", action="store_true", help="keep the measures in results.json")
    parser.add_argument("--missed", action="store_true", help="with --batches: print what was missed or wrong")
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    options = parser.parse_args()
    scenario = cv.load_scenario("tapachula-2021")
    lessons = study(answers_in(options.folder or [RULES, DEVELOPMENT, EARLIER]), scenario)
    out: dict[str, Any] = {"texts": len(lessons), "unreachable": dict(sum((x.unreachable for x in lessons), Counter()))}
    tested: dict[str, dict[str, Any]] = {}
    if options.batches is not None:
        tested = score_batches(lessons, options.batches, scenario, missed=options.missed)
    if options.test or options.write:
        weights = teach(lessons, scenario)
        out["weights"] = sum(len(w) for w in weights.values())
        if options.write:
            write(weights)
        if options.test:
            tally = Tally()
            score([str(p) for p in answers_in([options.test])], weights, scenario, tally)
            out["test"] = tally.measures() | tally.astray()
    if tested:
        out["batches"] = {name: one["all"] for name, one in tested.items()}
        if options.record:
            measured = json.loads(RESULTS.read_text(encoding="utf-8")) | {"left out": tested["together"]}
            RESULTS.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(out) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
