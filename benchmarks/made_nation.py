"""A made-up nation at the level of sites: 7,000 places, 20,000 links, 10 million people, a year.

Districts lie on a plane; each has a town, villages around it and sites for the displaced.  Sites are counted every
fortnight, as an assessment does; conflict moves from district to district.  Nothing in it is any country's.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from scipy.spatial import cKDTree

from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario, Series

START = dt.date(2020, 1, 1)
FORTNIGHT = 14


def make_nation(
    *, places: int = 7_000, links: int = 20_000, people: int = 10_000_000, days: int = 365, sites: int = 1_500,
    districts: int = 120, seed: int = 1, rules: str = "camp-shares", origin: int = 180,
) -> Scenario:  # fmt: skip
    """Make the nation.

    Parameters
    ----------
    places, links, people, days
        Its size.
    sites
        How many of the places are sites for the displaced, and counted.
    districts
        Units of administration of the second level; six of them are one of the first.
    seed
        Another seed makes another nation.
    rules
        Model.
    origin
        Day of the last count that a forecast knows.
    """
    rng = np.random.default_rng(seed)
    centre = rng.random((districts, 2)) * [8.0, 6.0]
    home = np.concatenate([np.arange(districts), rng.integers(0, districts, places - districts)])
    at = centre[home] + rng.normal(0, 0.18, (places, 2)) * (np.arange(places) >= districts)[:, None]
    size = rng.lognormal(0, 1, places)
    size[:districts] *= 20
    is_site = np.zeros(places, dtype=bool)
    is_site[rng.choice(np.arange(districts, places), sites, replace=False)] = True
    size[is_site] = 0
    inhabitants = np.rint(size / size.sum() * people).astype(int)
    burning = rng.choice(districts, districts // 6, replace=False)
    zones = np.flatnonzero(np.isin(home, burning) & ~is_site)[: places // 20]
    is_zone = np.zeros(places, dtype=bool)
    is_zone[zones] = True
    rows = tuple(
        Place(
            id=f"p{i}", name=f"Site {i}" if is_site[i] else f"Place {i}", country="Nowhere",
            state=f"Province {home[i] // 6 + 1}", municipality=f"District {home[i] + 1}",
            lat=float(round(at[i, 1], 5)), lon=float(round(at[i, 0], 5)),
            kind="idpcamp" if is_site[i] else "conflict_zone" if is_zone[i] else "town",
            population=None if is_site[i] else int(inhabitants[i]),
            capacity=int(rng.integers(200, 6_000)) if is_site[i] else None,
        )
        for i in range(places)
    )  # fmt: skip
    return Scenario(
        name="made-nation", title="A made-up nation", start=START, end=START + dt.timedelta(days=days - 1), rules=rules,
        settings={"origin_day": min(origin, days - 1), "forecast_total": True} if rules == "camp-shares" else {},
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=rows, links=_links(at, links),
        observations=_counts(rng, np.flatnonzero(is_site), days), series=(_conflict(rng, zones, days),),
    )  # fmt: skip


def _links(at: np.ndarray, number: int) -> tuple[Link, ...]:
    """Roads to near places: first what joins all, then the shortest, until there are so many."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import minimum_spanning_tree

    gap, near = cKDTree(at).query(at, k=24)
    first, second, km = np.repeat(np.arange(len(at)), 23), near[:, 1:].ravel(), gap[:, 1:].ravel() * 111
    tree = minimum_spanning_tree(coo_matrix((km + 1e-6, (first, second)), shape=(len(at), len(at)))).tocoo()
    pairs = dict.fromkeys(
        zip(np.minimum(tree.row, tree.col).tolist(), np.maximum(tree.row, tree.col).tolist(), strict=True)
    )
    for index in np.argsort(km, kind="stable"):
        if len(pairs) >= number:
            break
        a, b = int(first[index]), int(second[index])
        pairs.setdefault((min(a, b), max(a, b)))
    return tuple(
        Link(from_id=f"p{a}", to_id=f"p{b}", km=round(float(np.hypot(*(at[a] - at[b])) * 111) + 1, 1)) for a, b in pairs
    )


def _counts(rng: np.random.Generator, sites: np.ndarray, days: int) -> tuple[Observation, ...]:
    """Counts of each site every fortnight: filling towards a size of its own, irregularly."""
    target = rng.lognormal(6.5, 1.0, len(sites))
    begin, pace = rng.integers(0, days // 2, len(sites)), rng.uniform(20, 120, len(sites))
    rounds = range(0, days, FORTNIGHT)
    noise = np.exp(rng.normal(0, 0.05, (len(rounds), len(sites))))
    counts = []
    for number, day in enumerate(rounds):
        filled = np.rint(target * (1 - np.exp(-np.maximum(day - begin, 0) / pace)) * noise[number]).astype(int)
        date = START + dt.timedelta(days=day)
        counts += [
            Observation(
                id=f"o{site}-{day}", date=date, known_on=date, place_id=f"p{site}", low=int(persons),
                high=int(persons), kind="camp_count", qualifier="exact", speaker_role="made up", speaker_side="agency",
            )
            for site, persons in zip(sites, filled, strict=True)
        ]  # fmt: skip
    return tuple(counts)


def _conflict(rng: np.random.Generator, zones: np.ndarray, days: int) -> Series:
    """Conflict that changes every sixty days: half of the zones at a time."""
    starts = tuple(range(0, days, 60))
    return Series(
        kind="conflict", days=starts, place_ids=tuple(f"p{zone}" for zone in zones),
        values=(rng.random((len(starts), len(zones))) < 0.5).astype(float),
    )  # fmt: skip
