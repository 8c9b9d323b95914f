"""Forecasts in a hub's layout: out, held against the layout's own rules, and in again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exports.hubverse_rules import fits, invalid, misfits, published

from caravana.errors import ScenarioError, UsageError
from caravana.exports.hubverse import (
    CHANCES,
    TARGETS,
    TRUTH,
    describe_tasks,
    tabulate_model_output,
    write_hub,
)
from caravana.importers.hubverse import model_of_file, read_model_output

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = [0.025, 0.25, 0.5, 0.75, 0.975]


def issued(days: int = 2) -> pd.DataFrame:
    """Quantiles of persons and a chance to be together, from one origin."""
    rows = []
    for ahead in range(1, days + 1):
        day = pd.Timestamp("2021-11-01") + pd.Timedelta(days=ahead)
        task = {"issued_on": "2021-11-01", "location": "caravan", "target_date": day, "horizon_days": ahead}
        rows += [{**task, "target": "persons", "quantile": q, "value": 1000 + 500 * q * ahead} for q in LEVELS]
        rows.append({**task, "target": "together", "quantile": 0.5, "value": 1 - 0.1 * ahead})
    return pd.DataFrame(rows)


def observed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "target_date": ["2021-11-02"],
            "location": "caravan",
            "target": "persons",
            "value": 1200.0,
            "known_on": "2021-11-03",
        }
    )


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    return write_hub(tmp_path / "hub", issued(), observed(), name="An operation")


def test_a_file_fits_the_tasks_it_comes_with(hub: Path) -> None:
    assert invalid(hub) == []
    assert misfits(hub) == []
    rows = pd.read_csv(next((hub / "model-output").rglob("*.csv")))
    assert len(rows) == 2 * len(LEVELS) + 2 * 2


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("value", "many", "no double"),
        ("value", "-1", "out of bounds"),
        ("value", "1e9", "quantiles cross"),
        ("output_type_id", "0.3", "levels"),
        ("output_type", "cdf", "cdf"),
        ("horizon", "9", "horizon"),
        ("location", "elsewhere", "location"),
        ("origin_date", "2021-11-02", "origin_date"),
    ],
)
def test_a_row_that_does_not_fit_is_seen(hub: Path, column: str, value: str, said: str) -> None:
    path = next((hub / "model-output").rglob("*.csv"))
    rows = pd.read_csv(path, dtype=str)
    rows.loc[0, column] = value
    rows.to_csv(path, index=False)
    assert any(said in one for one in misfits(hub))


@pytest.mark.parametrize(
    ("file", "where", "value"),
    [
        ("admin", ["timezone"], "UTC"),
        ("admin", ["file_format"], ["xlsx"]),
        ("admin", ["colour"], "blue"),
        ("tasks", ["rounds", 0, "model_tasks", 0, "target_metadata", 0, "target_id"], "x" * 31),
        ("tasks", ["rounds", 0, "model_tasks", 0, "target_metadata", 0, "target_type"], "vague"),
        ("tasks", ["rounds", 0, "model_tasks", 0, "task_ids", "horizon", "optional"], [1, 1]),
        ("tasks", ["rounds", 0, "model_tasks", 0, "task_ids", "origin_date", "optional"], ["11/01/2021"]),
        ("tasks", ["rounds", 0, "model_tasks", 0, "output_type", "quantile", "value"], {"type": "float"}),
        ("tasks", ["rounds", 0, "submissions_due"], {"start": 0, "end": 1}),
    ],
)
def test_settings_that_are_not_valid_are_seen(hub: Path, file: str, where: list[Any], value: Any) -> None:
    path = hub / "hub-config" / f"{file}.json"
    content = json.loads(path.read_text())
    held = content
    for key in where[:-1]:
        held = held[key]
    held[where[-1]] = value
    path.write_text(json.dumps(content))
    assert len(invalid(hub)) >= 1


@pytest.fixture
def every_target(tmp_path: Path) -> Path:
    """A hub with each target that can be handed on, those of camps and of chances too, with names as they come."""
    rows = []
    for target in TARGETS:
        chance = target in CHANCES
        one = issued(1).iloc[:1] if chance else issued(1).iloc[: len(LEVELS)]
        rows.append(one.assign(target=target, location="Camp of Nyarugusu, north: 2", value=0.25 if chance else 7.0))
    return write_hub(tmp_path / "every", pd.concat(rows), observed(), name="Operación «Ñandú»")


def test_every_target_of_ours_is_valid(every_target: Path) -> None:
    assert invalid(every_target) == []
    assert misfits(every_target) == []


def test_the_published_schema_takes_what_we_write(hub: Path, every_target: Path) -> None:
    """Its text is not ours to keep here: whoever has it names its folder."""
    schemas = published()
    if schemas is None:
        pytest.skip("no published schemas of the hubverse: name their folder in CARAVANA_HUB_SCHEMAS")
    for folder in (hub, every_target):
        assert invalid(folder, schemas) == []
    for file, name in (("tasks", "rounds"), ("admin", "timezone")):
        path = hub / "hub-config" / f"{file}.json"
        held = json.loads(path.read_text())
        path.write_text(json.dumps({key: value for key, value in held.items() if key != name}))
    assert len(invalid(hub, schemas)) == 2


def test_truth_says_when_it_was_known(tmp_path: Path) -> None:
    hub = write_hub(tmp_path / "hub", issued(), observed(), name="An operation")
    truth = pd.read_csv(hub / "target-data" / "time-series.csv")
    assert tuple(truth.columns) == TRUTH
    assert truth.to_dict("records") == [
        {
            "target_end_date": "2021-11-02",
            "location": "caravan",
            "target": "persons",
            "observation": 1200.0,
            "as_of": "2021-11-03",
        }
    ]


def test_what_goes_out_comes_in_the_same(tmp_path: Path) -> None:
    hub = write_hub(tmp_path / "hub", issued(), observed(), name="An operation")
    file = next((hub / "model-output").rglob("*.csv"))
    back = read_model_output(file)
    assert model_of_file(file) == "caravana-pool"
    want = issued().assign(issued_on=lambda f: pd.to_datetime(f["issued_on"]))
    keys = ["target", "target_date", "quantile"]
    both = [frame.sort_values(keys).reset_index(drop=True) for frame in (back, want)]
    pd.testing.assert_frame_equal(both[0][[*keys, "value"]], both[1][[*keys, "value"]], check_dtype=False)
    assert back.attrs["left_out"] == 2, "the other category of each chance"


def test_another_teams_file(tmp_path: Path) -> None:
    """A reference date in place of the origin's, medians, samples and means: what can be scored is read."""
    file = tmp_path / "2021-11-01-team_a-model.csv"
    file.write_text(
        "\ufeffreference_date,horizon,location,target,output_type,output_type_id,value\n"
        "2021-11-01,3,huixtla,persons,median,,900\n"
        "2021-11-01,3,huixtla,persons,mean,,950\n"
        "2021-11-01,3,huixtla,persons,sample,1,870\n",
        encoding="utf-8",
    )
    rows = read_model_output(file)
    assert rows[["quantile", "value", "horizon_days"]].to_numpy().tolist() == [[0.5, 900.0, 3.0]]
    assert rows.attrs["left_out"] == 2


def test_every_fault_of_a_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "theirs.csv"
    file.write_text(
        "origin_date,horizon,location,target,output_type,output_type_id,value\n"
        "2021-13-01,1,a,persons,quantile,0.5,10\n"
        "2021-11-01,-1,a,persons,quantile,0.5,10\n"
        "2021-11-01,1,a,persons,quantile,1.5,10\n"
        "2021-11-01,1,,persons,quantile,0.5,many\n"
    )
    with pytest.raises(ScenarioError) as raised:
        read_model_output(file)
    said = str(raised.value)
    for part in ("line 2, origin_date: '2021-13-01'", "line 3, horizon: '-1'", "line 4, output_type_id: '1.5'",
                 "line 5, value: 'many'", "line 5, location: ''"):  # fmt: skip
        assert part in said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("0.25,20\n0.75,10", "line 3, value: 10 at level 0.75, below 20 at level 0.25"),
        ("0.5,10\n0.5,10", "line 3, output_type_id: 0.5 stands twice, first in line 2"),
    ],
)
def test_quantiles_that_cross_or_stand_twice(tmp_path: Path, values: str, said: str) -> None:
    file = tmp_path / "theirs.csv"
    lines = "".join(f"2021-11-01,1,a,persons,quantile,{value}\n" for value in values.split("\n"))
    file.write_text("origin_date,horizon,location,target,output_type,output_type_id,value\n" + lines)
    with pytest.raises(ScenarioError, match=said):
        read_model_output(file)


def test_what_is_no_table(tmp_path: Path) -> None:
    file = tmp_path / "theirs.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        read_model_output(file)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ScenarioError, match="no column origin_date, horizon"):
        read_model_output(file)
    with pytest.raises(ScenarioError, match="no such file"):
        read_model_output(tmp_path / "none.csv")


@pytest.mark.parametrize("model", ["caravana", "a-b-c", "a b-c", "-"])
def test_a_model_has_a_team(tmp_path: Path, model: str) -> None:
    with pytest.raises(UsageError, match="expected team-model"):
        write_hub(tmp_path / "hub", issued(), observed(), name="An operation", model=model)


def test_nothing_forecast_yet(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no forecast to hand on"):
        write_hub(tmp_path / "hub", issued().iloc[:0], observed(), name="An operation")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1e7), min_size=5, max_size=5))
def test_any_forecast_fits(values: list[float]) -> None:
    one = issued(1)
    one.loc[one["target"] == "persons", "value"] = sorted(values)
    rows = tabulate_model_output(one)
    assert fits(rows.astype(str), describe_tasks(rows)) == []
