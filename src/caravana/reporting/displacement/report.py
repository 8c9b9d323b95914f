"""The report of a displacement over a network: one HTML file that opens with no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.language.language import NARROW_SPACE, load_language
from caravana.language.names import country_words
from caravana.reporting import html as one_file
from caravana.reporting.caravan.tables import need_rows
from caravana.reporting.charts import fan
from caravana.reporting.displacement.charts import (
    RULE_STYLES,
    UN_SHAPES,
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
    answers,
    assumed,
    closures,
    corrected_rows,
    driven_by,
    held,
    origin_words,
    rule_name,
    score_rows,
    setting_rows,
    spread_of,
    verdict,
)
from caravana.reporting.displacement.skill import skill_of
from caravana.reporting.html import safe
from caravana.reporting.model_card.card import make_card
from caravana.reporting.warnings import failed_blocks
from caravana.results.displacement import people_levels, plain_name, read_displaced
from caravana.results.needs import load_standards

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Code, Language
    from caravana.reporting.displacement.skill import Skill
    from caravana.results.displacement import Displaced
    from caravana.results.needs import Standard
    from caravana.run import Run

SCRIPTS = (
    "drawing.js", "ground.js", "clock.js", "charts.js", "displacement_map.js", "displacement_page.js",
)  # fmt: skip
STYLES = ("report.css", "displacement.css")
LARGEST_RING = 2.2
"""Capacities over so many times the most people in a camp are not drawn on the map (as displacement_map.js has it)."""
MANY = 5
"""So many camps are counted, not named."""
LONG = 150
"""Runs of more days than this have the months under their axes instead of days."""


def render_dispersal(
    run: Run,
    *,
    language: Code = "en",
    standards: Sequence[Standard] | None = None,
    scores: Mapping[str, Any] | None = None,
) -> str:
    """The HTML of a dispersal run's report.

    Parameters
    ----------
    run
        An opened run of the rules ``flee`` or ``caravana``.
    language
        ``en`` or ``es``.
    standards
        A profile for the needs; the bundled Sphere profile by default.
    scores
        What :func:`caravana.inference.displacement.scores.score_dispersal` gives; worked out by default.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown, or the run has no finished member.
    """
    words = load_language(language)
    found = read_displaced(run)
    skill = skill_of(found)
    told = scores if scores is not None else skill.scores if skill else {}
    profile = load_standards() if standards is None else tuple(standards)
    data = {**_data(found, skill, words), **_needs(found, profile)}
    first_day = found.origin + (found.days - found.origin) // 3
    return one_file.environment().get_template("displacement_report.html.j2").render(
        **_context(found, skill, told, words), card=make_card(run, language=language),
        t=words.text, lang=words, first_day=first_day, days_n=found.days,
        standards=need_rows(profile, words)[1:],
        day_long=data["days_long"][first_day], day_short=data["days_short"][first_day],
        answer=safe(data["answers"][first_day]), has_map=data["map"]["frame"] is not None,
        data=one_file.embedded(data), css=one_file.style(STYLES), script=one_file.script(SCRIPTS),
    )  # fmt: skip


def _data(found: Displaced, skill: Skill | None, language: Language) -> dict[str, Any]:
    """What the page's script reads: every number and sentence by day."""
    days: list[dt.date] = [d.date() for d in found.run.days]
    charts = {"total": total_chart(found, language), **camp_charts(found, language)}
    if not found.all_in_camps:
        charts["away"] = away_chart(found, language)
    if skill is not None:
        charts["error"] = error_chart(skill, language)
    drawn = map_data(found, language)
    data: dict[str, Any] = {
        "days": [d.isoformat() for d in days],
        "days_short": [f"{language.day_short(d)} {d.year}" for d in days],
        "days_long": [language.day_long(d) for d in days],
        "number": _number_style(language),
        "words": _words(language),
        "shapes": UN_SHAPES,
        "origin": found.origin,
        "map": {**drawn, "widest": widest(drawn["flows"])},
        "charts": charts,
        "answers": [str(a) for a in answers(found, language)],
        "closures": [{k: c[k] for k in ("what", "first", "last")} for c in closures(found, language)],
    }
    if len(days) > LONG:
        data["months"] = [
            [i, f"{language.month_short(d)} {d.year}", d.year * 12 + d.month - 1]
            for i, d in enumerate(days)
            if d.day == 1
        ]
    else:
        data["days_axis"] = [language.day_short(d) for d in days]
    return data


def _needs(found: Displaced, profile: Sequence[Standard]) -> dict[str, Any]:
    """What the script works needs out from: the standards, and the range of people in all camps by day."""
    levels = people_levels(found.in_all_camps)
    return {
        "standards": [{"per": s.per, "value": s.value, "whole": s.whole} for s in profile],
        "in_camps": fan(levels[[0, -1]]),
    }


def _number_style(language: Language) -> dict[str, Any]:
    """The language's marks, for the numbers that the script writes."""
    english = language.code == "en"
    return {"group": "," if english else NARROW_SPACE, "four_plain": not english, "decimal": "." if english else ","}


def _words(language: Language) -> dict[str, str]:
    """The words that the page's script writes."""
    own = {
        "map_label": "displacement.map.label", "zoom_fit": "displacement.map.zoom_fit",
        "capacity": "displacement.map.capacity", "count": "displacement.map.count",
        "people": "displacement.map.people", "a_day": "displacement.map.a_day", "closed": "displacement.map.closed",
        "none": "displacement.day.none", "percent": "displacement.day.percent", "play": "day.play",
        "pause": "day.pause", "millions": "number.millions", "sideways": "displacement.table.sideways",
        "zoom_in": "map.zoom_in", "zoom_out": "map.zoom_out",
    }  # fmt: skip
    return {key: language.texts[name] for key, name in own.items()}


def _context(found: Displaced, skill: Skill | None, scores: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What the page shows without its script."""
    run, scenario, plan = found.run, found.scenario, found.run.manifest["plan"]
    version = run.manifest["caravana"]
    first, last = (language.day_year(run.days[i].date()) for i in (0, -1))
    kind, bold, rest = verdict(scores, found, language)
    title = language.choose(scenario.title, scenario.title_es)
    return {
        "title": language.text("displacement.title", title=title), "version": version,
        "meta": language.text(
            "meta.line", members=language.number(len(found.members)), first=first, last=last, seed=plan["seed"],
            version=version, scenario=scenario.name,
        ),
        "warnings": _warnings(found, language),
        "verdict_kind": kind, "verdict_bold": bold, "verdict": rest,
        "total_note": _total_note(found, language), "driven": driven_by(found, language),
        "origin": origin_words(found, language),
        "has_away": not found.all_in_camps, "capacity_key": _capacity_key(found, language),
        "spread": language.text(spread_of(found)),
        "has_registered": registered(found) is not None, "has_counts": bool(found.counted),
        "camps": [_camp(found, k, language) for k in range(len(found.camps))],
        "rules": [
            {"name": rule_name(rule, found, language), "style": style}
            for rule, style in zip(skill.rules if skill else (), RULE_STYLES, strict=False)
        ],
        "scores": score_rows(scores, found, language), "held": held(scores, language),
        "assumed": assumed(found, language), "corrected": corrected_rows(found, language),
        "notes": scenario.notes, "middle_line": bool(skill and skill.spreads),
        "closures": [c["words"] for c in closures(found, language)], "settings": _settings(found, language),
        "footer": language.text(
            "footer.line", version=version, run=Path(run.path).name, scenario=scenario.name,
            hash=plan["scenario_hash"][:12],
        ),
    }  # fmt: skip


def _total_note(found: Displaced, language: Language) -> str:
    """By how much the UN's total, as registered, differs from its counts of camps; empty where it does not."""
    both, other = un_total(found), registered(found)
    if both is None or other is None:
        return ""
    gap = float(np.abs(other - (both[0] + both[1]) / 2).max())
    return language.text("displacement.total.registered_note", n=language.rounded(gap))


def _camp(found: Displaced, camp: int, language: Language) -> dict[str, Any]:
    place = found.place(camp)
    inside, of = within(found, camp)
    room = (
        language.text("displacement.camps.capacity", n=language.number(place.capacity))
        if place.capacity
        else language.text("displacement.camps.capacity_unknown")
    )
    # Of a camp all whose counts were given, none is left to test it by.
    known = found.camps[camp] in found.counts
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


def _settings(found: Displaced, language: Language) -> list[tuple[str, str, str, list[dict[str, str]]]]:
    """The tables of settings: name, heading, caption, rows; first those that act, then the others."""
    acting, idle = (setting_rows(found, language, acting=acts) for acts in (True, False))
    return [
        ("acting", language.text("displacement.assumed.settings_head", n=len(acting)),
         language.text("displacement.assumed.settings_caption"), acting),
        ("idle", language.text("displacement.settings.idle_head", n=len(idle)),
         language.text("displacement.settings.idle_caption"), idle),
    ]  # fmt: skip


def _capacity_key(found: Displaced, language: Language) -> str:
    """What the ring on the map is, and of which camps it is too large to be drawn."""
    most = max([1.0, *(float(found.camp_levels(k)[2].max()) for k in range(len(found.camps)))])
    large = [found.place(k) for k in range(len(found.camps)) if (found.place(k).capacity or 0) > LARGEST_RING * most]
    if not large:
        return language.text("displacement.map.capacity_key")
    named = [plain_name(place) for place in large]
    camps = language.listed(named) if len(named) < MANY else language.text("displacement.map.some_camps", n=len(named))
    return language.text("displacement.map.too_large", camps=camps)


def _warnings(found: Displaced, language: Language) -> list[str]:
    run = found.run
    out = []
    if n := failed_blocks(run):
        out.append(language.text("warn.failed", n=n))
    if run.manifest.get("complete") is False:
        out.append(language.text("warn.incomplete", members=language.number(len(found.members))))
    return out
