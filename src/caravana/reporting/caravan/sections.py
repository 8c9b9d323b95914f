"""The report's parts on needs by group, money, evidence, what-if and exports, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.evidence.ledger import contested, read_ledger
from caravana.evidence.taken import take
from caravana.language.names import speaker_words
from caravana.reporting.caravan.tables import source_words, supply_words, unit_words
from caravana.reporting.run_folder import comparisons, handed_on, plans_of_needs, weighed_claims
from caravana.results.groups import DAY_GROUPS, needs_of, people_by_group, spread
from caravana.results.members import PLANNING_LEVELS
from caravana.results.supplies import load_profile
from caravana.studies.money import MODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.evidence.ledger import Ledger, Number
    from caravana.language.language import Language
    from caravana.results.caravan import Nights
    from caravana.results.groups import DayGroup
    from caravana.results.supplies import Supply
    from caravana.run import Run
    from caravana.scenario.model import Claim, Policy

SHOWN_BEARS = 8
"""Ids listed in a cell before the rest are counted."""
SHOWN_WEIGHED = 5
FORMATS = ("xlsx", "csv", "geojson", "geoparquet", "netcdf")


def group_amounts(
    run: Run, where: Nights, language: Language, profile: Sequence[Supply]
) -> dict[str, list[list[str] | None]]:
    """By ``group-item`` and day: the range and the middle in words; None where there is nobody to count."""
    out: dict[str, list[list[str] | None]] = {}
    for group, persons in people_by_group(run, where).items():
        people = spread(persons)
        for item, levels in {"persons": people, **needs_of(group, people, profile)}.items():
            out[f"{group}-{item}"] = [
                None if np.isnan(day).any() else [language.span(day[0], day[-1]), language.rounded(day[1])]
                for day in levels.T
            ]
    return out


def group_rows(
    amounts: Mapping[str, Sequence[Sequence[str] | None]], language: Language, profile: Sequence[Supply], *, day: int
) -> list[dict[str, Any]]:
    """The rows of the table of groups, with the amounts of one day."""
    rows = []
    for item in dict.fromkeys(["persons", *(s.standard.item for s in profile)]):
        kin = [s for s in profile if s.standard.item == item]
        unit = unit_words(kin[0], language) if kin else ""
        rows.append({
            "label": language.texts.get(f"answers.item.{item}", item), "unit": unit,
            "cells": [_group_cell(amounts, group, item, day) for group in DAY_GROUPS],
            "standards": [_group_standard(s, g, language) for s in kin for g in s.groups],
        })  # fmt: skip
    return rows


def _group_cell(
    amounts: Mapping[str, Sequence[Sequence[str] | None]], group: DayGroup, item: str, day: int
) -> dict[str, str]:
    by_day = amounts.get(f"{group}-{item}")
    now = by_day[day] if by_day is not None else None
    return {
        "key": f"{group}-{item}" if by_day is not None else "",
        "range": now[0] if now else "\u2013", "middle": now[1] if now else "",
    }  # fmt: skip


def _group_standard(supply: Supply, group: str, language: Language) -> str:
    words = language.text(f"answers.groups.{group}", words=supply_words(supply, language))
    return f"{words} ({source_words(supply.standard, language)})"


def money_part(run: Run, language: Language) -> dict[str, Any]:
    """Who pays whom, everybody and all days together."""
    frame = run.query(
        "SELECT member, CAST(payer AS VARCHAR) AS payer, CAST(payee AS VARCHAR) AS payee, SUM(usd) AS usd "
        "FROM payments GROUP BY ALL"
    )
    wide = frame.pivot_table(index="member", columns=["payer", "payee"], values="usd", aggfunc="sum")
    wide = wide.reindex(run.member_ids).fillna(0.0)
    rows = []
    for column in wide.mean().sort_values(ascending=False).index:
        payer, payee = (str(x) for x in column)
        low, middle, high = (float(x) for x in wide[column].quantile(list(PLANNING_LEVELS)))
        rows.append({
            "payer": language.texts.get(f"whatif.who.{payer}", payer),
            "payee": language.texts.get(f"whatif.who.{payee}", payee),
            "mode": language.texts.get(f"whatif.mode.{MODES.get(payee, '')}", ""), "range": language.span(low, high),
            "middle": language.rounded(middle),
        })  # fmt: skip
    first, last = (language.day_year(d.date()) for d in (run.days[0], run.days[-1]))
    smugglers = ""
    paid = wide[[c for c in wide.columns if c[1] == "smugglers"]]
    total = paid.sum(axis=1)
    if (total > 0).any():
        alone = paid[[c for c in paid.columns if c[0] == "alone"]].sum(axis=1)
        share = float((alone[total > 0] / total[total > 0]).median())
        told = dict(
            zip(("low", "middle", "high"), map(language.rounded, total.quantile(list(PLANNING_LEVELS))), strict=True)
        )
        smugglers = language.text("answers.money.smugglers", share=language.number(100 * share), **told)
    return {
        "lead": language.text("answers.money.lead", first=first, last=last), "rows": rows, "smugglers": smugglers,
        "organisers": _organisers(run, language),
    }  # fmt: skip


def _organisers(run: Run, language: Language) -> str:
    """What organisers receive: nothing that is computed, unless a claim that gives an amount is taken as true."""
    taken = run.manifest["plan"].get("taken", {})
    fee = take(run.scenario, taken).organiser_fee if taken else None
    if fee is None:
        return language.text("whatif.unset.organisers")
    joined = run.query(
        "SELECT member, SUM(persons) AS n FROM flows WHERE flow IN ('assembled', 'joined') GROUP BY member"
    ).set_index("member")["n"].reindex(run.member_ids).fillna(0.0)  # fmt: skip
    low, high = (language.rounded(float(x) * fee) for x in joined.quantile([PLANNING_LEVELS[0], PLANNING_LEVELS[-1]]))
    claims = language.listed([c for c, reading in taken.items() if reading == "true"])
    return language.text("answers.money.fee", fee=language.number(fee), claims=claims, low=low, high=high)


def evidence_part(run: Run, language: Language) -> dict[str, Any]:
    """What each number rests on, every claim with who made it, and what contested claims move."""
    ledger = read_ledger(run.scenario)
    loose = sum(n.without_evidence for n in ledger.numbers)
    disputed = sum(bool(n.disputed) for n in ledger.numbers)
    without = len(ledger.without_basis)
    total = len(ledger.numbers)
    kept = weighed_claims(run)
    weighed = kept.told["weigh"]["claims"] if kept is not None else []
    still = sum(w.get("how") == "none" for w in weighed)
    return {
        "counts": language.text(
            "answers.evidence.counts", total=total, assumed=loose, disputed=disputed, without=without,
            rest=total - loose - disputed - without,
        ),
        "claims": [_claim_row(c, ledger, language) for c in run.scenario.claims],
        "numbers": [_number_row(n, language) for n in ledger.numbers],
        "weighed": _weighed_words(weighed, language),
        "still": language.text("answers.evidence.still", n=still, of=len(weighed)) if still else "",
        "page": kept.page if kept is not None else "",
        "how": f"caravana evidence {run.scenario.name} --weigh --out {run.path}",
    }  # fmt: skip


def _weighed_words(rows: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """The claims that move most, strongest first; those that say the same in one line."""
    told: dict[str, list[str]] = {}
    for row in rows:
        if row.get("how") != "none":
            words = row.get("sentences", {}).get(language.code) or row.get("sentence", "")
            told.setdefault(str(words), []).append(str(row.get("claim", "")))
    return [f"{', '.join(claims)}: {words}" for words, claims in list(told.items())[:SHOWN_WEIGHED]]


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
        "table": language.text(f"answers.table.{number.table}"), "id": number.id, "value": number.value,
        "rests": _some(rests, language),
    }  # fmt: skip


def whatif_part(run: Run, language: Language) -> dict[str, Any]:
    """The policies that can be put in force, those that are, and the comparisons made for this run."""
    force = run.manifest["plan"].get("policies", ())
    found = []
    for kept in comparisons(run):
        told = kept.told["headline"].get(language.code, {})
        found.append({
            "question": told.get("question", ""), "answer": list(told.get("answer", ())), "page": kept.page,
            "not_settled": told.get("not_settled", {}).get("why", ""), "same": kept.same,
        })  # fmt: skip
    return {
        "policies": [_policy_row(p, force, language) for p in run.scenario.policies],
        "found": found,
        "how": f"caravana compare {run.scenario.name} {_example(run)} --out {run.path}",
        "again": f"caravana report {run.path}" + ("" if language.code == "en" else " --lang es"),
    }  # fmt: skip


def _example(run: Run) -> str:
    """A policy to name in the command: that no caravan sets off, or else the first that was not so in fact."""
    others = [p for p in run.scenario.policies if not p.base]
    chosen = next((p for p in others if p.lever == "no_caravan"), others[0] if others else None)
    return chosen.id if chosen is not None else "POLICY"


def _policy_row(policy: Policy, force: Sequence[str], language: Language) -> dict[str, str]:
    when = language.text("answers.whatif.from", first=language.day_year(policy.start))
    if policy.end is not None:
        when = language.text(
            "answers.whatif.between", first=language.day(policy.start), last=language.day_year(policy.end)
        )
    return {
        "id": policy.id, "title": language.choose(policy.title, policy.title_es), "when": when,
        "here": language.text("answers.whatif.force" if policy.id in force else "answers.whatif.not_force"),
        "rests": ", ".join(
            language.text("answers.evidence.assumption") if b == "assumption" else b for b in policy.basis
        ),
    }  # fmt: skip


def exports_part(run: Run, language: Language) -> dict[str, Any]:
    """What can be handed on, how, and what lies in the run folder already."""
    command = f"caravana export {run.path} --format"
    return {
        "rows": [
            {"name": f, "what": language.text(f"answers.exports.{f}"), "command": f"{command} {f}"} for f in FORMATS
        ],
        "public": f"{command} xlsx --audience public",
        "there": handed_on(run),
    }  # fmt: skip


def supplies_part(run: Run, language: Language) -> dict[str, Any]:
    """The plans of needs made for this run, and the command that makes one."""
    day = run.days[len(run.days) // 3].date()
    lang = "" if language.code == "en" else " --lang es"
    return {
        "pages": plans_of_needs(run),
        "how": f"caravana needs {run.path} --origin {day} --stock stock.csv{lang}",
    }  # fmt: skip


def parts(run: Run, where: Nights, language: Language, *, day: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the template shows of all these parts, and what the page's script reads by day.

    Parameters
    ----------
    run
        An opened run of the caravan rules.
    where
        The main caravan's nights.
    language
        The report's.
    day
        Index of the day the page opens on.
    """
    profile = load_profile()
    amounts = group_amounts(run, where, language, profile)
    shown = {
        "groups": group_rows(amounts, language, profile, day=day),
        "group_names": [language.text(f"answers.groups.{g}") for g in DAY_GROUPS],
        "supplies": supplies_part(run, language), "money": money_part(run, language),
        "evidence": evidence_part(run, language), "whatif": whatif_part(run, language),
        "exports": exports_part(run, language),
    }  # fmt: skip
    return shown, amounts
