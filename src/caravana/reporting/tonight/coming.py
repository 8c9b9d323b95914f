"""The coming days of a caravan: the one sentence, a card a night, the map."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from caravana.reporting import html
from caravana.reporting.caravan.map import short_name
from caravana.reporting.sections import Section
from caravana.reporting.tonight.axes import both
from caravana.reporting.tonight.map import COMING, DAYS, SEEN, draw_map
from caravana.reporting.tonight.news import nights_silence
from caravana.reporting.tonight.road import (
    ForecastNight,
    ReportedNight,
    Road,
    contradiction,
    nights_of,
    reported_nights,
    road_of,
)
from caravana.scenario.model import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight

PAST_NIGHTS = 3
MAP_WIDE, MAP_HIGH = 760.0, 520.0
MAP_SLIM, MAP_TALL = 368.0, 400.0
POSITION, PERSONS = "position_km", "persons"


@dataclass(frozen=True)
class Ahead:
    """A caravan's nights: those to come, those that were, where it was seen.

    Attributes
    ----------
    road
        Its road.
    coming
        What tonight's forecast says of each night.
    past
        The last nights as forecast the evening before, oldest first.
    seen
        Where it was on the last nights, by date; several places of a night of which reports contradict each other.
    """

    road: Road
    coming: tuple[ForecastNight, ...]
    past: tuple[ForecastNight, ...]
    seen: Mapping[dt.date, tuple[ReportedNight, ...]]


def look_ahead(facts: Tonight) -> Ahead | None:
    """Read the nights of a caravan from its forecasts and the record; None where none was issued tonight."""
    coming = nights_of(facts)
    if not coming:
        return None
    road = road_of(facts)
    nights = reported_nights(facts, road)
    seen = {date: at for date, at in nights.items() if date > facts.origin - dt.timedelta(PAST_NIGHTS)}
    last = max(nights, default=None)
    return Ahead(road, coming, past_nights(facts), seen or ({} if last is None else {last: nights[last]}))


def past_nights(facts: Tonight) -> tuple[ForecastNight, ...]:
    """The last nights as they were forecast the evening before."""
    frame = facts.levels(POSITION)
    if frame.empty:
        return ()
    recent = (frame["horizon_days"] == 1) & (frame["target_date"] <= facts.origin)
    recent &= frame["target_date"] > facts.origin - dt.timedelta(PAST_NIGHTS)
    return tuple(
        ForecastNight(date=row["target_date"], km=tuple(float(row[q]) for q in (0.05, 0.25, 0.5, 0.75, 0.95)))
        for row in frame[recent].sort_values("target_date").to_dict("records")
    )


def headline(ahead: Ahead, language: Language) -> Markup:
    """The one sentence that is useful if nothing else is read."""
    night = ahead.coming[0]
    low, high = ahead.road.place(night.km[0]), ahead.road.place(night.km[-1])
    key = "tonight.headline" if low != high else "tonight.headline_one"
    return Markup(language.texts[key]).format(  # noqa: S704 - the catalogue's own markup; what fills it is escaped
        place=ahead.road.names[night.stops[0][0]], low=low, high=high, people=language.rounded(night.persons[2]),
        together=language.chance(night.together, short=True),
    )  # fmt: skip


def branch_sentences(facts: Tonight, ahead: Ahead, language: Language) -> list[str]:
    """Where the caravan may leave its road within the days of the forecast: a sentence a branch."""
    out = []
    for branch in facts.branches:
        leaves, towards = (
            short_name(Place(id=at["place"], name=at["name"], municipality=at["municipality"]))
            for at in (branch["leaves"], branch["towards"])
        )
        ahead_of_it = "tonight.branch" if branch["others_passed"] else "tonight.branch_first"
        key = "tonight.branch_seen" if branch["seen"] else ahead_of_it
        out.append(
            language.text(
                key, leaves=leaves, towards=towards, day=language.day(ahead.coming[-1].date),
                reached=language.chance(branch["reached"], short=True),
                chance=language.chance(branch["chance"], short=True),
                left=branch["others_left"], passed=branch["others_passed"],
            )
        )  # fmt: skip
    return out


def _range_words(road: Road, night: ForecastNight, language: Language) -> str:
    low, high = road.place(night.km[0]), road.place(night.km[-1])
    long = language.rounded(night.km[-1] - night.km[0])
    return language.text("tonight.range" if low != high else "tonight.range_one", low=low, high=high, km=long)


def card_of(ahead: Ahead, n: int, language: Language) -> dict[str, Any]:
    """What the card of a coming night says."""
    night, road = ahead.coming[n], ahead.road
    first, *others = [
        (road.names[place], _unbroken(language.chance(chance, short=True))) for place, chance in night.stops
    ]
    return {
        "date": night.date.isoformat(),
        "colour": COMING[n],
        "when": language.text(f"tonight.when.{n + 1}"),
        "day": f"{_weekday(night.date, language)} {language.day(night.date)}",
        "place": first[0],
        "chance": first[1],
        "others": ", ".join(f"{name} {chance}" for name, chance in others),
        "range": _range_words(road, night, language),
        "people": language.span(night.persons[0], night.persons[-1]),
        "about": language.rounded(night.persons[2]),
        "together": _unbroken(language.chance(night.together, short=True)),
    }


def _unbroken(text: str) -> str:
    """A text that no line breaks."""
    return text.replace(" ", "\u00a0")


def _weekday(date: dt.date, language: Language) -> str:
    return language.text(f"weekday.{date.isoweekday()}")


def past_card(ahead: Ahead, night: ForecastNight, language: Language) -> dict[str, Any]:
    """What the card of a past night says: what was forecast the evening before, and what came."""
    reported = ahead.seen.get(night.date, ())
    came, verdict = language.text("tonight.not_seen"), ""
    if reported:
        one = len(reported) == 1
        places = ahead.road.place(reported[0].km) if one else contradiction(ahead.road, reported, language)
        came = language.text("tonight.came" if one else "tonight.came_disputed", place=places)
        inside = {night.km[0] - 0.05 <= at.km <= night.km[-1] + 0.05 for at in reported}
        verdict = language.text(
            "tonight.held_some" if len(inside) > 1 else "tonight.held" if inside == {True} else "tonight.missed"
        )
    return {
        "date": night.date.isoformat(), "day": language.day(night.date),
        "short": language.day_short(night.date), "forecast": _range_words(ahead.road, night, language),
        "came": came, "verdict": verdict, "colour": SEEN,
    }  # fmt: skip


def coming_section(facts: Tonight, language: Language) -> Section | None:
    """The first screen: sentence, cards, map; None where nothing was forecast tonight."""
    ahead = look_ahead(facts)
    if ahead is None:
        return None
    draw = partial(draw_map, ahead.road, ahead.coming, ahead.past, ahead.seen, language)
    return Section(
        key="coming",
        head=language.text("tonight.coming_head"),
        figure=html.fragment(
            "tonight/coming",
            language,
            headline=headline(ahead, language),
            silence=nights_silence(ahead.seen, facts.origin, language),
            branches=branch_sentences(facts, ahead, language),
            cards=[card_of(ahead, n, language) for n in range(min(DAYS, len(ahead.coming)))],
            past=[past_card(ahead, night, language) for night in ahead.past],
            map=both(
                lambda wide: (
                    draw(wide=MAP_WIDE, high=MAP_HIGH) if wide > MAP_SLIM else draw(wide=MAP_SLIM, high=MAP_TALL)
                )
            ),
            colours=COMING,
            seen_colour=SEEN,
        ),
    )
