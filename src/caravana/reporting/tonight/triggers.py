"""The triggers: each with its whole condition, what it answers tonight, who decides, and what its backtest said."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from caravana.reporting.sections import Section, Table
from caravana.reporting.tonight.right import print_tables

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import AskedCondition, Tonight, TriggerState

ANSWERS = {True: "yes", False: "no", None: "unknown"}
ALERTS = ("met", "signed")
"""States that the page says before anything else."""


def alert_lines(facts: Tonight, language: Language) -> list[tuple[str, str, str]]:
    """Alerts that stand: the trigger's name, how it stands, and the days and the role that it is about."""
    return [
        (state.name, language.text(f"tonight.trigger.{state.state}"), _windows(state, language))
        for state in facts.triggers
        if state.state in ALERTS
    ]


def triggers_section(facts: Tonight, language: Language) -> Section | None:
    """Every trigger of the operation; None where it declares none."""
    if not facts.triggers:
        return None
    parts = [
        Markup('<h3>{}</h3><p>{}</p>{}<p class="fine">{}</p>').format(
            state.name, standing_words(state, language), print_tables([condition_table(state, language)]),
            backtest_words(state, language),
        )
        for state in facts.triggers
    ]  # fmt: skip
    return Section(key="triggers", head=language.text("tonight.triggers_head"), figure=Markup("").join(parts))


def standing_words(state: TriggerState, language: Language) -> str:
    """How a trigger stands, whether it is on, and who decides."""
    switch = language.text(f"tonight.trigger_is.{'on' if state.on else 'off'}")
    stands = language.text("tonight.trigger_stands", state=language.text(f"tonight.trigger.{state.state}"))
    return " ".join([stands, switch, _windows(state, language)])


def _windows(state: TriggerState, language: Language) -> str:
    decided = language.text("tonight.trigger_decided_by", role=state.decided_by)
    if state.raised_on is None:
        return decided
    ready, act = (
        language.day(state.raised_on + dt.timedelta(days)) for days in (state.readiness_days, state.action_days)
    )
    return (
        language.text("tonight.trigger_raised", day=language.day(state.raised_on), ready=ready, act=act) + f" {decided}"
    )


def condition_table(state: TriggerState, language: Language) -> Table:
    """Each condition with its figure tonight and its answer, and the whole."""
    answer = {met: language.text(f"tonight.trigger_answer.{word}") for met, word in ANSWERS.items()}
    rows = [(_words(one, language), _figure(one, language), answer[one.met]) for one in state.conditions]
    whole = language.text(f"tonight.trigger_whole.{state.join}")
    return Table(
        language.text("tonight.trigger_table"),
        tuple(language.text(f"tonight.col.{head}") for head in ("condition", "figure_tonight", "holds")),
        (*rows, (whole, "", answer[state.met])),
        bold=2,
    )


def _words(one: AskedCondition, language: Language) -> str:
    """The office's own words for a condition, or ours."""
    if one.words:
        return one.words
    fields = dict(one.fields)
    for name in ("series", "target"):
        if name in fields:
            said = str(fields[name])
            fields[name] = language.texts.get(f"tonight.target.{said}", said.replace("_", " "))
    for name in ("share", "chance"):
        if name in fields:
            fields[name] = language.number(100 * float(fields[name]))
    for name in ("period", "ahead"):
        if name in fields:
            fields[name] = language.text(f"tonight.trigger_{name}.{fields[name]}")
    if "figure" in fields:
        fields["figure"] = language.number(float(fields["figure"]))
    return language.text(f"tonight.trigger_kind.{one.kind}", **fields)


def _figure(one: AskedCondition, language: Language) -> str:
    """The figure that decides, as its kind is read."""
    if math.isnan(one.value):
        return "–"
    if one.kind in ("fallen", "forecast-above"):
        return f"{language.number(100 * one.value)}%"
    return language.number(one.value)


def backtest_words(state: TriggerState, language: Language) -> str:
    """What the trigger would have done in the past: hits, misses, false alarms, lead, how often."""
    past = state.backtest
    if past is None:
        return language.text("tonight.trigger_untested")
    first, last = (language.day_year(dt.date.fromisoformat(str(past[end]))) for end in ("first", "last"))
    said = [
        language.text(
            "tonight.trigger_backtest", first=first, last=last, hits=past["hits"], misses=past["misses"],
            false=past["false_alarms"],
        )
    ]  # fmt: skip
    if past["lead_days"] is not None:
        said.append(language.text("tonight.trigger_lead", days=language.number(past["lead_days"])))
    years = past["return_period_years"]
    key = "tonight.trigger_never" if years is None else "tonight.trigger_return"
    said.append(language.text(key, years=language.number(years or 0, digits=1)))
    if past["cannot_be_told"]:
        said.append(language.text("tonight.trigger_untold", share=language.number(100 * past["cannot_be_told"])))
    return " ".join(said)
