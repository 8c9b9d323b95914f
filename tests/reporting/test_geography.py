from __future__ import annotations

import itertools
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from tests.made.tools import load_tool

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return load_tool("clip_natural_earth")


@pytest.fixture(scope="module")
def outlines() -> dict[str, Any]:
    path = resources.files("caravana.reporting") / "geography" / "outlines.geojson"
    made: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return made


def covers(feature: dict[str, Any], lon: float, lat: float) -> bool:
    """Ray casting over all rings (even-odd)."""
    inside = False
    for part in feature["geometry"]["coordinates"]:
        for ring in part:
            for (ax, ay), (bx, by) in itertools.pairwise(ring):
                if (ay > lat) != (by > lat) and lon < ax + (lat - ay) / (by - ay) * (bx - ax):
                    inside = not inside
    return inside


@pytest.mark.parametrize(
    ("name", "lon", "lat", "code"),
    [
        ("Mexico City", -99.13, 19.43, "MX"), ("Tapachula", -92.26, 14.91, "MX"), ("Tecún Umán", -92.12, 14.69, "GT"),
        ("San Pedro Sula", -88.03, 15.50, "HN"), ("San Salvador", -89.2, 13.7, "SV"), ("Tijuana", -117.0, 32.5, "MX"),
        ("San Diego", -117.1, 32.8, "US"), ("Managua", -86.25, 12.11, "NI"),
    ],
)  # fmt: skip
def test_cities_lie_in_their_countries(outlines: dict[str, Any], name: str, lon: float, lat: float, code: str) -> None:
    found = [f["properties"]["code"] for f in outlines["features"] if covers(f, lon, lat)]
    assert found == [code], name


def test_the_gulf_is_sea(outlines: dict[str, Any]) -> None:
    assert not [f for f in outlines["features"] if covers(f, -93.0, 22.0)]


def test_outlines_are_closed_small_and_credited(outlines: dict[str, Any]) -> None:
    for feature in outlines["features"]:
        for part in feature["geometry"]["coordinates"]:
            assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in part)
    assert "Natural Earth" in outlines["attribution"]
    assert "public domain" in outlines["attribution"]


def test_a_square_is_decoded_stitched_and_clipped(tool: ModuleType) -> None:
    topology = {
        "transform": {"scale": [1, 1], "translate": [-101, 14]},
        "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [0, 2], [2, 0]]],
        "objects": {
            "countries": {"geometries": [{"type": "Polygon", "id": "484", "arcs": [[0, ~1]]}, {"type": None}]},
        },
    }
    made = tool.outlines(topology)
    (feature,) = made["features"]
    (((*ring,),),) = feature["geometry"]["coordinates"]
    assert feature["properties"]["name_es"] == "México"
    assert {tuple(p) for p in ring} == {(-101, 14), (-99, 14), (-99, 16), (-101, 16)}
    assert tool.clip([(0, 0), (4, 0), (4, 4), (0, 4)], (1, 1, 9, 9)) == [(1, 1), (4, 1), (4, 4), (1, 4)]
    assert tool.clip([(0, 0), (1, 0), (1, 1)], (5, 5, 9, 9)) == []


def test_simplifying_keeps_ends_and_corners(tool: ModuleType) -> None:
    line = [(0.0, 0.0), (1.0, 0.001), (2.0, 0.0), (3.0, 1.0), (4.0, 0.0)]
    assert tool.simplify(line, 0.01) == [(0.0, 0.0), (2.0, 0.0), (3.0, 1.0), (4.0, 0.0)]
    # A closed arc, an island, does not vanish.
    assert len(tool.simplify([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)], 0.01)) == 4
