"""A choice between what a figure may mean, and how likely each is: a log-linear model of cues, learned on texts."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.importers.articles.linking.marks import Passage

Shares = list[tuple[Any, float]]
Span = tuple[int, int]
Weights = dict[str, dict[str, float]]
"""Weight by cue (with its task before it) and value; of cues of a candidate alone the value is ""."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be chosen, and by what.

    Attributes
    ----------
    task
        ``kind``, ``qualifier``, ``side``, ``date``, ``place``, ``position``; of a whole text ``voice``, ``seat``.
    values
        What may be chosen, one a candidate; the same value may stand several times.
    own
        Cues of each candidate.
    shared
        Cues of all of them, which weigh by the candidate's value.
    """

    task: str
    values: tuple[Any, ...]
    own: tuple[tuple[str, ...], ...] = ()
    shared: tuple[str, ...] = ()


class Chooser(Protocol):
    """Whatever gives each value of a decision its share."""

    def __call__(self, decision: Decision, passage: Passage, span: Span) -> Shares:
        """Shares, the likeliest first."""
        ...


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The weights that ``python -m benchmarks.reader.learn`` made of the texts for rules (``weights.csv``)."""
    text = (resources.files("caravana.importers.articles") / "weights.csv").read_text(encoding="utf-8")
    out: Weights = {}
    for row in csv.reader(text.splitlines()[1:]):
        out.setdefault(row[0], {})[row[1]] = float(row[2])
    return out


def shares_of(decision: Decision, weights: Mapping[str, Mapping[str, float]]) -> list[tuple[Any, float]]:
    """Each value with its share, the likeliest first; shares of candidates with one value are added."""
    task = decision.task
    shared = [w for cue in decision.shared if (w := weights.get(f"{task}:{cue}")) is not None]
    scores = []
    for n, value in enumerate(decision.values):
        name = str(value)
        score = sum(w.get(name, 0.0) for w in shared)
        if decision.own:
            score += sum(weights.get(f"{task}:{cue}", {}).get("", 0.0) for cue in decision.own[n])
        scores.append(score)
    top = max(scores)
    odds = [math.exp(s - top) for s in scores]
    whole = sum(odds)
    out: dict[Any, float] = {}
    for value, part in zip(decision.values, odds, strict=True):
        out[value] = out.get(value, 0.0) + part / whole
    return sorted(out.items(), key=lambda v: -v[1])
