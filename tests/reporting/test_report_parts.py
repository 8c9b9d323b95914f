"""The report's parts on needs by group, money, evidence, what-if and exports."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.made.disputed import disputed_scenario
from tests.reporting.test_report import data_of

from caravana.evidence.taken import take
from caravana.language.language import LANGUAGES, load_language
from caravana.language.names import speaker_words
from caravana.reporting.report import render_report
from caravana.results.caravan import nights
from caravana.results.groups import needs_of, people_by_group, spread
from caravana.results.supplies import load_profile
from caravana.simulation import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run

HEADS = {
    "en": ["People on the move, and people who wait", "Who pays whom", "Who says so", "What if", "Hand the results on"],
    "es": ["Personas en movimiento y personas que esperan", "Quién paga a quién", "Quién lo dice", "Y si",
           "Entregar los resultados"],
}  # fmt: skip


@pytest.fixture
def disputed(tmp_path: Path) -> Run:
    inputs = take(disputed_scenario(), {"fees": "true"})
    return simulate(inputs.scenario, members=4, seed=1, out=tmp_path / "run", workers=1, taken={"fees": "true"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_there_and_linked_from_the_top(run: Run, language: Any) -> None:
    page = render_report(run, language=language)
    for head in HEADS[language]:
        assert head in page
    for target in re.findall(r'<li><a href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_groups_add_up_to_the_runs_own_tables(disputed: Run) -> None:
    where = nights(disputed)
    people = people_by_group(disputed, where)
    frame = disputed.query(
        "SELECT SUM(persons) AS n FROM people WHERE member = 1 AND day = (SELECT MAX(day) FROM people) "
        "AND CAST(status AS VARCHAR) IN ('waiting', 'applied', 'documented') "
        "AND CAST(place AS VARCHAR) LIKE 'p%'"
    )
    assert people["waiting"][1, -1] == float(frame["n"].iloc[0] or 0)
    together = where.together
    assert np.array_equal(~np.isnan(people["caravan"]), together)
    assert (people["caravan"][together] == where.persons[together]).all()


def test_each_group_goes_by_its_own_standards(disputed: Run) -> None:
    profile = load_profile()
    people = spread(people_by_group(disputed, nights(disputed))["waiting"])
    assert np.allclose(needs_of("waiting", people, profile)["water"], people * 15)
    assert np.allclose(needs_of("apart", people, profile)["water"], people * 7.5)
    assert "blankets" not in needs_of("waiting", people, profile)


def test_the_page_has_the_amounts_of_every_day(disputed: Run) -> None:
    data = data_of(render_report(disputed))
    assert set(data["groups"]) >= {"caravan-persons", "apart-water", "waiting-toilets"}
    assert all(len(days) == len(data["days"]) for days in data["groups"].values())


def test_money_of_organisers_is_told_only_where_a_claim_gives_it(run: Run, disputed: Run) -> None:
    assert "Organisers&#39; receipts are not modelled" in render_report(run)
    page = render_report(disputed)
    assert "Organisers: 100 USD for each person who joins, because fees is taken as true" in page


def test_the_ledger_counts_every_number_once(disputed: Run) -> None:
    page = render_report(disputed)
    found = re.search(r"Of (\d+) numbers that go in, (\d+) are assumptions.*?, (\d+) rest on a claim.*?, (\d+) on "
                      r"evidence that nobody disputes, and (\d+) on nothing", page)  # fmt: skip
    assert found
    total, *parts = map(int, found.groups())
    assert total == sum(parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_left_in_the_run_folder_are_shown(disputed: Run, language: Any) -> None:
    headline = {
        code: {"question": f"Question {code}?", "answer": [f"Answer {code}"], "not_settled": {"why": f"Open {code}"}}
        for code in LANGUAGES
    }
    told = {"headline": headline, "policies": ["no-caravan"],
            "scenario_hash": disputed.manifest["plan"]["scenario_hash"]}  # fmt: skip
    (disputed.path / "comparison.json").write_text(json.dumps(told))
    (disputed.path / "comparison.html").write_text("page")
    row = {"claim": "many", "how": "runs", "sentences": {"en": "It moves much.", "es": "Mueve mucho."}}
    still = {"claim": "age", "how": "none", "sentences": {"en": "Nothing.", "es": "Nada."}}
    (disputed.path / "claims.json").write_text(
        json.dumps({"weigh": {"claims": [row, {**row, "claim": "more"}, still]}})
    )
    page = render_report(disputed, language=language)
    assert f"Question {language}?" in page
    assert f"Open {language}" in page
    assert 'href="comparison.html"' in page
    assert ("many, more: It moves much." if language == "en" else "many, more: Mueve mucho.") in page
    assert ("another version of the scenario" if language == "en" else "otra versión del escenario") not in page


@pytest.mark.parametrize("content", ["", "{", "[]", '{"weigh": 3}', '{"headline": 1}'])
def test_files_of_somebody_else_are_passed_over(disputed: Run, content: str) -> None:
    for name in ("comparison.json", "claims.json"):
        (disputed.path / name).write_text(content)
    assert "Who says so" in render_report(disputed)


@pytest.mark.parametrize(
    ("role", "spanish"),
    [("organiser", "un organizador"), ("press (La Jornada)", "prensa (La Jornada)"),
     ("news agency (AP)", "la agencia de noticias AP"), ("somebody else", "somebody else")],
)  # fmt: skip
def test_speakers_are_roles_in_either_language(role: str, spanish: str) -> None:
    assert speaker_words(role, load_language("es")) == spanish
