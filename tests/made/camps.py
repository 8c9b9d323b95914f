"""Two camps, one over a ferry: a world in which what is changed on the map changes who is where."""

from __future__ import annotations

import datetime as dt

from caravana.models.scenarios import in_force
from caravana.scenario.model import Link, PartyKind, Place, Scenario

START, END = dt.date(2030, 1, 1), dt.date(2030, 2, 9)


def two_camps(**changes) -> Scenario:
    """People who flee from a town over a ferry to one camp, or on land to another."""
    places = (
        Place(id="home", name="Home", country="A", lon=10.0, lat=10.0, kind="conflict_zone", population=10_000),
        Place(id="pier", name="Pier", country="A", lon=10.2, lat=10.0, kind="town"),
        Place(id="isle", name="Isle", country="B", lon=10.3, lat=10.0, kind="camp", capacity=20_000),
        Place(id="land", name="Land", country="B", lon=10.0, lat=10.4, kind="camp", capacity=20_000),
    )
    links = (
        Link(from_id="home", to_id="pier", km=20), Link(from_id="home", to_id="land", km=60),
        Link(from_id="pier", to_id="isle", km=10, kind="ferry", name="The ferry"),
    )  # fmt: skip
    return in_force(Scenario(
        name="two-camps", title="Two camps", start=START, end=END, rules="walk",
        kinds=(PartyKind(id="person", men=1, share=1),), places=places, links=links,
        **changes,
    ))  # fmt: skip
