"""Forecasts in a hub's layout: out, held against the layout's own rules, and in again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravana.errors import ScenarioError, UsageError
from caravana.exports.hubverse import MODEL_OUTPUT, TRUTH, describe_tasks, tabulate_model_output, write_hub
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


def fits(rows: pd.DataFrame, tasks: dict[str, Any]) -> list[str]:
    """Hold rows against a tasks.json: every rule of the layout's documentation that a file can break."""
    broken = [] if tuple(rows.columns) == MODEL_OUTPUT else ["columns"]
    groups = [group for a_round in tasks["rounds"] for group in a_round["model_tasks"]]
    for target, part in rows.groupby("target"):
        group = next(g for g in groups if target in g["task_ids"]["target"]["required"])
        for name in ("origin_date", "horizon", "location"):
            allowed = (group["task_ids"][name]["required"] or []) + (group["task_ids"][name]["optional"] or [])
            broken += [] if set(part[name]) <= set(allowed) else [f"{target}: {name}"]
        for kind, typed in part.groupby("output_type"):
            rule = group["output_type"][kind]
            wanted = {str(i) for i in rule["output_type_id"]["required"]}
            for _, one in typed.groupby(["origin_date", "horizon", "location"]):
                got = [str(float(i)) if kind == "quantile" else i for i in one["output_type_id"]]
                broken += [] if sorted(got) == sorted(wanted) else [f"{target}: {kind}: levels"]
                if kind == "pmf":
                    broken += [] if np.isclose(one["value"].sum(), 1) else [f"{target}: chances"]
                else:
                    order = one.sort_values("output_type_id", key=lambda ids: ids.astype(float))["value"]
                    broken += [] if order.is_monotonic_increasing else [f"{target}: quantiles cross"]
            broken += [] if typed["value"].min() >= rule["value"]["minimum"] else [f"{target}: below"]
    return broken


def test_a_file_fits_the_tasks_it_comes_with(tmp_path: Path) -> None:
    hub = write_hub(tmp_path / "hub", issued(), observed(), name="An operation")
    file = hub / "model-output" / "caravana-pool" / "2021-11-01-caravana-pool.csv"
    rows = pd.read_csv(file, dtype={"output_type_id": str})
    tasks = json.loads((hub / "hub-config" / "tasks.json").read_text())
    assert fits(rows, tasks) == []
    assert len(rows) == 2 * len(LEVELS) + 2 * 2
    crossed = rows.copy()
    crossed.loc[crossed["output_type_id"] == "0.975", "value"] = 0.0
    assert fits(crossed, tasks), "the check can fail"


def test_the_hub_says_whose_it_is(tmp_path: Path) -> None:
    """The keys that admin-schema.json of the hubverse (5.0.1) requires, and none that it does not know."""
    hub = write_hub(tmp_path / "hub", issued(), observed(), name="An operation")
    admin = json.loads((hub / "hub-config" / "admin.json").read_text())
    assert set(admin) == {"schema_version", "name", "maintainer", "contact", "repository", "file_format", "timezone"}
    assert admin["name"] == "An operation"
    assert admin["file_format"] == ["csv"]


def test_a_target_keeps_within_what_the_schema_allows() -> None:
    """tasks-schema.json of the hubverse (5.0.1): lengths of a target's names, its kinds, the keys of a target."""
    for group in describe_tasks(tabulate_model_output(issued()))["rounds"][0]["model_tasks"]:
        for target in group["target_metadata"]:
            assert len(target["target_id"]) <= 30
            assert len(target["target_name"]) <= 100
            assert target["target_type"] in {"continuous", "discrete", "date", "binary", "nominal", "ordinal"}
            assert len(target["target_keys"]) == 1
            assert target["is_step_ahead"]
            assert target["time_unit"] == "day"


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
    assert fits(rows, describe_tasks(rows)) == []
