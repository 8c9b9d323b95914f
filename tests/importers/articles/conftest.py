import pytest

import caravana as cv
from caravana.importers.articles.gazetteer import build_gazetteer


@pytest.fixture(scope="session")
def scenario():
    return cv.load_scenario("tapachula-2021")


@pytest.fixture(scope="session")
def gazetteer(scenario):
    return build_gazetteer(scenario)
