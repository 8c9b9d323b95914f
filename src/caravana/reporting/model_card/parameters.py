"""The section of a model card on the parameters of the model in which camps share arrivals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.reporting.model_card.facts import NORMAL_95
from caravana.reporting.sections import Section, Table
from caravana.results.acting import pooled_at_work

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.models.displacement.camp_shares.parameters import Pooled
    from caravana.reporting.model_card.facts import Facts

FIGURES = 3
COLUMNS = ("name", "meaning", "unit", "value", "range")


def parameters(facts: Facts, words: Language) -> Section | None:
    """Return the section on the parameters of the rules, None where the run has none at work."""
    at_work = pooled_at_work(facts.results.scenario)
    if not at_work:
        return None
    rows = []
    for name, one in at_work.items():
        low, high = (words.rounded(x, figures=FIGURES) for x in spread_of(one))
        rows.append((
            name, words.texts.get(f"pooled.meaning.{name}", one.meaning),
            words.texts.get(f"pooled.unit.{one.unit or 'none'}", one.unit),
            words.rounded(one.value, figures=FIGURES), f"{low}\u2013{high}" if one.spread else "",
        ))  # fmt: skip
    lead = words.text(
        "pooled.part.lead", all=len(POOLED), n=len(at_work), drawn=sum(one.spread > 0 for one in at_work.values())
    )
    headings = tuple(words.text(f"pooled.part.{column}") for column in COLUMNS)
    table = Table(words.text("pooled.part.caption"), headings, tuple(rows), numbers=COLUMNS.index("value"))
    return Section("pooled", words.text("pooled.part.head"), (lead,), table=table)


def spread_of(one: Pooled) -> tuple[float, float]:
    """Range of 9 in 10 members of a pooled parameter, normal in the log or the logit."""
    low, high = (math.exp(sign * NORMAL_95 * one.spread) for sign in (-1, 1))
    if one.scale == "log":
        return one.value * low, one.value * high
    odds = one.value / (1 - one.value)
    return odds * low / (1 + odds * low), odds * high / (1 + odds * high)
