"""Routes that people see, enumerated by their length or place by place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravana.errors import ScenarioError
from caravana.models.displacement import network
from caravana.models.displacement.network import Links, compile_routes

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1]), max_size=9)


def links_of(ends):
    start, end = (np.array([pair[side] for pair in ends], dtype=np.int64) for side in (0, 1))
    start, end = np.stack([start, end], axis=1).ravel(), np.stack([end, start], axis=1).ravel()
    km = np.arange(1.0, len(start) + 1)
    return Links(start, end, km, km, km, np.arange(len(start)) // 2)


@settings(deadline=None)
@given(pairs, st.integers(0, 4))
def test_routes_are_the_same_by_length_and_place_by_place(ends, awareness):
    links, nowhere = links_of(ends), np.zeros(7, dtype=bool)
    by_length = compile_routes(links, places=7, markers=nowhere, awareness=awareness)
    table, rest = network._paths_by_place(links, 7, nowhere, awareness)
    assert by_length.links.tolist() == table.tolist()
    assert by_length.rest.tolist() == rest.tolist()


def test_what_is_left_of_a_route_is_the_route_without_its_first_link():
    routes = compile_routes(
        links_of([(0, 1), (1, 2), (0, 2), (2, 3)]), places=4, markers=np.zeros(4, bool), awareness=3
    )
    for links, rest in zip(routes.links.tolist(), routes.rest.tolist(), strict=True):
        after = [link for link in links[1:] if link >= 0]
        assert (rest < 0) == (not after)
        if after:
            assert [link for link in routes.links[rest].tolist() if link >= 0] == after


def test_too_many_routes_are_refused(monkeypatch):
    monkeypatch.setattr(network, "MOST_ROUTES", 20)
    links = links_of([(a, b) for a in range(6) for b in range(a)])
    with pytest.raises(ScenarioError, match="awareness_level 3 sees more than 20 routes"):
        compile_routes(links, places=6, markers=np.zeros(6, bool), awareness=3)
