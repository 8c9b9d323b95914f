"""Random small scenarios with everything that can happen in them, drawn by hypothesis."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from tests.made.small import VALUES, parameters

from caravana.models.base import Task
from caravana.models.scenarios import load_scenario
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

NORTHERN = {"northern_turnout": 60.0, "northern_delay": 1.0}
PLAIN = parameters()
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


GAPS = (0.5, 6.0, 15.0, 16.0, 40.0, 300.0, 2500.0)
MODES = (ON_FOOT, ON_FOOT, ON_FOOT, BY_ROAD)
INHABITANTS = (None, 0, 1, 1500, 400_000)
ROOMS = (0, 1, 3, 20, None)
SOME = {
    "members": st.integers(2, 4), "days": st.integers(2, DAYS), "towns": st.integers(2, 5), "side": st.booleans(),
    "caravans": st.integers(1, 3), "kinds": st.sampled_from(KIND_SETS), "usual": st.booleans(),
    "facilities": st.lists(st.sampled_from(["office", "station", "hospital"]), max_size=4),
    "events": st.lists(st.sampled_from(ACTING), max_size=4), "levers": st.lists(st.sampled_from(LEVERS), max_size=4),
    "extremes": st.integers(0, 12), "details": st.integers(0, 2**32 - 1), "seed": st.integers(0, 2**63 - 1),
    "block": st.integers(0, 5),
}  # fmt: skip
"""What hypothesis draws: how many of what.  Which, where and when follows from ``details``, a seed: far quicker."""


def on(day: int) -> dt.date:
    return START + dt.timedelta(day)


class Details:
    """Chooses from a seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def one(self, choices):
        return choices[int(self.rng.random() * len(choices))]

    def number(self, low, high):
        return low + int(self.rng.random() * (high - low + 1))

    def chance(self):
        return self.rng.random() < 0.5


def make_road(pick, towns, side):
    """Return a road of towns, perhaps with a side road to another end and stretches closed to walkers."""
    ids = [f"p{i}" for i in range(towns)]
    pairs = list(pairwise(ids))
    if side:
        ids.append("side")
        pairs.append((pick.one(ids[:-1]), "side"))
    crossing, home = pick.number(-1, towns - 1), pick.number(0, towns)
    places = tuple(
        Place(
            id=x, name=x, state="Home" if i < home else "Beyond", lat=None if i % 3 > 1 else 15 + i / 7,
            lon=None if i % 3 > 1 else -92 - i / 9, population=pick.one(INHABITANTS), stop=pick.chance(),
            kind="origin" if i == 0 else "border_crossing" if i == crossing else "town",
        )
        for i, x in enumerate(ids)
    )  # fmt: skip
    ways = [Itinerary(id="way", from_id="p0", to_id=f"p{towns - 1}")]
    if side:
        via = () if pairs[-1][0] == "p0" else (pairs[-1][0],)
        ways.append(Itinerary(id="aside", from_id="p0", to_id="side", via=via))
    links = tuple(Link(from_id=a, to_id=b, km=pick.one(GAPS), modes=pick.one(MODES)) for a, b in pairs)
    return {"places": places, "links": links, "itineraries": tuple(ways)}


def make_plans(pick, ids, ways, some):
    """Return caravans, a call, facilities with little room, policies of every lever and every acting event."""
    caravans, towns = [], some["towns"]
    for c in range(some["caravans"]):
        call = c > 0 and pick.chance()
        way = pick.one(ways)
        # People gather at the start, most often; and nobody can gather where the road ends.
        along = ids[: towns - 1] if way.id == "way" else ["p0", *way.via]
        caravans.append(Caravan(
            id=f"c{c}", name=f"Caravan {c}", itinerary=way.id,
            assembles_at=pick.one(along) if pick.one((True, False, False)) else "p0",
            departs=None if call else on(pick.number(0, 2)), turnout="northern_turnout" if c else "turnout",
            call="call" if call else None,
        ))  # fmt: skip
    facilities = tuple(
        Facility(
            id=f"f{i}", kind=kind, place_id=pick.one(ids), basis=ASSUMED,
            capacity=pick.one(ROOMS) if kind == "station" else None,
            per_day="office_per_day" if kind == "office" else None,
        )
        for i, kind in enumerate(some["facilities"])
    )  # fmt: skip
    return {
        "caravans": tuple(caravans), "facilities": facilities,
        "calls": (Call(id="call", date=on(pick.number(0, 1)), place_id="p0", delay="northern_delay"),),
        "events": tuple(make_event(pick, i, kind, ids) for i, kind in enumerate(some["events"])),
        "policies": tuple(make_policy(pick, i, lever, ids) for i, lever in enumerate(some["levers"])),
    }  # fmt: skip


def make_event(pick, i, kind, ids):
    """Return an event of a kind."""
    first = pick.number(0, DAYS - 1)
    return Event(
        id=f"e{i}", date=on(first), end_date=on(pick.number(first, DAYS - 1)), kind=kind, basis=ASSUMED,
        place_id=pick.one(ids) if pick.chance() else None, target_id=pick.one(ids) if kind == "destination" else None,
    )  # fmt: skip


def make_policy(pick, i, lever, ids):
    """Return a policy of a lever."""
    first = pick.number(0, DAYS - 1)
    last = on(pick.number(first, DAYS - 1)) if pick.chance() else None
    where = {pick.one(ids) for _ in range(pick.number(0, 2))}
    return Policy(
        id=f"y{i}", title=lever, lever=lever, start=on(first), end=last, place_ids=tuple(sorted(where)), basis=ASSUMED,
        value=pick.one((0.0, 0.5, 1.0)) * TAKES[lever] if lever in TAKES else None,
    )  # fmt: skip


def make_numbers(pick, members, *, usual, extremes):
    """Return parameters of each member: usual ones, or anywhere within bounds; some of them at a bound."""
    span = bounds()
    names = list(span)
    low, high = np.array(list(span.values())).T[:, :, None]
    table = (
        np.repeat(USUAL[:, None], members, axis=1)
        if usual
        else low + (high - low) * pick.rng.random((len(names), members))
    )
    for _ in range(extremes):
        i, member = pick.number(0, len(names) - 1), pick.number(0, members - 1)
        table[i, member] = pick.one(span[names[i]])
    values = dict(zip(names, table, strict=True))
    values["switch_north"] = np.rint(values["switch_north"])
    return values


USUAL = np.array([{**VALUES, **NORTHERN}[name] for name in bounds()], dtype=float)


def make_case(some):
    """Return the task that was drawn."""
    pick = Details(some["details"])
    road = make_road(pick, some["towns"], some["side"])
    plans = make_plans(pick, [p.id for p in road["places"]], road["itineraries"], some)
    weights = [pick.number(0 if i else 1, 4) for i in range(len(some["kinds"]))]
    kinds = tuple(k.model_copy(update={"share": w / sum(weights)}) for k, w in zip(some["kinds"], weights, strict=True))
    scenario = Scenario(
        name="random", title="Random", start=START, end=on(DAYS - 1), rules="caravan", kinds=kinds, parameters=PLAIN,
        **road, **plans,
    )  # fmt: skip
    draws = make_numbers(pick, some["members"], usual=some["usual"], extremes=some["extremes"])
    return Case(Task(scenario, scenario.policies, draws, some["seed"], some["block"], some["days"]), some["members"])


cases = st.fixed_dictionaries(SOME).map(make_case)
"""Tasks of 2 to 4 members over 2 to 4 days."""
