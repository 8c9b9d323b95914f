"""The what-if page: one HTML file that opens with no network, in English or Spanish."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from caravana.language.language import EN_DASH, load_language
from caravana.reporting.pages.comparison_words import (
    headline,
    often,
    outcome_label,
    parameter_words,
    place_name,
    policy_title,
    signed,
)
from caravana.studies.money import ledger_rows, organisers_receipts, smugglers_receipts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language
    from caravana.scenario.model import Scenario
    from caravana.studies.compare import Comparison, Effect

FEWEST_USD = 1.0
"""Rows of the ledger with less than this in both worlds are left out of the page."""
MONEY_ROWS = 16


def environment() -> Environment:
    """Return the templates' environment."""
    return Environment(
        loader=PackageLoader("caravana.reporting"), autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def style() -> Markup:
    """Return the pages' style: the report's, and what these pages add."""
    folder = resources.files("caravana.reporting") / "templates"
    sheets = [(folder / name).read_text("utf-8") for name in ("report.css", "whatif.css")]
    return Markup("\n".join(sheets))  # noqa: S704 - our own files


def middle_and_range(levels: Mapping[str, float], words: Language) -> tuple[str, str]:
    """Return the median and the 90% range as text."""
    return words.rounded(levels["median"]), words.span(levels["low"], levels["high"])


def effect_row(effect: Effect, comparison: Comparison, words: Language) -> dict[str, str]:
    """Return one outcome as a row of the table."""
    base, base_range = middle_and_range(effect.base, words)
    policy, policy_range = middle_and_range(effect.policy, words)
    ends = [signed(effect.difference[k], words) for k in ("low", "high")]
    return {
        "label": outcome_label(comparison, effect.outcome.key, words), "base": base, "base_range": base_range,
        "policy": policy, "policy_range": policy_range, "difference": signed(effect.difference["median"], words),
        "difference_range": " \u2026 ".join(ends), "often": often(effect, words),
    }  # fmt: skip


def effects_figure(effects: Sequence[Effect], comparison: Comparison, words: Language) -> Markup:
    """Return bars of each outcome's difference, over the range between runs as it was, as SVG."""
    rows = [e for e in effects if e.outcome.key not in {"people", "to_smugglers", "to_transport", "to_shops"}]
    left, width, step, top = 430, 560, 30, 24
    scaled = []
    for e in rows:
        span = max(e.base["high"] - e.base["low"], 1e-9)
        scaled.append([max(-1.5, min(1.5, e.difference[k] / span)) for k in ("low", "median", "high")])
    reach = max([abs(x) for row in scaled for x in row] + [0.1])
    centre = left + width / 2

    def at(value: float) -> float:
        return centre + value / reach * width / 2

    parts = []
    height = top + step * len(rows) + 8
    for i, (effect, (low, mid, high)) in enumerate(zip(rows, scaled, strict=True)):
        y = top + i * step
        label = escape(outcome_label(comparison, effect.outcome.key, words))
        kind = "harm" if effect.outcome.harm else "bar"
        wide = max(at(high) - at(low), 1)
        parts += [
            f'<text x="{left - 12}" y="{y + 16}" text-anchor="end">{label}</text>',
            f'<rect class="{kind}" x="{at(low):.1f}" y="{y + 4}" width="{wide:.1f}" height="16"/>',
            f'<line class="tick" x1="{at(mid):.1f}" x2="{at(mid):.1f}" y1="{y + 2}" y2="{y + 22}"/>',
        ]
    less, more = (escape(words.text(f"whatif.page.{k}")) for k in ("less", "more"))
    parts += [
        f'<line class="zero" x1="{centre}" x2="{centre}" y1="{top - 4}" y2="{height}"/>',
        f'<text class="soft" x="{centre - 10}" y="14" text-anchor="end">\u2190 {less}</text>',
        f'<text class="soft" x="{centre + 10}" y="14">{more} \u2192</text>',
    ]
    title = escape(words.text("whatif.page.figure"))
    body = "".join(parts)
    return Markup(  # noqa: S704 - labels are escaped above, all else is numbers
        f'<svg viewBox="0 0 {left + width + 10} {height}" role="img" aria-label="{title}">{body}</svg>'
    )


def _deciders(receipts: Mapping[str, Any], scenario: Scenario, words: Language) -> list[str]:
    lines = []
    for d in receipts["decided_by"]:
        description = parameter_words(d["parameter"], scenario, words)
        told = words.text(
            "whatif.page.decider", description=f"{description[:1].upper()}{description[1:]}.",
            low=signed(d["in_lowest_third"]["answer"], words), high=signed(d["in_highest_third"]["answer"], words),
        )  # fmt: skip
        basis = [b for b in d["basis"] if b != "assumption"]
        rests = words.text("whatif.page.assumed")
        if basis:
            rests = words.text("whatif.page.rests", basis=words.listed(basis))
        weak = "" if d["beyond_chance"] else " " + words.text("whatif.page.chance")
        lines.append(f"{told} {rests}{weak}")
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
    told = organisers_receipts(comparison)
    if told["usd"] is None:
        return words.text("whatif.unset.organisers")
    claims = words.listed([c for c, taken in comparison.taken.items() if taken == "true"])
    low, high = (words.rounded(told["usd"]["base"][k]) for k in ("low", "high"))
    return words.text("whatif.unset.organisers_fee", fee=words.number(told["fee"]), claims=claims, low=low, high=high)


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
    scenario, base = comparison.scenario, comparison.base
    first, last = base.days[0].date(), base.days[-1].date()
    plan, version = base.manifest["plan"], base.manifest["caravana"]
    receipts = smugglers_receipts(comparison)
    effects = comparison.effects("set_out")
    taken = [f"{c} = {v}" for c, v in comparison.taken.items()]
    names = {p.id: p.name for p in scenario.places}
    end = words.day(last)
    return environment().get_template("compare.html.j2").render(
        t=words.text, lang=words, version=version, css=style(),
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
