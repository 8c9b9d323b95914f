"""No activation without a person, and no trigger without a backtest that was looked at."""

from __future__ import annotations

import copy
import datetime as dt
import html
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from caravana.errors import ScenarioError, UsageError
from caravana.language.language import load_language
from caravana.operation.folder import Operation
from caravana.operation.ledger.ledger import OperationLedger, open_ledger
from caravana.operation.triggers.standing import (
    SERIES_FILE,
    decide,
    hold_against_past,
    is_on,
    look_at_backtest,
    read_series,
    standing_alert,
    switch,
    triggers_of,
    watch_triggers,
)
from caravana.operation.triggers.states import trigger_states
from caravana.reporting.tonight.triggers import alert_lines, triggers_section

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caravana.reporting.tonight.facts import Tonight, TriggerState

DAY = dt.date(2022, 3, 31)
PLAN = {
    "name": "Crossings beyond what can be answered",
    "all": [
        {"kind": "rising", "series": "crossings", "periods": 2},
        {"kind": "fallen", "series": "response_capacity", "share": 0.4},
    ],
    "outcome": {"series": "crossings", "figure": 17_000},
    "readiness_days": 14,
    "action_days": 45,
    "decided_by": "head of delegation",
}
SERIES_ROWS = """series,date,value,known_on
crossings,2022-01-31,9000,2022-01-31
crossings,2022-02-28,12000,2022-02-28
crossings,2022-03-31,18000,2022-03-31
response_capacity,2022-02-28,100,2022-02-28
response_capacity,2022-03-31,55,2022-03-31
"""


@pytest.fixture
def operation(tmp_path: Path) -> Operation:
    (tmp_path / SERIES_FILE).write_text(SERIES_ROWS)
    database = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    return Operation(tmp_path, "Plan", tmp_path / "scenario", database, triggers={"crossings": PLAN})


@pytest.fixture
def ledger(operation: Operation) -> Iterator[OperationLedger]:
    with open_ledger(operation) as opened:
        yield opened


def watch(operation: Operation, ledger: OperationLedger, day: dt.date = DAY) -> dict[str, object]:
    return watch_triggers(operation, ledger, on=day, forecast_id="2022-03-31-1")[0]


def switch_on(operation: Operation, ledger: OperationLedger) -> None:
    trigger = triggers_of(operation)["crossings"]
    hold_against_past(operation, ledger, trigger, on=DAY)
    look_at_backtest(ledger, trigger, on=DAY)
    switch(ledger, trigger, on=DAY, to=True)


def test_off_until_the_backtest_is_made_and_looked_at(operation: Operation, ledger: OperationLedger) -> None:
    trigger = triggers_of(operation)["crossings"]
    with pytest.raises(UsageError, match="was not made"):
        switch(ledger, trigger, on=DAY, to=True)
    with pytest.raises(UsageError, match="has no backtest"):
        look_at_backtest(ledger, trigger, on=DAY)
    hold_against_past(operation, ledger, trigger, on=DAY)
    with pytest.raises(UsageError, match="was not looked at"):
        switch(ledger, trigger, on=DAY, to=True)
    assert watch(operation, ledger)["alert"] is None, "the condition holds, and the trigger is off"
    look_at_backtest(ledger, trigger, on=DAY)
    switch(ledger, trigger, on=DAY, to=True)
    assert is_on(ledger, trigger, on=DAY)
    switch(ledger, trigger, on=DAY + dt.timedelta(days=1), to=False)
    assert not is_on(ledger, trigger, on=DAY + dt.timedelta(days=1))
    assert is_on(ledger, trigger, on=DAY), "the day before it was on"


def test_a_changed_declaration_is_off_again(operation: Operation, ledger: OperationLedger) -> None:
    switch_on(operation, ledger)
    changed = copy.deepcopy(PLAN)
    changed["all"][1]["share"] = 0.3  # type: ignore[index]
    again = Operation(operation.folder, "Plan", operation.scenario, operation.database, triggers={"crossings": changed})
    assert not is_on(ledger, triggers_of(again)["crossings"], on=DAY)
    assert watch(again, ledger)["alert"] is None


def test_an_alert_waits_for_the_person_who_decides(operation: Operation, ledger: OperationLedger) -> None:
    switch_on(operation, ledger)
    row = watch(operation, ledger)
    assert (row["met"], row["alert"]) == (True, "crossings-2022-03-31")
    assert ledger.alerts()["step"].tolist() == ["raised"], "nothing is activated by itself"
    trigger = triggers_of(operation)["crossings"]
    with pytest.raises(UsageError, match="is decided by: head of delegation; given: intern"):
        decide(ledger, trigger, "crossings-2022-03-31", on=DAY, sign=True, role="intern")
    decide(ledger, trigger, "crossings-2022-03-31", on=DAY, sign=True, role="head of delegation")
    assert ledger.alerts()["step"].tolist() == ["raised", "activated"]
    with pytest.raises(UsageError, match="is activated already"):
        decide(ledger, trigger, "crossings-2022-03-31", on=DAY, sign=False, role="head of delegation")
    with pytest.raises(UsageError, match="no alert 'other'"):
        decide(ledger, trigger, "other", on=DAY, sign=True, role="head of delegation")


def test_twice_the_same_day_adds_nothing(operation: Operation, ledger: OperationLedger) -> None:
    switch_on(operation, ledger)
    first = watch(operation, ledger)
    assert watch(operation, ledger) == first
    assert len(ledger.alerts()) == 1
    assert watch(operation, ledger, DAY + dt.timedelta(days=30))["alert"] == first["alert"], "its window stands"


def test_an_alert_that_nobody_signs_lapses(operation: Operation, ledger: OperationLedger) -> None:
    switch_on(operation, ledger)
    watch(operation, ledger)
    late = DAY + dt.timedelta(days=46)
    row = watch(operation, ledger, late)
    steps = ledger.alerts()
    assert steps["step"].tolist()[:2] == ["raised", "lapsed"]
    assert row["alert"] == standing_alert(ledger, triggers_of(operation)["crossings"], on=late)
    watch(operation, ledger, late)
    assert len(ledger.alerts()) == len(steps)


def test_the_backtest_is_in_the_ledger(operation: Operation, ledger: OperationLedger) -> None:
    trigger = triggers_of(operation)["crossings"]
    hold_against_past(operation, ledger, trigger, on=dt.date(2022, 4, 30))
    content = json.loads(ledger.trigger_steps()["content"].iloc[-1])
    assert {name: content[name] for name in ("hits", "misses", "false_alarms")} == {
        "hits": 0, "misses": 1, "false_alarms": 1
    }, "it is met when March is over, and the event is March itself"  # fmt: skip


def test_a_series_with_faults(tmp_path: Path) -> None:
    (tmp_path / SERIES_FILE).write_text(
        "series,date,value,known_on\ncrossings,31/01/2022,9000,2022-01-31\n,2022-02-28,many,2022-02-27\n"
    )
    with pytest.raises(ScenarioError) as raised:
        read_series(tmp_path)
    for part in ("line 2, date: '31/01/2022'", "line 3, value: 'many'", "line 3, series: expected a name",
                 "line 3, known_on: 2022-02-27; expected the date, 2022-02-28, or later"):  # fmt: skip
        assert part in str(raised.value)
    (tmp_path / SERIES_FILE).write_text("a,b\n1,2\n")
    with pytest.raises(ScenarioError, match="expected series, date, value, known_on"):
        read_series(tmp_path)


def states(operation: Operation, ledger: OperationLedger, day: dt.date = DAY) -> TriggerState:
    return trigger_states(operation, ledger, day)[0]


def test_the_page_has_the_whole_condition_and_what_it_answers(operation: Operation, ledger: OperationLedger) -> None:
    state = states(operation, ledger)
    assert (state.state, state.met, state.on, state.backtest) == ("held", True, False, None)
    assert [(one.kind, one.met, round(one.value, 2)) for one in state.conditions] == [
        ("rising", True, 2), ("fallen", True, 0.45)
    ]  # fmt: skip
    assert states(operation, ledger, dt.date(2022, 1, 31)).met is None
    assert len(ledger.alerts()) == 0, "looking raises nothing"


def test_the_page_says_who_is_waited_for_and_later_that_it_was_signed(
    operation: Operation, ledger: OperationLedger
) -> None:
    switch_on(operation, ledger)
    watch(operation, ledger)
    assert (states(operation, ledger).state, states(operation, ledger).raised_on) == ("met", DAY)
    later = DAY + dt.timedelta(days=2)
    trigger = triggers_of(operation)["crossings"]
    decide(ledger, trigger, "crossings-2022-03-31", on=later, sign=True, role="head of delegation")
    assert states(operation, ledger, later).state == "signed"
    assert states(operation, ledger).state == "met", "that evening nobody had signed yet"


@pytest.mark.parametrize(
    ("code", "said", "never"),
    [
        ("en", ("Decided by: head of delegation",
                "“response capacity”: down 40% or more against 1 period(s) before, by month",
                "45%", "hits 0, misses 1, false alarms 0", "Whole condition: all of them",
                "met, waits for a person’s signature"), "Nunca"),
        ("es", ("Decide: head of delegation",
                "«response capacity»: baja de 40% o más frente a 1 período(s) antes, por mes",
                "aciertos 0, omisiones 1, falsas alarmas 0", "Condición completa: todas", "Nunca se habría activado",
                "se cumple, espera la firma de una persona"), "Whole"),
    ],
)  # fmt: skip
def test_the_page_says_it_in_both_languages(
    operation: Operation, ledger: OperationLedger, evening: Tonight, code: str, said: tuple[str, ...], never: str
) -> None:
    switch_on(operation, ledger)
    watch(operation, ledger)
    facts = replace(evening, triggers=trigger_states(operation, ledger, DAY))
    language = load_language(code)
    section = triggers_section(facts, language)
    assert section is not None
    text = html.unescape(str(section.figure))
    for part in said:
        assert part in text
    assert never not in text
    ((name, stands, about),) = alert_lines(facts, language)
    assert name == PLAN["name"]
    assert stands == language.text("tonight.trigger.met")
    assert "head of delegation" in about
    assert triggers_section(replace(facts, triggers=()), language) is None
