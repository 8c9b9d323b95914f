"""The command ``read``: drafts in a folder of their own, and nothing else touched."""

import csv
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.made.commands import quick_command

from caravana.importers.articles.drafts import as_json, draft, draft_files
from caravana.importers.articles.text import MOST_BYTES
from caravana.models.scenarios import read_scenario, write_scenario

TEXTS = Path(__file__).parent / "texts"


def caravana(*arguments, **more):
    # A limit of memory is that of the command's own process.
    program = Path(sys.executable).parent / "caravana" if "preexec_fn" in more else quick_command()
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, **more)


def refused(done, status=2):
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def drafts(scenario):
    return draft((TEXTS / "en-2.txt").read_text(encoding="utf-8"), scenario, name="en-2")


def test_drafts_have_the_scenarios_columns_and_are_taken_by_it(drafts, scenario, tmp_path):
    """Accepted as they are, the rows make a sound scenario."""
    write_scenario(scenario, tmp_path / "s")
    files = draft_files(drafts)
    for name in ("observations.csv", "claims.csv", "sources.csv"):
        path = tmp_path / "s" / name
        head, *rows = files[name].decode().splitlines(keepends=True)
        assert head.strip().split(",") == path.read_text(encoding="utf-8").splitlines()[0].strip().split(",")
        with path.open("a", encoding="utf-8", newline="") as file:
            file.writelines(rows)
    merged, faults = read_scenario(tmp_path / "s")
    assert not [str(f) for f in faults]
    assert len(merged.observations) == len(scenario.observations) + len(drafts.observations)


def test_every_draft_points_to_its_sentence(drafts):
    text = (TEXTS / "en-2.txt").read_text(encoding="utf-8")
    assert drafts.sentences
    for row in drafts.sentences:
        sentence = text[row["start"] : row["end"]]
        if "[name]" not in row["sentence"]:
            assert sentence == row["sentence"]
        if row["quantity_start"] is not None:
            assert row["start"] <= row["quantity_start"] < row["quantity_end"] <= row["end"]
    assert {r["speech_verb"] for r in drafts.sentences} >= {"said", "counted", "according to"}


def test_no_name_of_a_person_is_in_the_drafts(scenario):
    for path in TEXTS.glob("*.txt"):
        told = json.dumps(as_json(draft(path.read_text(encoding="utf-8"), scenario, name="x")), ensure_ascii=False)
        for name in ("Perales", "Robles", "Cárdenas Solís", "Yosselin", "Mujica", "Salgado", "Heyman", "Luis Garc"):
            assert name not in told, (path.name, name)


def test_sides_that_are_a_third_apart_dispute_each_other(scenario):
    drafts = draft((TEXTS / "en-1.txt").read_text(encoding="utf-8"), scenario, name="a")
    heads = {c.quantity_low: c for c in drafts.claims if c.topic == "headcount"}
    officials, organisers = heads[1200], heads[4000]
    assert organisers.id in officials.disputed_by
    assert officials.id in organisers.disputed_by
    assert {officials.status, organisers.status} == {"disputed"}


def test_rows_name_their_claims_and_their_source(drafts):
    claims = {c.id for c in drafts.claims}
    for row in drafts.observations:
        assert set(row.claim_ids) <= claims
        assert row.source_id == drafts.sources[0].id
        assert row.inferred
        assert row.note.startswith("draft; characters ")


def test_the_command_writes_a_folder_and_leaves_the_scenario_alone(tmp_path, scenario):
    write_scenario(scenario, tmp_path / "s")
    before = {p.name: p.read_bytes() for p in (tmp_path / "s").iterdir()}
    done = caravana("read", TEXTS / "es-1.txt", tmp_path / "s", "--out", tmp_path / "d")
    assert done.returncode == 0, done.stderr
    assert {p.name for p in (tmp_path / "d").iterdir()} == {
        "observations.csv", "claims.csv", "sources.csv", "sentences.csv", "README.txt",
    }  # fmt: skip
    assert {p.name: p.read_bytes() for p in (tmp_path / "s").iterdir()} == before
    with (tmp_path / "d" / "observations.csv").open(encoding="utf-8", newline="") as lines:
        kinds = {row["kind"] for row in csv.DictReader(lines)}
    assert {"headcount", "minors", "detained", "position"} <= kinds


def test_json_on_stdout_writes_nothing(tmp_path):
    done = caravana("read", TEXTS / "en-1.txt", "tapachula-2021", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert told["language"] == "en"
    assert told["published"] == "2021-10-31"
    assert len(told["observations"]) >= 12
    assert list(tmp_path.iterdir()) == []


def test_drafts_never_go_into_a_scenario(tmp_path, scenario):
    write_scenario(scenario, tmp_path / "s")
    refused(caravana("read", TEXTS / "en-1.txt", tmp_path / "s", "--out", tmp_path / "s"))
    refused(caravana("read", TEXTS / "en-1.txt", tmp_path / "s", "--out", tmp_path / "s" / "drafts"))
    assert not (tmp_path / "s" / "drafts").exists()


@pytest.mark.parametrize(
    "content", [b"", b"   \n\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 30, b"No date here, only words."]
)
def test_empty_binary_and_undated_articles_are_refused(tmp_path, content):
    (tmp_path / "a.txt").write_bytes(content)
    refused(caravana("read", tmp_path / "a.txt", "tapachula-2021", "--out", tmp_path / "d"))
    assert not (tmp_path / "d").exists()


def test_fifty_megabytes_are_refused_without_memory(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        for _ in range(50):
            file.write(b"About 3,000 people walk. " * 41_944)
    assert path.stat().st_size > 50_000_000

    def bound():
        resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))

    refused(caravana("read", path, "tapachula-2021", "--out", tmp_path / "d", preexec_fn=bound))


HEAD = "TONALA, 9 November 2021 - "
SENTENCE = "About 3,000 people left Tonala on Monday, organizers said. "
HARD = {
    "numbers in words": ("one ", 5_000),
    "digits": ("1,111,", 4_000),
    "capitals": ("Aa Bb ", 7_500),
    "words in capitals": ("ANA PAZ ", 3_000),
    "a long word": ("a", 50_000),
    "verbs of saying": ("said ", 5_000),
    "empty lines": ("\n\n", 20_000),
    "figures": (SENTENCE, 500),
}


def test_the_largest_article_is_read_whole(scenario):
    text = HEAD + SENTENCE * 1_000
    assert len(text) < MOST_BYTES
    assert sum(o.kind == "headcount" for o in draft(text, scenario, name="long").observations) == 1_000


@pytest.mark.parametrize("piece", HARD)
def test_reading_takes_in_proportion_to_the_text(scenario, piece):
    """Twice the text takes about twice the work, not four times: in the processor's time, whatever else runs."""
    repeated, number = HARD[piece]

    def seconds(times):
        started = time.process_time()
        draft(HEAD + repeated * times + "x", scenario, name="hard")
        return time.process_time() - started

    seconds(1)
    # What is hardly noticed may grow as it likes: noise would be measured.  A core that is shared takes up to twice its
    # time, and then not the next time.
    tries = ((seconds(number // 2), seconds(number)) for _ in range(3))
    assert any(whole < 3.5 * max(half, 0.1) for half, whole in tries)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["none.txt", "tapachula-2021"], 2),
        ([TEXTS / "en-1.txt", "no-such-scenario"], 3),
        ([TEXTS / "en-1.txt", "tapachula-2021", "--published", "yesterday"], 2),
        ([TEXTS.parents[1], "tapachula-2021"], 2),  # a folder without texts
        (["/dev/zero", "tapachula-2021"], 2),
    ],
)
def test_wrong_requests_end_with_one_message(tmp_path, arguments, status):
    done = caravana("read", *arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
