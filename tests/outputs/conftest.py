"""A made-up run, opened once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.outputs.synthetic import make_run

if TYPE_CHECKING:
    from caravana.run import Run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made-up") / "run")
