"""What must work wherever the package may be installed: the oldest dependencies, the core alone, each Python.

``tools/levels.py`` makes such environments, installs the wheel there and runs this file by itself, without the
fixtures of the other tests.  Whether an extra is there decides what is asked: the part that needs it, or its refusal.
"""

import datetime as dt
import importlib.util
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import caravana as cv

FLEE = {
    "input_csv/locations.csv": """#name,region,country,latitude,longitude,location_type,conflict_date,population
A,R1,Here,1.0,1.0,conflict_zone,0,1000
B,R1,Here,1.0,2.0,town,,
Near,R2,There,1.0,3.0,camp,,10000
Far,R2,There,2.0,3.0,camp,,10000
""",
    "input_csv/routes.csv": "#name1,name2,distance,forced_redirection\nA,B,90,\nB,Near,100,\nB,Far,190,\n",
    "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
    "input_csv/conflicts.csv": "#Day,A\n" + "".join(f"{day},1\n" for day in range(20)),
    "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,20\n",
    "source_data/data_layout.csv": "total,refugees.csv\nNear,near.csv\nFar,far.csv\n",
    "source_data/near.csv": "2020-01-01,0\n2020-01-20,600\n",
    "source_data/far.csv": "2020-01-01,0\n2020-01-20,300\n",
    "source_data/refugees.csv": "2020-01-01,0\n2020-01-20,900\n",
}


def has(package):
    return importlib.util.find_spec(package) is not None


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("level") / "run"
    return cv.simulate("tapachula-2021", members=64, seed=1, until="2021-10-30", out=out, workers=1)


@pytest.fixture(scope="module")
def camps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flee")
    for name, text in FLEE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    imported = cv.import_flee(folder)
    assert not imported.faults
    return imported.scenario


def test_it_is_the_installed_wheel_that_is_tested():
    assert Path(sys.prefix) in Path(cv.__file__).parents


def test_a_caravan_is_simulated_and_read_back(run):
    assert not run.failures
    persons = run.people.persons
    assert dict(persons.sizes)["member"] == 64
    last = persons.sum(["place", "kind", "status"]).isel(day=-1)
    assert int(last.min()) > 0
    assert run.query("SELECT count(*) AS n FROM people")["n"][0] > 0


def test_a_report_is_written(run):
    page = cv.write_report(run)
    assert "<svg" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["csv", "xlsx", "geojson", "netcdf"])
def test_results_are_handed_on(run, name, tmp_path):
    assert cv.export_run(run, format=name, path=tmp_path / "given").exists()


def test_an_operation_forecasts_and_verifies(tmp_path):
    def caravana(*words):
        done = subprocess.run(
            [sys.executable, "-m", "caravana.cli", *map(str, words)], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    place = tmp_path / "op"
    road = ("--road", "tapachula-mexico-city", "--departs", "2021-10-23", "--until", "2021-11-05")
    report = ("--on", "2021-10-24", "--persons", "3000", "--by", "press")
    for words in (("new", place, *road), ("observe", place, "huehuetan", *report), ("update", place, *report[:2])):
        status, said = caravana(*words)
        assert status == 0, said
    status, said = caravana("brief", place)
    if has("typst"):
        assert status == 0, said
    else:
        assert status == 2
        assert "pip install 'caravana[pdf]'" in said
        assert "Traceback" not in said


def test_camps_share_arrivals_without_an_extra(camps):
    run = cv.simulate(camps, rules="camp-shares", members=64, seed=1, workers=1)
    assert int(run.people.persons.isel(day=-1).sum()) > 0


def test_the_rules_of_flee_run_or_say_what_they_need(camps, tmp_path):
    if has("numba"):
        run = cv.simulate(camps, rules="flee", members=2, seed=1, workers=1, out=tmp_path / "run")
        assert run.people.sizes["day"] == 20
        return
    with pytest.raises(cv.UsageError, match=r"pip install 'caravana\[displacement\]'"):
        cv.simulate(camps, rules="flee", members=2, seed=1, workers=1, out=tmp_path / "run")


def test_camps_are_tested_on_past_days_with_flee_beside_where_it_can_be(camps):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        test = cv.backtest(camps.replace(rules="camp-shares"), origins=["2020-01-06"], horizon=14, members=64)
    assert ("flee" in set(test.to_dataframe()["model"])) == has("numba")
    assert any("caravana[displacement]" in str(one.message) for one in said) != has("numba")


def test_forecasts_are_scored():
    from caravana.inference.scoring.proper_scores import crps

    assert float(crps(np.array([1.0, 2.0, 3.0]), np.ones(3), 2.0)) == pytest.approx(2 / 9)


def test_dates_are_what_was_asked_for(run):
    assert run.people.day.values[-1].astype("datetime64[D]").astype(dt.date) == dt.date(2021, 10, 30)
