"""The ledger, in a file and on a server: nothing is changed, nothing lost, every state can be asked for."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, update

from caravana.errors import CaravanaError, UsageError
from caravana.operation.folder import Operation
from caravana.operation.ledger import open_ledger
from caravana.operation.ledger.schema import APPEND_ONLY, FORECASTS, REPORTS

DAY = dt.date(2021, 10, 30)
NEXT = DAY + dt.timedelta(days=1)
ROW = {
    "date": DAY, "known_on": DAY, "caravan": "c", "kind": "headcount", "place": "huixtla", "km_past": None,
    "low": 1000.0, "high": 2000.0, "qualifier": "range", "side": "press", "source": None, "claims": None,
}  # fmt: skip
ISSUE = {
    "issued_on": DAY, "family": "caravan", "subject": "c", "horizon": 7, "version": "1", "inputs": "a", "hash": "h",
    "content": "{}",
}  # fmt: skip
QUANTILE = {
    "location": "c", "target": "persons", "target_date": NEXT, "horizon_days": 1, "quantile": 0.5, "value": 0.1 + 0.2,
}  # fmt: skip
SCORE = {
    "forecast_id": "2021-10-30-1", "location": "c:press", "target": "persons", "target_date": NEXT, "horizon_days": 1,
    "truth": "r", "observed_low": 1.0, "observed_high": 2.0, "crps": 1 / 3, "naive": "persistence", "naive_crps": None,
    "error": -1.0, "inside_50": 0.0, "inside_90": 1.0, "dropped": False,
}  # fmt: skip


@pytest.fixture(params=["file", "server"])
def ledger(request, tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    if request.param == "server":
        url = request.getfixturevalue("server")
    operation = Operation(tmp_path, request.node.name, tmp_path / "scenario", url)
    with open_ledger(operation) as opened:
        opened.of = operation
        yield opened


def test_reports_are_corrected_and_withdrawn_and_every_state_can_be_asked_for(ledger):
    rows = [ROW, {**ROW, "side": "agency"}]
    assert ledger.add_reports(rows) == [("2021-10-30-headcount-1", True), ("2021-10-30-headcount-2", True)]
    assert ledger.correct("2021-10-30-headcount-1", {"low": 1500.0}, known_on=NEXT) == 2
    assert ledger.withdraw("2021-10-30-headcount-2", known_on=NEXT, note="not so") == 2
    then, now = ledger.reports(DAY), ledger.reports(NEXT)
    assert list(then["state"]) == ["current", "current"]
    assert list(then["low"]) == [1000.0, 1000.0]
    assert list(now["state"]) == ["corrected", "withdrawn"]
    assert list(now["low"]) == [1500.0, 1000.0]
    assert len(ledger.reports(DAY - dt.timedelta(days=1))) == 0
    assert list(ledger.history()["revision"]) == [1, 1, 2, 2]
    assert list(ledger.journal()["act"]) == ["observe", "observe", "correct", "withdraw"]
    with pytest.raises(UsageError, match="is withdrawn"):
        ledger.correct("2021-10-30-headcount-2", {"low": 1.0}, known_on=NEXT)
    with pytest.raises(UsageError, match="no report 'x'"):
        ledger.withdraw("x", known_on=NEXT)


def test_the_same_report_is_recorded_once_and_another_of_its_id_is_refused(ledger):
    assert ledger.add_reports([ROW, ROW]) == [("2021-10-30-headcount-1", True), ("2021-10-30-headcount-1", False)]
    assert ledger.add_reports([{**ROW, "known_on": NEXT}]) == [("2021-10-30-headcount-1", False)]
    with pytest.raises(UsageError, match="recorded already, with another low"):
        ledger.add_reports([{**ROW, "low": 7.0, "side": "agency"}, {**ROW, "id": "2021-10-30-headcount-1", "low": 9.0}])
    assert len(ledger.reports()) == 1  # all of a call, or none


def test_a_forecast_is_issued_once_for_its_inputs_and_read_back_to_the_bit(ledger):
    assert ledger.issue(ISSUE, [QUANTILE], []) == "2021-10-30-1"
    assert ledger.issue({**ISSUE, "hash": "other"}, [QUANTILE], []) == "2021-10-30-1"
    assert ledger.issue({**ISSUE, "inputs": "b"}, [QUANTILE], []) == "2021-10-30-2"
    assert list(ledger.issued()["hash"]) == ["h", "h"]
    assert list(ledger.quantiles("2021-10-30-1")["value"]) == [0.1 + 0.2]
    assert ledger.frozen("2021-10-30-2") == "{}"


def test_scores_are_superseded_and_dropped_as_of_their_days(ledger):
    ledger.issue(ISSUE, [], [])
    assert ledger.add_scores([SCORE], scored_on=NEXT) == 1
    assert ledger.add_scores([SCORE], scored_on=NEXT) == 0
    later = NEXT + dt.timedelta(days=1)
    assert ledger.add_scores([{**SCORE, "crps": 0.5}], scored_on=later) == 1
    assert list(ledger.scores(NEXT)["crps"]) == [1 / 3]
    assert list(ledger.scores()["crps"]) == [0.5]
    ledger.add_scores([{**SCORE, "dropped": True}], scored_on=later + dt.timedelta(days=1))
    assert len(ledger.scores()) == 0
    assert len(ledger.scores(later)) == 1


@pytest.mark.parametrize("statement", [update(REPORTS).values(low=0.0), delete(FORECASTS)], ids=["update", "delete"])
def test_the_database_itself_refuses_to_change_a_row(ledger, statement):
    ledger.add_reports([ROW])
    ledger.issue(ISSUE, [], [])
    with pytest.raises(CaravanaError, match="never changed"):
        ledger.database.write(lambda connection: connection.execute(statement))
    assert list(ledger.reports()["low"]) == [1000.0]
    assert len(ledger.issued()) == 1


def test_an_empty_ledger_has_every_column(ledger):
    for name in (
        "reports",
        "issued",
        "quantiles",
        "others",
        "chances",
        "scores",
        "alerts",
        "trigger_steps",
        "releases",
        "journal",
    ):
        frame = getattr(ledger, name)()
        assert len(frame) == 0, name
        assert len(frame.columns) > 4, name
    assert {"position_km", "persons"}.isdisjoint(ledger.quantiles()["target"])
    assert len(APPEND_ONLY) == 11


def test_writers_at_once_lose_nothing(ledger):
    def write(number: int) -> list[tuple[str, bool]]:
        with open_ledger(ledger.of) as own:
            return own.add_reports([{**ROW, "low": float(number), "side": "agency"}, {**ROW, "low": float(number)}])

    with ThreadPoolExecutor(6) as pool:
        ids = [name for rows in pool.map(write, range(12)) for name, new in rows if new]
    assert len(set(ids)) == 24
    assert sorted(ledger.reports()["id"]) == sorted(ids)
    assert len(ledger.journal()) == 24


def test_a_database_that_is_not_there_is_said_in_one_line(tmp_path):
    gone = Operation(tmp_path, "x", tmp_path, f"sqlite:///{tmp_path}/no/ledger.sqlite")
    with pytest.raises(CaravanaError, match="it cannot be opened"):
        open_ledger(gone)
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all, by any means" * 40)
    damaged = Operation(tmp_path, "x", tmp_path, f"sqlite:///{tmp_path}/ledger.sqlite")
    with pytest.raises(CaravanaError, match="no ledger"):
        open_ledger(damaged)
