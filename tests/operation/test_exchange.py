"""Other teams' forecasts: taken in once, never changed, scored beside ours on the tasks of both."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.exports.hubverse_rules import invalid, misfits, published
from tests.operation.conftest import EVENINGS, FIRST

from caravana.cli import main
from caravana.errors import UsageError
from caravana.operation.exchange import OURS, compare_models, hand_on, observed_values, take_in
from caravana.operation.folder import SETTINGS_FILE, open_operation
from caravana.operation.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger

ORIGIN, TARGET, TODAY = dt.date(2021, 11, 1), dt.date(2021, 11, 4), dt.date(2021, 11, 5)
OUR_QUANTILES = {0.05: 800.0, 0.5: 1000.0, 0.95: 1400.0}
OBSERVED = 1200.0
PLAN = """
[triggers.crowd]
name = "More than can be housed"
all = [{ kind = "above", series = "arrivals", figure = 100 }]
outcome = { series = "arrivals", figure = 200 }
readiness_days = 7
action_days = 31
decided_by = "head of office"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operation that has issued one forecast, and had it scored."""
    (tmp_path / SETTINGS_FILE).write_text(f'format = 1\nname = "Test"\n{PLAN}')
    with open_ledger(open_operation(tmp_path)) as ledger:
        task = {"location": "caravan", "target": "persons", "target_date": TARGET}
        rows = [{**task, "horizon_days": 3, "quantile": q, "value": v} for q, v in OUR_QUANTILES.items()]
        issue = {
            "issued_on": ORIGIN, "family": "caravan", "subject": "caravan", "horizon": 7, "version": "0",
            "inputs": "i", "hash": "h", "content": "{}",
        }  # fmt: skip
        name = ledger.issue(issue, rows, [])
        score = {
            "forecast_id": name, **task, "horizon_days": 3, "truth": "r1", "observed_low": 1100.0,
            "observed_high": 1300.0, "crps": 90.0, "naive": "same", "naive_crps": 100.0, "error": -200.0,
            "inside_50": 0.0, "inside_90": 1.0, "dropped": False,
        }  # fmt: skip
        ledger.add_scores([score], scored_on=TODAY)
    return tmp_path


@pytest.fixture
def ledger(folder: Path) -> Iterator[OperationLedger]:
    with open_ledger(open_operation(folder)) as opened:
        yield opened


def theirs(folder: Path, *values: float, name: str = "2021-11-01-team_b-model.csv", origin: dt.date = ORIGIN) -> Path:
    """Another team's file, of our task."""
    path = folder / name
    rows = [f"{origin},3,caravan,persons,quantile,{q},{v}" for q, v in zip(OUR_QUANTILES, values, strict=True)]
    header = "origin_date,horizon,location,target,output_type,output_type_id,value"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["caravana", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def loss(values: dict[float, float]) -> float:
    """The score by hand: twice the mean of level * miss above, (1 - level) * miss below."""
    parts = [q * (OBSERVED - v) if v <= OBSERVED else (1 - q) * (v - OBSERVED) for q, v in values.items()]
    return 2 * sum(parts) / len(parts)


def test_scored_beside_ours_on_what_both_forecast(folder: Path, ledger: OperationLedger) -> None:
    take_in(ledger, theirs(folder, 1100.0, 1150.0, 1180.0), on=TODAY)
    (row,) = compare_models(ledger, TODAY).to_dict("records")
    assert (row["model"], row["target"], row["horizon_days"], row["n"]) == ("team_b-model", "persons", 3, 1)
    assert row["our_score"] == pytest.approx(loss(OUR_QUANTILES))
    assert row["score"] == pytest.approx(loss({0.05: 1100.0, 0.5: 1150.0, 0.95: 1180.0}))
    assert (row["inside_90"], row["our_inside_90"]) == (0.0, 1.0)
    assert row["ratio"] < 1


def test_what_an_operation_hands_on_is_valid(replayed: Operation, tmp_path: Path) -> None:
    with open_ledger(replayed) as ledger:
        hub = hand_on(ledger, tmp_path / "hub", on=FIRST + dt.timedelta(days=EVENINGS - 1), name=replayed.name)
    assert len(list((hub / "model-output").rglob("*.csv"))) == EVENINGS
    assert invalid(hub) == []
    assert invalid(hub, published()) == []
    assert misfits(hub) == []


def test_as_known_on_a_day(folder: Path, ledger: OperationLedger) -> None:
    take_in(ledger, theirs(folder, 1100.0, 1150.0, 1180.0), on=TODAY)
    assert compare_models(ledger, TODAY - dt.timedelta(days=1)).empty
    assert observed_values(ledger, TARGET).empty, "it was scored a day later"


def test_twice_the_same_adds_nothing_and_a_changed_one_is_refused(folder: Path, ledger: OperationLedger) -> None:
    assert take_in(ledger, theirs(folder, 1.0, 2.0, 3.0), on=TODAY) == ("team_b-model", 3)
    assert take_in(ledger, theirs(folder, 1.0, 2.0, 3.0), on=TODAY) == ("team_b-model", 0)
    with pytest.raises(UsageError, match=r"quantile 0.5 was 2 and is 2.5 now"):
        take_in(ledger, theirs(folder, 1.0, 2.5, 3.0), on=TODAY)
    assert len(ledger.others()) == 3


@pytest.mark.parametrize(
    ("name", "origin", "said"),
    [
        ("theirs.csv", ORIGIN, "expected DATE-TEAM-MODEL.csv"),
        (f"2021-11-01-{OURS}.csv", ORIGIN, "this operation's own model"),
        ("2021-11-01-team_b-model.csv", dt.date(2021, 12, 1), "it cannot have been issued yet"),
    ],
)
def test_what_cannot_be_taken_in(folder: Path, ledger: OperationLedger, name: str, origin: dt.date, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        take_in(ledger, theirs(folder, 1.0, 2.0, 3.0, name=name, origin=origin), on=TODAY)


def test_ours_handed_on(tmp_path: Path, ledger: OperationLedger) -> None:
    hub = hand_on(ledger, tmp_path / "hub", on=TODAY, name="An operation")
    rows = pd.read_csv(hub / "model-output" / OURS / f"{ORIGIN}-{OURS}.csv")
    assert dict(zip(rows["output_type_id"], rows["value"], strict=True)) == OUR_QUANTILES
    assert pd.read_csv(hub / "target-data" / "time-series.csv")["observation"].tolist() == [OBSERVED]


def test_the_commands(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def call(*arguments: str, status: int = 0) -> Any:
        got, out, err = run(capsys, monkeypatch, *arguments)
        assert got == status, err
        return json.loads(out) if status == 0 else err

    operation, file = str(folder), str(theirs(folder, 1100.0, 1150.0, 1180.0))
    answer = call("exchange", operation, "--take", file, "--on", str(TODAY), "--json")
    assert answer["taken"] == [{"model": "team_b-model", "new": 3}]
    assert answer["beside_ours"][0]["n"] == 1
    (folder / "series.csv").write_text(
        "series,date,value,known_on\narrivals,2021-09-30,150,2021-09-30\narrivals,2021-10-31,250,2021-10-31\n"
    )
    on = ("--on", str(TODAY), "--json")
    assert call("triggers", operation, *on)["triggers"][0]["met"] is True
    assert "was not made" in call("triggers", operation, "crowd", "--switch", "on", *on, status=2)
    tested = call("triggers", operation, "crowd", "--test", *on)
    assert (tested["hits"], tested["misses"], tested["lead_days"]) == (1, 0, 1)
    assert call("triggers", operation, "crowd", "--look", *on)["hits"] == 1
    assert call("triggers", operation, "crowd", "--switch", "on", *on)["on"] is True
    assert "no alert 'x'" in call("triggers", operation, "crowd", "--sign", "x", *on, status=2)
    assert "one thing at a time" in call("triggers", operation, "crowd", "--test", "--look", *on, status=2)
    assert "expected one of crowd" in call("triggers", operation, "crows", "--test", *on, status=2)


def test_the_commands_speak_spanish(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*arguments: str) -> tuple[int, str]:
        status, out, err = run(capsys, monkeypatch, *arguments, "--on", str(TODAY), "--lang", "es")
        return status, out + err

    operation, file = str(folder), str(theirs(folder, 1100.0, 1150.0, 1180.0))
    (folder / "series.csv").write_text("series,date,value,known_on\narrivals,2021-10-31,250,2021-10-31\n")
    status, told = call("exchange", operation, "--take", file)
    assert (status, "se tomaron 3 cuantiles" in told, "nuestro puntaje" in told) == (0, True, True)
    assert "condición completa: sí; alerta: ninguna" in call("triggers", operation)[1]
    assert "días de anticipación" in call("triggers", operation, "crowd", "--test")[1]
    assert "no hay ninguna alerta 'x'" in call("triggers", operation, "crowd", "--sign", "x")[1]
    assert "una cosa a la vez" in call("triggers", operation, "crowd", "--test", "--look")[1]


def test_nothing_to_compare_is_an_empty_table_and_no_crash(ledger):
    assert compare_models(ledger, dt.date(1990, 1, 1)).empty
