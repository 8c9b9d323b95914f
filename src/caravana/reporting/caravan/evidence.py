"""Section of a caravan's report on who says so: what each number rests on, and contested claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.evidence.ledger import contested, read_ledger, value_words
from caravana.language.names import speaker_words
from caravana.reporting import html
from caravana.reporting.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.evidence.ledger import Ledger, Number
    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.caravan_answers import CaravanAnswers
    from caravana.scenario.model import Claim

SHOWN_BEARS = 8
"""Ids listed in a cell before the rest are counted."""
SHOWN_WEIGHED = 5


def evidence(answers: ReportAnswers[CaravanAnswers], language: Language) -> Section:
    """What each number rests on, every claim with who made it, and what contested claims move."""
    scenario, kept = answers.results.scenario, answers.beside.weighed
    ledger = read_ledger(scenario)
    loose = sum(n.without_evidence for n in ledger.numbers)
    disputed = sum(bool(n.disputed) for n in ledger.numbers)
    without, total = len(ledger.without_basis), len(ledger.numbers)
    weighed = kept.content["weigh"]["claims"] if kept is not None else []
    still = sum(w.get("how") == "none" for w in weighed)
    values = {
        "counts": language.text(
            "answers.evidence.counts", total=total, assumed=loose, disputed=disputed, without=without,
            rest=total - loose - disputed - without,
        ),
        "claims": [_claim_row(c, ledger, language) for c in scenario.claims],
        "numbers": [_number_row(n, language) for n in ledger.numbers],
        "weighed": _weighed_words(weighed, language),
        "still": language.text("answers.evidence.still", n=still, of=len(weighed)) if still else "",
        "page": kept.page if kept is not None else "",
        "how": f"caravana evidence {scenario.name} --weigh --out {answers.results.folder}",
    }  # fmt: skip
    return Section(
        "evidence",
        language.text("answers.evidence.head"),
        contents=language.text("answers.contents.evidence"),
        figure=html.fragment("caravan/evidence", language, evidence=values),
    )


def _weighed_words(rows: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """The claims that move most, strongest first; those that say the same in one line."""
    by_words: dict[str, list[str]] = {}
    for row in rows:
        if row.get("how") != "none":
            words = row.get("sentences", {}).get(language.code) or row.get("sentence", "")
            by_words.setdefault(str(words), []).append(str(row.get("claim", "")))
    return [f"{', '.join(claims)}: {words}" for words, claims in list(by_words.items())[:SHOWN_WEIGHED]]


def _some(ids: Sequence[str], language: Language) -> str:
    more = len(ids) - SHOWN_BEARS
    if more <= 1:
        return ", ".join(ids)
    return ", ".join(ids[:SHOWN_BEARS]) + " " + language.text("answers.evidence.more", n=more)


def _claim_row(claim: Claim, ledger: Ledger, language: Language) -> dict[str, str]:
    said = f", {language.day_year(claim.date_said)}" if claim.date_said else ""
    standing = language.text("answers.evidence.uncontested")
    if contested(claim):
        standing = language.text(f"claim.{claim.status}")
        speakers = {c.id: c.speaker_role for c in ledger.scenario.claims}
        against = [speaker_words(speakers[x], language) for x in claim.disputed_by if x in speakers]
        if against:
            standing = language.text("claim.by", who=language.listed(dict.fromkeys(against)))
    return {
        "id": claim.id, "claim": language.choose(claim.claim, claim.claim_es),
        "who": speaker_words(claim.speaker_role, language) + said,
        "standing": standing, "bears": _some(ledger.rests[claim.id], language),
    }  # fmt: skip


def _number_row(number: Number, language: Language) -> dict[str, str]:
    rests = [f"{c}*" if c in number.disputed else c for c in number.claims]
    rests += [s for s in number.sources if s not in number.claims]
    if number.assumed:
        rests.append(language.text("answers.evidence.assumption"))
    return {
        "table": language.text(f"answers.table.{number.table}"), "id": number.id,
        "value": value_words(number.row, language), "rests": _some(rests, language),
    }  # fmt: skip
