"""Scores of counts at places, for runs of any model."""

from __future__ import annotations

import datetime as dt
import json
import re

import numpy as np
import pytest
from tests.made.displacement_run import START, make_people_run

from caravana.inference.displacement.scores import score_displacement
from caravana.inference.run_scores import score_run
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.places import place_counts, score_places
from caravana.inference.scoring.proper_scores import crps
from caravana.language.language import load_language
from caravana.reporting.scores import place_lines, score_lines
from caravana.results.places import people_at
from caravana.run import open_run

EN = load_language("en")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_people_run(tmp_path_factory.mktemp("people") / "run")


def test_scores_are_those_of_each_count_by_hand(run):
    counts = place_counts(run.scenario, days=len(run.days))
    people = people_at(run, counts.place_ids, len(run.days))
    scores = score_places(run)
    assert scores["counts_scored"] == counts.day.size > 5
    one = np.ones(len(people))
    distances, errors, inside = [], [], []
    for day, place, truth in zip(counts.day, counts.place, counts.persons, strict=True):
        values = people[:, day, place]
        distances.append(crps(values, one, truth))
        errors.append(abs(np.quantile(values, 0.5, method="inverted_cdf") - truth))
        low, high = (np.quantile(values, q, method="inverted_cdf") for q in (0.05, 0.95))
        inside.append(low <= truth <= high)
    assert scores["crps"] == pytest.approx(np.mean(distances))
    assert scores["err"] == pytest.approx(sum(errors) / counts.persons.sum(), rel=0.02)
    assert abs(scores["coverage_90"] - np.mean(inside)) <= 2 / len(inside)


def test_naive_forecasts_start_from_the_first_counts(run):
    counts = place_counts(run.scenario, days=len(run.days))
    first = int(counts.day[0])
    later = counts.day > first
    held = counts.by_day(first)[-1]
    distance = np.abs(held[counts.place[later]] - counts.persons[later])
    baselines = score_places(run)["baselines"]
    assert baselines["persistence"]["counts"] == later.sum()
    assert baselines["persistence"]["crps"] == pytest.approx(distance.mean())
    assert baselines["persistence"]["err"] == pytest.approx(distance.sum() / counts.persons[later].sum())
    assert set(baselines) == set(naive(counts.by_day(first), ahead=7))
    assert baselines["share_held"]["run"]["crps"] > 0


def test_a_forecast_is_scored_on_what_came_after_its_origin(run, tmp_path):
    folder = tmp_path / "run"
    folder.symlink_to(run.path, target_is_directory=True)
    later = open_run(folder)
    counts = place_counts(run.scenario, days=len(run.days))
    origin = int(np.unique(counts.day)[-2])
    later.manifest = json.loads(json.dumps(run.manifest))
    later.manifest["plan"]["origin"] = (START + dt.timedelta(origin)).isoformat()
    scores = score_places(later)
    assert scores["counts_scored"] == (counts.day > origin).sum()
    assert scores["baselines"]["persistence"]["counts"] == scores["counts_scored"]
    before = score_places(run, until=START + dt.timedelta(origin))
    assert before["counts_scored"] == (counts.day <= origin).sum()


def test_nothing_counted_leaves_nothing_to_score(tmp_path):
    run = make_people_run(tmp_path / "run", counted=False)
    assert score_places(run) == {
        "members": 20, "places": [], "counts_scored": 0, "crps": None, "err": None, "coverage_90": None,
        "baselines": {},
    }  # fmt: skip


def test_scores_are_printed_as_lines(run, tmp_path):
    lines = place_lines(score_places(run), EN)
    assert lines[0].startswith("crps: ")
    assert lines[0].endswith("of 6 counts")
    assert any(line.startswith("share held: crps ") and "over 4 counts" in line for line in lines)
    none = make_people_run(tmp_path / "run", counted=False)
    assert place_lines(score_places(none), EN) == ["no counts at places to score"]


def test_scores_are_printed_in_spanish(run):
    spanish = load_language("es")
    lines = score_lines(score_places(run), spanish)
    assert lines[0].endswith("la media de 6 recuentos")
    assert any(line.startswith("proporciones fijas: crps ") and "sobre 4 recuentos; ahí la" in line for line in lines)
    lines = score_lines(score_displacement(run), spanish)
    assert lines[0].startswith("evaluado desde el ")
    assert re.fullmatch(r"err: \d,\d{3} \(de \d,\d{3} a \d,\d{3}\)", lines[1])
    assert any(line.startswith("err de proporciones fijas: ") for line in lines)
    cover = {"position": 0.5, "position_of": 4, "headcount": None, "headcount_of": 0}
    assert score_lines({"coverage": cover}, spanish) == [
        "posición: 2 de 4 dentro de la banda del 90%", "número de personas: no hay ninguna observación que evaluar",
    ]  # fmt: skip


def test_the_family_chooses_how_a_run_is_scored(run):
    assert score_run(run, scores={}) == {"until": None, **score_places(run)}
    assert score_run(run) == {"until": None, **score_displacement(run)}
