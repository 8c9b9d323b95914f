from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.made.displacement_run import START, make_run, make_scenario
from tests.made.outline import Outline, data_of

from caravana.inference.displacement.scores import read_sheet, score_displacement
from caravana.language.language import LANGUAGES, load_language
from caravana.reporting.displacement import sections
from caravana.reporting.displacement.sentences import closures, score_rows, transfer_rows, verdict
from caravana.reporting.displacement.skill import skill_of, standing
from caravana.reporting.model_card.card import make_card, write_model_card
from caravana.reporting.report import render_report, write_report
from caravana.results.displacement import read_displaced
from caravana.scenario.model import Event
from caravana.simulation import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.language.language import Code
    from caravana.run import Run

LIMIT = 8_000_000
RULES = ("camp-shares", "walk", "flee")
EN, ES = load_language("en"), load_language("es")


@pytest.fixture(scope="module")
def pages(displaced: Run) -> dict[str, str]:
    return {language: render_report(displaced, language=language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_file_that_asks_for_nothing(displaced: Run, tmp_path: Path, language: Any) -> None:
    path = write_report(displaced, path=tmp_path / "r.html", language=language)
    page = path.read_text("utf-8")
    assert path.stat().st_size < LIMIT
    outline = Outline(page)
    asked = [a for _, a in outline.elements if {"src", "href"} & set(a)]
    assert all((a.get("href") or "").startswith(("#", "data:")) for a in asked)
    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert EN.text("mark.internal") in page or ES.text("mark.internal") in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_can_be_read_aloud(pages: dict[str, str], language: Any) -> None:
    page = pages[language]
    outline = Outline(page)
    tables = page.count("<table")
    assert tables >= 4
    assert page.count("<caption>") == tables
    heads = [a for t, a in outline.elements if t == "th"]
    assert all(a.get("scope") in {"col", "row"} for a in heads)
    assert outline.elements[0] == ("html", {"lang": language})
    assert ("a", {"class": "skip", "href": "#answers"}) in outline.elements
    ids = [a["id"] for _, a in outline.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_names_from_the_scenario_are_escaped(pages: dict[str, str]) -> None:
    page = pages["en"]
    assert "<made up>" not in page
    assert "Homeland &lt;made up&gt;: displaced people, day by day" in page


def test_what_a_day_says(displaced: Run, pages: dict[str, str]) -> None:
    data = data_of(pages["en"])
    assert len(data["answers"]) == len(data["days"]) == 80
    said = data["answers"][70]
    found = read_displaced(displaced)
    low, high = np.quantile(found.in_all_camps[:, 70], (0.05, 0.95))
    assert f"<strong>{EN.span(low, high)}</strong> people in camps" in said
    assert "The UN&#39;s counts in these camps come to 3,500 that day." in said
    assert "Over capacity: South Camp (" in said
    assert "Over capacity" not in data["answers"][0]
    spanish = data_of(pages["es"])["answers"][70]
    assert "personas en campamentos" in spanish
    assert "Por encima de su capacidad: South Camp (en " in spanish


def test_the_first_line_says_when_a_rule_of_thumb_does_better(displaced: Run, pages: dict[str, str]) -> None:
    skill = skill_of(read_sheet(displaced, days=len(displaced.days)))
    assert skill is not None
    scores = skill.scores
    found = standing(scores)
    assert found is not None
    best = min(scores["baselines"].values(), key=lambda x: x["err"])["err"]
    line = re.search(r'<p class="verdict (\w+)" id="verdict"><strong>(.*?)</strong>', pages["en"])
    assert line
    assert line[1] == found.kind
    if best < scores["middle"]["resc"]:
        assert line[2] == "A rule of thumb does better:"


@pytest.mark.parametrize(
    ("theirs", "kind", "words"),
    [
        (0.10, "loses", "A rule of thumb does better:"),
        (0.31, "even", "On average better than the rules of thumb, though not in every run:"),
        (0.50, "wins", "Better than the rules of thumb:"),
    ],
)  # fmt: skip
def test_verdicts(displaced: Run, theirs: float, kind: str, words: str) -> None:
    scores = {
        "err": {"mean": 0.4, "low": 0.35, "high": 0.45}, "resc": {"mean": 0.3, "low": 0.28, "high": 0.32},
        "baselines": {"share_held": {"err": theirs}, "uniform_split": {"err": 0.9}, "persistence": {"err": 0.9}},
    }  # fmt: skip
    said = verdict(scores, read_displaced(displaced), EN)
    assert said[:2] == (kind, words)
    assert said[2].startswith("over 80 days the forecast is off by 28–32 (mean 30) in every 100 people")
    assert f"“each camp keeps its share of day 30” by {EN.number(100 * theirs)}." in said[2]


@pytest.mark.parametrize(("theirs", "kind"), [(0.10, "loses"), (0.20, "middle"), (0.31, "even"), (0.50, "wins")])
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_forecast_is_judged_by_the_middle_of_its_runs(displaced: Run, theirs: float, kind: str, code: Code) -> None:
    words = load_language(code)
    scores = {
        "err": {"mean": 0.4, "low": 0.35, "high": 0.45}, "resc": {"mean": 0.3, "low": 0.22, "high": 0.32},
        "middle": {"err": 0.3, "resc": 0.15}, "baselines": {"share_held": {"err": theirs}},
    }  # fmt: skip
    said = verdict(scores, read_displaced(displaced), words)
    assert said[0] == kind
    # The middle is closer than any run: the range beside it says whose it is.
    assert words.text("displacement.verdict.apart", middle="15", span="22–32") in said[2]
    scores["middle"]["resc"] = 0.25
    within = verdict(scores, read_displaced(displaced), words)
    assert words.text("displacement.verdict.span", middle="25", span="22–32") in within[2]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("corrected", [True, False])
def test_counts_are_said_to_be_corrected_only_where_they_were(
    displaced: Run, monkeypatch: pytest.MonkeyPatch, code: Code, corrected: bool
) -> None:
    read = read_displaced(displaced)
    counts = {k: replace(c, corrected=np.full_like(c.corrected, corrected)) for k, c in read.counts.items()}
    monkeypatch.setattr(sections, "un_total", lambda _: (np.array([100.0]), np.array([100.0])))
    monkeypatch.setattr(sections, "registered", lambda _: np.array([300.0]))
    words = load_language(code)
    key = "registered_note" if corrected else "differ_note"
    said = sections._total_note(replace(read, counts=counts), words)
    assert said == words.text(f"displacement.total.{key}", n=words.rounded(200))


def test_no_page_says_where_on_a_machine_the_run_lies(displaced: Run, pages: dict[str, str]) -> None:
    card = make_card(displaced)
    said = "".join([*pages.values(), write_model_card(displaced).read_text("utf-8"), repr(card)])
    assert displaced.path.is_absolute()
    assert str(displaced.path.parent) not in said
    assert displaced.path.name in said


def test_a_rule_that_does_not_know_the_total_is_held_against_the_plain_error(displaced: Run) -> None:
    scores = {
        "err": {"mean": 0.4, "low": 0.35, "high": 0.45}, "resc": {"mean": 0.3, "low": 0.28, "high": 0.32},
        "baselines": {"share_held": {"err": 0.9}, "persistence": {"err": 0.34}},
    }  # fmt: skip
    found = standing(scores)
    assert found is not None
    assert (found.rule, found.kind, found.low) == ("persistence", "loses", 0.35)
    assert "the same total" not in verdict(scores, read_displaced(displaced), EN)[2]


def test_a_rule_that_is_scored_from_a_later_day_is_held_against_the_run_from_that_day(displaced: Run) -> None:
    there = {"err": {"mean": 0.5, "low": 0.45, "high": 0.55}, "resc": {"mean": 0.5, "low": 0.45, "high": 0.55}}
    scores = {
        "err": {"mean": 0.3, "low": 0.2, "high": 0.4}, "resc": {"mean": 0.3, "low": 0.2, "high": 0.4},
        "baselines": {
            "persistence": {"err": 0.4, "first_day": 30, "days": 50, "run": there},
            "share_held": {"err": None, "first_day": 30, "days": 0},
        },
    }  # fmt: skip
    found = standing(scores)
    assert found is not None
    assert (found.rule, found.kind, found.mean, found.days) == ("persistence", "loses", 0.5, 50)
    words = load_language("en")
    assert "over 50 days" in verdict(scores, read_displaced(displaced), words)[2]
    names = {row["name"]: row["mean"] for row in score_rows(scores, read_displaced(displaced), words)}
    assert names["Differences over people counted (err), from day 30 on"] == "0.500"
    assert names["Rule of thumb: the counts of day 30 hold, from day 30 on"] == "0.400"
    assert not any("share of day" in name for name in names)


@pytest.mark.parametrize(("days", "settings"), [(20, {}), (40, {"origin_day": 39})])
def test_a_run_with_no_day_for_some_rule_has_a_report_all_the_same(
    tmp_path: Path, days: int, settings: dict[str, Any]
) -> None:
    run = make_run(tmp_path / "run", members=3, days=days, rules="camp-shares", settings=settings)
    for language in LANGUAGES:
        page = render_report(run, language=language)
        # Where no day is left to score there is nothing to draw either.
        charts = data_of(page)["charts"]
        assert ("error" in charts) == ('id="error-head"' in page)
        lines = charts["error"]["lines"] if "error" in charts else []
        assert all(any(x is not None for x in line["values"]) for line in lines if "rule" in line["class"])


def test_errors_by_day_average_to_the_score(displaced: Run, pages: dict[str, str]) -> None:
    skill, scores = skill_of(read_sheet(displaced, days=len(displaced.days))), score_displacement(displaced)
    assert skill is not None
    assert float(skill.err.mean()) == pytest.approx(scores["err"]["mean"])
    for rule, values in skill.rules.items():
        assert float(np.nanmean(values)) == pytest.approx(scores["baselines"][rule]["err"])
    # What holds day 30 is no rule of thumb for the days before.
    assert np.isnan(skill.rules["persistence"][:30]).all()
    assert np.isnan(skill.rules["share_held"][:30]).all()
    assert not np.isnan(skill.rules["gravity"]).any()
    data = data_of(pages["en"])
    assert data["charts"]["error"]["q"][2][10] == pytest.approx(100 * skill.err[:, 10].mean(), abs=0.06)
    assert len(data["charts"]["error"]["lines"]) == len(skill.rules) + skill.spreads


def test_assumptions_closures_corrections_settings(displaced: Run, pages: dict[str, str]) -> None:
    text = Outline(pages["en"]).text
    assert "The rules are those of Flee" in text
    assert "The runs differ by chance alone" in text
    assert "Simulated but not scored, for want of counts: Far Camp." in text
    assert "West Camp: counts before 15 April 2012" in text
    assert "conflict_spawn_decay 1; 0.5" in text
    assert "start_on_foot on" in text
    (shut,) = closures(read_displaced(displaced), EN)
    # Flee reads closures of links and never acts on them.
    assert shut["words"] == "The border between Homeland and Southland: 1 March 2012 to 11 March 2012"
    assert (shut["first"], shut["last"]) == (0, 9)


def test_the_rules_of_caravana_are_named_and_act_on_links(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", members=3, days=8, rules="camp-shares")
    assert "The rules are caravana's own" in Outline(render_report(run)).text
    assert [c["what"] for c in closures(read_displaced(run), EN)][1] == "The road between River and Far Camp"


def test_a_forecast_from_a_later_day_is_not_praised_for_what_it_was_given(tmp_path: Path) -> None:
    settings = {"origin_day": 40, "forecast_total": True}
    run = simulate(
        make_scenario(days=60, rules="camp-shares", settings=settings), members=8, out=tmp_path / "run", workers=1
    )
    found = read_displaced(run)
    assert found.origin == 40
    skill = skill_of(read_sheet(run, days=found.days))
    assert skill is not None
    # A camp is known up to its last count by then: of day 20 in the one, of day 30 in the other.
    assert float(skill.err[:, :21].max()) == 0
    assert skill.scores["err"]["mean"] == pytest.approx(float(skill.err[:, 41:].mean()))
    scored = score_displacement(run)
    assert {name: scored[name] for name in skill.scores} == skill.scores
    page = render_report(run)
    assert "Counts up to 10 April 2012 were given to the model" in page
    assert "over 19 days the forecast is off by" in page
    assert "its share of day 40" in page
    assert data_of(page)["origin"] == 40
    assert "is forecast too, from the counts" in page
    # What was given is no day of the rules of thumb either, and there is no day 7 to hold.
    assert all(line["values"][40] is None for line in data_of(page)["charts"]["error"]["lines"])
    assert "MASE" not in Outline(page).text
    # This rule set knows people in camps only, and says nothing of the road.
    assert 'id="away"' not in page
    assert "on the road" not in data_of(page)["answers"][50]


def test_nothing_counted_nothing_claimed(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", members=3, days=8, counted=False)
    page = render_report(run)
    data = data_of(page)
    assert "error" not in data["charts"]
    assert data["charts"]["total"]["lines"] == []
    assert EN.text("displacement.verdict_none") in page
    assert 'id="scores"' not in page
    assert "not counted by the UN" in page


def test_a_scenario_without_coordinates_or_camps(tmp_path: Path) -> None:
    places = tuple(
        p.model_copy(update={"lat": None, "lon": None, "kind": "town", "capacity": None})
        for p in make_scenario().places
    )
    run = make_run(tmp_path / "run", members=2, days=4, counted=False, places=places)
    page = render_report(run)
    assert EN.text("displacement.map.no_places") in page
    assert 'id="camps"' not in page
    assert "people on the road" in data_of(page)["answers"][0]


def test_long_runs_have_months_under_their_axes(tmp_path: Path) -> None:
    data = data_of(render_report(make_run(tmp_path / "run", members=2, days=200)))
    assert data["months"][:2] == [[0, "Mar 2012", 2012 * 12 + 2], [31, "Apr 2012", 2012 * 12 + 3]]
    assert "days_axis" not in data


def test_years_are_said_where_there_are_several(pages: dict[str, str]) -> None:
    data = data_of(pages["en"])
    assert data["days_short"][0] == "1 Mar 2012"
    assert data["days_axis"][0] == "1 Mar"


def test_a_simulated_displacement_has_its_report(tmp_path: Path) -> None:
    run = simulate(
        make_scenario(days=25), members=4, until="2012-03-20", out=tmp_path / "run", workers=1
    )  # fmt: skip
    path = write_report(run, language="es")
    assert path == tmp_path / "run" / "report.html"
    data = data_of(path.read_text("utf-8"))
    assert data["days"][0] == START.isoformat()
    assert len(data["days"]) == 20
    assert any(data["map"]["flows"])
    # The counts of later days are not the run's to show.
    assert all(mark["day"] < 20 for k in ("camp-0", "camp-1") for mark in data["charts"][k]["observed"])


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_an_import_left_out_is_told(code: Code, tmp_path: Path) -> None:
    notes = ("simsetting.yml: wizardry not carried over: no such setting is known", "a <b>bold</b> note")
    page = render_report(make_run(tmp_path / "run", notes=notes), language=code)
    outline = Outline(page)
    assert any(attrs.get("id") == "import-notes" for _, attrs in outline.elements)
    said = {"en": notes[0], "es": "simsetting.yml: wizardry no se toma: no se conoce tal ajuste"}
    assert said[code] in outline.text
    assert notes[1] in outline.text
    assert "(2)" in outline.text
    plain = render_report(make_run(tmp_path / "plain"), language=code)
    assert "import-notes" not in plain


def test_people_taken_from_place_to_place_are_told_and_whether_the_rules_act_on_it(tmp_path: Path) -> None:
    taken = (
        Event(id="convoys", date=START, kind="transfer", place_id="West_Camp", target_id="South_Camp", value=1200.0,
              unit="persons/day"),
        Event(id="hazard", date=START, end_date=START + dt.timedelta(5), kind="transfer", place_id="West_Camp",
              target_id="Far_Camp", value=0.1, unit="1/day"),
    )  # fmt: skip
    runs = {rules: make_run(tmp_path / rules, members=3, days=8, rules=rules, events=taken) for rules in RULES}
    said = {rules: transfer_rows(read_displaced(run), EN) for rules, run in runs.items()}
    convoys = "1,200 persons a day are taken from West Camp to South Camp: from 1 March 2012 to the end"
    hazard = "9.5% of those in West Camp are taken to Far Camp each day: 1 March 2012 to 6 March 2012"
    inert = " (these rules do not act on it)"
    # Nobody counts Far Camp: the shares of camps do not know it.
    assert said == {
        "camp-shares": [convoys, hazard + inert],
        "walk": [convoys, hazard],
        "flee": [convoys + inert, hazard + inert],
    }
    spanish = Outline(render_report(runs["walk"], language="es")).text
    assert "cada día se traslada a Far Camp el 9,5" in spanish
    assert re.search(r"cada día se traslada a 1\W?200 personas de West Camp a South Camp", spanish)
