"""Messages name the cause and the next step: near names, what kind of folder is wanted, our words, one per encoding."""

import shutil
import sys

import pytest
from tests.made.disputed import disputed_scenario
from tests.made.instances import write_instance
from tests.made.small_folder import TEXTS

import caravana as cv
from caravana.cli import main
from caravana.spelling import did_you_mean, near_names, plain_name


@pytest.fixture
def caravana(monkeypatch, capsys, tmp_path):
    """Run a command in this process; returns its status, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["caravana", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return call


@pytest.fixture
def road(tmp_path, _road):
    return shutil.copytree(_road, tmp_path / "road")


@pytest.fixture(scope="module")
def _road(tmp_path_factory):
    path = tmp_path_factory.mktemp("messages") / "road"
    cv.write_scenario(disputed_scenario(days=4), path)
    return path


def test_near_names_pass_over_accents_case_and_marks():
    known = ["rest_chance", "turnout", "San Pedro Tapanatepec", "Möllín"]
    assert near_names("rest_chnce", known) == ["rest_chance"]
    assert near_names("Rest-Chance", known)[0] == "rest_chance"
    assert near_names("san pedro tapanatepek", known) == ["San Pedro Tapanatepec"]
    assert near_names("nothing of the kind", known) == []
    assert near_names("x" * 5000, known) == []
    assert plain_name("M\u00f6ll\u00edn") == plain_name("Mo\u0308lli\u0301n\u00a0") == "mollin"
    assert did_you_mean("turnot", known) == " (did you mean 'turnout'?)"


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("run", "road", "--set", "turnot=1"), 2, "did you mean 'turnout'?"),
        (("run", "road", "--policy", "strictr"), 2, "did you mean 'stricter'?"),
        (("compare", "road", "strictr"), 2, "did you mean 'stricter'?"),
        (("run", "tapachula-2012"), 3, "did you mean 'tapachula-2021'?"),
        (("run", "road", "--membrs", "3"), 2, "--members"),
        (("chek", "road"), 2, "check"),
        (("import", "fle", "road", "out"), 2, "flee"),
    ],
)
def test_near_names_are_offered(caravana, road, words, status, message):
    code, out, err = caravana(*words)
    assert code == status, err
    assert message in out + err


def test_tables_offer_the_near_column(caravana, tmp_path):
    (tmp_path / "small").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "small" / name).write_text(text)
    places = tmp_path / "small" / "places.csv"
    places.write_text(places.read_text().replace("kind", "knd", 1))
    code, out, _ = caravana("check", "small")
    assert code == 3
    assert "(did you mean 'kind'?)" in out


def test_a_run_where_a_scenario_is_wanted_and_the_other_way_round(caravana, road, tmp_path, run):
    for command in (("forecast", run.path, "--origin", "2021-11-01"), ("check", run.path), ("run", run.path)):
        code, out, err = caravana(*command)
        assert code == 3
        assert f"this is a run folder, whose scenario is {run.path}/scenario" in out + err
    code, _, err = caravana("report", "road")
    assert (code, err.count("\n")) == (1, 1)
    assert "it is a scenario; `caravana run road` makes a run of it" in err
    (tmp_path / "op").mkdir()
    (tmp_path / "op" / "operation.toml").write_text("format = 1\n")
    code, _, err = caravana("score", "op")
    assert code == 1
    assert "it is an operation; `caravana update op` scores its forecasts" in err
    write_instance(tmp_path / "instance")
    code, out, _ = caravana("check", "instance")
    assert code == 3
    assert "`caravana import flee instance SCENARIO` makes a scenario of it" in out


def test_policy_files_are_refused_in_our_words(caravana, road, tmp_path):
    (tmp_path / "p.toml").write_text(
        '[[policies]]\nid = "a b"\ntitle = "x"\nlever = "enforcment"\nstart = "soon"\nvlaue = 2.0\n'
        '[[policies]]\nid = "ok"\n'
    )
    code, _, err = caravana("compare", "road", "p.toml")
    assert code == 3
    lines = err.splitlines()
    assert "p.toml line 2, key policies.id: 'a b' — expected an id of letters, digits, '_', '.' and '-'" in lines
    assert any("policies.lever: 'enforcment'" in one and "(did you mean 'enforcement'?)" in one for one in lines)
    assert "p.toml line 5, key policies.start: 'soon' — expected a date like 2021-10-23" in lines
    assert any("policies.vlaue" in one and "(did you mean 'value'?)" in one for one in lines)
    assert sum("it is missing" in one for one in lines) == 3
    assert not any(word in err for word in ("Input should", "pydantic", "validation", "type="))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-32"])
def test_a_table_in_another_encoding_is_one_message(caravana, road, encoding):
    places = road / "places.csv"
    head, *rows = places.read_text().splitlines()
    named = head.split(",").index("name")
    accented = [",".join("Ñandú" + cell if at == named else cell for at, cell in enumerate(r.split(","))) for r in rows]
    places.write_bytes("\n".join([head, *accented, ""]).encode(encoding))
    code, out, _ = caravana("check", "road")
    assert code == 3
    faults = [line for line in out.splitlines() if line.startswith("places.csv")]
    assert len(faults) == 1, faults
    assert "save it anew as UTF-8" in faults[0]
