"""Roads along links: shortest, in order, and the same as SciPy finds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from caravana.errors import ScenarioError
from caravana.models.scenarios import load_scenario
from caravana.scenario.model import Itinerary, Link, Place
from caravana.scenario.roads import road_network, road_through, shortest_road, trace_itinerary


def test_itinerary_is_traced_through_its_waypoints(folder):
    scenario = load_scenario(folder.path)
    ids, km = trace_itinerary(scenario, "north")
    assert ids == ("a", "b", "c", "d")
    assert km.dtype == np.float64
    assert km.tolist() == [0, 40, 70, 115]
    ids, km = trace_itinerary(scenario, Itinerary(id="back", from_id="d", to_id="a"))
    assert ids == ("d", "c", "b", "a")
    assert km.tolist() == [0, 45, 75, 115]


def test_what_cannot_be_traced(folder):
    scenario = load_scenario(folder.path)
    with pytest.raises(ScenarioError, match="'south' is not an itinerary"):
        trace_itinerary(scenario, "south")
    with pytest.raises(ScenarioError, match="'zz' is not a place"):
        trace_itinerary(scenario, Itinerary(id="off", from_id="a", to_id="zz"))
    cut = scenario.model_copy(update={"links": scenario.links[:1]})
    with pytest.raises(ScenarioError, match="no road leads from 'b' to 'd'"):
        trace_itinerary(cut, "north")


def test_tie_goes_to_the_place_that_stands_first():
    places = [Place(id=name, name=name) for name in "abcd"]
    pairs = ["ac", "ab", "cd", "bd"]
    links = [Link(from_id=one, to_id=other, km=5) for one, other in pairs]
    assert road_through(road_network(places, links), ("a", "d"))[0] == ("a", "b", "d")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_same_length_as_scipy(data):
    count = data.draw(st.integers(2, 12))
    ids = [f"p{number}" for number in range(count)]
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda one: one[0] < one[1])
    pairs = data.draw(st.lists(pair, unique=True, max_size=30))
    km = [data.draw(st.floats(0.1, 1000)) for _ in pairs]
    network = road_network(
        [Place(id=name, name=name) for name in ids],
        [Link(from_id=ids[i], to_id=ids[j], km=length) for (i, j), length in zip(pairs, km, strict=True)],
    )
    rows, columns = ([one[side] for one in pairs] for side in (0, 1))
    matrix = coo_array((km, (rows, columns)), shape=(count, count)).tocsr()
    exact = dijkstra(matrix, directed=False, indices=0)
    for goal in range(count):
        found = shortest_road(network, ids[0], ids[goal])
        if found is None:
            assert np.isinf(exact[goal])
            continue
        road, along = found
        assert along[-1] == pytest.approx(exact[goal])
        lengths = {frozenset((ids[i], ids[j])): length for (i, j), length in zip(pairs, km, strict=True)}
        steps = [lengths[frozenset(step)] for step in pairwise(road)]
        assert np.diff(along) == pytest.approx(steps)
