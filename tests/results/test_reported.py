from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.made.caravan_run import START, make_scenario

from caravana.language.language import load_language
from caravana.reporting.caravan.charts import figure_words, marks
from caravana.reporting.charts import SHAPES
from caravana.results.reported import SIDES, headcounts, positions
from caravana.scenario.model import Observation, Scenario


def scenario_with(*rows: dict[str, Any]) -> Scenario:
    usual = {
        "date": START, "known_on": START, "kind": "headcount", "qualifier": "about", "speaker_role": "somebody",
        "speaker_side": "press",
    }  # fmt: skip
    observations = tuple(Observation(**{**usual, "id": f"o-{n}", **row}) for n, row in enumerate(rows))
    return make_scenario().model_copy(update={"observations": observations})


@pytest.mark.parametrize(
    ("given", "low", "high", "end", "english", "spanish"),
    [
        ({"low": 1200, "high": 1200}, 1200, 1200, "", "about 1,200", "unas 1200"),
        ({"low": 387, "high": 387, "qualifier": "exact"}, 387, 387, "", "387", "387"),
        ({"low": 2000, "high": 3000, "qualifier": "range"}, 2000, 3000, "", "2,000–3,000", "2000–3000"),
        ({"low": 3000, "qualifier": "more_than"}, 3000, 3000, "up", "more than 3,000", "más de 3000"),
        ({"high": 700, "qualifier": "less_than"}, 700, 700, "down", "fewer than 700", "menos de 700"),
    ],
)
def test_ranges(given: dict[str, Any], low: float, high: float, end: str, english: str, spanish: str) -> None:
    (figure,) = headcounts(scenario_with(given), "october")
    assert (figure.low, figure.high, figure.open) == (low, high, end)
    assert figure_words(figure, load_language("en")) == english
    assert figure_words(figure, load_language("es")) == spanish


def test_words_without_a_figure_plans_and_other_caravans_are_left_out() -> None:
    scenario = scenario_with(
        {"qualifier": "more_than"},
        {"low": 10_000, "high": 10_000, "qualifier": "planned"},
        {"low": 500, "high": 500, "caravan": "another"},
        {"low": 500, "high": 500, "date": START - dt.timedelta(9)},
        {"low": 77, "high": 77, "kind": "ill"},
    )
    assert headcounts(scenario, "october") == []


def test_disputed_figures_stay_apart() -> None:
    low, high = {"low": 1200, "high": 1200}, {"low": 5000, "high": 5000}
    scenario = scenario_with({**high, "speaker_side": "organisers"}, {**low, "speaker_side": "authorities"})
    figures = headcounts(scenario, "october")
    assert [(f.side, f.low) for f in figures] == [("authorities", 1200), ("organisers", 5000)]
    drawn = marks(scenario, figures, load_language("en"))
    assert [m["low"] for m in drawn] == [1200, 5000]
    assert drawn[0]["shift"] != drawn[1]["shift"]
    assert drawn[1]["words"] == "23 October: about 5,000 (Organisers: somebody)"


def test_every_side_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == set(SIDES)
    assert len(set(SHAPES.values())) == len(SIDES)


def test_recorded_nights_once_each() -> None:
    night = {"kind": "position", "place_id": "huixtla", "qualifier": "exact"}
    scenario = scenario_with(night, night, {**night, "qualifier": "planned", "place_id": "tonala"})
    assert positions(scenario, "october") == [(START, "huixtla")]
