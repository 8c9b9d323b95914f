"""Slips that users of pandas make: each ends with one line that says of which argument, and what is expected."""

import numpy as np
import pandas as pd
import pytest

import caravana as cv

WHEN = {"until": "2021-10-24", "workers": 1}
SLIPS = {
    "a scenario by number": (lambda s, r: cv.load_scenario(5), "5: expected a scenario"),
    "a scenario of no such name": (lambda s, r: cv.simulate("tapachula2021"), "did you mean 'tapachula-2021'"),
    "members with a fraction": (lambda s, r: cv.simulate(s, members=64.5), "members 64.5: expected a whole number"),
    "members as text": (lambda s, r: cv.simulate(s, members="64"), "members '64': expected a whole number"),
    "members as a truth value": (lambda s, r: cv.simulate(s, members=True), "members True: expected a whole"),
    "a seed with a fraction": (lambda s, r: cv.simulate(s, seed=1.5), "seed 1.5: expected a whole number"),
    "no workers": (lambda s, r: cv.simulate(s, workers=0), "workers must be 1 or more, not 0"),
    "set as a list": (lambda s, r: cv.simulate(s, set=["rest_chance"]), "set .*: expected values by name"),
    "set of a name unknown": (lambda s, r: cv.simulate(s, set={"rest_chanc": 0.1}), "did you mean 'rest_chance'"),
    "a policy as text": (lambda s, r: cv.simulate(s, policies="no-caravan"), "policies 'no-caravan': expected a list"),
    "rules unknown": (lambda s, r: cv.simulate(s, rules="caravn"), "did you mean 'caravan'"),
    "a day of no calendar": (lambda s, r: cv.simulate(s, until="24/10/2021"), "until '24/10/2021' is no date"),
    "a parameter as text": (lambda s, r: s.with_parameters(walk_km="far"), "walk_km=far: expected a number"),
    "a parameter unknown": (lambda s, r: s.with_parameters(walk_kms=5), "did you mean 'walk_km'"),
    "a prior cut short": (lambda s, r: s.with_parameters(walk_km=cv.Prior(dist="normal", mean=15)), "prior.sigma"),
    "a field unknown": (lambda s, r: s.replace(place=[]), "did you mean 'places'"),
    "a sweep over one number": (lambda s, r: cv.sweep(s, {"walk_km": 10}), r"walk_km 10: expected a list"),
    "a sweep over a name": (lambda s, r: cv.sweep(s, ["walk_km"]), "expected values by name, such as {'walk_km'"),
    "paths for runs": (lambda s, r: cv.compare("a", "b"), "policies 'b': expected a list"),
    "a run and a scenario": (lambda s, r: cv.compare(r, s), "expected two runs, or a scenario"),
    "a forecast before all reports": (
        lambda s, r: cv.forecast(s, on="2021-10-22"), "nothing was known of .* its first report"
    ),
    "an evening as text that is none": (lambda s, r: cv.look_ahead(r, origin="tonight"), "origin 'tonight' is no date"),
    "a place misspelt": (lambda s, r: r.plot.fan("huixla"), "did you mean 'huixtla'"),
    "a table misspelt": (lambda s, r: r.to_dataframe("peple"), "did you mean 'people'"),
    "a day outside": (lambda s, r: r.plot.map("2022-01-01"), "2022-01-01 is outside the run"),
    "a format misspelt": (lambda s, r: cv.export_run(r, format="exel"), "expected one of xlsx"),
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    return cv.load_scenario("tapachula-2021")


@pytest.fixture(scope="module")
def run(scenario):
    return cv.simulate(scenario, members=np.int64(64), seed=np.int64(1), **WHEN)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_answered_in_one_line(slip, scenario, run):
    make, said = SLIPS[slip]
    with pytest.raises(cv.CaravanaError, match=said) as found:
        make(scenario, run)
    assert len(str(found.value).splitlines()) <= 2


def test_numbers_of_numpy_and_days_of_pandas_are_taken_as_pythons_are(scenario, run):
    assert run.manifest["plan"]["seed"] == 1
    ahead = cv.look_ahead(run, origin=pd.Timestamp("2021-10-23"), days=1)
    assert ahead.days == cv.look_ahead(run, origin="2021-10-23", days=1).days


def test_the_plot_of_a_run_is_its_headcount(run):
    assert run.plot().get_title() == run.plot.headcount().get_title()


def test_one_origin_is_one_origin():
    one = cv.backtest("tapachula-2021", origins="2021-11-03", horizon=1, workers=1)
    assert list(one.card["origins"]) == ["2021-11-03"]


def test_a_process_is_one_line_without_an_address():
    text = repr(cv.ORDER[0])
    assert "\n" not in text
    assert " at 0x" not in text + cv.ORDER[0]._repr_html_()
    assert text.startswith(f"Process({cv.ORDER[0].name!r}, ")
