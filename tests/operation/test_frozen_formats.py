"""What a replay may take again changes no byte, and what was frozen in the format before is scored as it was."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from benchmarks.operation_replay import evenings_of, make_scenario
from tests.made.instances import write_instance

from caravana.errors import CaravanaError
from caravana.inference.displacement import memory
from caravana.inference.displacement.issued import kept_points, score_camps
from caravana.inference.issued import as_base64, from_base64
from caravana.inference.past import MOST_HELD, PastForecasts
from caravana.models.scenarios import load_scenario
from caravana.operation.creating import new_operation
from caravana.operation.issuing import FORMAT, thaw
from caravana.operation.known import read_current
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation

COUNTED = {
    "Near": [(day, 20 * day) for day in range(0, 71, 2)],
    "Far": [(day, 10 * day + day % 3) for day in range(0, 71, 5)],
}
LAST = 5


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    base = tmp_path_factory.mktemp("frozen")
    instance = write_instance(base / "made" / "made", days=70, camps=COUNTED)
    (instance / "simsetting.yml").rename(instance.parent / "simsetting.yml")
    return make_scenario(instance, base / "scenario")


def evenings(folder, scenario, past):
    """The operation after the last evenings but ten of the scenario."""
    operation = new_operation(folder, name="Some days", scenario=str(scenario))
    world = load_scenario(operation.scenario)
    with open_ledger(operation) as ledger:
        for evening in evenings_of(world, 1)[-10 - LAST : -10]:
            update_operation(operation, ledger, on=evening, page=False, scenario=world, past=past)
    return operation


@pytest.fixture(scope="module")
def taken_again(scenario, tmp_path_factory):
    return evenings(tmp_path_factory.mktemp("taken") / "op", scenario, PastForecasts())


def test_what_a_replay_takes_again_changes_no_byte(scenario, taken_again, tmp_path, monkeypatch):
    made = []
    anew = memory.forecast_camps
    monkeypatch.setattr(memory, "forecast_camps", lambda *a, **k: made.append(a[1]) or anew(*a, **k))
    alone = evenings(tmp_path / "alone", scenario, None)
    number = len(made)
    again = evenings(tmp_path / "again", scenario, PastForecasts())
    # From three past days or four, on five evenings; each once where evenings hand on what they made.
    assert number == 3 * LAST + sum(day == 60 for day in made)
    assert sorted(made[number:]) == sorted(set(made[:number]))
    files = [{p.name: p.read_bytes() for p in one.forecasts.iterdir()} for one in (alone, again, taken_again)]
    assert len(files[0]) == LAST
    assert files[0] == files[1] == files[2]


def test_another_report_of_a_past_day_makes_another_forecast(scenario, tmp_path):
    """A correction that is known since yesterday is of no forecast from before; one of the past itself is."""
    past, made = PastForecasts(), []
    world = load_scenario(scenario)
    on = world.start + dt.timedelta(days=40)
    for change in ({}, {"known_on": on}, {"low": 7.0, "high": 7.0}):
        last = next(o for o in world.observations if o.kind == "camp_count" and o.date == on - dt.timedelta(days=10))
        others = tuple(o.model_copy(update=change) if o is last else o for o in world.observations)
        held = memory.Memory(
            world.model_copy(update={"observations": others}), ahead=7, members=4, seed=1, past=past
        ).forecast(30)
        fresh = memory.Memory(world.model_copy(update={"observations": others}), ahead=7, members=4, seed=1)
        assert np.array_equal(held.people, fresh.forecast(30).people)
        made.append(held.people)
    assert not np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_the_last_few_are_held():
    past, made = PastForecasts(), []
    for number in [*range(MOST_HELD), 0, MOST_HELD, 0, 1]:
        assert past.find(number, lambda number=number: made.append(number) or number) == number
    # Asked for again, 0 stays; 1 was the one asked for longest ago when the last came in.
    assert made == [*range(MOST_HELD + 1), 1]


def test_what_fails_is_not_held():
    past = PastForecasts()
    with pytest.raises(ZeroDivisionError):
        past.find("a", lambda: 1 // 0)
    assert past.find("a", lambda: 2) == 2


def as_format_1(content):
    """The same forecast as it was frozen before: points and weights as digits, in each row."""
    held = json.loads(content)
    exact = held["exact"]
    rows = {place: kept_points(exact, place) for place in exact["points"]}
    exact["points"] = {
        place: [{"points": p.tolist(), "weight": w.tolist()} for p, w in zip(*two, strict=True)]
        for place, two in rows.items()
    }
    del exact["weight"]
    return json.dumps({**held, "format": 1})


def test_the_format_before_is_scored_as_it_was(taken_again):
    with open_ledger(taken_again) as ledger:
        world = read_current(taken_again, ledger)
        content = ledger.frozen(str(ledger.issued()["forecast_id"].iloc[0]))
    before = as_format_1(content)
    scores = score_camps(world, thaw(before))
    assert len(scores) > 4
    assert scores == score_camps(world, thaw(content))
    assert len(content) < 0.5 * len(before)


def test_a_later_format_is_refused_in_one_line(taken_again):
    with open_ledger(taken_again) as ledger:
        held = json.loads(ledger.frozen(str(ledger.issued()["forecast_id"].iloc[0])))
    with pytest.raises(CaravanaError, match=rf"frozen in format {FORMAT + 1}; this caravana reads formats up to"):
        thaw(json.dumps({**held, "format": FORMAT + 1}))


def test_numbers_come_back_to_the_bit():
    values = np.array([0.1, -0.0, 1e-300, 1.7976931348623157e308, 3.0, np.nextafter(1.0, 2.0)])
    back = from_base64(as_base64(values.reshape(2, 3)))
    assert back.tobytes() == values.tobytes()
