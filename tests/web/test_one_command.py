"""One command from an installation to the open page: the operation is made where there is none, and a browser opens."""

import os
import stat
import subprocess
import sys
import time

import httpx
import pytest
from tests.made.served import served
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.errors import CaravanaError, UsageError
from caravana.operation.folder import open_operation

pytestmark = pytest.mark.slow
SCENARIO = ("--scenario", "tapachula-2021-11-18")


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """A browser that writes down the address that it is given; gives where."""
    program, seen = tmp_path / "browser", tmp_path / "seen"
    program.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > '{seen}.part' && mv '{seen}.part' '{seen}'\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BROWSER", str(program))
    return seen


def test_the_page_opens(tmp_path, browser):
    folder = tmp_path / "november"
    with served(folder, *SCENARIO, "--open") as url:
        until = time.monotonic() + 60
        while not browser.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert browser.read_text("utf-8") == url
        assert "november" in httpx.get(url, timeout=60).text
    made = open_operation(folder)
    assert made.name == "november"
    # The second time it is opened as it is: what was changed since stays.
    settings = (folder / "operation.toml").read_text("utf-8").replace('"november"', '"another"')
    (folder / "operation.toml").write_text(settings, "utf-8")
    browser.unlink()
    with served(folder, *SCENARIO) as url:
        assert "another" in httpx.get(url, timeout=60).text
    assert not browser.exists()


def test_nothing_is_made_where_it_is_not_asked_for(tmp_path):
    done = CliRunner().invoke(app, ["serve", str(tmp_path / "none")])
    assert isinstance(done.exception, CaravanaError)
    assert "`caravana new` makes one" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", ["fastapi", "uvicorn", "python_multipart", "argon2"])
def test_nothing_is_made_where_the_extra_is_missing(tmp_path, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    done = CliRunner().invoke(app, ["serve", str(tmp_path / "op"), *SCENARIO])
    assert isinstance(done.exception, UsageError)
    assert module in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_is_none_is_said_and_leaves_nothing(tmp_path):
    words = [sys.executable, "-m", "caravana.cli", "serve", str(tmp_path / "op"), "--scenario", "tapachula-2012"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode in (2, 3)
    assert "tapachula-2021" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
