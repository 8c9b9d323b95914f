"""Naive forecasts by hand, and the scorecard's arithmetic and first line."""

import json
from dataclasses import replace

import numpy as np
import pytest

from caravana.inference.reports import ReportedFigure
from caravana.inference.scoring.baselines import headcount_baselines, position_baselines
from caravana.inference.scoring.cases import MODEL, Case, score_points
from caravana.inference.scoring.scorecard import best_baseline, scorecard, skill_interval
from caravana.language.language import load_language
from caravana.reporting.console import scorecard_lines

EN = load_language("en")


def rng():
    return np.random.default_rng(1)


def middle(points):
    values, weight = points
    return float(values @ weight / weight.sum())


def test_paces_by_hand():
    nights = {d: 10.0 * d if d <= 7 else 70.0 + 20.0 * (d - 7) for d in range(1, 15)}
    naive = position_baselines(nights, target=16, end=1000.0, rng=rng())
    assert middle(naive["persistence"]) == 210.0
    assert middle(naive["last_7_days_pace"]) == pytest.approx(250.0)
    assert middle(naive["constant_pace"]) == pytest.approx(240.0)
    assert set(np.unique(naive["last_7_increments"][0])) == {250.0}
    assert naive["past_increments"][0].min() == 230.0
    assert naive["past_increments"][0].max() == 250.0


def test_nothing_goes_past_the_end():
    naive = position_baselines({1: 90.0}, target=5, end=100.0, rng=rng())
    assert max(points.max() for points, _ in naive.values()) == 100.0


def test_headcounts_by_hand():
    told = [
        ReportedFigure(1, "press", 4000, 4000),
        ReportedFigure(2, "authorities", 1000, 1000),
        ReportedFigure(3, "press", 2000, 2000),
    ]
    naive = headcount_baselines(told, target=4, side="authorities")
    assert middle(naive["persistence"]) == pytest.approx(1000)
    assert middle(naive["persistence_any"]) == pytest.approx(2000)
    line = np.polyfit([1, 2, 3], np.log([4000, 1000, 2000]), 1)
    assert middle(naive["log_linear_trend"]) == pytest.approx(np.exp(np.polyval(line, 4)))
    spread, _ = naive["persistence_spread"]
    assert np.median(spread) == pytest.approx(1000, rel=0.02)
    assert spread.std() > 100


def test_open_figures_and_cards_are_no_baseline():
    assert headcount_baselines([ReportedFigure(1, "press", 4000, None)], target=2, side="press") == {}
    assert headcount_baselines([ReportedFigure(1, "press", 5, 5, of="cards")], target=2, side="press") == {}


def case(origin, truth, model, naive, quantity="position", horizon=1):
    one = np.ones(1)
    scores = {
        MODEL: score_points(np.array([model]), one, truth),
        "persistence": score_points(np.array([naive]), one, truth),
        "persistence_spread": score_points(np.array([naive, naive + 2]), np.ones(2), truth),
    }
    return Case("c", quantity, origin, horizon, truth, firm=True, scores=scores)


def test_skill_is_one_less_the_ratio_of_the_means():
    cases = [case(1, 10.0, 11.0, 14.0), case(2, 20.0, 22.0, 26.0)]
    best, skill = best_baseline(cases, spread=False)
    assert best == "persistence"
    assert skill == pytest.approx(1 - 3 / 10)


def test_the_card_has_the_shape_that_machines_read():
    cases = [
        case(o, 10.0, 11.0, 14.0, quantity=q, horizon=h)
        for o in range(1, 30)
        for q in ("position", "headcount")
        for h in (1, 3)
    ]
    card = scorecard(cases)
    for quantity in ("position", "headcount"):
        assert card["skill"][quantity] == {"1": 0.75, "3": 0.75}
        assert set(card["skill_interval"][quantity]["3"]) == {"low", "high"}
        assert card["skill_interval"][quantity]["1"]["low"] <= 0.75 <= card["skill_interval"][quantity]["1"]["high"]
        assert card["coverage90"][quantity] == {"1": 0.0, "3": 0.0}
        assert sum(card["pit"][quantity]) == pytest.approx(1.0, abs=1e-3)
    assert json.loads(json.dumps(card))["verdict"].startswith("Beats the best baseline at every horizon")
    assert {row["model"] for row in card["table"]} == {MODEL, "persistence", "persistence_spread"}


def test_a_rule_that_errs_by_rounding_alone_has_no_skill_over_it():
    cases = [case(o, 7000.0, 7400.0, 7000.0 + 2e-12) for o in range(1, 30)]
    card = scorecard(cases)
    assert 0.0 < cases[0].scores["persistence"].crps < 1e-9, "the rule is not right to the last digit"
    assert card["skill"]["position"]["1"] is None
    assert card["skill_interval"]["position"]["1"] == {"low": None, "high": None}
    assert card["verdict"].startswith("Loses to a baseline: position at 1 days (persistence).")


def test_a_model_that_loses_says_so_first():
    card = scorecard([case(o, 10.0, 19.0, 12.0) for o in range(1, 30)])
    assert card["verdict"].startswith("Loses to a baseline: position at 1 days (persistence).")


def test_too_few_cases_are_said_to_be_too_few():
    card = scorecard([case(1, 10.0, 11.0, 14.0)])
    assert "Too few cases to tell: position at 1 days (1)." in card["verdict"]
    assert card["skill_interval"]["position"]["1"] == {"low": None, "high": None}


def test_where_there_is_no_number_there_is_none_and_json_stays_json():
    card = scorecard([case(1, 10.0, 11.0, 10.0)], quantities=("position", "headcount"))
    assert card["skill"] == {"position": {"1": None}, "headcount": {}}
    assert "NaN" not in json.dumps(card)
    assert card["verdict"].startswith("Loses to a baseline")
    lines = scorecard_lines({"scenario": "s", "caravan": "c", "origins": ["2021-11-01"], **card}, EN)
    assert any("none can be told" in line for line in lines)


def test_blocks_of_a_week_are_drawn_whole():
    inside = [case(o, 10.0, 11.0, 14.0) for o in range(7, 14)]
    assert skill_interval(inside, rng(), spread=False) == {"low": None, "high": None}
    across = [*inside, *(case(o, 10.0, 13.0, 14.0) for o in range(14, 21))]
    found = skill_interval(across, rng(), spread=False)
    assert found == {"low": 0.25, "high": 0.75}


def test_an_interval_has_no_lower_end_where_a_baseline_made_no_error():
    perfect = [case(o, 10.0, 11.0, 10.0) for o in range(7, 14)]
    cases = [*perfect, *(case(o, 10.0, 11.0, 14.0) for o in range(14, 21))]
    assert skill_interval(cases, rng(), spread=False) == {"low": None, "high": 0.75}
    lines = scorecard_lines({"scenario": "s", "caravan": "c", "origins": ["2021-11-01"], **scorecard(cases)}, EN)
    assert any("without a lower end" in line for line in lines)


def test_a_backtest_is_printed_in_spanish_and_the_card_stays_as_machines_read_it():
    cases = [case(o, 10.0, 19.0, 12.0) for o in range(1, 30)]
    card = {"scenario": "s", "caravan": "c", "origins": ["2021-11-01", "2021-11-29"], **scorecard(cases)}
    lines = scorecard_lines(card, load_language("es"))
    assert lines[0] == "Pierde frente a una regla simple: posición a 1 día (el último valor)."
    assert lines[1] == "s, c: 2 orígenes, del 2021-11-01 al 2021-11-29."
    assert " ".join(lines[3].split()) == "magnitud días casos modelo CRPS WIS sesgo en 50 en 80 en 90 ancho90 desvío"
    assert {line.find("9,0") for line in lines if "*caravana" in line} == {lines[3].index("CRPS") + 1}
    assert any("el último valor, con dispersión" in line for line in lines)
    assert lines[-1].startswith("acierto, posición a 1 día: -3,50 sobre el último valor (9 de 10 entre")
    assert card["verdict"] == scorecard_lines(card, EN)[0]
    assert {len(line) for line in scorecard_lines(card, EN)[3:7]} == {len(scorecard_lines(card, EN)[3])}


def test_a_rule_with_a_spread_that_does_better_is_said():
    cases = [case(o, 10.0, 11.0, 14.0) for o in range(1, 30)]
    assert "with a spread" not in scorecard(cases)["verdict"]
    for one in cases:
        one.scores["persistence_spread"] = replace(one.scores["persistence_spread"], crps=0.2)
    card = scorecard(cases)
    assert card["skill"]["position"]["1"] > 0 > card["skill_over_spread"]["position"]["1"]
    assert "A baseline with a spread does better: position at 1 days." in card["verdict"]
