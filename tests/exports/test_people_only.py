"""Runs of a model that writes people and nothing else can be handed on in every format."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pytest
from tests.made.displacement_run import make_people_run

from caravana.exports.export import FORMATS, export_run
from caravana.exports.public import public_export
from caravana.exports.summary import write_summary
from caravana.exports.tables import internal_export


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_people_run(tmp_path_factory.mktemp("people") / "run")


def test_what_the_model_does_not_write_is_left_out(run):
    tables = internal_export(run).tables
    assert list(tables) == ["people", "places", "sources"]
    assert "flows" not in public_export(run).tables
    night = tables["people"]
    cell = night[(night["place_code"] == "West_Camp") & (night["reference_period_start"] == dt.date(2012, 4, 1))]
    people = run.people.persons.sel(place="West_Camp", day="2012-04-01").sum(["kind", "status"])
    assert cell["persons_median"].item() == np.quantile(people, 0.5, method="inverted_cdf")


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_is_written(run, tmp_path, name, audience):
    path = export_run(run, format=name, audience=audience, path=tmp_path / f"out{FORMATS[name].ending}")
    assert path.exists()


def test_the_summary_holds_what_there_is(run):
    table = duckdb.sql(f"SELECT DISTINCT what FROM '{write_summary(run)}'").df()
    assert list(table["what"]) == ["status"]
