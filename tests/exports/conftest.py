"""One real run for all export tests: the bundled caravan, some members, its first days."""

import datetime as dt

import pytest

import caravana as cv

ORIGIN = dt.date(2021, 10, 30)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "run"
    return cv.simulate("tapachula-2021", members=64, seed=3, until="2021-11-03", out=folder, workers=1)
