"""Help for what a researcher writes by hand: its own words, and none of the library that checks it."""

import inspect
import pickle
import pydoc

import pytest

import caravana as cv


@pytest.mark.parametrize(("named", "lines"), [(cv.Prior, 60), (cv.Scenario, 400)])
def test_help_is_short_and_begins_with_what_it_is(named, lines):
    page = pydoc.render_doc(named, renderer=pydoc.plaintext)
    assert page.count("\n") < lines
    for foreign in ("model_validate", "model_dump", "__pydantic", "parse_obj", "model_config", "BaseModel:"):
        assert foreign not in page
    assert inspect.getdoc(named).splitlines()[0] in page


def test_help_of_a_scenario_has_its_own_methods():
    page = pydoc.render_doc(cv.Scenario, renderer=pydoc.plaintext)
    for own in ("day_of(", "with_parameters(", "from_frames(", "to_frames("):
        assert own in page


def test_what_is_not_listed_is_still_there():
    prior = cv.Prior(dist="normal", mean=15.0, sigma=2.0)
    assert pickle.loads(pickle.dumps(prior)) == prior
    assert prior.model_copy(update={"mean": 2.0}).mean == 2.0
    assert "dist" in inspect.signature(cv.Prior).parameters
