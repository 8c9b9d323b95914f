"""The commands `compare` and `evidence`: what they print, and one clear message for wrong input."""

from __future__ import annotations

import json
import os
import re

import pytest
from tests.made.disputed import disputed_scenario

from caravana.cli import main
from caravana.models.scenarios import write_scenario

FEW = ("--members", "64", "--workers", "1", "--quiet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenarios") / "disputed"
    write_scenario(disputed_scenario(), path)
    return str(path)


def call(monkeypatch, capsys, *words):
    monkeypatch.setattr("sys.argv", ["caravana", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    return ended.value.code or 0, told.out, told.err


def test_compare_answers_the_headline_as_json(monkeypatch, capsys, folder):
    status, out, err = call(monkeypatch, capsys, "compare", folder, "no-caravan", *FEW, "--json")
    told = json.loads(out)
    assert (status, err) == (0, "")
    receipts = told["smugglers_receipts"]
    assert receipts["difference"]["low"] <= receipts["difference"]["median"] <= receipts["difference"]["high"]
    assert 0 <= receipts["share_lower"] <= 1
    assert len(receipts["decided_by"]) == 3


def test_compare_prints_words_and_a_table_and_writes_a_page(monkeypatch, capsys, folder, tmp_path):
    status, out, _ = call(
        monkeypatch, capsys, "compare", folder, "no-caravan", *FEW, "--out", str(tmp_path / "what-if"), "--lang", "es"
    )
    assert status == 0
    assert out.startswith("¿Enriqueció la caravana a los traficantes?")
    assert {p.name for p in (tmp_path / "what-if").iterdir()} == {"comparison.html", "comparison.json"}
    assert json.loads((tmp_path / "what-if" / "comparison.json").read_text("utf-8"))["members"] == 64


def test_an_ensemble_of_one_is_still_json(monkeypatch, capsys, folder):
    few = ("--members", "1", "--workers", "1", "--quiet")
    status, out, _ = call(monkeypatch, capsys, "compare", folder, "no-caravan", *few, "--json")
    assert status == 0
    assert "NaN" not in out


def test_each_policy_can_be_compared_on_its_own(monkeypatch, capsys, folder):
    status, out, _ = call(monkeypatch, capsys, "compare", folder, "stricter", "strictest", "--each", *FEW, "--json")
    assert status == 0
    assert [c["policies"][0]["id"] for c in json.loads(out)["comparisons"]] == ["stricter", "strictest"]


def test_policies_come_from_a_file_too(monkeypatch, capsys, folder, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[policies]]\nid = "mine"\ntitle = "Mine"\nlever = "enforcement"\nstart = 2021-10-24\nvalue = 4\n'
        'basis = ["assumption"]\n',
        encoding="utf-8",
    )
    status, out, _ = call(monkeypatch, capsys, "compare", folder, str(file), *FEW, "--json")
    assert status == 0
    assert json.loads(out)["policies"][0]["id"] == "mine"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "no policy 'nonsense'"),
        (["stricter", "strictest"], "stricter and strictest contradict each other"),
        (["no-caravan", "lifts"], "no-caravan and lifts contradict each other"),
        (["was-so"], "was so in fact"),
        (["missing.toml"], "cannot be read"),
        (["stricter", "--members", "0"], "members must be 1 or more"),
        (["stricter", "--lang", "fr"], "expected en or es"),
        (["stricter", "--take", "many"], "expected CLAIM=true"),
        (["stricter", "--take", "nobody=true"], "no claim nobody"),
        (["stricter", "--take", "age=true"], "nothing that is computed depends on claim age"),
        (["stricter", "--take", "money=true", "--set", "seat_hazard=0.1"], "contradicts a claim taken"),
        (["stricter", "--set", "nothing=1"], "nothing is no parameter"),
        (["trust", "--take", "trusted=true"], "in force in both worlds"),
        (["no-caravan", "--out", "/proc/no"], "cannot be written"),
    ],
)
def test_wrong_input_ends_with_one_message_and_status_2(monkeypatch, capsys, folder, words, message):
    status, out, err = call(monkeypatch, capsys, "compare", folder, *words, "--quiet")
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policies = 3", "expected tables that each begin with [[policies]]"),
        ("[[policies]]\nid = 'x'", "title"),
        ("[[policies]", "expected valid TOML"),
        ("[[parameters]]\nname = 'x'", "expected [[policies]] tables"),
        ("[[policies]]\nid='lifts'\ntitle='x'\nlever='lifts'\nstart=2021-10-23", "has a policy lifts already"),
        ("[[policies]]\nid='x'\ntitle='x'\nlever='lifts'\nstart=2021-10-23\nparameter='none'", "name of a parameter"),
        ("[[policies]]\nid='x'\ntitle='x'\nlever='bribes'\nstart=2021-10-23", "lever"),
    ],
)
def test_a_faulty_policy_file_ends_with_status_3(monkeypatch, capsys, folder, tmp_path, text, message):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    status, out, err = call(monkeypatch, capsys, "compare", folder, str(file), "--quiet")
    assert (status, out) == (3, "")
    assert message in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_simulated(monkeypatch, capsys, folder, tmp_path):
    tmp_path.chmod(0o500)
    status, _, err = call(monkeypatch, capsys, "compare", folder, "stricter", "--out", str(tmp_path / "x"))
    assert status == 2
    assert "cannot be written" in err


def test_a_comparison_that_fails_leaves_no_folder(monkeypatch, capsys, folder, tmp_path):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "blocks")

    monkeypatch.setattr("caravana.studies.compare.simulate", full)
    status, out, err = call(
        monkeypatch, capsys, "compare", folder, "stricter", "--quiet", "--out", str(tmp_path / "a" / "b")
    )
    assert (status, out) == (1, "")
    assert err == "caravana: No space left on device (blocks)\n"
    assert list(tmp_path.iterdir()) == []


def test_evidence_prints_the_ledger(monkeypatch, capsys, folder):
    status, out, _ = call(monkeypatch, capsys, "evidence", folder)
    assert status == 0
    assert out.startswith("Without a basis: 0")
    assert out.index("Assumptions without evidence") < out.index("disputed claim (marked *)") < out.index("Claims: 7")
    assert "many*" in out


def test_evidence_in_spanish(monkeypatch, capsys):
    status, out, _ = call(monkeypatch, capsys, "evidence", "tapachula-2021", "--lang", "es")
    assert status == 0
    assert out.startswith("Sin base: 0")
    for line in (
        "  parámetro join_logodds: normal (media -1,5, sigma 0,8) log-momios",
        "      descansa en: supuesto",
        "  medida lifts-free: aventones 1 desde el 2021-10-23",
        "  hecho ev-008: 2021-10-28 ofrecimiento en escuintla",
        "  observación obs-003: 2021-10-23 personas más de 3000 (Otra prensa)",
        "      descansan en ella: ningún número",
    ):
        assert line in out.splitlines(), line
    assert not re.findall(r"\b(?:rests? on|assumption|disputed|from|median|mean)\b", out)


def test_evidence_as_json(monkeypatch, capsys):
    status, out, _ = call(monkeypatch, capsys, "evidence", "tapachula-2021", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["without_basis"] == []
    assert len(told["claims"]) >= 16


def test_evidence_weighs_and_writes_a_page(monkeypatch, capsys, folder, tmp_path):
    status, out, _ = call(
        monkeypatch, capsys, "evidence", folder, "--weigh", *FEW, "--json", "--out", str(tmp_path / "claims")
    )
    assert status == 0
    weighed = json.loads(out)["weigh"]["claims"]
    assert all(c["sentence"].endswith(".") for c in weighed)
    assert {p.name for p in (tmp_path / "claims").iterdir()} == {"claims.html", "claims.json"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--weigh", "--on", "yesterday"], "expected a date"),
        (["--weigh", "--on", "2020-01-01", *FEW], "outside the scenario"),
        (["--out", "x"], "goes with --weigh"),
        (["--weigh", "--members", "0"], "members must be 1 or more"),
    ],
)
def test_wrong_options_of_evidence_end_with_status_2(monkeypatch, capsys, folder, words, message):
    status, out, err = call(monkeypatch, capsys, "evidence", folder, *words)
    assert (status, out) == (2, "")
    assert message in err
