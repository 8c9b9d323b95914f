"""Process 7, health: who needs treatment on the road, who is taken into care, recovers or dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Loss, Mode, Move, Outcome, Phase, Status
from caravana.scenario.model import PERSON_KINDS

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Floats, Ints, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream

REFERENCE_HEAT = 30.0
"""Degrees Celsius at which the heat term is zero: the low end of the reports."""
CHILDREN = PERSON_KINDS.index("children")
POST_EFFECT = 0.5
"""Factor on deaths in care and on hospital referrals where a medical post stands (assumption)."""


def _illness(world: World, draws: Draws, today: Today) -> Floats:
    """Return the chance that a person needs treatment today, [member, kind], mean over the party."""
    heat = np.exp(draws["heat_response"] * (today.heat - REFERENCE_HEAT))
    child = world.composition[:, CHILDREN] / world.size
    factor = 1 + (draws["child_factor"][:, None] - 1) * child[None, :]
    return np.minimum((draws["treated_rate"] * heat)[:, None] * factor, 1.0)


def fall_ill(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Draw treatments in caravans, care turned down, and parties that stay behind with a patient.

    Each person needs treatment with a chance that rises with heat and for children; a share of
    the care offered is turned down (contested: see the claims on ``care_refused``); of those
    treated a share is referred to hospital, and the party stays behind with its patient.
    """
    source, member, c, kind = state.occupied(Status.on_foot, world.caravan_rows)
    if member.size == 0:
        return Outcome()
    parties = state.cells[source]
    place = world.itineraries.place[state.caravans.itinerary, state.caravans.stop][member, c]
    ill = _illness(world, draws, today)[member, kind]
    refused = draws["care_refused"][member]
    referral = draws["referral_share"][member] * np.where(today.post[place], POST_EFFECT, 1.0)
    # A party stays behind when at least one of its persons is referred.
    referred = -np.expm1(world.size[kind] * np.log1p(-np.minimum(ill * (1 - refused) * referral, 0.999999)))
    behind = stream.at(0).binomial(parties, referred)
    persons = (parties - behind) * world.size[kind]
    # Given that a person was not referred, the odds between well, treated here and refusing.
    well = 1 - ill * (1 - refused) * referral
    chances = np.stack([ill * (1 - refused) * (1 - referral) / well, ill * refused / well], axis=1)
    # Where everyone falls ill, rounding must not leave a chance below zero.
    rest = np.maximum(1 - chances.sum(axis=1, keepdims=True), 0.0)
    drawn = stream.at(1).multinomial(persons, np.append(chances, rest, axis=1))
    counts = {}
    for i, flow in enumerate(("treated", "refused")):
        counts[flow] = np.zeros((world.members, len(world.size)), dtype=np.int64)
        np.add.at(counts[flow], (member, kind), drawn[:, i] + (behind if flow == "treated" else 0))
    some = np.flatnonzero(behind)
    target = world.cells(member[some], place[some], kind[some], Status.in_care)
    return Outcome(moves=(Move("in_care", source[some], target, behind[some]),), counts=counts)


def _deaths(world: World, stream: Stream, cells: Ints, lost: Ints) -> Loss:
    """Return the loss of one person in each of ``lost`` parties, by the party's composition."""
    mix = world.composition / world.size[:, None]
    who = stream.at(9).multinomial(lost, mix[world.kinds_of(cells)])
    cell, person = np.nonzero(who)
    return Loss("died", cells[cell], person, who[cell, person])


def recover(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let parties in care recover, or lose their patient, as competing hazards."""
    source, member, place, kind = state.occupied(Status.in_care, slice(0, world.places))
    if member.size == 0:
        return Outcome()
    death = draws["care_death"][member] * np.where(today.post[place], POST_EFFECT, 1.0)
    hazard = np.stack([draws["recovery_rate"][member], death], axis=1)
    total = hazard.sum(axis=1, keepdims=True)
    chances = np.append(hazard / np.maximum(total, 1e-300) * -np.expm1(-total), np.exp(-total), axis=1)
    drawn = stream.at(0).multinomial(state.cells[source], chances)
    well = np.flatnonzero(drawn[:, 0])
    target = world.cells(member[well], place[well], kind[well], Status.waiting)
    lost = np.flatnonzero(drawn[:, 1])
    loss = _deaths(world, stream, source[lost], drawn[lost, 1])
    return Outcome(moves=(Move("recovered", source[well], target, drawn[well, 0]),), losses=(loss,))


def meet_traffic(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Draw deaths on the road in caravans that moved today (no case in the record; see 2024)."""
    del today
    caravans = state.caravans
    moving = (caravans.phase == Phase.under_way) & ((caravans.mode == Mode.walk) | (caravans.mode == Mode.lift))
    source, member, c, kind = state.occupied(Status.on_foot, world.caravan_rows)
    on_road = moving[member, c]
    source, member, kind = source[on_road], member[on_road], kind[on_road]
    if member.size == 0:
        return Outcome()
    party = -np.expm1(world.size[kind] * np.log1p(-np.minimum(draws["road_death"][member], 0.999999)))
    drawn = stream.at(0).binomial(state.cells[source], party)
    lost = np.flatnonzero(drawn)
    return Outcome(losses=(_deaths(world, stream, source[lost], drawn[lost]),))
