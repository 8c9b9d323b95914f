"""Reports before they are in the ledger: filled in, checked, held against what is known already."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

from caravana.errors import UsageError
from caravana.importers.identities import holds_identity
from caravana.inference.branches import OFF_ROUTE_KM, beside
from caravana.inference.reports import BESIDE, COUNTED, PRESENT, SAME_NIGHT_KM
from caravana.language.language import load_language
from caravana.models.registry import model_of
from caravana.operation.known import ENDED
from caravana.operation.naming import PlaceNames, names_of
from caravana.scenario.roads import trace_itinerary
from caravana.scenario.row import both_ends
from caravana.scenario.vocabulary import MOST_PEOPLE, ObservationKind, Qualifier, Side
from caravana.spelling import did_you_mean, near_names, plain_name

if TYPE_CHECKING:
    import pandas as pd

    from caravana.language.language import Language
    from caravana.scenario.model import Caravan, Scenario

DAY = dt.timedelta(days=1)
KINDS: tuple[str, ...] = (*get_args(ObservationKind), ENDED)
"""Every kind of report: those of a scenario's observations, and that a caravan broke up."""
ENDINGS = ("papers", "buses", "force", "arrived", "melted", "gave_up")
"""How a caravan may end, in one word; any other words are kept as they are."""
QUALIFIERS: tuple[str, ...] = get_args(Qualifier)
SIDES: tuple[str, ...] = get_args(Side)
FIGURES = frozenset(COUNTED) | {"camp_count", "total_count", "displaced_count"}
"""Kinds of which two figures of one day may contradict each other."""
CAMP_COUNTS = ("camp_count", "camp_count_elsewhere", "total_count")
"""Kinds that a forecast takes for so many people there."""


class UnfitReportError(ValueError):
    """A report that cannot be recorded; the message says why, in the user's language."""


@dataclass(frozen=True)
class DraftReport:
    """One report as given; what is left out is filled in.

    Attributes
    ----------
    date
        Day it tells of.
    kind
        One of :data:`KINDS`.
    place
        Name or id of a place.
    km_past
        Km along the road beyond the place.
    low, high
        The figure; one end alone is "more than", or "less than".
    qualifier
        One of :data:`QUALIFIERS`; by the figure where None.
    side, speaker
        Who says so: one of :data:`SIDES`, and as what they speak.
    known_on
        Day on which it was known.
    """

    date: dt.date
    kind: str
    place: str | None = None
    km_past: float | None = None
    low: float | None = None
    high: float | None = None
    qualifier: str | None = None
    side: str = "press"
    speaker: str = ""
    known_on: dt.date | None = None
    caravan: str | None = None
    inferred: bool = False
    source: str | None = None
    note: str = ""
    id: str | None = None


@dataclass(frozen=True)
class Bounds:
    """What reports of an operation are held against.

    Attributes
    ----------
    scenario
        Its scenario.
    today
        The day on which reports come in.
    caravan
        Which caravan is meant where none is named; None of a displacement.
    km
        Km along its road by place, places near it included; empty of a displacement.
    """

    scenario: Scenario
    today: dt.date
    caravan: Caravan | None
    km: Mapping[str, float] = field(default_factory=dict)
    names: PlaceNames = field(default_factory=lambda: PlaceNames({}, {}))

    @property
    def past(self) -> bool:
        """Whether the operation's days are over: then a report counts as known on the day that it tells of."""
        return self.today > self.scenario.end


def bounds_of(scenario: Scenario, *, today: dt.date, caravan: str | None = None) -> Bounds:
    """Collect what reports of a scenario are held against.

    Raises
    ------
    UsageError
        If there is no such caravan.
    """
    chosen = next((one for one in scenario.caravans if caravan in (None, one.id)), None)
    if chosen is None and caravan is not None:
        called = [one for one in scenario.caravans if plain_name(caravan) in map(plain_name, (one.name, one.name_es))]
        chosen = called[0] if len(called) == 1 else None
    if chosen is None and caravan is not None:
        if not scenario.caravans:
            raise UsageError(f"{scenario.name} has no caravan")
        ids = [one.id for one in scenario.caravans]
        raise UsageError(
            f"no caravan {caravan!r} in {scenario.name}{did_you_mean(caravan, ids)}; it has {', '.join(ids)}"
        )
    if chosen is None:
        return Bounds(scenario, today, None, {}, names_of(scenario))
    itinerary = next(one for one in scenario.itineraries if one.id == chosen.itinerary)
    place_ids, road = trace_itinerary(scenario, itinerary)
    near = {place: km for place, (km, _) in beside(scenario.places, place_ids, road).items()}
    on = dict(zip(place_ids, map(float, road), strict=True))
    return Bounds(scenario, today, chosen, near | on, names_of(scenario))


def fill_in(draft: DraftReport, bounds: Bounds, language: Language) -> dict[str, Any]:
    """Return a draft as a row of the ledger.

    Raises
    ------
    UnfitReportError
        If it cannot be one: a kind, place or figure that is none, a day outside the operation, known before it was.
    """
    say = language.text
    scenario, end = bounds.scenario, bounds.scenario.end
    draft = replace(draft, kind=kind_of(draft.kind, language))
    if draft.kind not in KINDS:
        kinds = ", ".join(kind_words(kind, language) for kind in KINDS)
        raise UnfitReportError(
            say("observe.kind", kind=draft.kind, kinds=kinds, mean=_meant(draft.kind, KINDS, language))
        )
    if draft.kind == ENDED and bounds.caravan is None:
        raise UnfitReportError(say("observe.no_caravan"))
    side = _side(draft.side, language)
    if side is None:
        called = [say(f"observe.by.{one}") for one in SIDES]
        # Offered in the user's language, whichever it was mistyped in.
        words = dict(zip(SIDES, called, strict=True))
        mean = _meant(draft.side, [*SIDES, *called], language, words)
        raise UnfitReportError(say("observe.side", side=draft.side, sides=", ".join(called), mean=mean))
    if not scenario.start <= draft.date <= end and bounds.caravan is not None:
        raise UnfitReportError(say("observe.outside", date=draft.date, start=scenario.start, end=end))
    if any(holds_identity(text) for text in (draft.speaker, draft.note, draft.source or "")):
        raise UnfitReportError(say("observe.identity"))
    place = _place(draft.place, bounds, language)
    low, high, qualifier = _figure(draft, language)
    _within_road(draft, place, bounds, language)
    if draft.kind == "camp_count" and any(one.id == place and one.kind == "marker" for one in scenario.places):
        raise UnfitReportError(say("observe.no_place_to_stay", place=draft.place))
    known = draft.known_on or _known_on(replace(draft, qualifier=qualifier), bounds)
    if known < draft.date and qualifier != "planned":
        raise UnfitReportError(say("observe.known_before", date=draft.date, known=known))
    caravan = None if bounds.caravan is None else bounds.caravan.id
    return {
        "id": draft.id, "date": draft.date, "known_on": known, "caravan": draft.caravan or caravan, "kind": draft.kind,
        "place": place, "km_past": draft.km_past, "low": low, "high": high, "qualifier": qualifier,
        "side": side, "speaker": draft.speaker or side, "inferred": draft.inferred,
        "source": draft.source, "claims": None,
        "note": _end_words(draft.note, language) if draft.kind == ENDED else draft.note,
    }  # fmt: skip


def _side(name: str, language: Language) -> str | None:
    """The side that a word names, one or many of it; None for no side.

    In English or Spanish whatever the user's language is: a command is copied from a colleague who speaks the other.
    """
    word = _singular(name)
    called = {side: {side, *(one.text(f"observe.by.{side}") for one in _spoken(language))} for side in SIDES}
    return next((side for side, names in called.items() if word in map(_singular, names)), None)


def _spoken(language: Language) -> tuple[Language, ...]:
    """The user's language, then each."""
    return language, load_language("en"), load_language("es")


def _singular(word: str) -> str:
    """A word as it is compared where one and many are the same."""
    plain = plain_name(word).replace("organiz", "organis")
    return plain.removesuffix("es") if plain.endswith(("dores", "dades")) else plain.removesuffix("s")


def kind_of(name: str, language: Language) -> str:
    """The kind of report that a word names: its own name, or how it is called in English or Spanish."""
    spoken = reversed(_spoken(language))
    called = {plain_name(one.texts.get(f"tonight.kind.{kind}", kind)): kind for one in spoken for kind in KINDS}
    return name if name in KINDS else called.get(plain_name(name), name)


def kind_words(kind: str, language: Language) -> str:
    """A kind of report by its name, and where that is in another language than the user's, what it says."""
    said = language.texts.get(f"tonight.kind.{kind}")
    return kind if said is None or language.code == "en" else f"{kind} ({said})"


def _end_words(note: str, language: Language) -> str:
    """What is said of an end, its way by its own name where it is called in the user's language: ``con papeles``."""
    how, more, rest = note.partition(";")
    called = {
        plain_name(word): way for way in ENDINGS for word in (way, *language.text(f"observe.ended.{way}").split(", "))
    }
    return called.get(plain_name(how), how.strip()) + more + rest


def _meant(word: str, known: Iterable[str], language: Language, called: Mapping[str, str] | None = None) -> str:
    """The words that offer the nearest known one, or what it is `called`; nothing where none is near."""
    near = near_names(word, known, most=1)
    offered = [(called or {}).get(one, one) for one in near]
    return language.text("faultline.did_you_mean", near=repr(offered[0])) if near else ""


def _place(name: str | None, bounds: Bounds, language: Language) -> str | None:
    if name is None or not name.strip():
        return None
    place = bounds.names.find(name)
    if place is None:
        near = bounds.names.near(name)
        offered = language.text("observe.near", names=", ".join(near)) if near else language.text("observe.none_near")
        raise UnfitReportError(language.text("observe.place", name=name, offered=offered))
    return place


def _within_road(draft: DraftReport, place: str | None, bounds: Bounds, language: Language) -> None:
    """Refuse km beyond the end of the road: whoever wrote them meant another place, or metres."""
    if draft.km_past is None or place is None or place not in bounds.km:
        return
    left = max(bounds.km.values()) - bounds.km[place]
    if draft.km_past > left + SAME_NIGHT_KM:
        raise UnfitReportError(
            language.text("observe.past_end", km=f"{draft.km_past:g}", place=place, left=language.number(left))
        )


def _figure(draft: DraftReport, language: Language) -> tuple[float | None, float | None, str]:
    low, high, qualifier = draft.low, draft.high, draft.qualifier
    if qualifier is not None and qualifier not in QUALIFIERS:
        mean = _meant(qualifier, QUALIFIERS, language)
        raise UnfitReportError(
            language.text("observe.qualifier", qualifier=qualifier, all=", ".join(QUALIFIERS), mean=mean)
        )
    low, high = both_ends(low, high, qualifier)
    for value in (low, high, draft.km_past):
        if value is not None and not 0 <= value <= MOST_PEOPLE:
            raise UnfitReportError(language.text("observe.figure", figure=f"{value:g}"))
    if low is not None and high is not None and low > high:
        raise UnfitReportError(language.text("observe.order", low=f"{low:g}", high=f"{high:g}"))
    if draft.kind == "headcount" and bool(high == 0) and qualifier != "planned":
        raise UnfitReportError(language.text("observe.nobody"))
    if draft.kind in CAMP_COUNTS and low is None and high is not None:
        raise UnfitReportError(language.text("observe.no_count", high=language.number(high)))
    if draft.kind in FIGURES and low is None and high is None:
        raise UnfitReportError(language.text("observe.no_figure", kind=draft.kind))
    if qualifier is None:
        ends = {(True, True): "exact", (False, True): "more_than", (True, False): "less_than"}
        qualifier = ends.get((low is None, high is None), "about" if low == high else "range")
    return low, high, qualifier


def _known_on(draft: DraftReport, bounds: Bounds) -> dt.date:
    """Day on which a report was known: today; in an operation whose days are over, when such reports come out."""
    if not bounds.past:
        return bounds.today
    if draft.qualifier == "planned":
        return draft.date - DAY
    return draft.date + DAY if draft.inferred else draft.date


def remarks_on(row: Mapping[str, Any], bounds: Bounds, standing: pd.DataFrame, language: Language) -> list[str]:
    """Say what a report contradicts of what stands, and why a forecast will not use it."""
    return [*_contradictions(row, bounds, standing, language), *_unused(row, bounds, language)]


def _contradictions(row: Mapping[str, Any], bounds: Bounds, standing: pd.DataFrame, language: Language) -> list[str]:
    of_day = standing[(standing["date"] == row["date"]) & (standing["kind"] == row["kind"])]
    out = []
    for other in of_day.to_dict("records"):
        if other["id"] == row["id"] or "planned" in (other["qualifier"], row["qualifier"]):
            continue
        caravans = {each["caravan"] for each in (row, other)} - {None}
        if len(caravans) > 1:
            continue
        what = {"id": other["id"], "side": language.text(f"observe.by.{other['side']}")}
        if row["kind"] == "position":
            here, there = (km_along(each, bounds) for each in (row, other))
            if here is not None and there is not None and abs(here - there) > SAME_NIGHT_KM:
                far = language.number(abs(here - there))
                where = night_words(other["place"], km_past(other), bounds, language)
                out.append(language.text("observe.contradicts_night", km=far, place=where, **what))
        elif row["kind"] in FIGURES and (row["place"] == other["place"] or bounds.caravan is not None):
            low, high = _ends(row), _ends(other)
            again = bounds.caravan is None and row["speaker"] == other["speaker"] and row["place"] == other["place"]
            if again and row["place"] and row["known_on"] > other["known_on"]:
                # What a speaker says of a day takes the place of what the same one said of it before.
                out.append(language.text("observe.replaces", figure=figure_words(other, language), **what))
            elif low[0] > high[1] or high[0] > low[1]:
                out.append(language.text("observe.contradicts_figure", figure=figure_words(other, language), **what))
    return out


def _unused(row: Mapping[str, Any], bounds: Bounds, language: Language) -> list[str]:
    """Why a forecast will not use a report; nothing where it will."""
    say = language.text
    used = USED[model_of(bounds.scenario).family] if model_of(bounds.scenario).family in USED else frozenset(KINDS)
    reasons = []
    first, last = bounds.scenario.start, bounds.scenario.end
    if bounds.caravan is None and not first <= row["date"] <= last:
        reasons.append(say("observe.outside", date=row["date"], start=first, end=last))
    if row["kind"] not in used:
        reasons.append(say("observe.unused_kind", kind=kind_words(row["kind"], language)))
    elif bounds.caravan is not None:
        departs = bounds.caravan.departs
        if departs is not None and row["date"] < departs:
            reasons.append(say("observe.unused_before", departs=departs))
        if row["kind"] in ("position", "rest_day"):
            if row["place"] is None:
                reasons.append(say("observe.unused_nowhere"))
            elif row["place"] not in bounds.km:
                reasons.append(say("observe.unused_off_road", place=row["place"], km=f"{OFF_ROUTE_KM:g}"))
    elif row["place"] is None and row["kind"] == "camp_count":
        reasons.append(say("observe.unused_nowhere"))
    return [say("observe.unused", reason=reason) for reason in reasons]


USED: Mapping[str, frozenset[str]] = {
    "caravan": frozenset({"position", ENDED, *COUNTED, *BESIDE, *PRESENT}),
    "displacement": frozenset({"camp_count", "camp_count_elsewhere", "total_count"}),
}
"""Kinds of report that the forecasts of a family are made from or scored with."""


def km_along(row: Mapping[str, Any], bounds: Bounds) -> float | None:
    """Km along the road; None off it."""
    km = bounds.km.get(str(row["place"]))
    return None if km is None else km + km_past(row)


def km_past(row: Mapping[str, Any]) -> float:
    """Km beyond the place."""
    past = row["km_past"]
    return 0.0 if past is None or math.isnan(past) else float(past)


def night_words(place_id: str | None, past: float, bounds: Bounds, language: Language) -> str:
    """Where a night was: the place by its name, and how many km past it."""
    place = bounds.names.places.get(str(place_id))
    name = str(place_id) if place is None else place.name
    return language.text("outlook.past", km=language.number(round(past)), place=name) if round(past) else name


def _ends(row: Mapping[str, Any]) -> tuple[float, float]:
    low, high = (None if value is None or value != value else float(value) for value in (row["low"], row["high"]))  # noqa: PLR0124 (NaN)
    low, high = both_ends(low, high, row["qualifier"])  # ledgers of before have open ends
    return (0.0 if low is None else low, float("inf") if high is None else high)


def figure_words(row: Mapping[str, Any], language: Language) -> str:
    """The figure of a report in words: ``200``, ``2,000 to 2,500``, ``more than 900``; "" where it gives none."""
    low, high = _ends(row)
    if (low, high) == (0.0, float("inf")):
        return ""
    if high == float("inf"):
        return language.text("tonight.qualifier.more_than", figure=language.number(low))
    if low == 0 < high and row["qualifier"] == "less_than":
        return language.text("tonight.qualifier.less_than", figure=language.number(high))
    if low == high:
        return language.number(low)
    return language.text("observe.from_to", low=language.number(low), high=language.number(high))
