"""The countries under a map: small, credited, each where it is; rings cut to a window."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

from caravana.lands.polygons import clip, holds
from caravana.lands.world import read_world


def test_the_world_is_small_and_credited() -> None:
    path = resources.files("caravana.lands") / "world.json"
    text = path.read_text("utf-8")
    made = json.loads(text)
    assert len(text) < 300_000
    assert "Natural Earth" in made["attribution"]
    assert len(made["countries"]) > 170
    named = [c for c in made["countries"] if c["name"]]
    assert all(c["name_es"] for c in named)


def test_clipping_cuts_at_the_window() -> None:
    square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    cut = clip(square, (1, 1, 9, 9))
    assert {tuple(p) for p in cut} == {(4.0, 1.0), (4.0, 4.0), (1.0, 4.0), (1.0, 1.0)}
    assert len(clip(square, (5, 5, 9, 9))) == 0
    np.testing.assert_array_equal(clip(square, (-1, -1, 9, 9)), square)


def test_a_point_lies_in_one_country() -> None:
    at = np.array([[-3.0, 16.77], [29.36, -3.38], [-30.0, 0.0]])
    held = [
        {country.name for country in read_world() if country.rings and holds(country.rings, at[[k]])[0]}
        for k in range(3)
    ]
    assert held == [{"Mali"}, {"Burundi"}, set()]
