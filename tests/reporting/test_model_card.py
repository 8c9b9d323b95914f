"""The model card: filled from the run, in both languages, whatever the run has or lacks."""

import datetime as dt
import json
import re

import pandas as pd
import pytest
from tests.made.caravan_run import COLUMNS, make_run, make_scenario, write_run
from tests.made.small import small_scenario

import caravana as cv
from caravana.reporting.model_card.card import make_card, write_model_card
from caravana.reporting.model_card.facts import Held, coverage, read_backtest
from caravana.reporting.report import render_report
from caravana.scenario.model import Link, Observation, PartyKind, Scenario

SECTIONS = ["purpose", "data", "assumptions", "skill", "coverage", "limits", "misuse"]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("card") / "run", members=20)


@pytest.fixture(scope="module")
def displacement(tmp_path_factory):
    """A run without caravans: people in two camps, counted in one of them."""
    start = dt.date(2020, 1, 1)
    base = make_scenario(days=3)
    camps = [base.places[0].model_copy(update={"id": f"camp-{x}", "kind": "camp"}) for x in "ab"]
    counts = tuple(
        Observation(id=f"o-{d}", date=start + dt.timedelta(d), known_on=start + dt.timedelta(d),
                    kind="camp_count", place_id="camp-a", low=n, high=n, qualifier="exact",
                    speaker_role="UN refugee agency", speaker_side="observer")
        for d, n in ((0, 10), (1, 55), (2, 1000))
    )  # fmt: skip
    scenario = Scenario(
        name="fled", title="Fled", start=start, end=start + dt.timedelta(3), rules="flee",
        kinds=(PartyKind(id="person", men=1, share=1),), places=tuple(camps),
        links=(Link(from_id="camp-a", to_id="camp-b", km=9),), observations=counts,
    )  # fmt: skip
    people = [
        (m, start + dt.timedelta(d), "camp-a", "person", "waiting", 40 * d + m, 40 * d + m)
        for m in range(21)
        for d in range(4)
    ]
    tables = {
        "people": pd.DataFrame(people, columns=COLUMNS["people"]),
        "flows": pd.DataFrame([(0, start, "arrived", "person", 1)], columns=COLUMNS["flows"]),
        "parameters": pd.DataFrame([(m, "speed", 1.0) for m in range(21)], columns=COLUMNS["parameters"]),
    }
    return write_run(tmp_path_factory.mktemp("card") / "fled", scenario, tables)


@pytest.fixture(scope="module")
def unobserved(tmp_path_factory):
    return cv.simulate(small_scenario(days=4), members=64, workers=1, out=tmp_path_factory.mktemp("card") / "small")


@pytest.mark.parametrize("name", ["made_up", "displacement", "unobserved"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_statement_of_every_section_has_a_number(name, language, request):
    card = make_card(request.getfixturevalue(name), language=language)
    assert [s.key for s in card.sections] == SECTIONS
    for section in card.sections:
        assert section.paragraphs or section.items
        said = [*section.paragraphs, *section.items, *section.after]
        without = [x for x in said if not re.search(r"\d", x)]
        assert not without
        for row in section.table.rows if section.table else ():
            assert len(row) == len(section.table.headings)


@pytest.mark.parametrize("name", ["made_up", "displacement", "unobserved"])
def test_the_languages_state_the_same_numbers(name, request):
    cards = [make_card(request.getfixturevalue(name), language=code) for code in ("en", "es")]
    for one, other in zip(*(c.sections for c in cards), strict=True):
        assert len(one.items) == len(other.items)
        assert (one.table is None) == (other.table is None)
        if one.table and one.key == "data":
            assert [r[1:] for r in one.table.rows] == [r[1:] for r in other.table.rows]


def section(run, key, language="en"):
    return next(s for s in make_card(run, language=language).sections if s.key == key)


def test_data_by_side_are_those_of_the_scenario(made_up):
    rows = {r[0]: r[1:] for r in section(made_up, "data").table.rows}
    observed = made_up.scenario.observations
    assert sum(int(r[0]) for r in rows.values()) == len(observed)
    press = [o for o in observed if o.speaker_side == "press"]
    assert rows["Other press"][:3] == (
        str(len(press)), str(sum(o.kind == "headcount" for o in press)), str(sum(o.kind == "position" for o in press))
    )  # fmt: skip
    assert rows["Other press"][4:] == (str(min(o.date for o in press)), str(max(o.date for o in press)))


def test_a_run_without_observations_says_that_nothing_was_held_against_a_count(unobserved):
    assert section(unobserved, "data").paragraphs[0].startswith("Observations: 0.")
    assert (
        section(unobserved, "coverage").paragraphs[0].startswith("Observations that this run can be held against: 0.")
    )
    assert section(unobserved, "coverage").table is None
    assert "Days simulated without any observation: 4 of 4." in section(unobserved, "limits").items


def test_coverage_is_that_of_the_scores(made_up):
    held = {h.what: h for h in coverage(made_up)}
    scores = cv.score_run(made_up)["coverage"]
    assert held["position"].of == scores["position_of"]
    assert held["position"].share == pytest.approx(scores["position"])
    assert held["headcount"].share == pytest.approx(scores["headcount"])
    by_side = [h for name, h in held.items() if name not in ("position", "headcount")]
    assert sum(h.of for h in by_side) == held["headcount"].of


def test_coverage_of_camps_by_hand(displacement):
    # Bands: day 1 41 to 59, day 2 81 to 99; recorded 55, 1000.  The 10 of day 0 were given.
    (held,) = coverage(displacement)
    assert (held.what, held.inside, held.of) == ("camp_count", 1, 2)
    left_out = "Counts in camps left out, as the run was given them (dated until 1 January 2020): 1."
    assert left_out in section(displacement, "coverage").after
    limits = section(displacement, "limits").items
    assert "Camps without a single count to hold them against: 1 of 2." in limits
    assert any(x.startswith("Days simulated after the last observation: 1 of 4.") for x in limits)


def test_wilson_s_interval_by_hand():
    # 8 of 10, z = 1.6449: centre (.8 + .13529) / 1.27057 = .73611; half width 1.29462 sqrt(.016 + .006764) = .19533.
    assert Held("x", 8, 10).interval == pytest.approx((0.54078, 0.93144), abs=2e-5)
    assert Held("x", 5, 5).interval[1] == 1.0


def test_misuse_counts_small_cells(made_up):
    frame = made_up.query("SELECT persons FROM people")
    share = round(100 * (frame["persons"] < 10).mean())
    assert f"Of {len(frame):,} cells" in section(made_up, "misuse").items[1]
    assert f"{share}% hold fewer than 10 people" in section(made_up, "misuse").items[1]


BACKTEST = {
    "scenario": "made-up", "origins": ["2021-10-30", "2021-10-31"],
    "skill": {"position": {"1": 0.12, "3": -0.05}}, "cases": {"position": {"1": 20, "3": 18}},
    "skill_interval": {"position": {"1": {"low": 0.02, "high": 0.21}, "3": {"low": None, "high": None}}},
    "best_baseline": {"position": {"1": "persistence", "3": "constant_pace"}},
    "coverage90": {"position": {"1": 0.9, "3": 0.8}},
    "table": [{"quantity": "position", "horizon": 1, "model": "caravana", "crps": 7.93},
              {"quantity": "position", "horizon": 1, "model": "last_7_days_pace", "crps": 14.2}],
}  # fmt: skip


@pytest.fixture
def judged(tmp_path):
    run = make_run(tmp_path / "run", members=4, days=20)
    (run.path / "backtest.json").write_text(json.dumps(BACKTEST))
    return run


def test_skill_is_shown_where_a_backtest_lies_in_the_folder_and_losing_comes_first(judged):
    skill = section(judged, "skill")
    assert skill.paragraphs[0] == "Loses to a naive forecast, or ties with it, in 1 of the 2 rows."
    assert skill.table.rows[0] == ("position", "1", "20", "persistence", "0.12 [0.02, 0.21]", "7.9", "14", "90%")
    assert skill.table.rows[1] == ("position", "3", "18", "constant pace", "−0.05 [?, ?]", "?", "?", "80%")


@pytest.mark.parametrize(
    ("counts", "said"),
    [({"7": 0.3, "14": 0.2, "30": -0.1, "60": 0.4}, "counts in camps, up to 14 days ahead"),
     ({"7": None, "14": 0.2}, "counts in camps, up to 14 days ahead"),
     ({"7": 0.0, "14": 0.2}, None)],
)  # fmt: skip
def test_how_far_ahead_forecasts_are_worth_reading_is_said_beside_their_skill(judged, counts, said):
    open_end = {"low": None, "high": None}
    more = {
        "skill": {**BACKTEST["skill"], "counts": counts},
        "cases": {**BACKTEST["cases"], "counts": dict.fromkeys(counts, 9)},
        "skill_interval": {**BACKTEST["skill_interval"], "counts": dict.fromkeys(counts, open_end)},
    }
    (judged.path / "backtest.json").write_text(json.dumps(BACKTEST | more))
    paragraphs = section(judged, "skill").paragraphs
    listed = "position, 1 day ahead" + (f" and {said}" if said else "")
    assert paragraphs[1].startswith(f"Worth forecasting on this record: {listed}. Beyond that")
    none = "At no horizon better than the best naive rule, such as keeping today’s number: counts in camps."
    assert (none in paragraphs) == (said is None)


@pytest.mark.parametrize(
    ("content", "why"),
    [(json.dumps({**BACKTEST, "scenario": "another"}), "it is of the scenario another, not made-up"),
     ("{", "it cannot be read as a backtest"), ("[1]", "it cannot be read as a backtest"),
     (json.dumps({**BACKTEST, "cases": {}}), "it cannot be read as a backtest")],
)  # fmt: skip
def test_a_foreign_or_broken_backtest_is_not_used(judged, content, why):
    (judged.path / "backtest.json").write_text(content)
    skill = section(judged, "skill")
    assert skill.paragraphs[0] == f"The file backtest.json is not used: {why}."
    assert skill.paragraphs[1].startswith("Backtests found: 0.")
    assert skill.table is None


def test_without_a_backtest_there_is_none(made_up):
    assert read_backtest(made_up.path, made_up.scenario.name) is None


def test_the_file_is_markdown_with_no_html_of_the_scenario_s(made_up, tmp_path):
    path = write_model_card(made_up, path=tmp_path / "card.md")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Model card: The caravan of October 2021 &lt;made up>\n")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        "Purpose", "Data", "Assumptions", "Skill against naive forecasts", "Coverage", "Limits", "Misuse",
    ]  # fmt: skip
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", r)) for r in rows[:4]} == {8}
    assert write_model_card(made_up).name == "model_card.md"
    with pytest.raises(cv.UsageError, match="no report in language 'fr'"):
        write_model_card(made_up, language="fr")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_shows_the_card(made_up, language):
    page = render_report(made_up, language=language)
    card = make_card(made_up, language=language)
    shown = page[page.index('id="card-head"') : page.index('id="read-head"')]
    for part in card.sections:
        assert f"<h3>{part.head}</h3>" in shown
    assert "&lt;" in shown
    assert "<made up>" not in shown
