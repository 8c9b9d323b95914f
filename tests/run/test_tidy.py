"""A run handed out: long frames, labelled arrays, one screen; what a user is told of it."""

import sys
import types
import warnings

import numpy as np
import pandas as pd
import pytest
from tests.made.displacement_run import make_scenario

import caravana as cv
from caravana import progress, simulation
from caravana.errors import UsageError
from caravana.importers.base import ImportResult
from caravana.results.acting import why_nobody_moves
from caravana.scenario.reading.faults import Fault
from caravana.studies import sweeps
from caravana.studies.policies import choose


def test_a_frame_holds_what_the_table_holds_in_small_types(run):
    frame = run.to_dataframe()
    assert frame.dtypes.astype(str).to_dict() == {
        "member": "int32", "day": "datetime64[s]", "place": "category", "kind": "category", "status": "category",
        "parties": "int32", "persons": "int32",
    }  # fmt: skip
    assert frame["persons"].sum() == run.query("SELECT sum(persons) AS n FROM people")["n"][0]
    with pytest.raises(cv.UsageError, match="did you mean 'people'"):
        run.to_dataframe("peopel")


def test_arrays_have_coordinates_by_cf_and_are_read_when_asked_for(run):
    data = run.to_xarray()
    assert data["persons"].dtype == np.int32
    assert not data["persons"].variable._in_memory
    place = run.scenario.places[2]
    here = data.sel(place=place.id)
    assert float(here["latitude"]) == place.lat
    assert (str(here["pcode"].values), str(here["place_kind"].values)) == (place.pcode, place.kind)
    assert data["longitude"].attrs["units"] == "degrees_east"
    assert all("long_name" in data[name].attrs for name in (*data.coords, *data.data_vars))
    frame = run.to_dataframe()
    wanted = frame[(frame["place"] == place.id) & (frame["member"] == 0)]["persons"].sum()
    assert int(here["persons"].sel(member=0).sum()) == wanted
    with pytest.raises(cv.UsageError, match="did you mean 'flows'"):
        run.to_xarray("flow")


def test_the_size_of_what_is_read_is_said_before(run, monkeypatch):
    monkeypatch.setattr("caravana.sql.LARGE", 1000)
    with pytest.warns(cv.CaravanaWarning, match=r"people is read, .* GB: select first"):
        run.people["persons"].isel(day=0).load()
    assert "Size:" in repr(run.people)


def test_every_public_type_fits_a_screen_and_a_notebook(run, displaced):
    scenario = cv.load_scenario("tapachula-2021")
    shown = [
        run, displaced, scenario, cv.read_ledger(scenario), cv.take(scenario, {}), scenario.parameters[0],
        cv.ORDER[0], cv.Outcome(), cv.load_profile()[0], cv.bundled()[0], cv.Prior(dist="beta", a=1.0, b=2.0),
        cv.score(run), cv.compare(run, run), run.plot,
    ]  # fmt: skip
    for one in shown:
        assert len(repr(one).splitlines()) <= 30, type(one)
        assert len(repr(one)) < 3000, type(one)
    for one in shown[:-1]:
        assert "<table" in one._repr_html_(), type(one)
        assert len(one._repr_html_()) < 12_000, type(one)
    assert "tapachula-2021" in repr(scenario)


def test_a_value_shown_in_a_notebook_is_no_markup():
    scenario = make_scenario(title="<script>alert(1)</script>")
    assert "<script>" not in scenario._repr_html_()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"counted": False, "series": ()}, "nothing says how many"),
        ({"series": (), "places": "towns"}, "nowhere to flee from"),
        ({"places": "no camps"}, "what was counted is no camp: South_Camp (town), West_Camp (town)"),
        ({}, ""),
    ],
)
def test_why_nobody_moves_is_said(changes, said):
    places = make_scenario().places
    kinds = {
        "towns": {"conflict_zone": "town"},
        "no camps": {"camp": "town"},
    }.get(changes.get("places", ""))
    if kinds is not None:
        changes = {**changes, "places": tuple(p.model_copy(update={"kind": kinds.get(p.kind, p.kind)}) for p in places)}
    why = why_nobody_moves(make_scenario(**changes))
    assert said in why
    assert bool(why) == bool(said)


def test_what_was_set_in_vain_is_warned_of():
    scenario = make_scenario(days=4, rules="camp-shares")
    with pytest.warns(cv.UnusedInputWarning, match="not used by the rules camp-shares: awareness_level"):
        cv.simulate(scenario, members=2, workers=1, set={"awareness_level": 2})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cv.simulate(scenario, members=2, workers=1)


def test_a_bar_is_shown_in_a_notebook(monkeypatch):
    shown = []

    class Handle:
        def update(self, value):
            shown.append(value)

    def display(value, *, display_id):
        shown.append(value)
        return Handle()

    shell = types.SimpleNamespace(config={"IPKernelApp": {}})
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(HTML=str, display=display))
    tell = progress.progress_shown("Blocks", first="Loops are compiled first")
    tell(0, 2)
    tell(2, 2)
    assert "Loops are compiled first" in shown[0]
    assert 'value="2" max="2"' in shown[1]


def test_the_time_that_is_left_is_told_once_it_can_be():
    assert progress.time_left(0, 4, 60.0) == ""
    assert progress.time_left(4, 4, 60.0) == ""
    assert progress.time_left(1, 4, 0.2) == ""
    assert progress.time_left(1, 4, 20.0) == "about 60 s left"
    assert progress.time_left(1, 31, 60.0) == "about 30 min left"
    assert progress.time_left(1, 201, 60.0) == "about 3.3 h left"


def test_what_was_there_before_does_not_count_as_fast(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(progress, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    tell = progress.TerminalLine("Blocks", "", live=True)
    tell(8, 10)
    now[0] = 40.0
    tell(9, 10)
    assert capsys.readouterr().err.endswith("Blocks: 9 of 10, about 40 s left")


def test_many_runs_are_one_bar(monkeypatch):
    shown = []
    monkeypatch.setattr(sweeps, "progress_shown", lambda what, first="": lambda *done: shown.append((what, *done)))
    monkeypatch.setattr(simulation, "progress_shown", lambda *_, **__: pytest.fail("a bar of its own"))
    cv.sweep("tapachula-2021", {"rest_chance": [0.1, 0.2]}, members=2, until="2021-10-24", workers=1)
    assert shown == [("Runs", 0, 2), ("Runs", 1, 2), ("Runs", 2, 2)]


def test_policies_are_taken_as_they_are_at_hand(tmp_path):
    scenario = cv.load_scenario("tapachula-2021")
    named = next(policy for policy in scenario.policies if not policy.base)
    assert [p.id for p in choose(scenario, [named])[1]] == [named.id]
    with pytest.raises(UsageError, match=r"policies 3: expected names, such as \['no-caravan'\]"):
        cv.compare(scenario, [3])
    with pytest.raises(UsageError, match="expected names"):
        cv.simulate(scenario, members=1, policies=[3])
    with pytest.raises(UsageError, match=r"absent\.toml cannot be read"):
        cv.compare(scenario, [tmp_path / "absent.toml"])


def test_a_script_is_told_why_it_waits_and_nothing_else(capsys):
    tell = progress.progress_shown("Blocks", first="Loops are compiled first")
    tell(0, 2)
    tell(2, 2)
    assert capsys.readouterr().err == "caravana: Loops are compiled first\n"


def test_days_may_be_timestamps(run):
    mpl = pytest.importorskip("matplotlib")
    mpl.use("Agg")
    assert "24 October 2021" in run.plot.map(pd.Timestamp("2021-10-24")).get_title()


def test_an_import_is_one_screen_with_its_first_faults(tmp_path):
    faults = tuple(Fault("locations.csv", row, "lat", "'x'", "a number") for row in range(2, 60))
    refused = ImportResult(None, (), faults)
    assert repr(refused).startswith("Import without a scenario\n  fault  locations.csv line 2, column lat: 'x'")
    assert "and 48 more" in repr(refused)
    assert len(repr(refused).splitlines()) == 13
    assert "<table" in refused._repr_html_()
    assert "Scenario tapachula-2021" in repr(ImportResult(cv.load_scenario("tapachula-2021"), ("a note",), ()))
