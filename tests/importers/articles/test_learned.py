"""What the learned reader owes: no crash, no name, shares that are shares; and what a wide terminal shows."""

import datetime as dt
import random

import pytest
from benchmarks.reader.learn import batch_of, study
from benchmarks.reader.privacy import TEMPLATES
from benchmarks.reader.run import RULES
from benchmarks.reader.strain import mutate

from caravana.cli.articles import shown
from caravana.cli.articles.words import RowWords
from caravana.errors import CaravanaError
from caravana.importers.articles.linking.cues import crossed
from caravana.importers.articles.linking.decisions import Decision, shares_of
from caravana.importers.articles.proposals import propose
from caravana.language.language import load_language

DAY = dt.date(2021, 11, 3)


def test_shares_of_alike_candidates_are_added():
    decision = Decision("side", ("press", "agency", "press"), (("a",), ("b",), ("c",)))
    shares = dict(shares_of(decision, {"side:b": {"": 0.5}}))
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["press"] > shares["agency"] > 1 / 3


def test_weights_of_shared_cues_count_for_their_value_alone():
    decision = Decision("kind", ("none", "ill"), shared=("fever",))
    assert shares_of(decision, {"kind:fever": {"ill": 2.0}})[0][0] == "ill"
    assert crossed("q", "where where+far", {"where": "b", "far": 2}) == ["q:where=b", "q:where+far=b,2"]


def test_what_weights_choose_is_what_later_choices_stand_on_and_the_answers_stay_right(scenario):
    text = RULES / "en-x21.gold.csv"
    wrong = {"kind:any": {"none": 5.0}, "side:any:agency": {"": 9.0}, "side:any:s=agency": {"": 9.0}}
    (taught,), (followed,) = study([text], scenario), study([text], scenario, {batch_of(text): wrong})
    kinds = [right for decision, right in followed.decisions if decision.task == "kind"]
    assert kinds == [right for decision, right in taught.decisions if decision.task == "kind"]
    gone_on = [{c for d, _ in x.decisions if d.task == "side" for cs in d.own for c in cs} for x in (taught, followed)]
    assert "row:t+s+g=s,agency,people" not in gone_on[0]
    assert "row:t+s+g=s,agency,people" in gone_on[1]


def test_texts_written_at_one_time_are_left_out_together():
    assert [batch_of(name) for name in ("en-q07.gold.csv", "es-w01.gold.csv", "en-afp.gold.csv")] == [
        "q",
        "v",
        "earlier",
    ]


def test_mutated_texts_are_read_or_refused(scenario):
    texts = [p.read_text(encoding="utf-8") for p in sorted(RULES.glob("*.txt"))]
    draw = random.Random(7)
    read = 0
    for _ in range(120):
        try:
            reading = propose(mutate(draw.choice(texts), draw), scenario, published=DAY)
        except CaravanaError:
            continue
        read += 1
        for one in reading.proposals:
            assert 0.0 <= one.doubt <= 1.0
            assert 1 <= len(one.readings) <= 3
            assert len(set(one.readings)) == len(one.readings)
    assert read > 90


@pytest.mark.parametrize("code", TEMPLATES)
def test_names_beyond_every_list_stay_out(code, scenario):
    for template in TEMPLATES[code]:
        said = template.format(n="Dailin Quevedo", s="Quevedo")
        shown_of_it = str(propose(said, scenario, published=DAY).as_json())
        assert "Quevedo" not in shown_of_it, said
        assert "Dailin" not in shown_of_it, said


def test_a_wide_terminal_shows_proposals_beside_the_text(monkeypatch, capsys):
    one = {
        "sentence": "About 900 people slept in Tonala. " * 4, "find": "900 people", "doubt": 0.25,
        "readings": [{"kind": "headcount", "low": 900.0, "high": 900.0, "qualifier": "about", "place": "tonala"}],
    }  # fmt: skip
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(shown.sys.stdout, "isatty", lambda: True, raising=False)
    shown.show_proposal(1, one, RowWords(load_language("en"), {"tonala": "Tonalá"}))
    first = capsys.readouterr().out.splitlines()[0]
    assert "«900 people»" in first
    assert "People: about 900 · Tonalá" in first


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Quevedo, a baker, said 900 people slept in Tonala.", "Quevedo"),
        ("Quevedo, una panadera hondureña, contó 900 personas en Tonalá.", "Quevedo"),
        ("According to Quevedo, 900 people slept in Tonala.", "Quevedo"),
        ("Según Quevedo, 900 personas durmieron en Tonalá.", "Quevedo"),
        ("La panadera QUEVEDO PINEDA dijo que 900 personas durmieron en Tonalá.", "QUEVEDO"),
        ("El hondureño marvin quevedo dijo que 900 personas durmieron en Tonalá.", "quevedo"),
    ],
)
def test_a_name_beside_a_verb_of_saying_is_hidden_however_it_is_written(scenario, said, name):
    proposals = propose(said, scenario, published=DAY).proposals
    assert proposals
    assert all(name not in one.sentence and "[name]" in one.sentence for one in proposals)


@pytest.mark.parametrize(
    "said",
    [
        "LA CARAVANA LLEGO A TONALA: 900 personas, dijo el INM.",
        "HUIXTLA, Chis.- 900 personas durmieron en HUIXTLA, informó la SEGOB.",
        "According to organizers, 900 people slept in Tonala.",
        "Según la PROTECCION CIVIL, 900 personas durmieron en Tonalá.",
    ],
)
def test_towns_and_offices_in_capitals_are_no_names(scenario, said):
    assert all("[name]" not in one.sentence for one in propose(said, scenario, published=DAY).proposals)
