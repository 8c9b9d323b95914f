"""What the model card of a displacement run states is true of that run."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.made.displacement_run import make_run, make_scenario

from caravana.inference.displacement.scores import score_displacement
from caravana.language.language import LANGUAGES, load_language, read_catalogue
from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.reporting.capacities import capacity_words
from caravana.reporting.displacement.charts import within
from caravana.reporting.model_card.card import make_card, write_model_card
from caravana.reporting.model_card.facts import coverage
from caravana.reporting.model_card.parameters import spread_of
from caravana.results.acting import pooled_at_work
from caravana.results.displacement import read_displaced
from caravana.simulation import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.reporting.sections import Section
    from caravana.run import Run


def section(run: Run, key: str, language: Any = "en") -> Section:
    return next(s for s in make_card(run, language=language).sections if s.key == key)


def keys(run: Run) -> list[str]:
    return [s.key for s in make_card(run).sections]


def made(folder: Path, *, rules: str = "camp-shares", days: int = 60, **settings: Any) -> Run:
    return make_run(folder / "run", members=8, days=days, rules=rules, settings=settings)


@pytest.fixture
def forecast(tmp_path: Path) -> Run:
    settings = {"origin_day": 30, "forecast_total": True, "max_move_speed": 200.0}
    return simulate(
        make_scenario(days=60, rules="camp-shares", settings=settings), members=64, out=tmp_path / "run", workers=1
    )


def test_members_draw_the_parameters_of_the_rules_which_the_card_lists(forecast: Run) -> None:
    drawn = sum(one.spread > 0 for one in POOLED.values())
    told = section(forecast, "purpose").paragraphs[2]
    assert told.startswith(f"Made of 64 members. Each draws {drawn} parameters of the rules and all chance anew;")
    table = section(forecast, "pooled").table
    assert table is not None
    assert [row[0] for row in table.rows] == [name for name in POOLED if name != "unknown_size"]
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["recent_days"] == ("half-life of what counts as late", "days", "6", "3.66–9.83")
    assert rows["unsized"][3] == ""
    spanish = section(forecast, "pooled", "es").table
    assert spanish is not None
    assert {row[0]: row[1:] for row in spanish.rows}["recent_days"][1:] == ("días", "6", "3,66–9,83")
    assert "docs/decisions/0015" in section(forecast, "pooled").paragraphs[0]


def test_a_whole_run_lists_the_parameters_that_act_in_it(tmp_path: Path) -> None:
    run = made(tmp_path)
    table = section(run, "pooled").table
    assert table is not None
    assert [row[0] for row in table.rows] == list(pooled_at_work(run.scenario))
    assert len(table.rows) < len(POOLED)


@pytest.mark.parametrize("counted", [True, False])
def test_flees_rules_draw_no_parameters(tmp_path: Path, counted: bool) -> None:
    run = make_run(tmp_path / "run", members=4, days=20, rules="flee" if counted else "walk", counted=counted)
    assert "pooled" not in keys(run)
    assert "differ by chance alone: 0 inputs are drawn" in section(run, "purpose").paragraphs[1]
    assert "on the roads between 7 places" in section(run, "purpose").paragraphs[0]


def test_the_range_of_a_parameter_by_hand() -> None:
    # Spread .5 on the logit scale about odds of .45 / .55; on the log scale about 50.
    low, high = (0.45 / 0.55 * math.exp(sign * 1.6449 * 0.5) for sign in (-1, 1))
    assert spread_of(POOLED["held"]) == pytest.approx((low / (1 + low), high / (1 + high)))
    assert spread_of(POOLED["recent_fades"])[1] == pytest.approx(50 * math.exp(1.6449 * 0.5))


def test_every_parameter_has_its_words_in_both_languages() -> None:
    texts = read_catalogue("card")
    for name, one in POOLED.items():
        assert texts[f"pooled.meaning.{name}"]["en"] == one.meaning
        assert texts[f"pooled.unit.{one.unit or 'none'}"]["en"] in (one.unit, "–")
    assert sum(key.startswith("pooled.meaning.") for key in texts) == len(POOLED)


def test_nobody_is_on_the_road_where_the_rules_know_camps_only(tmp_path: Path) -> None:
    told = section(made(tmp_path), "purpose").paragraphs[0]
    assert "may be in each of 3 camps" in told
    assert "on the roads" not in told


def test_a_forecast_names_its_origin_and_is_held_against_counts_after_it(forecast: Run) -> None:
    assert (
        "A forecast from 31 March 2012 (day 30): counts dated until then were given, the 29 days after it are "
        in (section(forecast, "purpose").paragraphs[1])
    )
    # After day 30 one count is dated: West Camp's of day 45.
    (held,) = coverage(forecast)
    assert held.of == 1
    given = "Counts in camps left out, as the run was given them (dated until 31 March 2012): 4."
    assert given in section(forecast, "coverage").after
    assert any(x.startswith("Days until the origin, ") and x.endswith(": 31 of 60.") for x in
               section(forecast, "limits").items)  # fmt: skip


@pytest.mark.parametrize("settings", [{}, {"origin_day": 30}])
def test_card_score_and_camps_of_the_report_hold_the_same_counts(tmp_path: Path, settings: dict[str, Any]) -> None:
    run = made(tmp_path, **settings)
    (held,) = coverage(run)
    scores = score_displacement(run)
    assert (held.of, held.share) == (scores["counts_scored"], scores["coverage_90"])
    found = read_displaced(run)
    camps = [within(found, k) for k in range(len(found.camps))]
    assert (held.inside, held.of) == tuple(sum(x) for x in zip(*camps, strict=True))


@pytest.mark.parametrize(
    ("rules", "settings", "said"),
    [
        ("flee", {}, "Counts of all who fled: 3. Not used: the counts in camps, added up, set how many"),
        ("flee", {"sum_from_camps": False}, "Counts of all who fled: 3. They set how many people are displaced"),
        ("flee", {"conflict_driven_spawning": True}, "Counts of all who fled: 3. Not used: conflicts or floods"),
        (
            "camp-shares",
            {"sum_from_camps": False},
            "Counts of all who fled: 3. Not used: the counts in camps, added up",
        ),
        (
            "camp-shares",
            {"forecast_total": True},
            "Counts of all who fled: 3. Not used: how many there are is forecast",
        ),
    ],
)
def test_what_sets_how_many_are_displaced(tmp_path: Path, rules: str, settings: dict[str, Any], said: str) -> None:
    after = section(made(tmp_path, rules=rules, **settings), "data").after
    assert next(line for line in after if line.startswith("Counts of all who fled")).startswith(said)
    in_camps = [line for line in after if line.startswith("Counts in camps: 7. Added up they set how many")]
    assert bool(in_camps) == (said.endswith(("set how many", "added up")))


def test_settings_that_do_not_act_are_told_from_those_that_do(tmp_path: Path) -> None:
    settings = {"hasten": 2, "max_move_speed": 5.0, "conflict_driven_spawning": True}
    after = section(made(tmp_path / "own", **settings), "assumptions").after
    assert after[0] == "Settings of the scenario that act, the same in every member: 1 (hasten = 2)."
    assert after[1].endswith("have no effect: 2 (`conflict_driven_spawning`, `max_move_speed`).")
    assert after[2].endswith("under these rules the counts in camps do: 1 (`conflict_driven_spawning`).")
    after = section(made(tmp_path / "flee", rules="flee", **settings), "assumptions").after
    assert after[0].startswith("Settings of the scenario that act, the same in every member: 3 (")
    assert not any("no effect" in line or "under these rules" in line for line in after)


def test_days_after_the_last_count_and_counts_after_the_last_day(tmp_path: Path) -> None:
    run = made(tmp_path)
    # Within 60 days the last count is of day 45; two are dated on days 70 and 90.
    assert (
        "Days simulated after the last count within the run: 14 of 60. They are held against lines towards the 2 "
        "counts dated later." in section(run, "limits").items
    )
    assert any(line.startswith("Counts in camps dated after the last day simulated: 2.")
               for line in section(run, "data").after)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rules", ["flee", "camp-shares"])
@pytest.mark.parametrize("counted", [True, False])
def test_every_statement_has_a_number_and_the_card_is_written(
    tmp_path: Path, language: Any, rules: str, counted: bool
) -> None:
    settings = {"origin_day": 10, "conflict_driven_spawning": True, "demographics.age.values": (3.0, 40.0)}
    run = make_run(tmp_path / "run", members=4, days=20, rules=rules, counted=counted, settings=settings)
    for part in make_card(run, language=language).sections:
        said = [*part.paragraphs, *part.items, *part.after]
        assert [x for x in said if not re.search(r"\d", x)] == []
        assert all(len(row) == len(part.table.headings) for row in (part.table.rows if part.table else ()))
    assert write_model_card(run, language=language).read_text("utf-8").startswith("# ")


def test_the_uns_counts_of_an_import_are_not_those_of_news_agencies(tmp_path: Path) -> None:
    from caravana.importers.flee.instance import import_flee

    inputs, counts = tmp_path / "input_csv", tmp_path / "source_data"
    for folder, name, text in (
        (inputs, "locations.csv", "#n,r,c,lat,lon,type,date,pop\nA,R,H,1,1,conflict_zone,0,900\nB,R,F,2,2,camp,,9\n"),
        (inputs, "routes.csv", "#a,b,km\nA,B,50\n"), (inputs, "closures.csv", "#t,a,b,s,e\n"),
        (inputs, "conflicts.csv", "#Day,A\n0,1\n1,1\n2,1\n"),
        (inputs, "sim_period.csv", "StartDate,2020-01-01\nLength,3\n"),
        (counts, "data_layout.csv", "total,all.csv\nB,b.csv\n"), (counts, "all.csv", "2020-01-01,4\n2020-01-03,9\n"),
        (counts, "b.csv", "2020-01-01,4\n2020-01-03,9\n"),
    ):  # fmt: skip
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    scenario = import_flee(tmp_path).require()
    assert {o.speaker_side for o in scenario.observations} == {"observer"}
    run = simulate(scenario, members=2, workers=1, out=tmp_path / "run")
    table = section(run, "data").table
    assert table is not None
    assert [row[0] for row in table.rows] == ["UN, rights bodies, doctors"]


def test_the_card_says_what_capacities_were_taken_for(forecast: Run) -> None:
    readings = capacity_words(forecast.scenario, load_language("en"))
    assert readings
    assert set(readings) <= set(section(forecast, "assumptions").after)
    spanish = capacity_words(forecast.scenario, load_language("es"))
    assert set(spanish) <= set(section(forecast, "assumptions", "es").after)
