"""An opened run: labelled arrays, SQL, and plain Parquet that anyone can read."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
from tests.made.displacement_run import make_people_run
from tests.made.small import small_scenario

import caravana as cv
from caravana.models.caravan.state import STATUSES


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "small"
    cv.simulate(small_scenario(days=6, inflow=20, split_chance=0.3), members=70, seed=5, out=folder, workers=1)
    return folder


@pytest.fixture(scope="module")
def run(folder):
    return cv.open_run(folder)


def test_people_have_named_dims_units_and_labels(run):
    people = run.people
    assert people.persons.dims == ("member", "day", "place", "kind", "status")
    assert people.persons.attrs["units"] == "persons"
    assert people.parties.attrs["units"] == "parties"
    assert people.sizes["member"] == 70
    assert people.sizes["day"] == 6
    assert set(people.kind.values) == {"lone-man", "lone-woman", "lone-minor", "family"}
    assert set(people.status.values) <= set(STATUSES)
    assert str(people.day.values[0])[:10] == "2021-10-23"
    assert "first" in people.place.values


def test_a_place_where_nobody_ever_was_has_nobody(tmp_path):
    base = small_scenario(days=3)
    far = base.places[0].model_copy(update={"id": "nowhere-near", "name": "Nowhere near"})
    scenario = base.model_copy(update={"places": (far, *base.places)})
    run = cv.simulate(scenario, members=2, seed=5, out=tmp_path / "run", workers=1)
    assert "nowhere-near" not in set(run.query("SELECT DISTINCT place FROM people")["place"])
    assert int(run.people.persons.sel(place="nowhere-near").sum()) == 0
    assert list(run.people.place.values[: len(scenario.places)]) == [p.id for p in scenario.places]


def test_lazy_arrays_equal_a_dense_sum_over_the_parquet(run, folder):
    frame = pd.concat(run.query(f"SELECT * FROM '{p}'") for p in sorted(folder.glob("blocks/*/people.parquet")))
    frame = frame[frame["member"] < 70]
    dense = frame.groupby(["member", "status"], observed=True)["persons"].sum()
    ours = run.people.persons.sum(["day", "place", "kind"]).to_series()
    for key, persons in dense.items():
        assert ours[key] == persons
    assert ours.sum() == dense.sum()


def test_reading_a_part_equals_that_part_of_the_whole(run):
    whole = run.people.persons.load()
    lazy = cv.open_run(run.path).people.persons
    part = lazy.isel(member=[3, 1, 69], day=slice(1, 4), status=0).sel(kind=["family", "lone-man"])
    expected = whole.isel(member=[3, 1, 69], day=slice(1, 4), status=0).sel(kind=["family", "lone-man"])
    np.testing.assert_array_equal(part.values, expected.values)
    assert part.values.sum() > 0


def test_persons_are_parties_times_their_size(run):
    sizes = {"lone-man": 1, "lone-woman": 1, "lone-minor": 1, "family": 4}
    size = np.array([sizes[str(k)] for k in run.people.kind.values])
    np.testing.assert_array_equal(
        run.people.persons.values, run.people.parties.values * size[None, None, None, :, None]
    )


def test_everyone_is_somewhere_every_day(run):
    people = run.people.persons.sum(["place", "kind", "status"]).to_pandas()
    flows = run.flows.persons.sum("kind")
    from_outside = [f for f in ("entered",) if f in flows.flow.values]
    entered = flows.sel(flow=from_outside).sum("flow").to_pandas().cumsum(axis=1)
    died = flows.sel(flow="died").to_pandas().cumsum(axis=1) if "died" in flows.flow.values else 0
    gap = (people - entered + died).to_numpy()
    assert (gap == gap[:, :1]).all()


def test_caravans_flows_payments_and_reports(run):
    assert run.caravans.km.dims == ("member", "day", "caravan")
    assert run.caravans.km.attrs["units"] == "km"
    assert next(iter(run.caravans.caravan.values)) == "first"
    assert run.flows.persons.dims == ("member", "day", "flow", "kind")
    assert run.payments.usd.dims == ("member", "day", "payer", "payee")
    assert run.payments.usd.attrs["units"] == "USD per day"
    assert run.reports.persons.dims == ("member", "day", "caravan", "side")
    assert float(run.parameters["walk_km"].mean()) == 17
    assembled = run.flows.persons.sel(flow="assembled").sum(["kind", "day"])
    assert 60 < float(assembled.mean()) < 180


@pytest.mark.parametrize("dataset", ["caravans", "flows", "parameters", "payments", "reports"])
def test_what_the_model_does_not_write_is_said_in_one_line(tmp_path, dataset):
    run = make_people_run(tmp_path / "run")
    assert run.tables == ("people",)
    with pytest.raises(cv.UsageError, match=rf"^this run has no {dataset}: its model, 'flee', writes people$"):
        getattr(run, dataset)
    assert run.people.persons.sizes["member"] == 20


def test_the_tables_of_a_run_are_those_in_its_folder(run, tmp_path):
    assert set(run.tables) == {"people", "caravans", "flows", "payments", "reports", "parameters"}
    folder = tmp_path / "run"
    shutil.copytree(run.path, folder)
    for block in folder.glob("blocks/[0-9]*"):
        shutil.copy(block / "flows.parquet", block / "of my own.parquet")
    again = cv.open_run(folder)
    assert "of my own" in again.tables
    assert again.query('SELECT sum(persons) AS n FROM "of my own"')["n"][0] == float(run.flows.persons.sum())


def test_reports_are_the_count_times_bias_and_noise(run):
    told = run.reports.persons.sel(caravan="first").values
    true = run.caravans.persons.sel(caravan="first").values
    bias = dict(zip(run.reports.side.values, np.moveaxis(told, -1, 0), strict=True))
    for side, expected in (("authorities", 0.75), ("organisers", 1.5), ("agency", 1.1)):
        ratio = np.log(bias[side][true > 0] / true[true > 0])
        assert np.mean(ratio) == pytest.approx(np.log(expected), abs=0.05)
        assert np.std(ratio) == pytest.approx(0.25, abs=0.03)


def test_plain_pandas_and_duckdb_read_the_files(folder, run):
    import duckdb

    table = duckdb.sql(f"SELECT sum(persons) FROM '{folder}/blocks/*/people.parquet' WHERE member < 70").fetchall()
    assert table == [(int(run.people.persons.sum()),)]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["complete"] is True
    assert manifest["members"] == 70
    assert manifest["blocks_failed"] == []
    assert manifest["plan"]["seed"] == 5


def test_what_is_no_run_is_said_in_one_line(tmp_path):
    with pytest.raises(cv.RunError, match="is not a run folder"):
        cv.open_run(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(cv.RunError, match="cannot be read"):
        cv.open_run(tmp_path)


def test_a_long_query_shows_no_progress_among_the_data(run):
    # Asked by `-c`, or line by line, DuckDB would write it on standard output.
    code = (
        "import sys, caravana as cv; from caravana.sql import open_connection\n"
        "for one in (cv.open_run(sys.argv[1]).connection, open_connection()):\n"
        "    print(one.execute(\"SELECT current_setting('enable_progress_bar')\").fetchone())"
    )
    done = subprocess.run([sys.executable, "-c", code, run.path], capture_output=True, text=True, check=True)
    assert done.stdout == "(False,)\n(False,)\n"


def test_tables_are_read_in_a_notebook_without_widgets(run, monkeypatch):
    # There DuckDB shows no progress and refuses to be told of it.
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"import sys; sys.modules['ipywidgets'] = None; import caravana as cv\n"
                                         f"print(len(cv.open_run({str(run.path)!r}).query('SELECT 1 AS one')))")]
    )  # fmt: skip
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    assert [one["text"] for one in notebook.cells[0].outputs if one["name"] == "stdout"] == ["1\n"]
