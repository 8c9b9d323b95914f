from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.made.tools import load_tool

from caravana.lands.polygons import holds
from caravana.language.language import Language, load_language
from caravana.reporting.displacement.countries import countries, frame_of, label_points
from caravana.scenario.model import Place

if TYPE_CHECKING:
    from types import ModuleType

EN, ES = load_language("en"), load_language("es")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return load_tool("clip_natural_earth")


def places(*points: tuple[float, float, str]) -> list[Place]:
    return [
        Place(id=f"p{k}", name=f"P {k}", lat=lat, lon=lon, country=land) for k, (lat, lon, land) in enumerate(points)
    ]


def rings_of(country: dict[str, Any]) -> list[np.ndarray]:
    return [np.array(flat).reshape(-1, 2) for flat in country["rings"]]


CITIES = [
    (16.77, -3.0, "Mali", "Malí"), (-3.38, 29.36, "Burundi", "Burundi"), (13.51, 2.11, "Niger", "Níger"),
    (4.85, 31.6, "South Sudan", "Sudán del Sur"), (5.77, 20.67, "Central African Republic", "República Centroafricana"),
    (-4.32, 15.31, "DR Congo", "RD del Congo"), (36.2, 37.16, "Syria", "Siria"), (4.6, -74.08, "Colombia", "Colombia"),
    (50.45, 30.52, "Ukraine", "Ucrania"),
]  # fmt: skip


@pytest.mark.parametrize("language", [EN, ES], ids=["en", "es"])
def test_cities_lie_in_their_countries(language: Language) -> None:
    here = places(*((lat, lon, "x") for lat, lon, *_ in CITIES))
    frame = frame_of(here)
    assert frame is not None
    points = np.array([(lon, lat) for lat, lon, *_ in CITIES])
    held = [set[str]() for _ in CITIES]
    for country in countries(frame, here, language):
        for k in np.flatnonzero(holds(rings_of(country), points)):
            held[k].add(country["name"])
    assert held == [{language.choose(english, spanish)} for _, _, english, spanish in CITIES]


def test_home_is_where_most_places_of_the_first_country_lie() -> None:
    here = places((16.8, -3.0, "home"), (14.5, -4.2, "home"), (13.5, 2.1, "away"), (13.51, 2.0, "away"))
    frame = frame_of(here)
    assert frame is not None
    assert [c["name"] for c in countries(frame, here, EN) if c["home"]] == ["Mali"]


def test_a_frame_holds_its_places_with_a_margin() -> None:
    west, south, east, north = frame_of(places((10.0, 20.0, ""), (12.0, 25.0, ""))) or (0, 0, 0, 0)
    assert west < 20
    assert east > 25
    assert south < 10
    assert north > 12
    assert frame_of([Place(id="a", name="A")]) is None
    # One place alone has a map around it.
    alone = frame_of(places((10.0, 20.0, "")))
    assert alone is not None
    assert alone[2] - alone[0] == pytest.approx(0.6)


def test_a_name_stands_in_its_country_and_away_from_places() -> None:
    square = [np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])]
    frame = (0.0, 0.0, 10.0, 10.0)
    nothing = np.zeros((0, 2))
    at = label_points(square, frame, nothing)[0]
    assert at is not None
    assert holds(square, np.array([at]))[0]
    moved = label_points(square, frame, np.array([at]))[0]
    assert moved is not None
    assert np.hypot(moved[0] - at[0], moved[1] - at[1]) > 0.6
    assert label_points(square, (20.0, 20.0, 30.0, 30.0), nothing) == []
    points = label_points(square, frame, nothing)
    assert 1 < len(points) == len({tuple(p) for p in points})


def test_a_border_is_stored_once(tool: ModuleType) -> None:
    # Two squares side by side: the arc between them belongs to both.
    topology = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]],
        "objects": {"countries": {"geometries": [
            {"type": "Polygon", "id": "001", "arcs": [[0, 1]]}, {"type": "Polygon", "id": "002", "arcs": [[~0, 2]]},
            {"type": None},
        ]}},
    }  # fmt: skip
    topology["arcs"][2] = [[1, 1], [1, 0], [0, -1], [-1, 0]]
    made = tool.world(topology, {"001": ("One", "Uno")})
    assert [c["name"] for c in made["countries"]] == ["One", ""]
    assert [c["parts"] for c in made["countries"]] == [[[[0, 1]]], [[[~0, 2]]]]
    assert made["arcs"][0] == [100, 0, 0, 100]
