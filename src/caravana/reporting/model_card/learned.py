"""What a calibration learned, where a run was made of its draws: how many there were, given who said what."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from caravana.reporting.sections import Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.reporting.model_card.facts import Facts


def learned(facts: Facts, words: Language) -> Section | None:
    """Return the section on what was learned, None for a run from the priors."""
    kept = facts.learned
    if kept is None or "disputed" not in kept:
        return None
    inside = sum(r["inside90"] for r in kept["reports"])
    until = words.day_year(dt.date.fromisoformat(kept["until"]))
    lead = words.text(
        "learned.part.lead", until=until, draws=words.number(kept["distinct_draws"]),
        effective=words.number(kept["effective_members"]), members=words.number(kept["members"]), inside=inside,
        reports=len(kept["reports"]),
    )  # fmt: skip
    after = [
        words.text("learned.part.led" if kept["led"] else "learned.part.free", until=until),
        words.text("learned.part.level", sides=_priors(kept, words)),
        words.text("learned.part.unidentified", n=len(kept["not_identified"]), total=len(kept["parameters"])),
    ]
    return Section(
        "learned", words.text("learned.part.head"), (lead,), table=_numbers(kept, words),
        after=(*_biases(kept, words), *after),
    )  # fmt: skip


def _numbers(kept: Mapping[str, Any], words: Language) -> Table:
    """The departure, the peak, and every day of which sides differ."""
    first = dt.date.fromisoformat(next(iter(kept["persons"])))
    peak = dt.date.fromisoformat(kept["peak_on"])
    rows = [
        (words.text("learned.part.departure", date=words.day(first)), kept["turnout"], ""),
        (words.text("learned.part.peak", date=words.day(peak)), kept["peak"], ""),
    ]
    for day in kept["disputed"]:
        said = "; ".join(
            words.text("learned.part.said_by", side=words.text(f"side.{side}"), figures=_figures(words, *ends))
            for side, ends in day["said"].items()
        )
        rows.append((words.day(dt.date.fromisoformat(day["date"])), day, said))
    return Table(
        words.text("learned.part.caption"),
        tuple(words.text(f"learned.part.{key}") for key in ("day", "said", "likely", "range")),
        tuple((what, said, words.rounded(n["q50"]), words.span(n["q05"], n["q95"])) for what, n, said in rows),
        numbers=2,
    )


def _figures(words: Language, low: float | None, high: float | None) -> str:
    if high is None:
        return words.text("learned.part.or_more", n=words.number(low or 0.0))
    if low is None:
        return words.text("learned.part.up_to", n=words.number(high))
    return words.number(low) if low == high else f"{words.number(low)}\u2013{words.number(high)}"


def _biases(kept: Mapping[str, Any], words: Language) -> list[str]:
    rows = [words.text("learned.part.bias_lead") + ":"]
    for side, levels in kept["side_bias"].items():
        before = kept["prior_side_bias"][side]
        rows.append(
            words.text(
                "learned.part.bias", side=words.text(f"side.{side}"), middle=_hundred(words, levels["q50"]),
                range=_span(words, levels), prior_middle=_hundred(words, before["q50"]),
                prior_range=_span(words, before),
            )
        )  # fmt: skip
    copies = kept["press_copies_organisers"]
    rows.append(words.text("learned.part.copies", middle=_hundred(words, copies["q50"]), range=_span(words, copies)))
    return rows


def _priors(kept: Mapping[str, Any], words: Language) -> str:
    return words.listed([
        words.text("learned.part.prior_side", side=words.text(f"side.{side}"), middle=_hundred(words, row["q50"]))
        for side, row in kept["prior_side_bias"].items()
    ])  # fmt: skip


def _hundred(words: Language, share: float) -> str:
    return words.number(100.0 * share)


def _span(words: Language, levels: Mapping[str, float]) -> str:
    return f"{_hundred(words, levels['q05'])}\u2013{_hundred(words, levels['q95'])}"
