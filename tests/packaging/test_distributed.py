"""The tests of one file are run by one worker: what they share is made once in a run, however many workers it has."""

import os

import pytest


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a file that all workers of this run would share; a second worker finds it there and fails."""
    base = tmp_path_factory.getbasetemp()
    with ((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once").open("x") as file:
        file.write(str(os.getpid()))
    return os.getpid()


@pytest.mark.parametrize("test", range(6))
def test_what_a_file_shares_is_made_by_the_worker_of_all_its_tests(made, test):
    assert made == os.getpid(), test
