"""Rows of the report's tables, written in its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from caravana.language.names import speaker_words
from caravana.reporting.caravan.charts import figure_words
from caravana.reporting.caravan.map import short_name
from caravana.reporting.charts import SHAPES
from caravana.results.caravan import whereabouts
from caravana.results.members import quantiles
from caravana.results.reported import SIDES, headcounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from caravana.language.language import Language
    from caravana.results.caravan import Ints, Nights
    from caravana.results.caravan_answers import CaravanAnswers
    from caravana.scenario.model import Parameter, Scenario

SHOWN_AREAS = 6
SHOWN_STOPS = 3
WORTH_A_NUMBER = 0.075
FEWEST_RUNS = 10
"""A range over fewer runs than this is not shown."""


def arrival_rows(results: CaravanAnswers, language: Language) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Arrivals as table rows: the towns that stand for an area, and all places."""
    scenario, start = results.scenario, results.dates[0]
    by_id = {p.id: p for p in scenario.places}
    towns = {scenario.places[c].id for c in results.centres}
    span = max(1, results.days - 1)
    main, every = [], []
    for r in results.arrivals.to_dict("records"):
        place = by_id[r["place"]]
        low, mid, high = ((r[c] - start).days * 100 / span for c in ("low", "median", "high"))
        row = {
            "name": place.name,
            "km": "" if np.isnan(r["km"]) else language.number(r["km"]),
            "passes": language.chance(r["passes"], short=True),
            "low": language.day_short(r["low"]), "median": language.day_short(r["median"]),
            "high": language.day_short(r["high"]),
            "left": round(low, 2), "width": round(high - low, 2), "mid": round(mid, 2),
        }  # fmt: skip
        every.append(row)
        if place.id in towns:
            main.append({**row, "name": short_name(place)})
    return (main or every), every


_STOP_ROW = Markup(
    '<tr><th scope="row">{name}<small>{stops}</small></th><td class="chance"><span class="bar" '
    'style="width:{wide}rem"></span>{chance}</td><td class="num">{people}</td></tr>'
)


def stop_rows(scenario: Scenario, where: Nights, area: Ints, language: Language) -> list[Markup]:
    """The night's likeliest areas, with the likeliest stops in each, as safe HTML table rows, by day."""
    none = Markup('<tr><td colspan="3">{}</td></tr>').format(language.text("needs.none"))
    out = []
    for d in range(where.place.shape[1]):
        stops = whereabouts(where, d)
        rows = []
        for i, share in list(whereabouts(where, d, area=area).items())[:SHOWN_AREAS]:
            inside = [(short_name(scenario.places[k]), s) for k, s in stops.items() if area[k] == i]
            named = [
                f"{name} {language.chance(s, short=True)}" if s >= WORTH_A_NUMBER else name
                for name, s in inside[:SHOWN_STOPS]
            ]
            here = where.persons[(where.place[:, d] >= 0) & (area[where.place[:, d]] == i) & where.together[:, d], d]
            people = language.text("stops.few")
            if here.size >= FEWEST_RUNS:
                low, high = np.quantile(here, (0.05, 0.95))
                people = language.span(float(low), float(high))
            rows.append(
                _STOP_ROW.format(
                    name=short_name(scenario.places[i]), stops=", ".join(named), wide=round(share * 5, 2),
                    chance=language.chance(share, short=True), people=people,
                )
            )  # fmt: skip
        out.append(Markup("").join(rows) or none)
    return out


def need_amounts(dates: pd.DatetimeIndex, frame: pd.DataFrame, language: Language) -> dict[str, list[list[str] | None]]:
    """By item and day: the range and the middle, in words; None where there is no caravan."""
    out: dict[str, list[list[str] | None]] = {}
    for item, part in frame.groupby("item", sort=False):
        days: list[list[str] | None] = [None] * len(dates)
        for r in part.to_dict("records"):
            at = (r["day"] - dates[0]).days
            days[at] = [language.span(r["low"], r["high"]), language.rounded(r["median"])]
        out[str(item)] = days
    return out


def status_rows(results: CaravanAnswers, language: Language) -> list[dict[str, Any]]:
    """Ranges of 9 in 10 runs by week and status."""
    levels = {name: quantiles(values, levels=(0.05, 0.95)) for name, values in results.people.items()}
    days = sorted({*range(0, results.days, 7), results.days - 1})
    return [
        {
            "date": language.day_short(results.date(d)),
            "cells": [language.span(q[0, d], q[1, d]) for q in levels.values()],
        }
        for d in days
    ]


def observed_rows(scenario: Scenario, caravan: str, language: Language) -> list[dict[str, str]]:
    """Every reported headcount, as it was put."""
    return [
        {
            "date": language.day(f.date), "side": f.side, "side_name": language.text(f"side.{f.side}"),
            "speaker": speaker_words(f.speaker, language), "words": figure_words(f, language), "shape": SHAPES[f.side],
        }
        for f in headcounts(scenario, caravan)
    ]  # fmt: skip


def side_rows(scenario: Scenario, caravan: str, shown: Sequence[str], language: Language) -> list[dict[str, str]]:
    """The sides with their sign and how many figures each gave."""
    figures = headcounts(scenario, caravan)
    rows = []
    for side in SIDES:
        n = sum(f.side == side for f in figures)
        if side not in shown and not n:
            continue
        key = {0: "sides.note_none", 1: "sides.note_one"}.get(n, "sides.note")
        rows.append({
            "side": side, "name": language.text(f"side.{side}"), "shape": SHAPES[side],
            "note": language.text(key, n=n),
        })  # fmt: skip
    return rows


def claim_rows(scenario: Scenario, language: Language) -> list[dict[str, str]]:
    """Contested claims: who said what, and what is the matter with it."""
    speakers = {c.id: c.speaker_role for c in scenario.claims}
    rows = []
    for c in scenario.claims:
        if c.status == "uncontested":
            continue
        status = language.text(f"claim.{c.status}")
        against = [speaker_words(speakers[x], language) for x in c.disputed_by if x in speakers]
        if against:
            status = language.text("claim.by", who=language.listed(dict.fromkeys(against)))
        speaker = speaker_words(c.speaker_role, language)
        if c.date_said:
            speaker = f"{speaker}, {language.day_year(c.date_said)}"
        rows.append({"claim": language.choose(c.claim, c.claim_es), "speaker": speaker, "status": status})
    return rows


def input_rows(results: CaravanAnswers, language: Language) -> list[dict[str, str]]:
    """Every input: its value or the range drawn, and what it rests on; assumptions first."""
    loose = language.text("assumed.assumption")
    return [
        {
            "name": p.name, "description": language.choose(p.description, p.description_es),
            "value": _drawn(p, results.drawn, language),
            "unit": language.texts.get(f"answers.input_unit.{p.unit}", p.unit),
            "basis": ", ".join(loose if b == "assumption" else b for b in p.basis),
        }
        for p in sorted(results.scenario.parameters, key=lambda p: not set(p.basis) <= {"assumption"})
    ]  # fmt: skip


def _drawn(parameter: Parameter, drawn: pd.DataFrame, language: Language) -> str:
    if parameter.name in drawn.index:
        low, high = (float(drawn[column].loc[parameter.name]) for column in ("low", "high"))
        return language.span(low, high)
    return "" if parameter.value is None else language.rounded(parameter.value)
