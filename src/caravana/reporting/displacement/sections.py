"""The sections of a displacement's report, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.language.faults import message_words
from caravana.language.names import country_words
from caravana.reporting import html, shared
from caravana.reporting.capacities import capacity_words
from caravana.reporting.charts import fan
from caravana.reporting.displacement.answers import DisplacementAnswers
from caravana.reporting.displacement.assessed import areas
from caravana.reporting.displacement.charts import (
    RULE_STYLES,
    away_chart,
    camp_charts,
    error_chart,
    registered,
    total_chart,
    un_total,
    within,
)
from caravana.reporting.displacement.map import map_data, widest
from caravana.reporting.displacement.sentences import (
    answers_by_day,
    assumptions,
    closures,
    corrected_rows,
    driven_by,
    held,
    origin_words,
    rule_name,
    score_rows,
    setting_rows,
    spread_of,
    transfer_rows,
)
from caravana.reporting.displacement.sites import sites
from caravana.reporting.needs_rows import need_rows
from caravana.reporting.sections import Chart, Section
from caravana.results.acting import traits_of
from caravana.results.displacement import people_levels, plain_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from caravana.language.language import Language
    from caravana.results.displacement import Displaced

LARGEST_RING = 2.2
"""Capacities over so many times the most people in a camp are not drawn on the map (as its script has it)."""
MANY = 5
"""So many camps are counted, not named."""


def where(answers: DisplacementAnswers, language: Language) -> Section:
    """Where people are: in words, on the map, and in all camps over time."""
    displaced = answers.results
    words = [str(a) for a in answers_by_day(displaced, language)]
    drawn = map_data(displaced, language)
    charts = [Chart("total", total_chart(displaced, language), placed=True)]
    if not displaced.all_in_camps:
        charts.append(Chart("away", away_chart(displaced, language), placed=True))
    shut = [{k: c[k] for k in ("what", "first", "last")} for c in closures(displaced, language)]
    return Section(
        "where", "", charts=tuple(charts),
        data={"answers": words, "map": {**drawn, "widest": widest(drawn["flows"])}, "closures": shut},
        figure=html.fragment(
            "displacement/where", language, answer=html.safe(words[answers.opening_day]),
            has_map=drawn["frame"] is not None, has_away=not displaced.all_in_camps,
            capacity_key=_capacity_key(displaced, language), has_registered=registered(displaced) is not None,
            has_counts=bool(displaced.counted), total_note=_total_note(displaced, language),
            driven=driven_by(displaced, language), origin=origin_words(displaced, language),
            spread=language.text(spread_of(displaced)),
        ),
    )  # fmt: skip


def camps(answers: DisplacementAnswers, language: Language) -> Section | None:
    """People in each camp over time; None where there are no camps."""
    displaced = answers.results
    if not displaced.camps:
        return None
    specs = camp_charts(displaced, language)
    lead = "displacement.camps.lead" if displaced.counted else "displacement.camps.lead_uncounted"
    panels = []
    for camp in (_camp(displaced, k, language) for k in range(len(displaced.camps))):
        name = html.named(camp["name"], camp["country"])
        panels.append(Chart(camp["id"], specs[camp["id"]], head=name, note=camp["note"]))
    return Section("camps", language.text("displacement.camps.head"), (language.text(lead),), charts=tuple(panels))


def day(answers: DisplacementAnswers, language: Language) -> Section:
    """Camps and roads on the chosen day."""
    displaced = answers.results
    return Section(
        "day", language.text("displacement.day.head"),
        figure=html.fragment(
            "displacement/day", language, camps=_camps(displaced, language), day_long=_opening_date(answers, language)
        ),
    )  # fmt: skip


def needs(answers: DisplacementAnswers, language: Language) -> Section | None:
    """What the people in each camp need on the chosen day; None where there are no camps."""
    displaced = answers.results
    levels = people_levels(displaced.in_all_camps)
    # The script works the needs out from these, for every day.
    data = {
        "standards": [{"per": s.per, "value": s.value, "whole": s.whole} for s in answers.standards],
        "in_camps": fan(levels[[0, -1]]),
    }
    if not displaced.camps:
        return None
    return Section(
        "needs", language.text("displacement.needs.head"), (language.text("displacement.needs.lead"),), data=data,
        figure=html.fragment(
            "displacement/needs", language, camps=_camps(displaced, language),
            standards=need_rows(answers.standards, language)[1:], day_long=_opening_date(answers, language),
        ),
    )  # fmt: skip


def error(answers: DisplacementAnswers, language: Language) -> Section | None:
    """How far the forecast is from the counts, beside rules of thumb; None where nothing was counted."""
    displaced, skill = answers.results, answers.skill
    scores = score_rows(answers.scores, displaced, language)
    charts = () if skill is None else (Chart("error", error_chart(skill, language), placed=True),)
    if not scores:
        return None
    rules = [
        {"name": rule_name(rule, displaced, language), "style": style}
        for rule, style in zip(skill.rules if skill else (), RULE_STYLES, strict=False)
    ]
    return Section(
        "error", language.text("displacement.error.head"), (language.text("displacement.error.lead"),), charts=charts,
        figure=html.fragment(
            "displacement/error", language, scores=scores, rules=rules, middle_line=bool(skill and skill.spreads),
            held=held(answers.scores, language),
        ),
    )  # fmt: skip


def assumed(answers: DisplacementAnswers, language: Language) -> Section:
    """What was assumed: in words, closures, transfers, corrected counts, notes of an import, settings."""
    displaced = answers.results
    return Section(
        "assumed", language.text("assumed.head"), tuple(assumptions(displaced, language)), prose=True,
        figure=html.fragment(
            "displacement/assumed", language, closures=[c["words"] for c in closures(displaced, language)],
            transfers=transfer_rows(displaced, language), corrected=corrected_rows(displaced, language),
            notes=[message_words(note, language) for note in displaced.scenario.notes],
            capacities=_capacities(displaced, language),
            settings=_settings(displaced, language),
        ),
    )  # fmt: skip


SECTIONS: tuple[Callable[[DisplacementAnswers, Language], Section | None], ...] = (
    where, areas, camps, sites, day, needs, error, shared.learned, assumed, shared.card, shared.read,
)  # fmt: skip
"""What the report says, in order: a new section is a function and its name here."""


def _opening_date(answers: DisplacementAnswers, language: Language) -> str:
    return language.day_long(answers.results.date(answers.opening_day))


def _camps(displaced: Displaced, language: Language) -> list[dict[str, Any]]:
    return [_camp(displaced, k, language) for k in range(len(displaced.camps))]


def _total_note(displaced: Displaced, language: Language) -> str:
    """By how much the UN's total, as registered, differs from its counts of camps; empty where it does not."""
    both, other = un_total(displaced), registered(displaced)
    if both is None or other is None:
        return ""
    gap = float(np.abs(other - (both[0] + both[1]) / 2).max())
    # Only what was registered anew is said to have been corrected for it.
    key = "registered_note" if any(counts.corrected.any() for counts in displaced.counts.values()) else "differ_note"
    return language.text(f"displacement.total.{key}", n=language.rounded(gap))


def _camp(displaced: Displaced, camp: int, language: Language) -> dict[str, Any]:
    place = displaced.place(camp)
    inside, of = within(displaced, camp)
    room = (
        language.text("displacement.camps.capacity", n=language.number(place.capacity))
        if place.capacity
        else language.text("displacement.camps.capacity_unknown")
    )
    # Of a camp all whose counts were given, none is left to test it by.
    known = displaced.camps[camp] in displaced.counts
    counted = language.text("displacement.camps.no_test" if known else "displacement.camps.uncounted")
    if of:
        counted = language.text(
            "displacement.camps.within_one" if of == 1 else "displacement.camps.within", n=inside, of=of
        )
    return {
        "id": f"camp-{camp}", "name": plain_name(place),
        "country": country_words(place.country, language),
        "note": f"{room} \u00b7 {counted}",
        "capacity": language.number(place.capacity) if place.capacity else "\u2013",
    }  # fmt: skip


def _capacities(displaced: Displaced, language: Language) -> list[str]:
    """What capacities were taken for, where these rules read them so."""
    scenario = displaced.scenario
    return capacity_words(scenario, language) if traits_of(scenario).camps_only else []


def _settings(displaced: Displaced, language: Language) -> list[tuple[str, str, str, list[dict[str, str]]]]:
    """The tables of settings: name, heading, caption, rows; first those that act, then the others."""
    acting, idle = (setting_rows(displaced, language, acting=acts) for acts in (True, False))
    return [
        ("acting", language.text("displacement.assumed.settings_head", n=len(acting)),
         language.text("displacement.assumed.settings_caption"), acting),
        ("idle", language.text("displacement.settings.idle_head", n=len(idle)),
         language.text("displacement.settings.idle_caption"), idle),
    ]  # fmt: skip


def _capacity_key(displaced: Displaced, language: Language) -> str:
    """What the ring on the map is, and of which camps it is too large to be drawn."""
    most = max([1.0, *(float(displaced.camp_levels(k)[2].max()) for k in range(len(displaced.camps)))])
    large = [
        displaced.place(k)
        for k in range(len(displaced.camps))
        if (displaced.place(k).capacity or 0) > LARGEST_RING * most
    ]
    if not large:
        return language.text("displacement.map.capacity_key")
    named = [plain_name(place) for place in large]
    camps = language.listed(named) if len(named) < MANY else language.text("displacement.map.some_camps", n=len(named))
    return language.text("displacement.map.too_large", camps=camps)
