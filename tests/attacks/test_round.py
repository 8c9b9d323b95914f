"""The round of all campaigns: what each came to is kept as it ends, and the status says whether all held."""

import json

import pytest
from benchmarks.attacks import run
from benchmarks.attacks.figures import Figures


@pytest.fixture
def round_of(monkeypatch, tmp_path, capsys):
    """Play a round whose campaigns end as they are told; give its status, what is kept, and what was said."""

    def play(*words, **outcomes):
        monkeypatch.setattr(run, "RESULTS", tmp_path / "results.json")
        monkeypatch.setattr(run, "run_apart", lambda name, *, short: (outcomes[name], 1.0 + short))
        monkeypatch.setattr("sys.argv", ["run", "--only", *outcomes, *words])
        with pytest.raises(SystemExit) as ended:
            run.main()
        kept = json.loads(run.RESULTS.read_text("utf-8")) if run.RESULTS.exists() else []
        return ended.value.code, {one["campaign"]: one["tries"] for one in kept}, capsys.readouterr()

    return play


def test_a_round_that_held_is_kept_and_ends_with_0(round_of):
    status, kept, said = round_of(kills=Figures("kills", 9), damage=Figures("damage", 8))
    assert (status, kept) == (0, {"kills": 9, "damage": 8})
    assert [line.split()[0] for line in said.out.splitlines()] == ["campaign", "kills", "damage"]


def test_a_campaign_that_broke_off_takes_no_others_figures_with_it(round_of):
    status, kept, said = round_of(kills=Figures("kills", 9), damage=None)
    assert (status, kept) == (1, {"kills": 9})
    assert "damage broke off" in said.err
    # What was kept of another round stays.
    assert round_of(links=Figures("links", 3))[1] == {"kills": 9, "links": 3}


def test_what_did_not_hold_is_kept_and_ends_with_1(round_of):
    assert round_of(kills=Figures("kills", 9, silent=1))[:2] == (1, {"kills": 9})


@pytest.mark.parametrize(("words", "kept"), [(["--short"], {}), (["--short", "--keep"], {"kills": 9})])
def test_a_short_round_is_kept_where_that_is_said(round_of, words, kept):
    assert round_of(*words, kills=Figures("kills", 9))[:2] == (0, kept)
