"""Made-up runs, opened once, and a browser to look at their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.outputs import chromium, dispersal_made
from tests.outputs.synthetic import make_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from caravana.run import Run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made-up") / "run")


@pytest.fixture(scope="session")
def displaced(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return dispersal_made.make_run(tmp_path_factory.mktemp("displaced") / "run")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    driver = chromium.start(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()
