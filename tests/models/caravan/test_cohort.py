"""Those who set out are followed exactly: nobody is lost or made, and nothing else changes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from tests.made.small import small_scenario

from caravana.ensemble.design import draw_parameters
from caravana.models.base import Task
from caravana.models.caravan.model import simulate_block
from caravana.scenario.model import Event, Policy

START = dt.date(2021, 10, 23)
NO_CARAVAN = Policy(id="none", title="x", lever="no_caravan", start=START)
OFFER = Policy(id="offer", title="x", lever="cards_credible", start=START)


def run(scenario, *policies, follow=True):
    draws = draw_parameters(scenario, seed=5, block=0)
    return simulate_block(Task(scenario, policies, draws, 5, 0, scenario.days, follow=follow))


def by_member(table, column, chosen=slice(None)):
    return np.bincount(table["member"][chosen], weights=table[column][chosen], minlength=64)


def flow(tables, name, table="cohort_flows"):
    rows = tables[table]
    return by_member(rows, "persons", rows["flow"].codes == rows["flow"].labels.index(name))


@pytest.fixture(scope="module")
def eventful():
    clash = Event(id="clash", date=START + dt.timedelta(days=2), kind="clash")
    return small_scenario(
        towns=8, days=10, events=(clash,), clash_injured=60, care_death=0.05, treated_rate=0.2, dissolution_at_home=0.1,
        seat_hazard=0.05, accident_chance=0.1, accident_deaths=0.4, interception_chance=0.3, town_stuck_per_1000=5,
    )  # fmt: skip


@pytest.mark.parametrize("policies", [(), (NO_CARAVAN,), (OFFER,)], ids=["as it was", "no caravan", "offer"])
def test_those_who_set_out_are_all_accounted_for_every_day(eventful, policies):
    tables = run(eventful, *policies)
    cohort = tables["cohort"]
    set_out = flow(tables, "set_out")
    name = "set_out_alone" if NO_CARAVAN in policies else "assembled"
    assert np.allclose(set_out, flow(tables, name, "flows"))
    dead = np.zeros(64)
    rows = tables["cohort_flows"]
    for day in range(eventful.days):
        died = (rows["flow"].codes == rows["flow"].labels.index("died")) & (rows["day"] == day)
        dead = dead + by_member(rows, "persons", died)
        alive = by_member(cohort, "persons", cohort["day"] == day)
        assert np.allclose(alive + dead, set_out, atol=1e-2)


def test_they_are_never_more_than_the_people_in_their_cell(eventful):
    tables = run(eventful)
    people, cohort = tables["people"], tables["cohort"]
    there = {}
    for columns, sign in ((people, 1.0), (cohort, -1.0)):
        keys = zip(
            columns["day"], columns["member"], columns["place"].codes, columns["status"].codes, columns["persons"],
            strict=True,
        )  # fmt: skip
        for day, member, place, status, persons in keys:
            key = (int(day), int(member), int(place), int(status))
            there[key] = there.get(key, 0.0) + sign * float(persons)
    assert min(there.values()) > -1e-6
    assert min(cohort["persons"]) > 0


def test_following_changes_no_other_number(eventful):
    followed, plain = run(eventful), run(eventful, follow=False)
    assert set(followed) - set(plain) == {"cohort", "cohort_flows", "ledger"}
    for table in plain:
        for name, column in plain[table].items():
            other = followed[table][name]
            same = (column.codes, other.codes) if hasattr(column, "codes") else (column, other)
            assert np.array_equal(*same), (table, name)


def test_where_only_those_who_set_out_move_they_have_every_flow():
    # Nobody else leaves the origin, and nobody joins: what happens on the road happens to them.
    road = small_scenario(
        towns=8, days=10, stuck_inertia=60, apply_logodds=-60, seat_hazard=0.05, dissolution_at_home=0.2,
        release_rate=0, accident_chance=0.1,
    )  # fmt: skip
    for policies in ((), (NO_CARAVAN,)):
        tables = run(road, *policies)
        for name in tables["cohort_flows"]["flow"].labels:
            if name not in {"set_out", "assembled", "set_out_alone"}:
                assert np.allclose(flow(tables, name), flow(tables, name, "flows")), name


def test_the_ledger_agrees_with_the_payments(eventful):
    tables = run(eventful)
    ledger, payments = tables["ledger"], tables["payments"]
    for payee in ("smugglers", "transport", "shops"):
        mine = by_member(ledger, "usd", ledger["payee"].codes == ledger["payee"].labels.index(payee))
        theirs = by_member(payments, "usd", payments["payee"].codes == payments["payee"].labels.index(payee))
        assert np.allclose(mine, theirs)
    assert (ledger["cohort_usd"] <= ledger["usd"] * (1 + 1e-9)).all()


def test_nobody_is_lost_where_they_mix_with_others():
    # Everybody leaves the origin alone as readily as those who set out: cells hold both.
    road = small_scenario(towns=8, days=8, stuck_pool=3000, turnout=600, stuck_inertia=0, walk_logodds=-0.5)
    tables = run(road)
    cohort = tables["cohort"]
    last = by_member(cohort, "persons", cohort["day"] == road.days - 1)
    died = flow(tables, "died") if "died" in tables["cohort_flows"]["flow"].labels else 0.0
    assert np.allclose(last + died, flow(tables, "set_out"), atol=1e-2)
    assert flow(tables, "walked_alone").sum() < flow(tables, "walked_alone", "flows").sum()
