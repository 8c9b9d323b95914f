"""Section of a caravan's report on needs: of the caravan, by group of people, and the stops of the night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.reporting import html
from caravana.reporting.caravan import tables
from caravana.reporting.needs_rows import need_rows, source_words, supply_words, unit_words
from caravana.reporting.sections import Section
from caravana.results.groups import DAY_GROUPS, needs_of, spread
from caravana.results.needs import needs_by_day
from caravana.results.supplies import load_profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.caravan_answers import CaravanAnswers
    from caravana.results.groups import DayGroup
    from caravana.results.supplies import Supply

    Floats = NDArray[np.float64]


def needs(answers: ReportAnswers[CaravanAnswers], language: Language) -> Section:
    """What the people in the caravan need on a day, and people apart from it; where the caravan may sleep."""
    results, day = answers.results, answers.opening_day
    where = results.where
    profile = load_profile()
    by_group = group_amounts(results.by_group, language, profile)
    frame = needs_by_day(where, results.dates, standards=answers.standards)
    amounts = tables.need_amounts(results.dates, frame, language)
    given = [
        language.text("needs.given", chance=language.chance(float(share))) if share else language.text("needs.none")
        for share in where.together.mean(axis=0)
    ]
    stops = [str(row) for row in tables.stop_rows(results.scenario, where, results.area, language)]
    rows = need_rows(answers.standards, language)
    for row in rows:
        on_day = amounts.get(row["item"])
        row["range"], row["middle"] = (on_day[day] if on_day else None) or ("\u2013", "\u2013")
    return Section(
        "needs", language.text("needs.head"), (language.text("needs.lead"),),
        contents=language.text("answers.contents.needs"),
        data={"stops": stops, "needs": amounts, "needs_given": given, "groups": by_group},
        figure=html.fragment(
            "caravan/needs", language, day_long=language.day_long(results.date(day)), needs_given=given[day],
            standards=rows, stops_rows=html.safe(stops[day]), groups=group_rows(by_group, language, profile, day=day),
            group_names=[language.text(f"answers.groups.{g}") for g in DAY_GROUPS], supplies=_plans(answers, language),
        ),
    )  # fmt: skip


def _plans(answers: ReportAnswers[CaravanAnswers], language: Language) -> dict[str, Any]:
    """The plans of needs made for this run, and the command that makes one."""
    lang = "" if language.code == "en" else " --lang es"
    date = answers.results.date(answers.opening_day)
    command = f"caravana needs {answers.results.folder} --origin {date} --stock stock.csv{lang}"
    return {"pages": answers.beside.plans, "how": command}


def group_amounts(
    by_group: Mapping[DayGroup, Floats], language: Language, profile: Sequence[Supply]
) -> dict[str, list[list[str] | None]]:
    """By ``group-item`` and day: the range and the middle in words; None where there is nobody to count."""
    out: dict[str, list[list[str] | None]] = {}
    for group, persons in by_group.items():
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
