"""A run folder says what it is as an RO-Crate, the same way wherever it lies."""

import getpass
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import caravana as cv
from caravana.ensemble.crate import CRATE, PARTS, write_crate
from caravana.ensemble.integrity import read_manifest

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.prefix) / "checks" / "bin" / "python"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A finished run with its report."""
    out = tmp_path_factory.mktemp("crate") / "run"
    run = cv.simulate("tapachula-2021", members=70, seed=1, until="2021-10-24", out=out, workers=1)
    cv.write_report(run)
    return out


def graph_of(folder):
    return {one["@id"]: one for one in json.loads((folder / CRATE).read_text("utf-8"))["@graph"]}


def test_everything_that_is_listed_lies_in_the_folder_and_the_other_way_round(folder):
    parts = {one["@id"] for one in graph_of(folder)["./"]["hasPart"]}
    assert all((folder / name).is_dir() if name.endswith("/") else (folder / name).is_file() for name in parts)
    here = {p.name for p in folder.iterdir() if p.is_file()} - {CRATE}
    assert here <= parts
    assert {f"scenario/{p.name}" for p in (folder / "scenario").iterdir()} <= parts
    assert {"blocks/00000/", "blocks/00001/", "report.html"} <= parts


def test_it_says_what_was_done_with_what(folder):
    graph, manifest = graph_of(folder), read_manifest(folder)
    action = graph["#simulation"]
    assert action["startTime"] == manifest["started"]
    assert action["endTime"] == manifest["finished"] == graph["./"]["datePublished"]
    assert action["actionStatus"].endswith("CompletedActionStatus")
    given = {graph[one["@id"]]["name"]: graph[one["@id"]].get("value") for one in action["object"]}
    assert given["seed"] == 1
    assert given["members"] == 70
    assert given["scenario_hash"] == manifest["plan"]["scenario_hash"]
    assert graph[action["instrument"]["@id"]]["softwareVersion"] == cv.__version__


def test_the_same_folder_elsewhere_has_the_same_bytes_and_tells_of_no_machine(folder, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(folder, moved)
    (moved / CRATE).unlink()
    assert write_crate(moved).read_bytes() == (folder / CRATE).read_bytes()
    text = (folder / CRATE).read_text("utf-8")
    assert str(folder.parent) not in text
    assert str(Path.home()) not in text
    assert f'"{getpass.getuser()}"' not in text


def test_a_run_of_before_there_were_crates_gets_one_when_it_is_taken_up(folder, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    (old / CRATE).unlink()
    cv.simulate("tapachula-2021", members=70, seed=1, until="2021-10-24", out=old, workers=1)
    assert (old / CRATE).read_bytes() == (folder / CRATE).read_bytes()


def test_an_interrupted_run_is_no_completed_action(folder, tmp_path):
    cut = tmp_path / "cut"
    shutil.copytree(folder, cut)
    manifest = read_manifest(cut)
    from caravana.ensemble.integrity import write_manifest

    write_manifest(cut, {**manifest, "complete": False, "blocks_failed": [1]})
    write_crate(cut)
    action = graph_of(cut)["#simulation"]
    assert action["actionStatus"].endswith("FailedActionStatus")
    assert "1 blocks of members failed" in action["error"]


def test_what_its_holder_wrote_of_themselves_stays_and_nothing_else(folder, tmp_path):
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    crate = json.loads((kept / CRATE).read_text("utf-8"))
    holder = next(one for one in crate["@graph"] if one["@id"] == "#holder")
    holder |= {"name": "Agency", "url": "https://agency.example/", "@type": "Person", "description": "x" * 201, "h": 1}
    (kept / CRATE).write_text(json.dumps(crate), encoding="utf-8")
    write_crate(kept)
    now = graph_of(kept)["#holder"]
    assert (now["name"], now["url"], now["@type"]) == ("Agency", "https://agency.example/", "Organization")
    assert now["description"].startswith("No name and")
    assert "h" not in now


@pytest.mark.parametrize("damage", ["", "[]", '{"@graph": [1]}', '{"@graph": [{"@id": "#holder", "name": ["x"]}]}'])
def test_a_damaged_description_is_written_anew(folder, tmp_path, damage):
    hurt = tmp_path / "hurt"
    shutil.copytree(folder, hurt)
    (hurt / CRATE).write_text(damage, encoding="utf-8")
    assert write_crate(hurt).read_bytes() == (folder / CRATE).read_bytes()


def test_every_file_that_is_described_is_in_the_reference():
    page = (ROOT / "docs" / "reference" / "run-folder.md").read_text("utf-8")
    named = [part.pattern.replace("*", "DATE") for part in PARTS]
    assert [name for name in (*named, CRATE) if name not in page] == []


def validate(*words):
    tool = ROOT / "tools" / "validate_crate.py"
    done = subprocess.run([PYTHON, tool, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(not PYTHON.exists(), reason="no environment of roc-validator: make checks")
def test_it_is_a_valid_process_run_crate_and_a_broken_one_is_seen(folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    crate = json.loads((broken / CRATE).read_text("utf-8"))
    for one in crate["@graph"]:
        one.pop("instrument", None)
    (broken / CRATE).write_text(json.dumps(crate), encoding="utf-8")
    found = validate(folder, broken, "--severity", "RECOMMENDED")
    assert found[str(folder)] == []
    assert any("MUST have an instrument" in fault for fault in found[str(broken)])
