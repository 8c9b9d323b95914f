"""What was learned from the reports: in the report and the card of a run made of posterior draws, and only there."""

import re

import pytest
from tests.inference.caravan.test_calibration import scenario, told

from caravana.inference.caravan.calibration import calibrate_scenario
from caravana.inference.posterior.design import keep_learned, open_design
from caravana.language.language import load_language
from caravana.reporting.model_card.card import make_card, write_model_card
from caravana.reporting.model_card.facts import read_facts
from caravana.reporting.model_card.learned import learned
from caravana.reporting.report import render_report
from caravana.simulation import simulate


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = scenario(900, 890, 880)
    other = told(50, 2, low=1500, high=1500, speaker_role="organiser", speaker_side="organisers")
    made = made.model_copy(update={"observations": (*made.observations, other)})
    folder = tmp_path_factory.mktemp("learned")
    calibrate_scenario(made, folder / "posterior", budget=256, draws=100, seed=3)
    design = open_design(folder / "posterior", made)
    out = simulate(made, members=64, seed=1, design=design, out=folder / "run", workers=1)
    keep_learned(out.path, design)
    return out


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_section_names_departure_peak_and_the_day_of_dispute(run, language):
    section = learned(read_facts(run), load_language(language))
    days = [row[0] for row in section.table.rows]
    assert len(days) == 3
    assert "24" in days[2]
    assert "1,500" in section.table.rows[2][1] or "1500" in section.table.rows[2][1]
    assert all(re.search(r"\d", cell) for row in section.table.rows for cell in row[2:])
    assert sum("100" in item for item in section.after) >= 2


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_and_the_card_show_it(run, language):
    head = load_language(language).text("learned.part.head")
    page = render_report(run, language=language)
    assert f'<h2 id="learned-head">{head}</h2>' in page
    assert [s.head for s in make_card(run, language=language).sections][2] == head
    assert head in write_model_card(run, language=language).read_text(encoding="utf-8")


def test_a_run_from_the_priors_says_nothing_of_it(tmp_path):
    plain = simulate(scenario(900), members=8, seed=1, out=tmp_path / "plain", workers=1)
    assert learned(read_facts(plain), load_language("en")) is None
    assert 'id="learned-head"' not in render_report(plain)
