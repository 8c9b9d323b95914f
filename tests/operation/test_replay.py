"""A record replayed evening by evening: the same bytes each time, the backtest's scores, and no look ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.operation.conftest import EVENINGS, FIRST, frozen, make_operation, replay

from caravana.errors import UsageError
from caravana.inference.families import backtest_of
from caravana.models.scenarios import load_scenario
from caravana.operation.issuing import freeze, thaw
from caravana.operation.known import cut, read_current, read_known, with_reports
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation
from caravana.scenario.model import Claim, Event, Policy, Source

LAST = FIRST + dt.timedelta(days=EVENINGS - 1)
TARGETS = {"position": "position_km", "headcount": "persons", "together": "together"}


def test_a_replay_on_a_server_has_the_same_bytes_as_one_in_a_file(replayed, server, tmp_path):
    held = frozen(replayed)
    assert len(held) == EVENINGS
    again = make_operation(tmp_path / "op", server)
    replay(again)
    assert frozen(again) == held
    with open_ledger(again) as one, open_ledger(replayed) as other:
        for frame in ("scores", "quantiles", "chances"):
            assert getattr(one, frame)().equals(getattr(other, frame)()), frame


def test_twice_the_same_evening_changes_nothing_and_lost_files_come_back(copy):
    operation = copy()
    before = frozen(operation)
    lost = next(operation.forecasts.iterdir())
    lost.unlink()
    with open_ledger(operation) as ledger:
        rows = len(ledger.journal())
        done = update_operation(operation, ledger, on=LAST)
        assert done.issued is not None
        assert not done.issued.new
        assert done.scored == 0
        assert len(ledger.journal()) == rows
    assert frozen(operation) == before


def test_scores_are_those_of_the_backtest(replayed):
    with open_ledger(replayed) as ledger:
        scenario, scores = read_current(replayed, ledger), ledger.scores()
    settings = {"particles": "200"}
    origins = [FIRST + dt.timedelta(days=number) for number in range(EVENINGS - 1)]
    cases = backtest_of(scenario).cases(
        scenario, caravan=None, origins=origins, horizons=(1, 2, 3, 4), seed=1, settings=settings, workers=1
    ).cases  # fmt: skip
    held = {
        (row["issued_on"], row["target"], row["horizon_days"], row["truth"]): row for row in scores.to_dict("records")
    }
    seen = 0
    for case in cases:
        origin = FIRST + dt.timedelta(days=case.origin - 1)
        row = held.pop((origin, TARGETS[case.quantity], case.horizon, case.report or "night"), None)
        if origin + dt.timedelta(days=case.horizon) <= LAST:
            assert row is not None, case
            assert (row["crps"], row["error"]) == (case.scores["caravana"].crps, case.scores["caravana"].error)
            seen += 1
    assert not held
    assert seen > 10


def test_quantiles_and_chances_say_what_is_promised_of_them(replayed):
    with open_ledger(replayed) as ledger:
        quantiles, chances = ledger.quantiles("2021-11-20-1"), ledger.chances("2021-11-20-1")
    assert set(quantiles["target"]) == {"position_km", "persons", "together", "rest"}
    sides = {f"caravan-2021-11-18:{side}" for side in ("authorities", "organisers", "press", "agency", "observer")}
    assert set(quantiles[quantiles["target"] == "persons"]["location"]) == {"caravan-2021-11-18", *sides}
    assert chances.groupby("target_date")["chance"].sum().tolist() == pytest.approx([1.0] * 4)
    ordered = quantiles[quantiles["target"] == "position_km"].sort_values(["horizon_days", "quantile"])
    assert ordered.groupby("horizon_days")["value"].apply(lambda v: v.is_monotonic_increasing).all()
    chance = quantiles[quantiles["target"].isin(["together", "rest"])]["value"]
    assert chance.between(0, 1).all()


def test_no_forecast_holds_anything_published_after_its_day(replayed, tmp_path):
    """Poison is put into every table after an evening: the forecast of that evening keeps its bytes."""
    on, later = FIRST + dt.timedelta(days=2), FIRST + dt.timedelta(days=3)
    with open_ledger(replayed) as ledger:
        known = read_known(replayed, ledger, on)
        reports = ledger.reports()
        untouched = ledger.frozen(f"{on}-1")
        poisoned = reports.assign(low=1.0, high=1.0, place="tonala")
        poisoned.loc[reports["known_on"] <= on, ["low", "high", "place"]] = reports[["low", "high", "place"]]
    scenario = load_scenario(replayed.scenario)
    extra = {
        "events": (
            Event(id="p1", date=later, kind="dissolution", place_id="huixtla"),
            Event(id="p2", date=later, kind="offer", place_id="huixtla"),
        ),
        "claims": (Claim(id="p3", date_said=later, speaker_role="x", speaker_side="press", topic="t", claim="c"),),
        "sources": (Source(id="p4", kind="news", publisher="p", date=later),),
        "policies": (Policy(id="p5", title="t", lever="cards_offered", start=later),),
    }
    update = {table: getattr(scenario, table) + rows for table, rows in extra.items()}
    seen = cut(with_reports(scenario.model_copy(update=update), poisoned), on)
    assert seen == known.scenario
    _assert_nothing_later(seen, on)
    other = make_operation(tmp_path / "op")
    with open_ledger(other) as ledger:
        update_operation(other, ledger, on=on)
        assert ledger.frozen(f"{on}-1") == untouched


def _assert_nothing_later(scenario, on):
    for table in ("observations", "events", "claims", "sources", "policies", "calls", "readings"):
        for row in getattr(scenario, table):
            for name in ("known_on", "date_said", "start", "date"):
                day = getattr(row, name, None)
                planned = getattr(row, "qualifier", "") == "planned" and name == "date"
                assert day is None or day <= on or planned, (table, row, name)


def test_a_correction_supersedes_scores_from_its_day_and_a_withdrawal_drops_them(copy):
    operation = copy()
    with open_ledger(operation) as ledger:
        before = ledger.scores()
        truth = "nov-007"
        ledger.withdraw(truth, known_on=LAST)
        done = update_operation(operation, ledger, on=LAST)
        after = ledger.scores()
        night = (before["target"] == "position_km") & (before["target_date"] == LAST)
        assert night.any()
        assert not ((after["target"] == "position_km") & (after["target_date"] == LAST)).any()
        assert ledger.scores(LAST - dt.timedelta(days=1)).equals(
            before[before["scored_on"] < LAST].reset_index(drop=True)
        )
        assert done.issued is not None
        assert done.issued.forecast_id == f"{LAST}-2"  # other inputs: another forecast, and the first still stands
        assert f"{LAST}-1" in set(ledger.issued()["forecast_id"])


def test_freezing_is_one_text_and_what_is_not_a_number_is_refused(replayed):
    with open_ledger(replayed) as ledger:
        text = ledger.frozen(f"{FIRST}-1")
    assert "\n" not in text
    issued = thaw(text)
    assert issued.origin == FIRST
    with pytest.raises(ValueError, match="Out of range float"):
        freeze(replace(issued, exact={"km": float("nan")}), family="caravan", inputs={})


def test_with_nothing_known_there_is_no_forecast(tmp_path):
    operation = make_operation(tmp_path / "op")
    with open_ledger(operation) as ledger, pytest.raises(UsageError):
        update_operation(operation, ledger, on=FIRST - dt.timedelta(days=5))
