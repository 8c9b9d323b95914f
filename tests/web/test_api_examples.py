"""The programs that the page of the API shows do, as they are printed, what they say: against a server, signed in."""

import datetime as dt
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.made.served import served
from tests.made.web import PASSWORD
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger

pytestmark = pytest.mark.slow
TEXT = (Path(__file__).parents[2] / "docs" / "pages.md").read_text("utf-8")
PRINTED = "http://127.0.0.1:8720"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The folder and the address of an operation whose caravan set out some days ago; Ana is a planner."""
    folder = tmp_path_factory.mktemp("api") / "op"
    departs = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=4)
    new = CliRunner().invoke(app, ["new", str(folder), "--road", "tapachula-mexico-city", "--departs", str(departs)])
    assert new.exit_code == 0, new.output
    with (folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write("\n[forecast]\nhorizon = 3\nmembers = 100\n")
    made = CliRunner().invoke(app, ["accounts", str(folder), "ana", "--role", "planner"], input=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    with served(folder, "--shared") as url:
        yield folder, url.rstrip("/")


def program(name, address):
    """A program of the page, for the server and the password at hand: nothing else of it is changed."""
    text = re.search(rf'^```text title="{re.escape(name)}"\n(.*?)^```$', TEXT, re.MULTILINE | re.DOTALL)[1]
    assert text.count(PRINTED) == 1
    assert text.count('"..."') == 1
    return text.replace(PRINTED, address).replace('"..."', f'"{PASSWORD}"')


def run(words, *, cwd):
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=240, check=False)


def holds(done, folder):
    """The program ended well and said tonight's sentence last; its report is in the ledger, signed."""
    assert done.returncode == 0, done.stdout + done.stderr
    state, sentence = [line.strip() for line in done.stdout.strip().splitlines()]
    assert state == "done"
    assert sentence.startswith("Tomorrow night most likely")
    assert "<" not in sentence
    with open_ledger(open_operation(folder)) as ledger:
        reports = ledger.reports()
    headcount = reports[reports["id"].str.contains("headcount")]
    assert list(headcount["recorded_by"]) == ["ana"]
    assert (headcount["low"].item(), headcount["high"].item()) == (4500, 5000)


def test_the_program_in_python(office, tmp_path):
    folder, url = office
    (tmp_path / "report.py").write_text(program("report.py", url), "utf-8")
    holds(run([sys.executable, "report.py"], cwd=tmp_path), folder)


def test_the_program_in_r(office, tmp_path):
    rscript = shutil.which("Rscript") or pytest.skip("Rscript is not on this machine")
    if run([rscript, "-e", "library(httr2)"], cwd=tmp_path).returncode:
        pytest.skip("R has no httr2 on this machine")
    folder, url = office
    (tmp_path / "report.R").write_text(program("report.R", url), "utf-8")
    holds(run([rscript, "report.R"], cwd=tmp_path), folder)


@pytest.mark.parametrize(("old", "new", "says"), [
    (f'"{PASSWORD}"', '"a wrong one"', "password"), ('"huixtla"', '"nowhere at all"', "nowhere at all"),
])  # fmt: skip
def test_what_is_refused_is_said(office, tmp_path, old, new, says):
    _, url = office
    for name, words in (("report.py", [sys.executable]), ("report.R", [shutil.which("Rscript")])):
        if words[0] is None:
            continue
        (tmp_path / name).write_text(program(name, url).replace(old, new), "utf-8")
        done = run([*words, name], cwd=tmp_path)
        assert done.returncode == 1
        assert says in done.stderr
