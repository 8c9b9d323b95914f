"""Which rule set simulates a block: caravans that move, or people who disperse over a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.base import BLOCK, Coded, Table, Task
from caravana.models.caravan.model import simulate_block
from caravana.models.parameters import CAMP_SHARES, declared
from caravana.models.scenarios import in_force

if TYPE_CHECKING:
    from caravana.models.displacement.walk.model import DispersalBlock, DispersalWorld
    from caravana.scenario.model import Parameter, Scenario

CARAVAN = "caravan"
"""The rule set of caravans; every other one is a dispersal."""
ROAD = "road"
"""The place of people under way in a dispersal run."""


def simulate_task(task: Task) -> dict[str, Table]:
    """Simulate one block by its scenario's rules and return its tables.

    Raises
    ------
    InvariantError
        If anyone was lost or made.
    ScenarioError
        If the scenario cannot be compiled for its rules.
    """
    if task.scenario.rules == CARAVAN:
        return simulate_block(task)
    from caravana.models.displacement.walk import (
        model as dispersal,  # its compiled loops take time to load, which caravans need not wait for
    )

    world = dispersal.compile_dispersal(task.scenario, days=task.days)
    block = dispersal.simulate_block(world, seed=task.seed, block=task.block, members=BLOCK, days=task.days)
    return label_dispersal(world, block, kind=task.scenario.kinds[0].id)


def label_dispersal(world: DispersalWorld, block: DispersalBlock, *, kind: str) -> dict[str, Table]:
    """Return what a dispersal block did as tables.

    Parameters
    ----------
    world, block
        The compiled scenario and what its members did.
    kind
        Id of the party kind that stands for a person.

    Returns
    -------
    dict
        ``people`` (persons at places, and on the road), ``flows`` (persons newly displaced, all
        places together) and ``links`` (persons who set out on each link, summed over the members).
    """
    member, day, place = np.nonzero(block.people)
    on_road = np.nonzero(block.under_way)
    persons = np.concatenate([block.people[member, day, place], block.under_way[on_road]])
    road = len(world.place_ids)
    people: Table = {
        "day": np.concatenate([day, on_road[1]]).astype(np.int32),
        "member": np.concatenate([member, on_road[0]]).astype(np.int32),
        "place": Coded(
            np.concatenate([place, np.full(on_road[0].size, road)]).astype(np.int32), (*world.place_ids, ROAD)
        ),
        "kind": Coded(np.zeros(persons.size, dtype=np.int32), (kind,)),
        "status": Coded((np.arange(persons.size) >= member.size).astype(np.int32), ("displaced", "under_way")),
        "parties": persons,
        "persons": persons,
    }
    displaced = block.displaced.sum(axis=2)
    who, when = np.nonzero(displaced)
    flows: Table = {
        "day": when.astype(np.int32),
        "member": who.astype(np.int32),
        "flow": Coded(np.zeros(who.size, dtype=np.int32), ("displaced",)),
        "kind": Coded(np.zeros(who.size, dtype=np.int32), (kind,)),
        "persons": displaced[who, when],
    }
    when, link = np.nonzero(block.departures)
    links: Table = {
        "day": when.astype(np.int32),
        "from_id": Coded(world.links.start[link].astype(np.int32), world.place_ids),
        "to_id": Coded(world.links.end[link].astype(np.int32), world.place_ids),
        "persons": block.departures[when, link],
    }
    return {"people": people, "flows": flows, "links": links}


def parameters_of(scenario: Scenario) -> tuple[Parameter, ...]:
    """Return every parameter of a scenario as it is in force: as its model declares it, with the scenario's changes.

    Chosen by the name of the rules until models are values: to be merged into ``Model.parameters``.

    Raises
    ------
    ScenarioError
        If a parameter is not known, and leaves something out.
    """
    if scenario.rules == CARAVAN:
        return in_force(scenario).parameters
    from caravana.models.displacement.choosing import pooled_at_work  # as above: not needed by caravans

    table = declared(CAMP_SHARES)
    return tuple(table[name].parameter for name in pooled_at_work(scenario))
