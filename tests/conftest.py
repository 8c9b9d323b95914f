"""Made-up runs, opened once, and a browser to look at their pages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.made import chromium
from tests.made import displacement_run as displacement_builder
from tests.made.caravan_run import make_run
from tests.made.tonight import caravan_facts

import caravana as cv
from caravana.exports.key import KEY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from caravana.reporting.tonight.facts import Tonight
    from caravana.run import Run

# The same examples at every run, however slow the machine: a landing is never lost by a draw.  To look for more:
# `pytest --hypothesis-profile=default --hypothesis-seed=N`.
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

collect_ignore = ["levels"]
"""Tests of an installed wheel, run by ``tools/levels.py`` in environments of their own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, so that no worker is left with one at the end while the others have nothing."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def give_key(run: Run) -> Run:
    """Give a run its key of releases: one drawn anew would round and draw otherwise at every run of the tests."""
    key = run.path / KEY_FILE
    key.write_text(bytes(range(32)).hex() + "\n")
    key.chmod(0o600)
    return run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return give_key(make_run(tmp_path_factory.mktemp("made-up") / "run"))


@pytest.fixture(scope="session")
def displaced(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return give_key(displacement_builder.make_run(tmp_path_factory.mktemp("displaced") / "run"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    driver = chromium.start(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def evening() -> Tonight:
    """What the page of 10 November 2021 is made from, of four evenings."""
    scenario, last = cv.load_scenario("tapachula-2021"), dt.date(2021, 11, 10)
    return caravan_facts(scenario, last - dt.timedelta(3), last, particles=400, draws=64)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The bundled caravan's first days: a real run, for what is handed on."""
    folder = tmp_path_factory.mktemp("exports") / "run"
    return give_key(cv.simulate("tapachula-2021", members=64, seed=3, until="2021-11-03", out=folder, workers=1))
