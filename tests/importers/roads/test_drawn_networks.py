"""Networks of random streets: contracted, pruned, cut at crossings, and still the same journeys."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from caravana.importers.roads import search
from caravana.importers.roads.contract import contract
from caravana.importers.roads.drawing import draw_roads
from caravana.importers.roads.neighbours import by_straight_line, neighbours
from caravana.importers.roads.pruning import STRETCH, prune
from caravana.importers.roads.search import Pairs, near_pairs, shortest
from caravana.importers.roads.sphere import great_circle
from caravana.importers.roads.streets import Crossing, Streets


def random_streets(seed, *, side=14, gates=6):
    """A bent grid of streets, some missing, some one-way, some with a bend, a few that are gates; and places on it."""
    rng = np.random.default_rng(seed)
    lat, lon = np.meshgrid(np.arange(side) * 0.02, np.arange(side) * 0.02, indexing="ij")
    lat, lon = (x.ravel() + rng.normal(0, 0.003, side * side) for x in (lat, lon))
    pairs = []
    for at in range(side * side):
        pairs += [(at, at + 1)] if (at + 1) % side else []
        pairs += [(at, at + side)] if at + side < side * side else []
    ends = np.array([pair for pair in pairs if rng.random() > 0.25])
    bent = rng.random(len(ends)) < 0.4
    middle = side * side + np.arange(bent.sum())
    lat = np.append(lat, lat[ends[bent]].mean(axis=1) + rng.normal(0, 0.002, bent.sum()))
    lon = np.append(lon, lon[ends[bent]].mean(axis=1))
    start = np.concatenate([ends[~bent, 0], ends[bent, 0], middle])
    end = np.concatenate([ends[~bent, 1], middle, ends[bent, 1]])
    crossing = np.full(len(start), -1)
    crossing[rng.choice(len(start), gates, replace=False)] = np.arange(gates)
    km = great_circle(lat[start], lon[start], lat[end], lon[end])
    part = connected_components(csr_matrix((np.ones(len(start)), (start, end)), shape=(len(lat),) * 2))[1]
    large = np.flatnonzero(part[: side * side] == np.bincount(part).argmax())
    return Streets(
        lat, lon, start, end, km, rng.integers(0, 4, len(start)), np.ones(len(start), dtype=bool),
        rng.random(len(start)) < 0.1, crossing, tuple(Crossing(f"n{g}", "gate", f"Gate {g}") for g in range(gates)),
    ), rng.choice(large, 25, replace=False)  # fmt: skip


def full_km(streets, nodes, *, without=()):
    """Km between nodes on the full network, some crossings shut."""
    use = ~np.isin(streets.crossing, list(without)) | (streets.crossing < 0)
    a, b, km = streets.start[use], streets.end[use], streets.km[use]
    rows, columns, km = shortest(np.append(a, b), np.append(b, a), np.append(km, km))
    return dijkstra(csr_matrix((km, (rows, columns)), shape=(streets.nodes,) * 2), indices=nodes)[:, nodes]


@pytest.mark.parametrize("seed", range(4))
def test_contracting_changes_no_journey(seed):
    streets, nodes = random_streets(seed)
    network = contract(streets, nodes)
    at = np.searchsorted(network.node, nodes)
    rows, columns, km = shortest(
        np.append(network.start, network.end), np.append(network.end, network.start), np.append(network.km, network.km)
    )
    size = len(network.node)
    reached = dijkstra(csr_matrix((km, (rows, columns)), shape=(size, size)), indices=at)[:, at]
    np.testing.assert_allclose(reached, full_km(streets, nodes), rtol=1e-9)
    assert size < streets.nodes


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shut", [(), (0,), (1, 2, 3), tuple(range(6))])
def test_whatever_crossings_are_shut_journeys_are_hardly_longer_than_on_the_full_network(seed, shut):
    streets, nodes = random_streets(seed)
    drawn = draw_roads(streets, streets.lat[nodes], streets.lon[nodes])
    use = ~np.isin(drawn.crossing, list(shut)) | (drawn.crossing < 0)
    a, b, km = drawn.first[use], drawn.second[use], np.maximum(drawn.km[use], 1e-6)
    points = len(nodes) + len(drawn.lat)
    rows, columns, km = shortest(np.append(a, b), np.append(b, a), np.append(km, km))
    built = dijkstra(csr_matrix((km, (rows, columns)), shape=(points, points)))[: len(nodes), : len(nodes)]
    # A crossing that nobody would use is no crossing of the drawn network, and stays open in the full one.
    known = set(drawn.crossing.tolist()) - {-1}
    full = full_km(streets, nodes, without=set(shut) & known)
    assert np.array_equal(np.isfinite(built), np.isfinite(full))
    there = np.isfinite(full) & (full > 0)
    assert (built[there] >= full[there] * (1 - 1e-6) - 1e-5).all()
    assert (built[there] <= full[there] * STRETCH + 1e-5).all()


def test_a_bounded_search_draws_what_hangs_together_too(monkeypatch):
    streets, nodes = random_streets(9)
    # Two groups of places far from each other: no dozen neighbours reach across.
    lat, lon = streets.lat[nodes], streets.lon[nodes]
    monkeypatch.setattr(search, "WHOLE", 0.0)
    monkeypatch.setattr(search, "NEIGHBOURS", 2)
    monkeypatch.setattr(search, "REACH", 0.5)
    drawn = draw_roads(streets, lat, lon)
    assert np.isfinite(full_km(streets, nodes)).all()
    assert drawn.detour.pairs == len(nodes) * (len(nodes) - 1)
    assert np.isfinite(drawn.detour.worst)


def test_pruning_keeps_two_places_close_to_each_other_joined_with_the_third():
    # c is just behind b: by the bare triangle rule a-b and a-c would both go.
    pairs = Pairs(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([10.0, 10.1, 0.2]))
    kept = prune(pairs, places=3)
    assert set(zip(kept.first.tolist(), kept.second.tolist(), strict=True)) == {(0, 1), (1, 2)}


def test_near_pairs_of_a_path_know_every_distance():
    graph = csr_matrix(([1.0, 1.0, 2.0, 2.0], ([0, 1, 1, 2], [1, 0, 2, 1])), shape=(3, 3))
    pairs = near_pairs(graph, np.array([0, 1, 2]), np.zeros(3), np.zeros(3))
    assert pairs.km.tolist() == [1.0, 3.0, 2.0]


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_join_everything_whatever_the_order(seed):
    rng = np.random.default_rng(seed)
    lat, lon = rng.uniform(0, 4, 90), rng.uniform(0, 4, 90)
    camp = rng.random(90) < 0.2
    pairs = neighbours(lat, lon, camp)
    order = rng.permutation(90)
    again = neighbours(lat[order], lon[order], camp[order])
    links = {frozenset(pair) for pair in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)}
    others = {frozenset(order[[a, b]].tolist()) for a, b in zip(again.first, again.second, strict=True)}
    assert links == others
    size = csr_matrix((np.ones(len(pairs.km)), (pairs.first, pairs.second)), shape=(90, 90))
    assert np.isfinite(dijkstra(size, directed=False, indices=0)).all()
    km, low, high = by_straight_line(pairs)
    assert ((low < km) & (km < high)).all()
