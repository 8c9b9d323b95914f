"""The page beside the spreadsheet of needs, and where the pages of standards come from."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from importlib import resources

import pytest
from tests.made.commands import quick_command

from caravana.errors import UsageError
from caravana.exports.kept_stock import read_kept
from caravana.reporting.report import render_report
from caravana.results.needs import load_standards
from caravana.results.supplies import load_profile


@pytest.fixture(scope="module")
def run(simulated):
    return simulated


@pytest.fixture(scope="module")
def made(run, tmp_path_factory):
    """Make a plan in Spanish, with stock, in the run folder."""
    stock = tmp_path_factory.mktemp("stock") / "stock.csv"
    stock.write_text("item,quantity,unit\nwater,20000,litres\ntoilets,500,toilets\n")
    words = [run.path, "--origin", "2021-10-30", "--as-run", "--stock", stock, "--lang", "es", "--json"]
    done = subprocess.run(
        [quick_command(), "needs", *map(str, words)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return told, (run.path / "needs-2021-10-30.html").read_text("utf-8")


def test_the_page_stands_beside_the_spreadsheet_and_asks_for_nothing(run, made):
    told, page = made
    assert told["page"] == str(run.path / "needs-2021-10-30.html")
    assert 'href="needs-2021-10-30.xlsx"' in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)


def test_it_says_what_the_command_prints_as_each_language_writes_it(made):
    told, page = made
    assert "Suministros del 31 de octubre al 2 de noviembre de 2021" in page
    first = next(r for r in told["by_day"] if r["item"] == "water")
    assert f">{first['kits']}<" in page.replace("\u202f", "")
    assert "20\u202f000" in page
    assert "En asentamiento: personas que esperan" in page
    assert "En movimiento, aparte de la caravana" in page
    # Five hundred toilets always suffice: too little in none of the runs.
    assert re.search(r"<b>0</b></td><td></td><td class=\"text chance\">ninguna", page)


def test_the_report_links_the_plans_that_were_made(run, made):
    assert 'href="needs-2021-10-30.html"' in render_report(run)
    assert made


def test_a_spreadsheet_with_stock_in_it_is_never_overwritten(run, made):
    first = run.path / "needs-2021-10-30.xlsx"
    before = first.read_bytes()
    words = [run.path, "--origin", "2021-10-30", "--as-run", "--lang", "es"]
    done = subprocess.run(
        [quick_command(), "needs", *map(str, words)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert made
    assert first.read_bytes() == before
    assert "needs-2021-10-30.xlsx tiene 2 líneas de sus existencias" in done.stderr
    items = {s.standard.item for s in load_profile()}
    second = read_kept(run.path / "needs-2021-10-30-2.xlsx", items=items, places={})
    assert second == read_kept(first, items=items, places={})
    # That day's need apart from what must be there by then.
    assert "suma de los días desde el 31 oct" in done.stdout
    assert "se sigue usando" in done.stdout


@pytest.mark.parametrize("name", ["logistics.csv", "sphere.csv", "moving.csv"])
def test_every_standard_has_its_page_or_says_that_it_was_not_found(name):
    path = resources.files("caravana.results") / "standards" / name
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    for row in rows:
        if row["verified"] == "assumption":
            assert not row["page_status"]
            continue
        assert row["standard"]
        assert row["page_status"] in {"read", "cited", "not_found"}
        assert bool(row["page"]) == (row["page_status"] != "not_found")
    assert {r["page"] for r in rows if r["item"] == "toilets"} == {"118"}


def test_pages_are_told_in_the_report(run):
    page = render_report(run)
    assert "Sphere Handbook 2018, Excreta management standard 3.2, p. 118" in page
    assert "Health systems standard 1.2, p. 303" in page


@pytest.mark.parametrize(("page", "status"), [("", "read"), ("12", "not_found"), ("12", "guessed")])
def test_a_page_and_what_is_said_of_it_must_agree(tmp_path, page, status):
    head = "item,per,value,low,high,unit,whole,source,page,page_status,verified,note,note_es"
    path = tmp_path / "mine.csv"
    path.write_text(f"{head}\nwater,person,15,7,20,litres a day,false,mine,{page},{status},reported,,\n")
    for load in (load_profile, load_standards):
        with pytest.raises(UsageError, match="row 2, page_status"):
            load(path)


def test_the_page_may_not_take_the_spreadsheets_place(run, tmp_path):
    out = tmp_path / "plan.html"
    words = [run.path, "--origin", "2021-10-30", "--as-run", "--out", out]
    done = subprocess.run(
        [quick_command(), "needs", *map(str, words)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 2
    assert "name the spreadsheet" in done.stderr
    assert not out.exists()
