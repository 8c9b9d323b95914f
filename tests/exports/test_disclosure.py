"""Tries to undo the withholding of small cells: within a file, across files and days, with totals from elsewhere."""

import datetime as dt
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from caravana.errors import UsageError
from caravana.exports.disclosure import BASE, LINE_SUM, MEASURES, PUBLIC_GROUPS, SMALLEST, totals, withhold
from caravana.exports.export import export_run
from caravana.exports.public import public_export
from caravana.exports.tables import last_known
from caravana.results.cells import located, quantiles_by_cell

KEY = ["reference_period_start", "admin1_name", "admin2_name", "status"]
LINES = (["day", "status", "state"], ["day", "status"], ["day", "area"])


@st.composite
def tables(draw):
    """A day's cells: municipalities in states, groups, numbers of which many are small."""
    number = st.one_of(st.integers(0, 12), st.integers(0, 400))
    rows = []
    for state in range(draw(st.integers(1, 3))):
        for area in range(draw(st.integers(1, 5))):
            for status in draw(st.sets(st.sampled_from(["in_caravan", "waiting", "held"]), min_size=1)):
                low, middle, high = sorted(draw(st.tuples(number, number, number)))
                rows.append(("2021-10-30", f"s{state}", f"s{state}a{area}", status, low, middle, high))
    return pd.DataFrame(rows, columns=["day", "state", "area", "status", *MEASURES])


def lines_of(frame):
    return [g.index.to_numpy() for by in LINES for _, g in frame.groupby(by)]


@settings(max_examples=40, deadline=None)
@given(tables())
def test_no_number_from_1_to_9_is_shown_and_every_one_is_rounded(frame):
    cells = withhold(frame, lines=LINES)
    shown = cells[~cells["withheld"]][list(MEASURES)].to_numpy(dtype=float)
    assert not ((shown > 0) & (shown < SMALLEST)).any()
    assert (shown % BASE == 0).all()
    assert cells[cells["withheld"]][list(MEASURES)].isna().all(axis=None)


@settings(max_examples=40, deadline=None)
@given(tables())
def test_with_a_lines_true_total_no_small_cell_is_the_remainder(frame):
    cells = withhold(frame, lines=LINES)
    true = frame[(frame[list(MEASURES)] > 0).any(axis=1)].reset_index(drop=True)
    hidden = cells["withheld"].to_numpy()
    for line in lines_of(true):
        for measure in MEASURES:
            values = true.loc[line, measure].to_numpy()
            out = hidden[line]
            small = (values[out] > 0) & (values[out] < SMALLEST)
            others = values[~out] > 0
            if small.any() and others.any():
                assert out.sum() >= 2
                assert values[out].sum() >= LINE_SUM


@settings(max_examples=40, deadline=None)
@given(tables())
def test_totals_tell_nothing_that_the_shown_cells_do_not(frame):
    cells = withhold(frame, lines=LINES)
    told = totals(cells, by=["day", "state", "status"])
    again = cells[~cells["withheld"]].groupby(["day", "state", "status"])["persons_median"].sum()
    for row in told.to_dict("records"):
        key = (row["day"], row["state"], row["status"])
        assert row["persons_median_shown"] == again.get(key, 0)


@settings(max_examples=20, deadline=None)
@given(tables(), tables())
def test_a_day_is_withheld_alike_whatever_other_days_are_exported(first, second):
    second = second.assign(day="2021-10-31")
    alone = withhold(first, lines=LINES)
    both = withhold(pd.concat([first, second], ignore_index=True), lines=LINES)
    pd.testing.assert_frame_equal(alone, both[both["day"] == "2021-10-30"].reset_index(drop=True))


@pytest.fixture(scope="module")
def public(run):
    return public_export(run)


@pytest.fixture(scope="module")
def truth(run):
    """What the run itself has, by municipality: what an attacker is after."""
    named = {p.id: (p.state, p.municipality or "(municipality not stated)") for p in run.scenario.places}
    area = {k: "|".join(v) for k, v in named.items()}
    frame = quantiles_by_cell(run, located(run, area, PUBLIC_GROUPS), "day, area, status")
    frame[["admin1_name", "admin2_name"]] = frame["area"].str.split("|", expand=True)
    frame["reference_period_start"] = pd.to_datetime(frame["day"]).dt.date
    return frame.set_index(KEY)


def test_the_run_has_small_cells_to_protect(truth, public):
    small = truth[(truth["persons_median"] > 0) & (truth["persons_median"] < SMALLEST)]
    assert len(small) > 20
    withheld = public.tables["people"].set_index(KEY)["withheld"]
    assert withheld.loc[withheld.index.isin(small.index)].all()
    assert (~withheld).any()


def test_totals_minus_cells_recovers_nothing(public):
    people, told = public.tables["people"], public.tables["totals"]
    by = ["reference_period_start", "admin1_name", "status"]
    shown = people[~people["withheld"]].groupby(by)["persons_median"].sum()
    for row in told.to_dict("records"):
        key = tuple(row[c] for c in by)
        assert row["persons_median_shown"] - shown.get(key, 0.0) == 0


def test_one_day_minus_another_recovers_no_small_change(public):
    people = public.tables["people"]
    shown = people[~people["withheld"]].pivot_table(
        index=["admin1_name", "admin2_name", "status"], columns="reference_period_start", values="persons_median"
    )
    steps = np.diff(shown.to_numpy(), axis=1)
    steps = np.abs(steps[~np.isnan(steps)])
    assert not ((steps > 0) & (steps < SMALLEST)).any()


def test_stocks_and_flows_of_the_same_day_do_not_meet_in_a_small_number(public):
    flows = public.tables["flows"]
    values = flows[~flows["withheld"]][list(MEASURES)].to_numpy(dtype=float)
    assert (values % BASE == 0).all()


def test_with_every_true_total_at_hand_no_small_cell_is_pinned_down(public, truth):
    """An attacker who knows the true total of every line solves for the withheld cells (linear programs).

    Totals that are small themselves are left out: who knows that there are three people in a town
    has no need of our tables.
    """
    people = public.tables["people"]
    day = sorted(people["reference_period_start"].unique())[5]
    cells = people[people["reference_period_start"] == day].reset_index(drop=True)
    true = truth.loc[day]["persons_median"].reindex(cells[KEY[1:]].itertuples(index=False, name=None)).to_numpy()
    lines = (["status", "admin1_name"], ["status"], ["admin1_name", "admin2_name"])
    rows = [g.index.to_numpy() for by in lines for _, g in cells.groupby(by)]
    partly = [r for r in rows if cells.loc[r, "withheld"].any() and true[r].sum() >= LINE_SUM]
    matrix = np.zeros((len(partly), len(cells)))
    for n, line in enumerate(partly):
        matrix[n, line] = 1
    bounds = [
        (0, None) if hidden else (max(0, shown - BASE / 2), shown + BASE / 2)
        for hidden, shown in zip(cells["withheld"], cells["persons_median"], strict=True)
    ]
    reached = sorted({i for line in partly for i in line})
    small = [i for i in reached if cells.loc[i, "withheld"] and 0 < true[i] < SMALLEST]
    assert small
    for i in small:
        goal = np.zeros(len(cells))
        goal[i] = 1
        given = {"A_eq": matrix, "b_eq": matrix @ true, "bounds": bounds, "method": "highs"}
        ends = [linprog(sign * goal, **given) for sign in (1, -1)]
        low, high = ends[0].fun, (-ends[1].fun if ends[1].success else np.inf)
        assert high - low >= SMALLEST - 1, (cells.loc[i, KEY].tolist(), low, high)


def test_formats_and_dates_show_the_same_cells(run, public):
    early = public_export(run, origin=dt.date(2021, 10, 27)).tables["people"]
    late = public.tables["people"]
    late = late[late["reference_period_start"] <= dt.date(2021, 10, 27)].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, late)


def test_nobody_who_travels_apart_is_in_it(public):
    words = " ".join(
        str(v) for frame in public.tables.values() for c in ("status", "flow") if c in frame for v in frame[c].unique()
    )
    for hidden in ("on_foot", "smuggled", "by_vehicle", "left", "ahead", "seat", "walked_alone", "intercepted", "road"):
        assert hidden not in words.split()


def test_places_are_municipalities(run, public):
    people = public.tables["people"]
    assert "place_code" not in people
    assert "place_name" not in people
    assert set(people["admin2_name"]) <= {p.municipality for p in run.scenario.places} | {"(municipality not stated)"}
    exact = {(p.lat, p.lon) for p in run.scenario.places}
    assert not exact & set(zip(people["latitude"], people["longitude"], strict=True))


def test_days_after_what_is_known_are_dropped(run, public):
    last = public_export(run, origin=dt.date(2021, 10, 26)).tables["people"]["reference_period_start"].max()
    assert last == dt.date(2021, 10, 26)
    assert public.tables["people"]["reference_period_start"].max() <= last_known(run)
    with pytest.raises(UsageError, match="may not be published"):
        public_export(run, origin=last_known(run) + dt.timedelta(1))


def test_a_run_of_which_no_day_is_known_to_be_past_is_not_published(run, monkeypatch):
    monkeypatch.setattr("caravana.exports.public.last_known", lambda run: None)
    with pytest.raises(UsageError, match="nothing can be published"):
        public_export(run)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "geojson", "geoparquet", "netcdf"])
def test_nothing_public_says_how_to_simulate_the_run_again(run, tmp_path, kind):
    path = export_run(run, format=kind, audience="public", path=tmp_path / "out")
    files = [path] if path.is_file() else sorted(path.iterdir())
    if kind == "xlsx":
        with zipfile.ZipFile(path) as book:
            book.extractall(tmp_path / "book")
        files = [p for p in (tmp_path / "book").rglob("*") if p.is_file()]
    said = b"".join(p.read_bytes() for p in files)
    assert b"seed" not in said
    assert str(run.manifest["plan"]["scenario_hash"])[:12].encode() not in said


def test_what_fell_behind_cannot_be_worked_out_from_what_joined(public):
    # joined - growth - detained - documented - returned = those left behind: one term has to be missing.
    assert not {"joined", "left", "walked_alone", "ahead", "seat"} & set(public.tables["flows"]["flow"])
