"""The road network of displacement: directed links, routes by awareness, and what a choice is among.

A *route* is a chain of links that a person can see from where she stands.  A *post* is where a
choice is made: a place (free to choose any route from it) or a place together with the rest of a
route chosen earlier.  An *option* is what can be done from a post: take a route's first link.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import ScenarioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: More routes than this are refused: awareness is too high for a network of this size.
MOST_ROUTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Links:
    """Directed links; link 2i and 2i + 1 are the two directions of one road.

    Attributes
    ----------
    start, end
        Place indices, [link].
    km
        Length, [link].
    speed
        Most km a day by vehicle, [link].
    walk_chance
        Chance a day of going on foot instead, [link].
    road
        Index of the scenario's link, [link].
    """

    start: Ints
    end: Ints
    km: Floats
    speed: Floats
    walk_chance: Floats
    road: Ints


@dataclass(frozen=True, slots=True)
class Routes:
    """Every route, sorted by origin.

    Attributes
    ----------
    first
        Index of the first route of each place, with the number of routes at the end, [place + 1].
    origin, destination
        Place indices, [route].
    km
        Length of the whole route, [route].
    link
        Its first link, [route].
    rest
        The route that is left after the first link, or -1, [route].
    links
        All its links, padded with -1, [route, step].
    """

    first: Ints
    origin: Ints
    destination: Ints
    km: Floats
    link: Ints
    rest: Ints
    links: Ints


def compile_links(scenario: Scenario, *, max_move_speed: float, doubled: bool) -> Links:
    """Compile the scenario's roads to directed links.

    Parameters
    ----------
    max_move_speed
        Km a day where a link has no speed of its own.
    doubled
        Follow Flee's quirk 2: a road with redirect 1 stands there twice.
    """
    index = {place.id: i for i, place in enumerate(scenario.places)}
    rows: list[tuple[int, int, float, float, float, int]] = []
    for road, link in enumerate(scenario.links):
        start, end = index[link.from_id], index[link.to_id]
        speed = max_move_speed if link.max_move_speed is None else link.max_move_speed
        walk = link.walk_probability or 0.0
        for _ in range(2 if doubled and link.redirect == 1 else 1):
            rows.append((start, end, link.km, speed, walk, road))
            rows.append((end, start, link.km, speed, walk, road))
    table = np.array(rows, dtype=float).reshape(-1, 6)
    whole = table[:, (0, 1, 5)].astype(np.int64)
    return Links(whole[:, 0], whole[:, 1], table[:, 2], table[:, 3], table[:, 4], whole[:, 2])


def compile_routes(links: Links, *, places: int, markers: Bools, awareness: int) -> Routes:
    """Enumerate the routes that people are aware of.

    Depth-first from each link, as Flee's ``calculateLinkWeight``: every place reached is a
    candidate, but not a marker, which costs no step; places on the path are not entered again.

    Parameters
    ----------
    markers
        Places that are only bends of the road, [place].
    awareness
        Number of steps people see ahead; at 0 nobody moves (quirk 9).

    Raises
    ------
    ScenarioError
        If there are more than :data:`MOST_ROUTES`.
    """
    table, rest = (
        _paths_by_place(links, places, markers, awareness)
        if markers.any()
        else _paths_by_length(links, places, awareness)
    )
    origin = links.start[table[:, 0]]
    last = table[np.arange(len(table)), (table >= 0).sum(axis=1) - 1]
    return Routes(
        np.searchsorted(origin, np.arange(places + 1)), origin, links.end[last],
        np.where(table >= 0, links.km[table], 0.0).sum(axis=1), table[:, 0], rest, table,
    )  # fmt: skip


def _refuse_many(number: int, awareness: int) -> None:
    """Refuse more routes than a computer holds."""
    if number > MOST_ROUTES:
        raise ScenarioError(f"awareness_level {awareness} sees more than {MOST_ROUTES:,} routes; lower it")


def _paths_by_length(links: Links, places: int, awareness: int) -> tuple[Ints, Ints]:
    """All paths where every place is a step, in the order Flee finds them: [route, step], and what is left of each.

    Those of one link more are a link before each of those that begin at its end and do not come to its start.
    """
    order = np.argsort(links.start, kind="stable")
    if not len(order) or awareness < 1:
        return np.full((0, 1), -1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    paths, begin = order[:, None], np.searchsorted(links.start[order], np.arange(places + 1))
    tables, rests, number = [paths], [np.full(len(paths), -1)], len(paths)
    offset = 0
    for _ in range(1, awareness):
        after = np.diff(begin)[links.end[order]]
        link = np.repeat(order, after)
        rest = (
            np.arange(len(link))
            - np.repeat(np.cumsum(after) - after, after)
            + np.repeat(begin[links.end[order]], after)
        )
        start = links.start[link]
        kept = (links.end[paths][rest] != start[:, None]).all(axis=1)
        link, rest = link[kept], rest[kept]
        if not len(link):
            break
        paths = np.concatenate([link[:, None], paths[rest]], axis=1)
        begin = np.searchsorted(links.start[link], np.arange(places + 1))
        tables.append(paths)
        rests.append(rest + offset)
        offset, number = number, number + len(paths)
        _refuse_many(number, awareness)
    table = np.full((number, paths.shape[1]), -1, dtype=np.int64)
    row = 0
    for some in tables:
        table[row : row + len(some), : some.shape[1]] = some
        row += len(some)
    # Flee goes on from each place that it comes to before it tries the next.
    sequence = np.lexsort((*table.T[::-1], links.start[table[:, 0]]))
    place = np.empty(number + 1, dtype=np.int64)
    place[sequence], place[-1] = np.arange(number), -1
    return table[sequence], place[np.concatenate(rests)[sequence]]


def _paths_by_place(links: Links, places: int, markers: Bools, awareness: int) -> tuple[Ints, Ints]:
    """All paths, where some places are no step, one place after the other: as :func:`_paths_by_length`."""
    leaving: list[list[int]] = [[] for _ in range(places)]
    for link, start in enumerate(links.start):
        leaving[start].append(link)
    paths: list[tuple[int, ...]] = []
    for place in range(places if awareness > 0 else 0):
        paths.extend(_paths_from(place, leaving, links, markers, awareness))
        _refuse_many(len(paths), awareness)
    steps = max((len(path) for path in paths), default=1)
    table = np.full((len(paths), steps), -1, dtype=np.int64)
    for row, path in enumerate(paths):
        table[row, : len(path)] = path
    known = {path: row for row, path in enumerate(paths)} if steps > 1 else {}
    rest = [known.get(path[1:], -1) if len(path) > 1 else -1 for path in paths]
    return table, np.array(rest, dtype=np.int64)


def _paths_from(
    place: int, leaving: list[list[int]], links: Links, markers: Bools, awareness: int
) -> list[tuple[int, ...]]:
    """All candidate paths (as chains of links) from one place, in the order Flee finds them."""
    paths: list[tuple[int, ...]] = []

    def walk(path: tuple[int, ...], visited: tuple[int, ...], step: int) -> None:
        here = int(links.end[path[-1]])
        if markers[here]:
            step -= 1
        else:
            paths.append(path)
        if awareness > step:
            for link in leaving[here]:
                if links.end[link] not in visited:
                    walk((*path, link), (*visited, here), step + 1)

    for link in leaving[place]:
        walk((link,), (place,), 1)
    return paths
