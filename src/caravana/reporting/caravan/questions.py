"""Sections of a caravan's report on who pays whom and on what would be otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.evidence.taken import take
from caravana.reporting import html
from caravana.reporting.sections import Section, Table
from caravana.results.members import PLANNING_LEVELS
from caravana.studies.money import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.caravan_answers import CaravanAnswers
    from caravana.scenario.model import Policy, Scenario


def money(answers: ReportAnswers[CaravanAnswers], language: Language) -> Section:
    """Who pays whom, everybody and all days together."""
    results, wide = answers.results, answers.results.payments
    rows = []
    for column in wide.mean().sort_values(ascending=False).index:
        payer, payee = (str(x) for x in column)
        low, middle, high = (float(x) for x in wide[column].quantile(list(PLANNING_LEVELS)))
        rows.append((
            language.texts.get(f"whatif.who.{payer}", payer), language.texts.get(f"whatif.who.{payee}", payee),
            language.texts.get(f"whatif.mode.{MODES.get(payee, '')}", ""), language.span(low, high),
            language.rounded(middle),
        ))  # fmt: skip
    smugglers = ""
    paid = wide[[c for c in wide.columns if c[1] == "smugglers"]]
    total = paid.sum(axis=1)
    if (total > 0).any():
        alone = paid[[c for c in paid.columns if c[0] == "alone"]].sum(axis=1)
        share = float((alone[total > 0] / total[total > 0]).median())
        levels = zip(("low", "middle", "high"), total.quantile(list(PLANNING_LEVELS)), strict=True)
        amounts = {name: language.rounded(amount) for name, amount in levels}
        smugglers = language.text("answers.money.smugglers", share=language.number(100 * share), **amounts)
    lead = language.text(
        "answers.money.lead", first=language.day_year(results.first), last=language.day_year(results.last)
    )
    headings = tuple(language.text(f"answers.money.{k}") for k in ("payer", "payee", "mode", "range", "middle"))
    return Section(
        "money", language.text("answers.money.head"), (lead,), contents=language.text("answers.contents.money"),
        table=Table(language.text("answers.money.caption"), headings, tuple(rows), numbers=3, bold=3),
        figure=html.fragment(
            "caravan/money", language, money={"smugglers": smugglers, "organisers": _organisers(results, language)}
        ),
    )  # fmt: skip


def _organisers(results: CaravanAnswers, language: Language) -> str:
    """What organisers receive: nothing that is computed, unless a claim that gives an amount is taken as true."""
    taken = results.plan.get("taken", {})
    fee = take(results.scenario, taken).organiser_fee if taken else None
    if fee is None:
        return language.text("whatif.unset.organisers")
    ends = [PLANNING_LEVELS[0], PLANNING_LEVELS[-1]]
    low, high = (language.rounded(float(x) * fee) for x in results.set_out.quantile(ends))
    claims = language.listed([c for c, reading in taken.items() if reading == "true"])
    return language.text("answers.money.fee", fee=language.number(fee), claims=claims, low=low, high=high)


def whatif(answers: ReportAnswers[CaravanAnswers], language: Language) -> Section:
    """The policies that can be put in force, those that are, and the comparisons made for this run."""
    results = answers.results
    scenario, force = results.scenario, results.plan.get("policies", ())
    comparisons = []
    for kept in answers.beside.comparisons:
        headline = kept.content["headline"].get(language.code, {})
        comparisons.append({
            "question": headline.get("question", ""), "answer": list(headline.get("answer", ())), "page": kept.page,
            "not_settled": headline.get("not_settled", {}).get("why", ""), "same": kept.same,
        })  # fmt: skip
    values = {
        "policies": [_policy_row(p, force, language) for p in scenario.policies],
        "comparisons": comparisons,
        "how": f"caravana compare {scenario.name} {_example(scenario)} --out {results.folder}",
        "again": f"caravana report {results.folder}" + ("" if language.code == "en" else " --lang es"),
    }
    return Section(
        "whatif", language.text("answers.whatif.head"), (language.text("answers.whatif.lead"),),
        contents=language.text("answers.contents.whatif"),
        figure=html.fragment("caravan/whatif", language, whatif=values),
    )  # fmt: skip


def _example(scenario: Scenario) -> str:
    """A policy to name in the command: that no caravan sets off, or else the first that was not so in fact."""
    others = [p for p in scenario.policies if not p.base]
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
