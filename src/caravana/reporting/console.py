"""Forecasts and scorecards as plain objects and as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.caravan.halts import past_the_town
from caravana.inference.caravan.pooled.branching import plain
from caravana.inference.reports import SIDES
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.proper_scores import quantiles
from caravana.inference.scoring.scorecard import verdict
from caravana.language.names import quantity_words, rule_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.forecast import Forecast
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
LIKELIEST = 3
HEAVIEST = 3
FIGURES = ("crps", "wis", "bias", "coverage50", "coverage80", "coverage90", "sharpness", "median_error")
DIGITS, WIDTHS = (1, 1, 1, 2, 2, 2, 1, 1), (7, 7, 7, 6, 6, 6, 8, 6)
"""Digits and width of each of these figures in the table of a backtest."""


def _levels(points: Floats, weight: Floats) -> dict[str, float]:
    return {
        f"q{round(100 * level):02d}": round(float(value), 1)
        for level, value in zip(LEVELS, quantiles(points, weight, LEVELS), strict=True)
    }


def tell(forecast: Forecast, scenario: Scenario, words: Language) -> dict[str, Any]:
    """Return a forecast as the object that ``caravana forecast --json`` prints.

    Returns
    -------
    dict
        ``nights``: for each date the km along the itinerary (``q05`` to ``q95``), the likeliest stops with their
        chances, the persons walking, and what each side would report of them; ``parameters``: the posterior of the
        advance at the origin; ``effective_draws``, and ``effective_persons``: how few of the headcount's particles
        carried the weight at worst; ``together``: chance by date that it is still together; ``way_back``: chance
        that it is on its way back; ``ended``: the day it broke up, by an event of the scenario until then, or None;
        ``branches``: roads that
        leave its own (:func:`~caravana.inference.caravan.pooled.branching.plain`); ``weights``: of the
        forecasters that were pooled, by quantity and horizon; ``useful_lead``: days ahead up to which each quantity's
        forecast beats the best naive rule; ``audience``: always ``internal``.
    """
    names = {place.id: place.name for place in scenario.places}
    equal = np.full(forecast.walking.shape[1], 1.0 / forecast.walking.shape[1])
    nights = []
    for i, date in enumerate(forecast.dates):
        chance = forecast.position[i]
        top = np.argsort(-chance, kind="stable")[:LIKELIEST]
        nights.append(
            {
                "date": date.isoformat(),
                "km": _levels(forecast.km, chance),
                "likeliest_stops": [_stop(forecast, j, float(chance[j]), names, words) for j in top],
                "persons": _levels(forecast.walking[i], equal),
                "reported": {side: _levels(forecast.reported[side][i], equal) for side in SIDES},
            }
        )
    posterior = forecast.posterior
    return {
        "scenario": scenario.name,
        "origin": forecast.origin.isoformat(),
        "audience": "internal",
        "given": "that the caravan is still together",
        "together": {
            date.isoformat(): round(float(chance), 3)
            for date, chance in zip(forecast.dates, forecast.together, strict=True)
        },
        "way_back": round(forecast.way_back, 3),
        "ended": None if (day := _ended(forecast, scenario)) is None else day.isoformat(),
        "branches": plain(forecast.branches, forecast.km, forecast.position),
        "weights": {
            quantity: {
                str(horizon): {name: round(weight, 3) for name, weight in by_name.items()}
                for horizon, by_name in by_horizon.items()
            }
            for quantity, by_horizon in forecast.weights.items()
        },
        "useful_lead": dict(forecast.useful_lead),
        "effective_draws": round(posterior.effective, 1),
        "effective_persons": round(_worst_effective(forecast), 1),
        "parameters": {name: _levels(value, posterior.weight) for name, value in posterior.parameters.items()},
        "nights": nights,
    }


def _ended(forecast: Forecast, scenario: Scenario) -> dt.date | None:
    """The day on which it broke up, if that was by the evening of the forecast: events are of the first caravan."""
    if forecast.caravan != scenario.caravans[0].id:
        return None
    ends = [e.date for e in scenario.events if e.kind == "dissolution" and e.place_id != forecast.stop_ids[-1]]
    return min((day for day in ends if day <= forecast.origin), default=None)


def _stop(forecast: Forecast, at: int, chance: float, names: Mapping[str, str], words: Language) -> dict[str, Any]:
    """One of the likeliest stops; ``past_km`` where it is between towns, so many km past the place."""
    place, past = past_the_town(forecast.stop_ids[at])
    between = {"past_km": past} if past else {}
    name = words.text("outlook.past", km=past, place=names[place]) if past else names[place]
    return {"place": place, **between, "name": name, "km": round(float(forecast.km[at]), 1), "chance": round(chance, 3)}


def _lead_line(leads: Mapping[str, int], words: Language) -> str:
    """How many days ahead each quantity is worth reading, in one line."""
    parts = [
        words.text("outlook.lead_day" if days == 1 else "outlook.lead_days", n=days, what=words.text(f"outlook.{name}"))
        for name, days in leads.items()
    ]
    return words.text("outlook.lead", parts=", ".join(parts))


def _weight_line(weights: Mapping[str, Mapping[str, Mapping[str, float]]], words: Language) -> str:
    """The heaviest forecasters of each quantity at the longest horizon, in one line."""
    parts = []
    for quantity, by_horizon in weights.items():
        horizon = max(by_horizon, key=int)
        heaviest = sorted(by_horizon[horizon].items(), key=lambda pair: -pair[1])[:HEAVIEST]
        named = ", ".join(f"{name} {round(100 * weight)}" for name, weight in heaviest)
        parts.append(f"{words.text(f'outlook.{quantity}')} {named}")
    return words.text("outlook.weights", days=max(weights["position"], key=int), parts="; ".join(parts))


def _branch_line(branch: Mapping[str, Any], last: str, words: Language) -> str:
    """Whether it leaves its road somewhere, in one line."""
    road = {"leaves": branch["leaves"]["name"], "towards": branch["towards"]["name"]}
    if branch["seen"]:
        return words.text("outlook.left", **road)
    key = "outlook.leaves" if branch["others_passed"] else "outlook.leaves_first"
    return words.text(
        key, **road, day=last, reached=round(100 * branch["reached"]), chance=round(100 * branch["chance"]),
        left=branch["others_left"], passed=branch["others_passed"],
    )  # fmt: skip


def _worst_effective(forecast: Forecast) -> float:
    """Effective number of the headcount's particles at worst; all of them where nothing was counted."""
    return float(min(forecast.particles.least_effective, forecast.particles.walking.size))


def tell_lines(content: Mapping[str, Any], words: Language) -> list[str]:
    """Return a forecast as lines, a day each: 90% range of km, likeliest stop, persons."""
    to = words.text("outlook.to")
    head = [words.text(f"outlook.{name}") for name in ("date", "km", "middle", "stop", "persons")]
    lines = [
        words.text("outlook.head", scenario=content["scenario"], day=content["origin"]),
        words.text("outlook.internal"),
        "{:<10}  {:<14}  {:>7}  {:<36} {:>17}".format(*head),
    ]
    for night in content["nights"]:
        km, persons, stop = night["km"], night["persons"], night["likeliest_stops"][0]
        place = f"{stop['name'][:28]} ({words.text('outlook.in_100', n=round(100 * stop['chance']))})"
        lines.append(
            f"{night['date']}  {km['q05']:5.0f} {to:>2} {km['q95']:5.0f}  {km['q50']:7.0f}  {place:<36}"
            f" {persons['q05']:7.0f} {to:>2} {persons['q95']:6.0f}"
        )
    last, chance = list(content["together"].items())[-1]
    if content["ended"] is None:
        lines.append(words.text("outlook.together_on", day=last, chance=round(100 * chance)))
    else:
        lines.insert(1, words.text("outlook.ended", day=content["ended"]))
    if content["way_back"]:
        lines.append(words.text("outlook.way_back", chance=round(100 * content["way_back"])))
    lines += [_branch_line(branch, last, words) for branch in content["branches"]]
    lines.append(_lead_line(content["useful_lead"], words))
    lines.append(_weight_line(content["weights"], words))
    lines.append(words.text("outlook.effective", n=round(content["effective_persons"])))
    return lines


def scorecard_lines(card: Mapping[str, Any], words: Language) -> list[str]:
    """Return a backtest as lines in a language; the first says where a baseline wins."""
    of = str(card["caravan"])
    about = {
        "scenario": card["scenario"],
        "caravan": words.texts.get(f"scorecard.of.{of}", of),
        "n": len(card["origins"]),
    }
    lines = [
        verdict(card, words),
        words.text("scorecard.about", **about, first=card["origins"][0], last=card["origins"][-1]),
        "",
        *_score_table(card["table"], words),
        "",
    ]
    for quantity, by_horizon in card["skill"].items():
        lines += [_skill_line(card, quantity, horizon, words) for horizon in by_horizon]
    return lines


def _score_table(rows: Sequence[Mapping[str, Any]], words: Language) -> list[str]:
    """The scores, a row a quantity, horizon and model, under their head."""
    named = [(quantity_words(row["quantity"], words), rule_words(row["model"], words)) for row in rows]
    say = words.text
    wide, long = max([10, *(len(what) for what, _ in named)]), max([24, *(len(model) for _, model in named)])
    heads = ["CRPS", "WIS", say("scorecard.bias"), *(say("scorecard.inside", level=level) for level in (50, 80, 90))]
    heads += [say("scorecard.width"), say("scorecard.error")]
    head = " ".join(f"{name:>{w}}" for name, w in zip(heads, WIDTHS, strict=True))
    what, days, cases, model = (say(f"scorecard.{name}") for name in ("what", "days", "cases", "model"))
    lines = [f"{what:<{wide}} {days:>4} {cases:>5}  {model:<{long}} {head}"]
    for row, (what, model) in zip(rows, named, strict=True):
        figures = " ".join(
            f"{words.decimal(row[name], digits=digits):>{w}}"
            for name, digits, w in zip(FIGURES, DIGITS, WIDTHS, strict=True)
        )
        mark = "*" if row["model"] == MODEL else " "
        lines.append(f"{what:<{wide}} {row['horizon']:>4} {row['cases']:>5} {mark}{model:<{long}} {figures}")
    return lines


def _skill_line(card: Mapping[str, Any], quantity: str, horizon: str, words: Language) -> str:
    """The skill over the best baseline, and between what ends."""
    skill, between = card["skill"][quantity][horizon], card["skill_interval"][quantity][horizon]
    ends = {end: words.decimal(one, digits=2, sign=True) for end, one in between.items() if one is not None}
    key = "between" if "low" in ends else "under" if "high" in ends else "no_interval"
    hard = card["skill_over_spread"][quantity][horizon]
    at = "scorecard.skill_one" if horizon == "1" else "scorecard.skill"
    line = words.text(
        at, what=quantity_words(quantity, words), n=horizon, interval=words.text(f"scorecard.{key}", **ends),
        skill=words.text("scorecard.untold") if skill is None else words.decimal(skill, digits=2, sign=True),
        rule=rule_words(card["best_baseline"][quantity][horizon], words),
    )  # fmt: skip
    return line if hard is None else line + words.text("scorecard.hard", skill=words.decimal(hard, digits=2, sign=True))
