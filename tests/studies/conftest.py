"""What is asked of a run here is taken from a real run."""

import pytest


@pytest.fixture(scope="session")
def run(simulated):
    return simulated
