"""Where the ensemble's caravans sleep is where the hidden Markov chain of the same advance model says: exactly."""

import datetime as dt

import numpy as np
import pytest
from scipy import stats
from tests.made.comparing import ENOUGH, FALSE_ALARM
from tests.made.small import parameters

from caravana.inference.caravan.nights import Advance, transition
from caravana.inference.reports import Stops
from caravana.models.base import Task
from caravana.models.caravan.model import simulate_block
from caravana.models.caravan.order import ORDER
from caravana.models.caravan.processes.advance import log_weights
from caravana.models.scenarios import load_scenario
from caravana.scenario.model import PartyKind, Policy
from caravana.scenario.roads import trace_itinerary

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

DAYS, CHUNK, BLOCKS = 8, 5_000, 20
BLOCKED_FROM, BLOCKED = 3, 0.25
"""Lifts are scarce from the fourth day on, at a quarter of their chance."""
DRAWN = {
    "rest_chance": 0.2, "walk_km": 19.0, "walk_spread": 7.0, "lift_chance": 0.3, "lift_km": 62.0, "lift_spread": 30.0,
    "population_pull": 0.9, "stuck_pool": 2.0, "turnout": 2.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    """Return the bundled scenario's road, with two people on it and nothing else going on."""
    bundled = load_scenario("tapachula-2021")
    scarce = Policy(
        id="scarce", title="Lifts are scarce", lever="lifts", value=BLOCKED,
        start=bundled.start + dt.timedelta(BLOCKED_FROM), basis=("assumption",),
    )  # fmt: skip
    return bundled.model_copy(update={
        "kinds": (PartyKind(id="one", men=1, share=1),), "caravans": bundled.caravans[:1], "calls": (), "events": (),
        "facilities": (), "policies": (scarce,), "parameters": parameters(**DRAWN),
    })  # fmt: skip


@pytest.fixture(scope="module")
def stops(scenario):
    """Return km and inhabitants of the stops along the caravan's way."""
    way = next(x for x in scenario.itineraries if x.id == scenario.caravans[0].itinerary)
    places = {p.id: p for p in scenario.places}
    ends = (way.from_id, way.to_id)
    found = [(x, km, places[x].population) for x, km in zip(*trace_itinerary(scenario, way), strict=True)
             if places[x].stop or x in ends]  # fmt: skip
    ids, km, people = zip(*found, strict=True)
    return Stops(ids, np.array(km), np.array([float(p or 1000) for p in people]))


def chain(stops, *, lift: float, rest: float):
    """Return the chance of tonight's stop given last night's: [from, to], every row adding to one."""
    ahead = stops.km[None, :] - stops.km[:, None]
    out = np.zeros(ahead.shape)
    for share, km, spread in ((1 - lift, "walk_km", "walk_spread"), (lift, "lift_km", "lift_spread")):
        log_weight = log_weights(
            ahead, np.log10(stops.population), DRAWN[km], DRAWN[spread], DRAWN["population_pull"]
        )  # fmt: skip
        weight = np.exp(log_weight[:-1] - log_weight[:-1].max(axis=1, keepdims=True))
        out[:-1] += (1 - rest) * share * weight / weight.sum(axis=1, keepdims=True)
    out += rest * np.eye(len(out))
    out[-1] = np.eye(len(out))[-1]
    return out


@pytest.fixture(scope="module")
def nights(stops):
    """Return the exact chance of each stop on each night: [day, stop]."""
    now, out = np.eye(len(stops.km))[0], []
    for day in range(DAYS):
        lift = DRAWN["lift_chance"] * (BLOCKED if day >= BLOCKED_FROM else 1.0)
        # Nobody rests on the day of departure: who would have rested walks.
        if day == 0:
            lift *= 1 - DRAWN["rest_chance"]
        now = now @ chain(stops, lift=lift, rest=DRAWN["rest_chance"] if day else 0.0)
        out.append(now)
    return np.array(out)


@pytest.fixture(scope="module")
def seen(scenario, stops):
    """Return members by night and stop: [day, stop]."""
    order = tuple(p for p in ORDER if p.name in {"calendar", "assembly", "advance"})
    draws = {p.name: np.full(CHUNK, p.value) for p in scenario.parameters}
    counts = np.zeros((DAYS, len(stops.km)), np.int64)
    for block in range(BLOCKS):
        nights = simulate_block(Task(scenario, scenario.policies, draws, 7, block, DAYS, order))["caravans"]
        mine = nights["caravan"].codes == 0
        index = np.array([stops.ids.index(x) if x in stops.ids else -1 for x in nights["place"].labels])
        np.add.at(counts, (nights["day"][mine], index[nights["place"].codes[mine]]), 1)
    return counts


def test_frequencies_of_a_hundred_thousand_members_are_the_chains(nights, seen):
    expected = nights * CHUNK * BLOCKS
    assert np.array_equal(seen.sum(axis=1), np.full(DAYS, CHUNK * BLOCKS))
    for day in range(DAYS):
        # Stops that few are expected at are put together with those before them.
        bins = np.floor(np.append(0, expected[day].cumsum()[:-1]) / ENOUGH)
        _, bins = np.unique(bins, return_inverse=True)
        want, have = np.bincount(bins, expected[day]), np.bincount(bins, seen[day])
        assert len(want) > 20
        statistic = ((have - want) ** 2 / want).sum()
        assert stats.chi2.sf(statistic, len(want) - 1) > FALSE_ALARM / DAYS, f"night {day}"


def test_a_chain_that_walks_half_a_kilometre_further_is_told_apart(stops, seen, monkeypatch):
    monkeypatch.setitem(DRAWN, "walk_km", DRAWN["walk_km"] + 0.5)
    lift = DRAWN["lift_chance"] * (1 - DRAWN["rest_chance"])
    expected = (np.eye(len(stops.km))[0] @ chain(stops, lift=lift, rest=0.0)) * CHUNK * BLOCKS
    some = expected > ENOUGH
    statistic = ((seen[0] - expected)[some] ** 2 / expected[some]).sum()
    assert stats.chi2.sf(statistic, some.sum() - 1) < FALSE_ALARM / DAYS


def test_the_chain_of_forecasts_is_this_one(stops):
    advance = Advance.from_columns({name: np.array([value]) for name, value in DRAWN.items()})
    ours = chain(stops, lift=DRAWN["lift_chance"], rest=DRAWN["rest_chance"])
    assert np.allclose(transition(stops, advance)[0], ours, atol=1e-6)
