"""The course of a caravan's numbers in the mean: the full simulator's rules without its chance.

How many walk on each day is nearly decided by the parameters, the way and the
drift of the hazard of leaving: with hundreds of people, the chance of each of
them moves the total by some per cent, and a report is off by tens of per cent.
So the expected course, at a thousandth of the cost, says where the full
simulator's members will fit the reports (:mod:`caravana.inference.caravan.proposal`
looks for them on it).  It is never the last word: every member is simulated in
full, and weighed by how far its own course fits better or worse than this one.

Left out: other caravans, and stragglers once the caravan has left them behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.calendar import compile_days
from caravana.models.caravan.processes.assembly import TOWN_JOINERS_MOST
from caravana.models.caravan.processes.choice import REFERENCE_PRICE, REFERENCE_RISK
from caravana.models.caravan.processes.enforcement import CLASH_REACH_KM
from caravana.models.caravan.processes.health import CHILDREN, POST_EFFECT, REFERENCE_HEAT
from caravana.models.caravan.processes.smuggling import trip_risk
from caravana.models.caravan.world import compile_world
from caravana.scenario.model import PERSON_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.models.caravan.calendar import DayTables
    from caravana.models.caravan.world import World
    from caravana.scenario.model import Policy, Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PREGNANT = PERSON_KINDS.index("pregnant")
SERIES = ("persons", "cards", "minors", "pregnant", "detained", "treated")
READS = frozenset({
    "turnout", "joiners_start", "joiners_decay", "town_stuck_per_1000", "join_logodds", "walk_logodds",
    "seat_logodds", "accept_logodds", "go_back_logodds", "settle_logodds", "company_value", "family_walk",
    "price_response", "perceived_risk", "seat_price", "interception_chance", "accident_chance", "leave_hazard",
    "share_ahead", "accept_hazard", "family_readiness", "offer_delay", "seat_hazard", "hazard_drift",
    "detention_caravan", "clash_detained", "raid_detained", "treated_rate", "heat_response", "child_factor",
    "day_temperature", "care_refused", "referral_share", "recovery_rate", "split_chance", "split_share",
    "dissolution_at_home", "dissolution_beyond", "switch_north", "stuck_pool", "inflow",
})  # fmt: skip
"""Parameters that an expected course, or the chance to stay together, depends on."""


@dataclass(frozen=True)
class Course:
    """What is reported of, by day; every array has shape (members, days), persons.

    ``persons``, ``minors`` and ``pregnant`` are in the first caravan in the evening; ``cards`` were accepted out of it
    so far; ``detained`` (out of it) and ``treated`` are of the day.
    """

    persons: Floats
    cards: Floats
    minors: Floats
    pregnant: Floats
    detained: Floats
    treated: Floats

    def of(self, kind: str) -> Floats:
        """Return the series that observations of a kind are of."""
        out: Floats = getattr(self, kind)
        return out


@dataclass(frozen=True)
class Setting:
    """A scenario compiled for expected courses.

    Attributes
    ----------
    world : World
        Of one member.
    policies : tuple of Policy
    size, family, child, pregnant, share : ndarray, shape (groups,)
        Kinds of party that fare alike are one group: persons in a party, whether it goes by the families' rates,
        children and pregnant women in it, parties of the group for each person who sets out.
    """

    world: World
    policies: tuple[Policy, ...]
    size: Floats
    family: NDArray[np.bool_]
    child: Floats
    pregnant: Floats
    share: Floats


def compile_setting(scenario: Scenario, policies: Sequence[Policy]) -> Setting:
    """Compile a scenario for :func:`expect`."""
    world = compile_world(scenario, members=1)
    traits = np.stack(
        [world.size, world.family, world.composition[:, CHILDREN], world.composition[:, PREGNANT]], axis=1
    )
    groups, member = np.unique(traits, axis=0, return_inverse=True)
    share: Floats = np.bincount(member.ravel(), world.share / float(world.share @ world.size)).astype(float)
    return Setting(
        world=world,
        policies=tuple(policies),
        size=groups[:, 0].astype(float),
        family=groups[:, 1].astype(bool),
        child=groups[:, 2].astype(float),
        pregnant=groups[:, 3].astype(float),
        share=share,
    )


def persons_in(parties: Floats, each: Floats) -> Floats:
    """Sum over groups, shape (members,), without the linear algebra library: its sums hang on its threads."""
    out: Floats = np.einsum("mg,g->m", parties, each)
    return out


def expect(
    setting: Setting, draws: Mapping[str, Floats], path: Ints, drift: Floats, splits: NDArray[np.bool_]
) -> Course:
    """Follow the expected numbers of the first caravan along given ways.

    Parameters
    ----------
    setting : Setting
    draws : mapping of str to ndarray, shape (members,)
        Parameters of the caravan rules.
    path : ndarray of int, shape (members, days)
        Stop of each night, counted along the itinerary.
    drift : ndarray, shape (members, days)
        Log change of the hazard of leaving since the start, by day.
    splits : ndarray of bool, shape (members, days)
        Nights on which a part goes on as a caravan of its own.

    Returns
    -------
    Course
    """
    members, days = path.shape
    world = replace(setting.world, members=members)
    tables = compile_days(world, draws, setting.policies)
    rates = _rates(setting, draws)
    events = _events(setting, draws, path, days, tables)
    zero = np.zeros((members, setting.size.size))
    walking, here, care, cards = zero, zero, zero, np.zeros(members)
    recovered = -np.expm1(-draws["recovery_rate"])[:, None]
    out = np.zeros((len(SERIES), members, days))
    for day in range(days):
        rests = (path[:, day] == path[:, day - 1] if day else np.zeros(members, bool))[:, None]
        town, late = _joiners(setting, draws, tables, path, day)
        walking = walking + late[:, None] * setting.share
        offer = tables.offer[day][:, None]
        back, stay = _morning(setting, rates, draws, walking, here, offer)
        walking = (walking + back) * np.where(splits[:, day], 1.0 - draws["split_share"], 1.0)[:, None]
        left = _part(rates, draws, walking + town[:, None] * setting.share, drift[:, day], offer)
        there = persons_in(left.walking, setting.size)
        safe = events.safe[:, day] * np.exp(-events.raid[:, day] / np.maximum(there, 1.0))
        ill = rates.ill * np.where(events.post[:, day], POST_EFFECT, 1.0)[:, None]
        walking = left.walking * safe[:, None] * np.exp(-ill)
        # Who stays with a patient comes back, if the caravan is still in town.
        care = np.where(rests, care, 0.0) + left.walking * safe[:, None] * -np.expm1(-ill)
        here = np.where(rests, stay, 0.0) + left.stays + care * recovered
        care = care * (1.0 - recovered)
        cards = cards + persons_in(left.accepted, setting.size)
        out[0, :, day], out[1, :, day] = persons_in(walking, setting.size), cards
        out[2, :, day], out[3, :, day] = persons_in(walking, setting.child), persons_in(walking, setting.pregnant)
        out[4, :, day] = there * (1.0 - safe)
        out[5, :, day] = persons_in(left.walking * safe[:, None] * rates.treated, setting.size)
    return Course(*out)


@dataclass(frozen=True)
class _Rates:
    """Weights of choices against staying and daily hazards, [member, group]."""

    join: Floats
    other: Floats
    accept: Floats
    leave: Floats
    seat: Floats
    card: Floats
    treated: Floats
    ill: Floats


def _rates(setting: Setting, draws: Mapping[str, Floats]) -> _Rates:
    family = setting.family[None, :]
    ready = np.where(family, draws["family_readiness"][:, None], 1.0)
    on_foot = np.where(family, draws["family_walk"][:, None], 1.0)
    risk = trip_risk(draws)
    harm = np.log(risk / (1.0 - risk)) - np.log(REFERENCE_RISK / (1.0 - REFERENCE_RISK))
    price = np.log(np.maximum(draws["seat_price"], 1.0) / REFERENCE_PRICE)
    seat = np.exp(draws["seat_logodds"] - draws["price_response"] * price - draws["perceived_risk"] * harm)
    walk = np.exp(draws["walk_logodds"])[:, None] * on_foot
    leaves = seat + np.exp(draws["go_back_logodds"]) + np.exp(draws["settle_logodds"])
    heat = np.exp(draws["heat_response"] * (draws["day_temperature"] - REFERENCE_HEAT))
    factor = 1.0 + (draws["child_factor"][:, None] - 1.0) * (setting.child / setting.size)[None, :]
    ill = np.minimum((draws["treated_rate"] * heat)[:, None] * factor, 1.0) * (1.0 - draws["care_refused"])[:, None]
    referred = np.minimum(ill * draws["referral_share"][:, None], 0.999999)
    return _Rates(
        join=np.exp(draws["join_logodds"])[:, None] * np.ones_like(ready),
        other=walk + leaves[:, None],
        accept=np.exp(draws["accept_logodds"])[:, None] * ready,
        leave=draws["leave_hazard"][:, None],
        seat=draws["seat_hazard"][:, None],
        card=draws["accept_hazard"][:, None] * ready,
        treated=ill,
        ill=-setting.size * np.log1p(-referred),
    )


def _morning(
    setting: Setting,
    rates: _Rates,
    draws: Mapping[str, Floats],
    walking: Floats,
    here: Floats,
    offer: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Parties left behind in town who catch up with the caravan that slept there, and those who stay."""
    persons = np.maximum(persons_in(walking, setting.size), 1.0)
    join = rates.join * np.exp(draws["company_value"] * np.log10(persons))[:, None]
    total = 1.0 + join + rates.other + rates.accept * offer
    return here * join / total, here / total


@dataclass(frozen=True)
class _Left:
    walking: Floats
    stays: Floats
    accepted: Floats


def _part(
    rates: _Rates, draws: Mapping[str, Floats], walking: Floats, drift: Floats, offer: NDArray[np.bool_]
) -> _Left:
    """Competing hazards of dropping out, going ahead, buying a seat and accepting a card."""
    leave = rates.leave * np.exp(drift)[:, None]
    card = rates.card * offer
    total = leave + rates.seat + card
    out = walking * -np.expm1(-total) / np.maximum(total, 1e-300)
    stays = out * leave * (1.0 - draws["share_ahead"])[:, None]
    return _Left(walking * np.exp(-total), stays, out * card)


def _joiners(
    setting: Setting, draws: Mapping[str, Floats], tables: DayTables, path: Ints, day: int
) -> tuple[Floats, Floats]:
    """Persons who join in a town come to today, and from the origin: the turnout, or latecomers."""
    since = day - tables.departs[:, 0]
    late = draws["joiners_start"] * np.exp(-np.maximum(since, 0) / draws["joiners_decay"])
    joins: Floats = np.where(since == 0, tables.turnout[:, 0], np.where(since > 0, late, 0.0))
    road, first = setting.world.itineraries, setting.world.caravan_itinerary[0]
    before = np.zeros_like(path[:, 0]) if day == 0 else path[:, day - 1]
    # Whoever goes on to another destination has not arrived at the end of the first.
    goes_on = (draws["switch_north"] > 0.5) & any(kind == "destination" and d <= day for d, kind in tables.events)
    came = (path[:, day] != before) & ((path[:, day] != road.n_stops[first] - 1) | goes_on)
    inhabitants = 10.0 ** road.log_population[first, path[:, day]]
    town = np.minimum(draws["town_stuck_per_1000"] * inhabitants / 1000.0, TOWN_JOINERS_MOST)
    return np.where(came, town, 0.0), joins


@dataclass(frozen=True)
class _Events:
    """What is dated, along each way, [member, day]: share not detained, persons raided, medical posts."""

    safe: Floats
    raid: Floats
    post: NDArray[np.bool_]


def _events(setting: Setting, draws: Mapping[str, Floats], path: Ints, days: int, tables: DayTables) -> _Events:
    world = setting.world
    road, first = world.itineraries, world.caravan_itinerary[0]
    hazard = draws["detention_caravan"][:, None] * tables.enforcement[None, :days]
    safe, raid = np.exp(-hazard), np.zeros(path.shape)
    for (day, kind), events in tables.events.items():
        if kind not in {"clash", "raid"} or not 0 <= day < days:
            continue
        for event in events:
            met = np.ones(len(path), bool)
            if event.place_id is not None:
                at = road.place_km[first, world.place_ids.index(event.place_id)]
                met = np.isnan(at) | (np.abs(at - road.km[first, path[:, day]]) <= CLASH_REACH_KM)
            if kind == "clash":
                safe[:, day] *= np.where(met, 1.0 - np.minimum(draws["clash_detained"] / 1000.0, 1.0), 1.0)
            else:
                raid[:, day] += np.where(met, draws["raid_detained"], 0.0)
    place = road.place[first][path]
    return _Events(safe, raid, tables.post[np.arange(days)[None, :], place])
