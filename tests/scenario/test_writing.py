"""Scenarios are written whole or not at all, and read back without loss."""

from __future__ import annotations

import csv
import errno
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.made.small_folder import TEXTS
from tests.made.strategies import scenarios

from caravana.errors import CaravanaError, ScenarioError, UsageError
from caravana.models.scenarios import load_as_written, read_scenario, scenario_hash, write_scenario
from caravana.scenario.canonical import canonical_form, same_scenario
from caravana.scenario.cells import inert, meant
from caravana.scenario.model import Series
from caravana.scenario.writing import scenario_texts


def texts(path):
    return {one.name: one.read_bytes() for one in path.iterdir()}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_nothing_is_lost(scenario):
    with tempfile.TemporaryDirectory() as top:
        first, second = Path(top, "first"), Path(top, "second")
        write_scenario(scenario, first)
        back = load_as_written(first)
        assert same_scenario(back, scenario)
        assert scenario_hash(back) == scenario_hash(scenario)
        # Field by field, independent of the canonical form; arrays apart.
        for name in type(scenario).model_fields:
            if name != "series":
                assert getattr(back, name) == getattr(scenario, name)
        for one, other in zip(back.series, scenario.series, strict=True):
            assert (one.kind, one.unit, one.days, one.place_ids) == (
                other.kind, other.unit, other.days, other.place_ids,
            )  # fmt: skip
            assert one.values.dtype == np.float64
            np.testing.assert_array_equal(one.values, other.values)
        write_scenario(back, second)
        assert texts(first) == texts(second)


def test_no_cell_of_a_table_is_run_by_a_spreadsheet_and_all_read_back(folder, tmp_path):
    scenario = load_as_written(folder.path)
    words = ["=1+1", "+cmd", "-1+1", "@SUM(1)", "'=1", "''-x", "'quoted'", "-5", "a\r=1"]
    places = tuple(
        p.model_copy(update={"name": words[n % len(words)], "municipality": words[-1 - n % len(words)]})
        for n, p in enumerate(scenario.places)
    )
    changed = scenario.model_copy(update={"places": places})
    write_scenario(changed, tmp_path / "out")
    with (tmp_path / "out" / "places.csv").open(encoding="utf-8", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert "'=1+1" in cells
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@")) and not c[1:].replace(".", "").isdigit()]
    assert load_as_written(tmp_path / "out").places == places
    assert [meant(inert(word)) for word in words] == words


def test_folder_made_by_hand_is_stable_after_one_round(folder, tmp_path):
    scenario = load_as_written(folder.path)
    write_scenario(scenario, tmp_path / "one")
    again = load_as_written(tmp_path / "one")
    assert again == scenario
    write_scenario(again, tmp_path / "one")
    write_scenario(again, tmp_path / "deep" / "two")
    assert texts(tmp_path / "one") == texts(tmp_path / "deep" / "two")


def test_hash_is_of_what_is_said_not_how(folder, make_folder):
    scenario = load_as_written(folder.path)
    other = make_folder().change("scenario.toml", "blocks = 3\nshare = 0.5", "share = 0.50\nblocks = 3")
    other.change("links.csv", "a,b,40,38,41.5,foot;vehicle", 'a,b,40.0,"38",41.50,')
    other.change("places.csv", "name,lat,lon", "name,lat,lon")
    path = other.path / "sources.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    same = load_as_written(other.path)
    assert scenario_hash(same) == scenario_hash(scenario)
    assert same_scenario(same, scenario)
    assert len(scenario_hash(scenario)) == 64


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("links.csv", "a,b,40", "a,b,40.5"),
        ("scenario.toml", "fast = true", "fast = 1"),
        ("scenario.toml", "fast = true", "quick = true"),
        ("scenario.toml", "share = 0.6", "share = 0.5999999"),
        ("sources.csv", "A paper", "A  paper"),
        ("series-heat.csv", "0,1,2", "0,1,3"),
    ],
)
def test_hash_tells_scenarios_apart(folder, file, old, new):
    (folder.path / "series-heat.csv").write_text("day,a,b\n0,1,2\n")
    before = load_as_written(folder.path)
    after = load_as_written(folder.change(file, old, new).path)
    assert not same_scenario(before, after)
    assert scenario_hash(before) != scenario_hash(after)


def test_order_of_rows_counts(folder):
    scenario = load_as_written(folder.path)
    turned = scenario.model_copy(update={"places": scenario.places[::-1]})
    assert scenario_hash(turned) != scenario_hash(scenario)


def test_numbers_set_in_python_hash_as_those_read(folder, tmp_path):
    scenario = load_as_written(folder.path)
    parameter = scenario.parameters[1].model_copy(update={"value": np.float64(7)})
    changed = scenario.model_copy(
        update={"parameters": (scenario.parameters[0], parameter, scenario.parameters[2]), "settings": {"x": 1}}
    )
    write_scenario(changed, tmp_path / "out")
    assert scenario_hash(load_as_written(tmp_path / "out")) == scenario_hash(changed)


def test_zero_has_one_sign(folder):
    scenario = load_as_written(folder.path)
    one, other = (
        Series(kind="k", days=(0,), place_ids=("a",), values=np.array([[zero]])) for zero in (0.0, -0.0)
    )  # fmt: skip
    forms = {canonical_form(scenario.model_copy(update={"series": (series,)})) for series in (one, other)}
    assert len(forms) == 1


def test_what_stands_at_its_default_is_left_out_of_the_document(folder):
    document = scenario_texts(load_as_written(folder.path))["scenario.toml"]
    assert 'prior = {dist = "lognormal", median = 2500, sigma = 0.35}' in document
    assert "women = 0" not in document
    assert "levels = [1.0, 2.5]" in document


def test_writing_over_a_scenario_keeps_what_is_not_its_own(folder):
    scenario = load_as_written(folder.path)
    (folder.path / "README.md").write_text("Notes.")
    (folder.path / "series-old.csv").write_text("day,a\n0,1\n")
    write_scenario(scenario, folder.path)
    assert {one.name for one in folder.path.iterdir()} == {*TEXTS, "README.md"}
    assert [one.name for one in folder.path.parent.iterdir()] == [folder.path.name]


def test_what_is_no_scenario_is_left_as_it_is(folder, tmp_path):
    scenario = load_as_written(folder.path)
    with pytest.raises(UsageError, match="is a file"):
        write_scenario(scenario, folder.path / "places.csv")
    other = tmp_path / "photos"
    other.mkdir()
    (other / "one.jpg").write_text("x")
    with pytest.raises(UsageError, match="no scenario folder"):
        write_scenario(scenario, other)
    assert texts(other) == {"one.jpg": b"x"}
    empty = tmp_path / "empty"
    empty.mkdir()
    write_scenario(scenario, empty)
    assert load_as_written(empty) == scenario
    with pytest.raises(UsageError, match="cannot be the name of a folder"):
        write_scenario(scenario, "\0")


def test_faulty_scenario_is_not_written(folder, tmp_path):
    scenario = load_as_written(folder.path)
    target = tmp_path / "out"
    for update, message in [
        ({"kinds": scenario.kinds[:1]}, "shares of all kinds that add to 1"),
        ({"links": (scenario.links[0].model_copy(update={"modes": ()}), *scenario.links[1:])}, "links.csv line 2, co"),
        ({"sources": (scenario.sources[0].model_copy(update={"publisher": "a\0b"}),)}, "NUL"),
        ({"sources": (scenario.sources[0].model_copy(update={"publisher": "x" * 140_000}),)}, "131,072 characters"),
        (
            {"sources": (scenario.sources[0].model_copy(update={"publisher": "\udc80"}),)},
            "sources.csv: text that UTF-8",
        ),
        ({"claims": (scenario.claims[1].model_copy(update={"bears_on": ("a;b",)}),)}, "'a;b' cannot be an item"),
        ({"settings": {"x": float("nan")}}, "settings.x: nan"),
    ]:
        with pytest.raises(ScenarioError) as caught:
            write_scenario(scenario.model_copy(update=update), target)
        assert message in str(caught.value)
        assert [one.name for one in tmp_path.iterdir()] == [folder.path.name]


@pytest.mark.parametrize("step", ["write_bytes", "mkdir", "replace"])
@pytest.mark.parametrize("there", [False, True])
def test_full_disk_leaves_nothing_half_written(folder, tmp_path, monkeypatch, step, there):
    scenario = load_as_written(folder.path)
    target = tmp_path / "out"
    if there:
        write_scenario(scenario, target)
        before = texts(target)
    sound = getattr(Path, step)
    calls = []

    def fail(self, *arguments, **options):
        calls.append(self)
        if len(calls) == (2 if step == "replace" and there else 1):
            raise OSError(errno.ENOSPC, "No space left on device")
        return sound(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, step, fail)
        with pytest.raises(CaravanaError, match=r"cannot write .*: No space left on device"):
            write_scenario(scenario.model_copy(update={"title": "Another"}), target)
    left = {one.name for one in tmp_path.iterdir()}
    assert left == ({folder.path.name, "out"} if there else {folder.path.name})
    if there:
        assert texts(target) == before


def test_series(folder):
    (folder.path / "series-heat.csv").write_text("day,b,a\n0,30.5,31\n7,-1,2e1\n")
    folder.append("scenario.toml", '\n[[series]]\nkind = "heat"\nunit = "degC"\n')
    (series,) = load_as_written(folder.path).series
    assert (series.kind, series.unit, series.days, series.place_ids) == ("heat", "degC", (0, 7), ("b", "a"))
    assert series.values.tolist() == [[30.5, 31], [-1, 20]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("day,a\n0,x\n", "series-heat.csv line 2, column a: 'x' — expected a number"),
        ("day,a\n0,nan\n", "series-heat.csv line 2, column a: 'nan' — expected a finite number"),
        ("day,a\n0,\n", "series-heat.csv line 2, column a: '' — expected a number"),
        ("day,a\n0,1,2\n", "series-heat.csv line 2: 3 cells — expected 2 cells, as in the header"),
        ("day,zz\n0,1\n", "series-heat.csv line 1, column zz: 'zz' — expected the id of a place in places.csv"),
        ("day,a,a\n0,1,1\n", "series-heat.csv line 1, column a: 'a' — expected each column once"),
        (
            "day,a\n0,1\n0,1\n",
            "series-heat.csv line 3, column day: '0' — expected a day after that of the row before (0)",
        ),
        ("day,a\n-1,1\n", "series-heat.csv line 2, column day: '-1' — expected a whole number of days since the start"),
        (
            "day,a\n1.5,1\n",
            "series-heat.csv line 2, column day: '1.5' — expected a whole number of days since the start",
        ),
        ("date,a\n0,1\n", "series-heat.csv line 1, column date: expected a column day, then one for each place id"),
        ("day\n0\n", "series-heat.csv line 1, column day: expected a column day, then one for each place id"),
        ("day,a\n", "series-heat.csv: expected at least one row"),
        ("", "series-heat.csv line 1: expected a header row with the names of the columns"),
    ],
)
def test_faulty_series(folder, text, line):
    (folder.path / "series-heat.csv").write_text(text)
    (told,) = folder.told()
    assert told.startswith(line)


def test_declared_series_must_be_there(folder):
    folder.append("scenario.toml", '\n[[series]]\nkind = "heat"\n')
    assert folder.told() == ["series-heat.csv: expected this file in the scenario folder; it is missing"]
    (folder.path / "series-no good.csv").write_text("day,a\n0,1\n")
    assert any(told.startswith("series-no good.csv: expected a kind that is an id of") for told in folder.told())


def test_faulty_declaration_of_a_series(folder):
    folder.append("scenario.toml", '\n[[series]]\nkind = 5\n[[series]]\nkind = "x"\nunits = "y"\nunit = 3\n')
    line = TEXTS["scenario.toml"].count("\n") + 2
    told = folder.told()
    assert f"scenario.toml line {line + 1}, key series.kind: 5 — expected the kind of a series, each kind once" in told
    assert f"scenario.toml line {line + 4}, key series.units: 'units' — expected one of the keys kind, unit" in told
    assert f"scenario.toml line {line + 5}, key series.unit: 3 — expected text" in told
    assert read_scenario(folder.path)[0] is None
