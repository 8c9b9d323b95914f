"""Random small scenarios with everything that can happen in them, drawn by hypothesis."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from tests.small import VALUES, parameters

from caravana.engine import Task
from caravana.scenario.files import load_scenario
from caravana.scenario.model import (
    Call,
    Caravan,
    Event,
    Facility,
    Itinerary,
    Link,
    PartyKind,
    Place,
    Policy,
    Scenario,
)

PLAIN = parameters()
NORTHERN = {"northern_turnout": 60.0, "northern_delay": 1.0}
START = dt.date(2021, 10, 23)
DAYS = 4
ON_FOOT, BY_ROAD = ("foot", "vehicle"), ("vehicle",)
ASSUMED = ("assumption",)

LONE = (
    PartyKind(id="man", men=1, share=0), PartyKind(id="woman", women=1, share=0),
    PartyKind(id="minor", children=1, share=0), PartyKind(id="expecting", pregnant=1, share=0),
    PartyKind(id="elder", older=1, share=0),
)  # fmt: skip
FAMILIES = (
    PartyKind(id="couple", men=1, pregnant=1, share=0), PartyKind(id="mother", women=1, children=2, share=0),
    PartyKind(id="four", men=1, women=1, children=2, share=0),
    PartyKind(id="many", men=2, women=2, pregnant=1, children=7, older=2, share=0),
)  # fmt: skip
# Each set can regroup after any loss: every kind of person in it can also be alone.
KIND_SETS = (
    LONE[:1], LONE[:3], (*LONE[:3], FAMILIES[2]), (LONE[0], LONE[3], FAMILIES[0]), (*LONE[:3], *FAMILIES[1:3]),
    (*LONE, *FAMILIES),
)  # fmt: skip
ACTING = ("clash", "raid", "shooting", "roadblock", "closure", "destination")
LEVERS = (
    "cards_offered", "cards_credible", "cards_issued", "lifts", "enforcement", "medical_post", "no_caravan", "call",
)  # fmt: skip
TAKES = {"cards_issued": 40.0, "lifts": 1.0, "enforcement": 30.0, "call": 400.0}
"""Levers that take a value, and the largest that is drawn for each."""


@cache
def bounds() -> dict[str, tuple[float, float]]:
    """Return the bounds of every parameter of the rules; a pool here may be empty."""
    found = {p.name: (p.low, p.high) for p in load_scenario("tapachula-2021").parameters}
    small = {
        "stuck_pool": (0.0, 3000.0),
        "turnout": (0.0, 2000.0),
        "northern_turnout": (0.0, 2000.0),
        "northern_delay": (0.0, 3.0),
    }
    known = {name: found.get(name, (0.0, 1.0)) for name in (*VALUES, *NORTHERN)}
    return {**known, **small}


class Case:
    """A task; what is shown of it leaves out what is as usual."""

    def __init__(self, task, members):
        self.task, self.members = task, members

    def __repr__(self):
        s, task = self.task.scenario, self.task
        usual = {**VALUES, **NORTHERN}
        told = [
            f"{name}: {row.model_dump(exclude_defaults=True, mode='json')}"
            for name in (
                "kinds",
                "places",
                "links",
                "itineraries",
                "caravans",
                "calls",
                "facilities",
                "policies",
                "events",
            )
            for row in getattr(s, name)
        ]
        told += [f"{name} = {x.tolist()}" for name, x in task.draws.items() if (x != usual[name]).any()]
        return "\n".join((f"seed {task.seed}, block {task.block}, {task.days} days", *told))


days = st.integers(0, DAYS - 1)


def on(day: int) -> dt.date:
    return START + dt.timedelta(day)


@st.composite
def roads(draw):
    """Draw a road of towns, perhaps with a side road to another end and stretches closed to walkers."""
    towns = draw(st.integers(2, 5))
    side = draw(st.booleans())
    ids = [f"p{i}" for i in range(towns)]
    crossing = draw(st.integers(-1, towns - 1))
    gaps = st.sampled_from([0.5, 6.0, 15.0, 16.0, 40.0, 300.0, 2500.0])
    modes = st.sampled_from([ON_FOOT, ON_FOOT, ON_FOOT, BY_ROAD])
    pairs = list(pairwise(ids))
    if side:
        ids.append("side")
        pairs.append((ids[draw(st.integers(0, towns - 1))], "side"))
    home = draw(st.integers(0, towns))
    places = tuple(
        Place(
            id=x, name=x, state="Home" if i < home else "Beyond", lat=None if i % 3 > 1 else 15 + i / 7,
            lon=-92 - i / 9, population=draw(st.sampled_from([None, 0, 1, 1500, 400_000])), stop=draw(st.booleans()),
            kind="origin" if i == 0 else "border_crossing" if i == crossing else "town",
        )
        for i, x in enumerate(ids)
    )  # fmt: skip
    ways = [Itinerary(id="way", from_id="p0", to_id=f"p{towns - 1}")]
    if side and pairs[-1][0] != "p0":
        ways.append(Itinerary(id="aside", from_id="p0", to_id="side", via=(pairs[-1][0],)))
    elif side:
        ways.append(Itinerary(id="aside", from_id="p0", to_id="side"))
    links = tuple(Link(from_id=a, to_id=b, km=draw(gaps), modes=draw(modes)) for a, b in pairs)
    return {"places": places, "links": links, "itineraries": tuple(ways)}


@st.composite
def plans(draw, ids, ways):
    """Draw caravans, a call, facilities with little room, policies of every lever and every acting event."""
    somewhere = st.sampled_from(ids)
    caravans = []
    for c in range(draw(st.integers(1, 3))):
        call = c > 0 and draw(st.booleans())
        caravans.append(Caravan(
            id=f"c{c}", name=f"Caravan {c}", itinerary=draw(st.sampled_from(ways)), assembles_at="p0",
            departs=None if call else on(draw(st.integers(0, 2))), turnout="northern_turnout" if c else "turnout",
            call="call" if call else None,
        ))  # fmt: skip
    calls = (Call(id="call", date=on(draw(st.integers(0, 1))), place_id="p0", delay="northern_delay"),)
    facilities = [
        Facility(
            id=f"f{i}", kind=kind, place_id=draw(somewhere), basis=ASSUMED,
            capacity=draw(st.sampled_from([0, 1, 3, 20, None])) if kind == "station" else None,
            per_day="office_per_day" if kind == "office" else None,
        )
        for i, kind in enumerate(draw(st.lists(st.sampled_from(["office", "station", "hospital"]), max_size=4)))
    ]  # fmt: skip
    events = []
    for i, kind in enumerate(draw(st.lists(st.sampled_from(ACTING), max_size=4))):
        first = draw(days)
        place = draw(st.none() | somewhere)
        events.append(Event(
            id=f"e{i}", date=on(first), end_date=on(draw(st.integers(first, DAYS - 1))), kind=kind, place_id=place,
            target_id=draw(somewhere) if kind == "destination" else None, basis=ASSUMED,
        ))  # fmt: skip
    policies = tuple(
        draw(policy(i, lever, somewhere)) for i, lever in enumerate(draw(st.lists(st.sampled_from(LEVERS), max_size=4)))
    )
    return {
        "caravans": tuple(caravans), "calls": calls, "facilities": tuple(facilities), "events": tuple(events),
        "policies": policies,
    }  # fmt: skip


@st.composite
def policy(draw, i, lever, somewhere):
    """Draw a policy of a lever."""
    first = draw(days)
    last = draw(st.none() | st.integers(first, DAYS - 1))
    value = draw(st.sampled_from([0.0, 0.5, 1.0])) * TAKES[lever] if lever in TAKES else None
    where = tuple(draw(st.lists(somewhere, max_size=2, unique=True)))
    return Policy(
        id=f"y{i}", title=lever, lever=lever, start=on(first), end=None if last is None else on(last), value=value,
        place_ids=where, basis=ASSUMED,
    )  # fmt: skip


@st.composite
def numbers(draw, members):
    """Draw parameters of each member: usual ones, or anywhere within bounds; some of them at a bound."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    usual = {**VALUES, **NORTHERN}
    span = bounds()
    if draw(st.booleans()):
        values = {name: np.full(members, float(usual[name])) for name in span}
    else:
        values = {name: rng.uniform(low, high, members) for name, (low, high) in span.items()}
    extremes = st.tuples(st.sampled_from(sorted(span)), st.integers(0, members - 1), st.integers(0, 1))
    for name, member, end in draw(st.lists(extremes, max_size=12)):
        values[name][member] = span[name][end]
    values["switch_north"] = np.rint(values["switch_north"])
    return values


@st.composite
def cases(draw):
    """Draw a task of 2 to 4 members over 2 to 4 days."""
    members = draw(st.integers(2, 4))
    road = draw(roads())
    ids = [p.id for p in road["places"]]
    plan = draw(plans(ids, [x.id for x in road["itineraries"]]))
    kinds = draw(st.sampled_from(KIND_SETS))
    weights = [draw(st.integers(0 if i else 1, 4)) for i in range(len(kinds))]
    shared = tuple(k.model_copy(update={"share": w / sum(weights)}) for k, w in zip(kinds, weights, strict=True))
    scenario = Scenario(
        name="random", title="Random", start=START, end=on(DAYS - 1), rules="caravan", kinds=shared,
        parameters=PLAIN, **road, **plan,
    )  # fmt: skip
    seed, block = draw(st.integers(0, 2**63 - 1)), draw(st.integers(0, 5))
    draws = draw(numbers(members))
    return Case(Task(scenario, scenario.policies, draws, seed, block, draw(st.integers(2, DAYS))), members)
