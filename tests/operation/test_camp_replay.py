"""A displacement replayed as it was known: the same bytes each time and on both databases, the backtest's scores."""

from __future__ import annotations

import datetime as dt

import pytest
from benchmarks.operation_replay import evenings_of, make_scenario, replay, unlike_backtest
from tests.made.instances import SHARED, write_instance

from caravana.models.scenarios import load_scenario

COUNTED = {
    "Near": [(day, 20 * day + 20) for day in range(0, 41, 2)],
    "Far": [(day, 10 * day + day % 3) for day in range(0, 41, 5)],
}


def stretch(instance, base, *, every, last, server, again=True):
    scenario = make_scenario(instance, base / "scenario")
    evenings = [day for day in evenings_of(load_scenario(scenario), every) if day <= last]
    first = replay(base / "first", scenario, evenings)
    others = [replay(base / "server", scenario, evenings, database=server)]
    others += [replay(base / "again", scenario, evenings)] if again else []
    return evenings, first, others


def check(evenings, first, others):
    held = first.frozen()
    assert len(held) == len(evenings)
    for other in others:
        assert other.frozen() == held
        assert other.scores.equals(first.scores)
    compared, wrong = unlike_backtest(first, evenings)
    assert wrong == []
    assert compared > 20
    return compared


def test_a_made_up_displacement(tmp_path, server):
    instance = write_instance(tmp_path / "made" / "made", days=40, camps=COUNTED)
    (instance / "simsetting.yml").rename(instance.parent / "simsetting.yml")
    evenings, first, others = stretch(instance, tmp_path, every=8, last=dt.date(2020, 2, 9), server=server)
    check(evenings, first, others)
    # A score that is not the backtest's is seen.
    first.scores.loc[0, "crps"] += 1
    assert len(unlike_backtest(first, evenings)[1]) >= 1


@pytest.mark.peers
@pytest.mark.skipif(not (SHARED / "mali2012").is_dir(), reason="the shared data folder is not beside the project")
def test_the_first_weeks_of_mali_2012(tmp_path, server):
    check(*stretch(SHARED / "mali2012", tmp_path, every=20, last=dt.date(2012, 4, 20), server=server, again=False))
