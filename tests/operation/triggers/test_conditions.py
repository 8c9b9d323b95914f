"""What a trigger's conditions answer, and how their answers are joined."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest

from caravana.errors import ScenarioError, UsageError
from caravana.operation.triggers.backtest import backtest_trigger
from caravana.operation.triggers.conditions import (
    QUANTILES,
    SERIES,
    Above,
    Fallen,
    ForecastAbove,
    Known,
    Rising,
    chance_above,
    join_all,
    join_any,
)
from caravana.operation.triggers.declared import read_triggers

#: A plan of early action in public use, its whole condition: two months of rising crossings, more than
#: 23,000 projected for the next month, and a capacity of response that is down by 40%.
PLAN = {
    "name": "Crossings beyond what can be answered",
    "all": [
        {"kind": "rising", "series": "crossings", "periods": 2, "name": "two months of rising crossings"},
        {
            "kind": "forecast-above",
            "target": "crossings",
            "figure": 23_000,
            "chance": 0.5,
            "name": "projected above 23,000",
        },
        {"kind": "fallen", "series": "response_capacity", "share": 0.4, "name": "capacity of response down 40%"},
    ],
    "outcome": {"series": "crossings", "figure": 23_000},
    "readiness_days": 14,
    "action_days": 45,
    "decided_by": "head of delegation",
}

NO_FORECASTS = pd.DataFrame(columns=QUANTILES)


def monthly(name: str, *values: float, first: str = "2022-01", late: int = 0) -> pd.DataFrame:
    """A value a month, each published on the last day of its month, or some days later."""
    months = pd.period_range(first, periods=len(values), freq="M")
    dates = [month.end_time.normalize() for month in months]
    known = [date + pd.Timedelta(days=late) for date in dates]
    return pd.DataFrame({"series": name, "date": dates, "value": values, "known_on": known}, columns=list(SERIES))


def projection(issued: str, month: str, low: float, middle: float, high: float) -> pd.DataFrame:
    """A forecast of a month's crossings, issued on a day."""
    return pd.DataFrame(
        {
            "issued_on": issued, "location": "darien", "target": "crossings", "target_date": f"{month}-28",
            "quantile": [0.05, 0.5, 0.95], "value": [low, middle, high],
        }
    )  # fmt: skip


def known(on: str, series: pd.DataFrame, quantiles: pd.DataFrame = NO_FORECASTS) -> Known:
    return Known.by(dt.date.fromisoformat(on), series, quantiles)


@pytest.mark.parametrize("answers", list(itertools.product([True, False, None], repeat=3)))
def test_joins_are_kleenes(answers: tuple[bool | None, ...]) -> None:
    """And is the least, or the greatest, of no < cannot be told < yes."""
    order = {False: 0, None: 1, True: 2}
    back = {rank: answer for answer, rank in order.items()}
    assert join_all(answers) is back[min(order[answer] for answer in answers)]
    assert join_any(answers) is back[max(order[answer] for answer in answers)]


@pytest.mark.parametrize(
    ("values", "met", "rises"),
    [((10, 11, 12), True, 2), ((10, 11, 11), False, 0), ((12, 11, 12), False, 1), ((9, 10, 11, 12), True, 3)],
)
def test_rising(values: tuple[float, ...], met: bool, rises: int) -> None:
    answer = Rising("crossings", 2).ask(known("2022-12-31", monthly("crossings", *values)))
    assert (answer.met, answer.value) == (met, min(rises, 2))


def test_a_month_that_nobody_reported_cannot_be_told() -> None:
    series = monthly("crossings", 10, 11, 12, 13)
    assert Rising("crossings", 2).ask(known("2022-12-31", series.drop(index=2))).met is None
    assert Rising("crossings", 2).ask(known("2022-12-31", monthly("crossings", 10, 11))).met is None


def test_a_month_counts_when_it_is_over_and_when_it_was_published() -> None:
    series = monthly("crossings", 10, 11, 12, late=5)
    rising = Rising("crossings", 2)
    assert rising.ask(known("2022-03-31", series)).met is None
    assert rising.ask(known("2022-04-05", series)).met is True


def test_a_correction_counts_from_its_own_day() -> None:
    series = monthly("crossings", 10, 11, 12)
    mended = series.iloc[[2]].assign(value=5.0, known_on=pd.Timestamp("2022-05-01"))
    both = pd.concat([series, mended])
    assert Rising("crossings", 2).ask(known("2022-04-30", both)).met is True
    assert Rising("crossings", 2).ask(known("2022-05-01", both)).met is False


def test_fallen_by_exactly_the_share() -> None:
    fallen = Fallen("response_capacity", 0.4)
    assert fallen.ask(known("2022-02-28", monthly("response_capacity", 1000, 600))).met is True
    assert fallen.ask(known("2022-02-28", monthly("response_capacity", 1000, 601))).met is False
    assert fallen.ask(known("2022-02-28", monthly("response_capacity", 0, 0))).met is None


def test_chance_between_quantiles_is_linear() -> None:
    quantiles = projection("2022-03-31", "2022-04", 10_000, 20_000, 30_000)
    assert chance_above(quantiles, 20_000) == pytest.approx(0.5)
    assert chance_above(quantiles, 25_000) == pytest.approx(0.275)
    assert chance_above(quantiles, 99_000) == pytest.approx(0.05)


def test_only_the_latest_forecast_of_the_next_month_is_listened_to() -> None:
    above = ForecastAbove("crossings", 23_000)
    earlier = projection("2022-03-01", "2022-04", 30_000, 40_000, 50_000)
    later = projection("2022-03-30", "2022-04", 10_000, 20_000, 30_000)
    series = monthly("crossings")
    assert above.ask(known("2022-03-29", series, pd.concat([earlier, later]))).met is True
    assert above.ask(known("2022-03-31", series, pd.concat([earlier, later]))).met is False
    assert above.ask(known("2022-05-15", series, later)).met is None


def test_the_whole_condition_of_a_plan() -> None:
    trigger = read_triggers({"crossings": PLAN}, file="operation.toml")[0]
    rising, capacity = monthly("crossings", 9_000, 12_000, 18_000), monthly("response_capacity", 100, 100, 55)
    high = projection("2022-03-31", "2022-04", 20_000, 26_000, 40_000)
    whole = pd.concat([rising, capacity])
    assert trigger.condition.ask(known("2022-03-31", whole, high)).met is True
    assert trigger.condition.ask(known("2022-03-31", whole)).met is None
    steady = pd.concat([rising, monthly("response_capacity", 100, 100, 95)])
    assert trigger.condition.ask(known("2022-03-31", steady)).met is False
    assert list(trigger.condition.ask_each(known("2022-03-31", whole, high))) == [
        "two months of rising crossings", "projected above 23,000", "capacity of response down 40%"
    ]  # fmt: skip


def test_backtest_on_flows_worked_out_by_hand() -> None:
    """Two surges: the first is announced a day ahead; before the second capacity held, and nobody was warned."""
    crossings = monthly("crossings", 9_000, 12_000, 18_000, 26_000, 15_000, 16_000, 17_000, 25_000, 8_000)
    capacity = monthly("response_capacity", 100, 100, 55, 55, 100, 100, 100, 100, 100)
    forecasts = pd.concat([projection("2022-03-31", "2022-04", 20_000, 26_000, 40_000),
                           projection("2022-07-31", "2022-08", 20_000, 26_000, 40_000)])  # fmt: skip
    trigger = read_triggers({"crossings": PLAN}, file="operation.toml")[0]
    days = [day.date() for day in pd.date_range("2022-01-01", "2022-09-30")]
    tested = backtest_trigger(trigger, pd.concat([crossings, capacity]), forecasts, days=days)
    assert tested.activations.to_dict("records") == [
        {"on": dt.date(2022, 3, 31), "event": dt.date(2022, 4, 1), "lead_days": 1, "hit": True}
    ]
    assert tested.events["on"].tolist() == [dt.date(2022, 4, 1), dt.date(2022, 8, 1)]
    assert (tested.hits, tested.misses, tested.false_alarms, tested.lead_days) == (1, 1, 0, 1)
    assert tested.return_period_years == pytest.approx(273 / 365.25)


def test_a_backtest_sees_nothing_that_was_published_later() -> None:
    """The same flows, published two months late, warn of nothing."""
    crossings = monthly("crossings", 9_000, 12_000, 18_000, 26_000, late=60)
    capacity = monthly("response_capacity", 100, 100, 55, 55, late=60)
    forecast = projection("2022-03-31", "2022-04", 20_000, 26_000, 40_000)
    trigger = read_triggers({"crossings": PLAN}, file="operation.toml")[0]
    days = [day.date() for day in pd.date_range("2022-01-01", "2022-04-30")]
    tested = backtest_trigger(trigger, pd.concat([crossings, capacity]), forecast, days=days)
    assert tested.activations.empty
    assert (tested.misses, tested.hits) == (1, 0)


def test_no_day_to_test_on() -> None:
    trigger = read_triggers({"crossings": PLAN}, file="operation.toml")[0]
    with pytest.raises(UsageError, match="no day to be tested on"):
        backtest_trigger(trigger, monthly("crossings"), NO_FORECASTS, days=[])


def test_every_fault_of_a_trigger_at_once() -> None:
    wrong = {
        **PLAN,
        "action_days": "soon",
        "colour": "red",
        "all": [
            {"kind": "rises", "series": "crossings"},
            {"kind": "rising", "series": "crossings"},
            {"kind": "fallen", "series": "response_capacity", "share": 40},
            {"kind": "above", "series": "crossings", "figure": True, "period": "year"},
        ],
    }
    with pytest.raises(ScenarioError) as raised:
        read_triggers({"crossings": wrong, "empty": {}}, file="operation.toml")
    said = str(raised.value).splitlines()
    for part in (
        "triggers.crossings: unknown field 'colour'", "triggers.crossings.action_days: 'soon'; expected a whole number",
        "triggers.crossings.all[1]: expected a table whose kind is one of", "triggers.crossings.all[2]: no 'periods'",
        "triggers.crossings.all[3].share: 40; expected between 0 and 1",
        "triggers.crossings.all[4].figure: True; expected a number",
        "triggers.crossings.all[4].period: 'year'; expected one of day, week, month", "triggers.empty: no 'outcome'",
    ):  # fmt: skip
        assert any(line.startswith(f"operation.toml: {part}") for line in said), part


def test_an_outcome_is_a_figure_of_a_series() -> None:
    assert read_triggers({"crossings": PLAN}, file="operation.toml")[0].outcome == Above("crossings", 23_000)
