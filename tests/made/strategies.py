"""Random sound scenarios, with all that files can hold."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import get_args

import numpy as np
from hypothesis import strategies as st

from caravana.scenario.model import (
    Call,
    Caravan,
    Claim,
    Event,
    Facility,
    Itinerary,
    Link,
    Observation,
    Parameter,
    PartyKind,
    Place,
    Policy,
    Prior,
    Scenario,
    Series,
    Source,
)
from caravana.scenario.priors import TAKES
from caravana.scenario.vocabulary import ObservationKind

KINDS = get_args(ObservationKind)
START = dt.date(2021, 10, 1)
LENGTH = 40

# Anything a file can carry: no lone surrogates anywhere, no NUL in a table.
text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
words = text.filter(bool)
number = st.floats(-1e12, 1e12)
positive = st.floats(0, 1e12)
days = st.integers(0, LENGTH).map(lambda day: START + dt.timedelta(day))
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True)
maybe = st.none
basis_ids = st.sampled_from(["c-0", "s-0", "o-0", "e-0", "assumption"])
evidence = st.lists(basis_ids, min_size=1, max_size=3).map(tuple)


@st.composite
def scenarios(draw):
    """Draw a sound scenario of a few rows each."""
    place_ids = draw(st.lists(ids, min_size=2, max_size=6, unique=True))
    share = draw(st.floats(0, 1))
    settings = st.dictionaries(
        text, st.booleans() | st.integers(-(2**40), 2**40) | number | text | st.lists(number, max_size=3).map(tuple)
    )
    return Scenario(
        name=draw(ids), title=draw(words), description=draw(text), title_es=draw(text), start=START,
        end=START + dt.timedelta(LENGTH), rules=draw(st.sampled_from(["caravan", "flee", "walk"])),
        settings=draw(settings), notes=draw(st.lists(text, max_size=3).map(tuple)),
        kinds=(
            PartyKind(id="k0", men=draw(st.integers(1, 5)), share=share, label=draw(text)),
            PartyKind(id="k1", children=draw(st.integers(1, 10**6)), share=1 - share),
        ),
        series=tuple(draw(series(kind, place_ids)) for kind in draw(st.lists(ids, max_size=2, unique=True))),
        **draw(roads(place_ids)), **draw(plans(place_ids)), **draw(records(place_ids)),
    )  # fmt: skip


@st.composite
def roads(draw, place_ids):
    """Draw places, and links that join each to the next."""
    km = draw(st.floats(0, 10_000))  # a year on foot is the most that a road may take
    return {
        "places": tuple(
            Place(
                id=one, name=draw(words), state=draw(text), source=draw(text), stop=draw(st.booleans()),
                population=draw(maybe() | st.integers(0, 10**9)), capacity=draw(maybe() | st.integers(0, 9)),
                kind=draw(st.sampled_from(["town", "camp", "default"])),
            )
            for one in place_ids
        ),
        "links": tuple(
            Link(
                from_id=one, to_id=other, km=km, km_low=draw(maybe() | st.floats(0, km)), source=draw(text),
                modes=draw(st.sampled_from([("foot",), ("foot", "vehicle"), ("vehicle",)])),
                redirect=draw(st.integers(0, 2)), walk_probability=draw(maybe() | st.floats(0, 1)),
            )
            for one, other in pairwise(place_ids)
        ),
        "itineraries": (Itinerary(id="way", from_id=place_ids[0], to_id=place_ids[-1]),),
    }  # fmt: skip


@st.composite
def plans(draw, place_ids):
    """Draw caravans, calls, facilities, policies and parameters."""
    place = st.sampled_from(place_ids)
    first, last = sorted([draw(days), draw(days)])
    return {
        "caravans": (
            Caravan(
                # Longer than any id of a place, so that the two differ.
                id="-".join(["caravan", *place_ids])[:80], name=draw(words), itinerary="way", departs=draw(days),
                assembles_at=draw(place), turnout="p_0", call=draw(st.sampled_from([None, "n0"])),
            ),
        ),
        "calls": (Call(id="n0", date=draw(days), place_id=draw(place), delay="p_1", basis=draw(evidence)),),
        "facilities": tuple(
            Facility(id=one, kind="office", place_id=draw(place), per_day=draw(st.sampled_from([None, "p_1"])))
            for one in ("n0", "n1")
        ),
        "policies": (
            Policy(
                id="n0", title=draw(words), lever="lifts", start=first, end=draw(st.sampled_from([None, last])),
                place_ids=tuple(draw(st.lists(place, max_size=2))), value=draw(maybe() | number),
                base=draw(st.booleans()), basis=draw(evidence),
            ),
        ),
        "parameters": (draw(parameters("p_0")), draw(parameters("p_1"))),
    }  # fmt: skip


@st.composite
def records(draw, place_ids):
    """Draw events, observations, claims and sources."""
    place = st.sampled_from(place_ids)
    first, last = sorted([draw(days), draw(days)])
    high = draw(positive)
    return {
        "events": (
            Event(
                id="e-0", date=first, end_date=draw(st.sampled_from([None, last])), kind="clash",
                place_id=draw(maybe() | place), value=draw(maybe() | number), unit=draw(text),
                description=draw(text), basis=draw(evidence),
            ),
        ),
        "observations": (
            Observation(
                id="o-0", date=first, known_on=last, kind=draw(st.sampled_from(KINDS)),
                low=draw(maybe() | st.floats(0, high)), high=draw(maybe() | st.just(high)), qualifier="range",
                speaker_role=draw(words), note=draw(text),
                speaker_side="press", source_id=draw(st.sampled_from([None, "s-0"])), claim_ids=("c-0",),
                inferred=draw(st.booleans()), place_id=draw(maybe() | place), km_past=draw(maybe() | st.floats(0, 300)),
            ),
        ),
        "claims": (
            Claim(
                id="c-0", date_said=draw(maybe() | st.dates()), speaker_role=draw(words), speaker_side="agency",
                topic=draw(words), claim=draw(words), quantity_low=draw(maybe() | st.floats(-1e300, high)),
                quantity_high=high, bears_on=draw(st.lists(ids, max_size=3).map(tuple)),
            ),
        ),
        "sources": (Source(id="s-0", kind="news", publisher=draw(words), date=draw(maybe() | st.dates())),),
    }  # fmt: skip


@st.composite
def parameters(draw, name):
    """Draw a parameter with a value or any prior."""
    value = draw(maybe() | number)
    prior = None
    if value is None:
        dist = draw(st.sampled_from(sorted(TAKES)))
        figures = {"low": -draw(positive) - 1, "high": draw(positive) + 1, "mean": draw(st.floats(-1, 1)),
                   "p": draw(st.floats(0, 1)), "a": 1.5, "b": 2.5, "sigma": draw(st.floats(1e-3, 10)),
                   "median": draw(st.floats(1, 100))}  # fmt: skip
        prior = Prior(dist=dist, **{key: figures[key] for key in TAKES[dist]})
    return Parameter(
        name=name, unit=draw(words), description=draw(words), value=value, prior=prior, low=-1e300, high=1e300,
        basis=draw(evidence),
    )  # fmt: skip


@st.composite
def series(draw, kind, place_ids):
    """Draw a series over some of the places."""
    columns = draw(st.lists(st.sampled_from(place_ids), min_size=1, unique=True))
    rows = draw(st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True))
    values = [[draw(number) for _ in columns] for _ in rows]
    return Series(
        kind=kind, unit=draw(text), days=tuple(sorted(rows)), place_ids=tuple(columns), values=np.array(values)
    )
