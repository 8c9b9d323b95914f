"""A comparison of policies: one HTML file that opens with no network, in English or Spanish, and one JSON object."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from caravana.language.language import EN_DASH, LANGUAGES, load_language
from caravana.reporting import html, svg
from caravana.reporting.pages.comparison_words import (
    effect_tells,
    headline,
    often,
    outcome_label,
    parameter_words,
    place_name,
    policy_title,
    signed,
)
from caravana.results.members import INTERVAL
from caravana.studies.money import ledger_rows, organisers_receipts, smugglers_receipts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from caravana.language.language import Language
    from caravana.scenario.model import Scenario
    from caravana.studies.compare import Comparison, Difference

FEWEST_USD = 1.0
"""Rows of the ledger with less than this in both worlds are left out of the page."""
MONEY_ROWS = 16


STYLES = ("report.css", "whatif.css")
NOT_DRAWN = ("people", "to_smugglers", "to_transport", "to_shops")
"""Outcomes that the figure leaves out: money has a table of its own."""
LABELS, BARS, STEP, ABOVE = 430, 560, 30, 24
"""Pixels of the figure: room for names, for bars, between rows, above the first."""
LETTERS = 52
"""Letters of a name that fit beside the bars; a longer one goes on in a second line."""
REACH = 1.5
"""A difference is drawn up to so many times the range between runs."""


def middle_and_range(levels: Mapping[str, float], words: Language) -> tuple[str, str]:
    """Return the median and the 90% range as text."""
    return words.rounded(levels["median"]), words.span(levels["low"], levels["high"])


def effect_row(effect: Difference, comparison: Comparison, words: Language) -> dict[str, str]:
    """Return one outcome as a row of the table."""
    base, base_range = middle_and_range(effect.base, words)
    policy, policy_range = middle_and_range(effect.policy, words)
    ends = [signed(effect.difference[k], words) for k in ("low", "high")]
    return {
        "label": outcome_label(comparison, effect.outcome.key, words), "base": base, "base_range": base_range,
        "policy": policy, "policy_range": policy_range, "difference": signed(effect.difference["median"], words),
        "difference_range": " \u2026 ".join(ends), "often": often(effect, words),
    }  # fmt: skip


def effects_figure(effects: Sequence[Difference], comparison: Comparison, words: Language) -> Markup:
    """Return bars of each outcome's difference, over the range between runs as it was, as SVG."""
    rows = [e for e in effects if e.outcome.key not in NOT_DRAWN]
    scaled = []
    for e in rows:
        span = max(e.base["high"] - e.base["low"], 1e-9)
        scaled.append([max(-REACH, min(REACH, e.difference[k] / span)) for k in ("low", "median", "high")])
    reach = max([abs(x) for row in scaled for x in row] + [0.1])
    centre, height = LABELS + BARS / 2, ABOVE + STEP * len(rows) + 8
    parts = []
    for i, (effect, ends) in enumerate(zip(rows, scaled, strict=True)):
        y = ABOVE + i * STEP
        low, middle, high = (centre + x / reach * BARS / 2 for x in ends)
        parts += name_beside(outcome_label(comparison, effect.outcome.key, words), y)
        if not effect_tells(effect):
            # A bar would be read as an effect.
            parts.append(svg.words(words.text("whatif.page.no_difference"), centre + 10, y + 16, class_="soft"))
            continue
        parts += [
            svg.bar(low, high, y + 4, thick=16, class_="harm" if effect.outcome.harm else "bar"),
            svg.upright(middle, y + 2, y + 22, class_="tick"),
        ]
    less, more = (words.text(f"whatif.page.{k}") for k in ("less", "more"))
    parts += [
        svg.upright(centre, ABOVE - 4, height, class_="zero"),
        svg.words(f"\u2190 {less}", centre - 10, 14, class_="soft", text_anchor="end"),
        svg.words(f"{more} \u2192", centre + 10, 14, class_="soft"),
    ]
    return svg.picture(parts, wide=LABELS + BARS + 10, high=height, label=words.text("whatif.page.figure"))


def name_beside(name: str, y: float) -> list[Markup]:
    """Write a name to the left of its bar, in as many lines as it needs."""
    lines = textwrap.wrap(name, LETTERS)
    top = y + 16 - 6.5 * (len(lines) - 1)
    return [svg.words(line, LABELS - 12, top + 13 * i, text_anchor="end") for i, line in enumerate(lines)]


def _deciders(receipts: Mapping[str, Any], scenario: Scenario, words: Language) -> list[str]:
    lines = []
    for d in receipts["decided_by"]:
        description = parameter_words(d["parameter"], scenario, words)
        said = words.text(
            "whatif.page.decider", description=f"{description[:1].upper()}{description[1:]}.",
            low=signed(d["in_lowest_third"]["answer"], words), high=signed(d["in_highest_third"]["answer"], words),
        )  # fmt: skip
        basis = [b for b in d["basis"] if b != "assumption"]
        rests = words.text("whatif.page.assumed")
        if basis:
            rests = words.text("whatif.page.rests", basis=words.listed(basis))
        weak = "" if d["beyond_chance"] else " " + words.text("whatif.page.chance")
        lines.append(f"{said} {rests}{weak}")
    return lines


def _sensitive(receipts: Mapping[str, Any], scenario: Scenario, words: Language) -> list[dict[str, Any]]:
    return [
        {
            "input": parameter_words(row["parameter"], scenario, words),
            "cells": [
                EN_DASH if row[world][third]["answer"] is None else words.rounded(row[world][third]["answer"])
                for world in ("base", "policy") for third in ("in_lowest_third", "in_highest_third")
            ],
        }
        for row in receipts["sensitivity"]
    ]  # fmt: skip


def _money(comparison: Comparison, words: Language) -> list[dict[str, str]]:
    rows = [r for r in ledger_rows(comparison) if max(r["base"]["median"], r["policy"]["median"]) >= FEWEST_USD]
    rows.sort(key=lambda r: -max(r["base"]["median"], r["policy"]["median"]))
    out = []
    for r in rows[:MONEY_ROWS]:
        base, base_range = middle_and_range(r["base"], words)
        policy, policy_range = middle_and_range(r["policy"], words)
        out.append({
            "payer": words.text(f"whatif.who.{r['payer']}"), "payee": words.text(f"whatif.who.{r['payee']}"),
            "mode": words.text(f"whatif.mode.{r['mode']}"), "leg": r["leg"], "base": base, "base_range": base_range,
            "policy": policy, "policy_range": policy_range,
        })  # fmt: skip
    return out


def _organisers(comparison: Comparison, words: Language) -> str:
    said = organisers_receipts(comparison)
    if said["usd"] is None:
        return words.text("whatif.unset.organisers")
    claims = words.listed([c for c, taken in comparison.taken.items() if taken == "true"])
    low, high = (words.rounded(said["usd"]["base"][k]) for k in ("low", "high"))
    return words.text("whatif.unset.organisers_fee", fee=words.number(said["fee"]), claims=claims, low=low, high=high)


def render(comparison: Comparison, *, language: str = "en") -> str:
    """Return the page of a comparison.

    Parameters
    ----------
    comparison
        Two worlds, member by member.
    language
        ``en`` or ``es``.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown.
    """
    words = load_language(language)
    scenario, plan, version = comparison.scenario, comparison.plan, comparison.version
    first, last = comparison.days
    receipts = smugglers_receipts(comparison)
    effects = comparison.effects("set_out")
    taken = [f"{c} = {v}" for c, v in comparison.taken.items()]
    names = {p.id: p.name for p in scenario.places}
    end = words.day(last)
    return html.environment().get_template("compare.html.j2").render(
        t=words.text, lang=words, version=version, css=html.style(STYLES),
        title=words.text("whatif.page.title", policies=policy_title(comparison, words)),
        meta=words.text(
            "whatif.page.meta", members=words.number(len(comparison.members)), first=words.day_year(first),
            last=words.day_year(last), seed=plan["seed"], version=version, scenario=scenario.name,
        ),
        taken=words.text("whatif.page.taken", claims=", ".join(taken)) if taken else "",
        headline=headline(comparison, receipts, words),
        set_out_lead=words.text("whatif.scope.set_out_lead", date=words.day(first), last=end),
        everyone_lead=words.text(
            "whatif.scope.everyone_lead", origin=place_name(scenario, scenario.caravans[0].assembles_at)
        ),
        figure=effects_figure(effects, comparison, words),
        harm=[effect_row(e, comparison, words) for e in effects if e.outcome.harm],
        other=[effect_row(e, comparison, words) for e in effects if not e.outcome.harm],
        everyone=[effect_row(e, comparison, words) for e in comparison.effects("everyone")],
        deciders=_deciders(receipts, comparison.scenario, words),
        sensitive=_sensitive(receipts, comparison.scenario, words),
        money=_money(comparison, words), organisers=_organisers(comparison, words),
        places=[
            {
                "place": names.get(str(place), str(place)), "base": words.rounded(row["base"]),
                "policy": words.rounded(row["policy"]), "difference": signed(row["median"], words),
                "difference_range": " \u2026 ".join(signed(row[k], words) for k in ("low", "high")),
            }
            for place, row in comparison.places().iterrows()
        ],
        limits=[words.text(f"whatif.page.limit_{k}", last=end) for k in ("same", "harm", "company", "end", "exact")],
        footer=f"caravana {version} · {scenario.name} {plan['scenario_hash'][:12]} · seed {plan['seed']}",
    )  # fmt: skip


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as one JSON object; ``docs/what-if.md`` tells its keys.

    Parameters
    ----------
    comparison
        Two worlds, member by member.
    """
    plan = comparison.plan
    receipts = smugglers_receipts(comparison)
    places = comparison.places()
    return {
        "scenario": plan["scenario"],
        "scenario_hash": plan["scenario_hash"],
        "caravana": comparison.version,
        "seed": plan["seed"],
        "members": len(comparison.members),
        "first": plan["first"],
        "last": plan["last"],
        "policies": [p.model_dump(mode="json") for p in comparison.policies],
        "claims_taken": dict(comparison.taken),
        "interval": "low to high holds 90% of members; differences are taken member by member",
        "smugglers_receipts": receipts,
        "outcomes": {
            "set_out": [e.as_json() for e in comparison.effects("set_out")],
            "everyone": [e.as_json() for e in comparison.effects("everyone")],
        },
        "persons_in_need_by_place": [
            {
                "place": str(place), "base": float(row["base"]), "policy": float(row["policy"]),
                "difference": {name: float(row[name]) for name in INTERVAL}, "share_higher": float(row["share_higher"]),
            }
            for place, row in places.iterrows()
        ],
        "money": {"set_out": ledger_rows(comparison), "organisers_receipts": organisers_receipts(comparison)},
        "headline": {code: headline(comparison, receipts, load_language(code)) for code in LANGUAGES},
    }  # fmt: skip
