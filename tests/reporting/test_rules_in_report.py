"""What the report says of the rules that ran, of what drove them and of the counts is true of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.made.displacement_run import make_run, make_scenario
from tests.made.outline import Outline, data_of

from caravana.inference.displacement.scores import score_displacement
from caravana.language.language import LANGUAGES, load_language
from caravana.reporting.displacement.charts import leaving
from caravana.reporting.displacement.sentences import driven_by, held, score_rows
from caravana.reporting.report import render_report
from caravana.results.displacement import read_displaced

if TYPE_CHECKING:
    from pathlib import Path

WORDS = load_language("en")


def text_of(folder: Path, *, language: Any = "en", **changes: Any) -> str:
    run = make_run(folder / "run", **{"members": 4, "days": 30, "settings": {}, **changes})
    return " ".join(Outline(render_report(run, language=language)).text.split())


@pytest.mark.parametrize(
    ("rules", "counted", "settings", "said"),
    [
        ("camp-shares", True, {"conflict_driven_spawning": True}, "follows the UN's own counts"),
        ("flee", True, {"conflict_driven_spawning": True}, "is forecast by the model, from the conflicts."),
        ("walk", False, {"conflict_driven_spawning": True}, "is forecast by the model, from the conflicts."),
        ("flee", True, {}, "follows the UN's own counts"),
        ("flee", True, {"forecast_total": True}, "follows the UN's own counts"),
        ("camp-shares", True, {"forecast_total": True}, "is forecast too, from the counts"),
        ("walk", False, {}, "Nothing here says how many people are displaced"),
    ],
)
def test_what_sets_how_many(tmp_path: Path, rules: str, counted: bool, settings: dict[str, Any], said: str) -> None:
    run = make_run(tmp_path / "run", members=2, days=8, rules=rules, counted=counted, settings=settings)
    told = driven_by(read_displaced(run), WORDS)
    assert said in told
    overruled = rules == "camp-shares" and counted and "conflict_driven_spawning" in settings
    assert ("The settings conflict_driven_spawning would set it" in told) == overruled


@pytest.mark.parametrize(
    ("pushes", "said"),
    [(("flood",), "by the model, from the floods."), (("flood", "conflict"), "from the conflicts and the floods.")],
)
def test_what_pushes_is_named(tmp_path: Path, pushes: tuple[str, ...], said: str) -> None:
    run = make_run(tmp_path / "run", members=2, days=8)
    found = read_displaced(run)
    settings = {f"{what}_driven_spawning": True for what in pushes}
    object.__setattr__(found, "scenario", found.scenario.model_copy(update={"settings": settings}))
    assert said in driven_by(found, WORDS)


def test_without_counts_the_rules_are_flees_without_its_defects(tmp_path: Path) -> None:
    text = text_of(tmp_path, rules="walk", counted=False)
    for false in (
        "draws the parameters of the rules anew", "shared out among the open camps",
        "people on the road are not counted", "The rules are caravana's own",
        "All camps that the UN counts", "Diamonds are the UN's counts",
        "People are counted where the UN counts them", "its known defects included",
    ):  # fmt: skip
        assert false not in text, false
    assert "the rules are those of Flee on the same network" in text
    assert "Each day a party leaves a place" in text
    assert "The runs differ by chance alone" in text
    assert "Nobody was counted in a camp here" in text
    assert "All camps, added up. Nobody counted them." in text


def test_with_counts_they_are_caravanas_own(tmp_path: Path) -> None:
    text = text_of(tmp_path, rules="camp-shares")
    for true in (
        "draws the parameters of the rules anew", "shared out among the open camps", "The rules are caravana's own",
        "All camps that the UN counts", "Diamonds are the UN's counts", "People are counted where the UN counts them",
    ):  # fmt: skip
        assert true in text, true
    assert "Each day a party leaves a place" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_settings_that_act_stand_apart_from_those_that_do_not(tmp_path: Path, language: Any) -> None:
    settings = {"hasten": 2, "max_move_speed": 5.0, "camp_weight": 2.0}
    run = make_run(tmp_path / "run", members=2, days=8, rules="camp-shares", settings=settings)
    page = render_report(run, language=language)
    acting = page[page.index('id="settings-acting"') : page.index('id="settings-idle"')]
    idle = page[page.index('id="settings-idle"') : page.index('id="card-head"')]
    assert ["<code>hasten<" in part for part in (acting, idle)] == [True, False]
    assert all(
        f"<code>{name}<" in idle and f"<code>{name}<" not in acting for name in ("max_move_speed", "camp_weight")
    )
    assert "settings-idle" not in render_report(make_run(tmp_path / "flee", members=2, days=8, settings=settings))


def test_no_origin_where_no_counts_are_looked_at(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", members=2, days=8, rules="walk", counted=False, settings={"origin_day": 5})
    assert data_of(render_report(run))["origin"] == 0


def test_a_camp_whose_counts_were_all_given_is_not_called_uncounted(tmp_path: Path) -> None:
    text = text_of(tmp_path, days=40, rules="camp-shares", settings={"origin_day": 30})
    assert "room for 900 · no count to test it by" in text
    assert "capacity unknown · not counted by the UN" in text


def test_capacities_too_large_to_draw_are_named(tmp_path: Path) -> None:
    assert "capacity, where known (too large to draw at South Camp)" not in text_of(tmp_path / "a", days=80)
    places = [p.model_copy(update={"capacity": 900_000}) if p.kind == "camp" else p for p in make_scenario().places]
    text = text_of(tmp_path / "b", places=tuple(places))
    assert "capacity, where known (too large to draw at West Camp, South Camp and Far Camp)" in text


def test_the_band_is_said_to_hold_dated_counts(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", days=80)
    scores = score_displacement(run)
    told = held(scores, WORDS)
    assert f"holds {100 * scores['coverage_90']:.0f} of every 100 counts on the days they are dated (4 counts" in told
    assert held({**scores, "coverage_90": None, "counts_scored": 0}, WORDS) == ""


def test_the_shares_of_day_30_are_told_for_all_days_too(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", days=60)
    scores = score_displacement(run)
    rows = {row["name"]: row["mean"] for row in score_rows(scores, read_displaced(run), WORDS)}
    name = "Rule of thumb: each camp keeps its share of day 30"
    share = scores["baselines"]["share_held"]
    assert rows[f"{name}, over all days"] == f"{share['whole']:.3f}"
    assert rows[f"{name}, from day 30 on"] == f"{share['err']:.3f}"


def test_countries_are_named_in_the_language_of_the_page(tmp_path: Path) -> None:
    places = [p.model_copy(update={"country": {"Westland": "South_Sudan", "Homeland": "CAR"}.get(p.country, p.country)})
              for p in make_scenario().places]  # fmt: skip
    events = [make_scenario().events[0].model_copy(update={"target_id": "West_Camp"})]
    run = make_run(tmp_path / "run", members=2, days=8, places=tuple(places), events=tuple(events))
    spanish, english = (Outline(render_report(run, language=code)).text for code in ("es", "en"))
    assert "West Camp Sudán del Sur" in " ".join(spanish.split())
    assert "La frontera entre República Centroafricana y Sudán del Sur" in spanish
    # What no list has stays as the scenario writes it.
    assert "Far Camp Eastland" in " ".join(spanish.split())
    assert "The border between CAR and South Sudan" in english


def test_where_a_line_leaves_its_picture() -> None:
    assert leaving(np.array([1.0, 2.0, 5.0, 5.0, 3.0, 9.0]), 4.0) == [1, 4]
    assert leaving(np.array([1.0, 2.0]), 4.0) == []
    assert leaving(np.array([9.0, 2.0]), 4.0) == []
