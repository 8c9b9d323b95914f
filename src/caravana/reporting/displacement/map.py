"""What the displacement map draws: countries, places, links, conflict by day, flows by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.language.names import country_words
from caravana.reporting.charts import plain
from caravana.reporting.displacement.countries import countries, east_of, frame_of, seam
from caravana.results.displacement import conflict_spells, plain_name

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.results.displacement import Displaced

WORTH_DRAWING = 0.5
"""Flows of fewer people a day, mean over members, are not drawn."""


def map_data(displaced: Displaced, language: Language) -> dict[str, Any]:
    """Everything the map and the table of links draw, ready for JSON.

    Returns
    -------
    dict
        ``frame`` (west, south, east, north; None where no place has coordinates), ``outlines``,
        ``seas``, ``places`` (all, by index: ``name``, ``lon``, ``lat``, ``kind``, ``camp`` (position
        among the camps) or None, ``capacity``, ``people`` (inhabitants)), ``links`` (pairs of place
        indices, both ways as one), ``edges`` (directed pairs that people take), ``flows`` (by day:
        [edge, persons], largest first), ``elsewhere`` (people by day, by place index) and
        ``conflict`` (spells [first, last day], by place index).
    """
    scenario = displaced.scenario
    index = {p.id: i for i, p in enumerate(scenario.places)}
    camp_at = {i: k for k, i in enumerate(displaced.camps)}
    frame, turn = frame_of(scenario.places), seam(scenario.places)
    pairs = {tuple(sorted((index[x.from_id], index[x.to_id]))) for x in scenario.links}
    edges, flows = _flows(displaced, index)
    return {
        "frame": frame,
        "outlines": countries(frame, scenario.places, language) if frame else [],
        "seas": [],
        "places": [
            {
                "name": plain_name(p), "lon": None if p.lon is None else east_of(p.lon, turn),
                "lat": p.lat, "camp": camp_at.get(i), "capacity": p.capacity,
                "people": p.population or 0, "country": country_words(p.country, language),
            }
            for i, p in enumerate(scenario.places)
        ],
        "links": sorted(pairs), "edges": edges, "flows": flows,
        "elsewhere": {str(i): plain(values) for i, values in displaced.middles.items()},
        "conflict": {str(i): spells for i, spells in conflict_spells(scenario, displaced.days).items()},
    }  # fmt: skip


def _flows(displaced: Displaced, index: dict[str, int]) -> tuple[list[list[int]], list[list[list[float]]]]:
    """Directed links that people take, and people a day on them by day."""
    frame = displaced.flows
    frame = frame[frame["persons"] >= WORTH_DRAWING]
    known: dict[tuple[int, int], int] = {}
    by_day: list[list[list[float]]] = [[] for _ in range(displaced.days)]
    frame = frame.sort_values(["persons", "day", "from_id", "to_id"], ascending=[False, True, True, True])
    columns = (frame[name].tolist() for name in ("day", "from_id", "to_id", "persons"))
    for day, first, second, persons in zip(*columns, strict=True):
        edge = known.setdefault((index[first], index[second]), len(known))
        by_day[day].append([edge, round(persons, 1 if persons < 10 else None)])
    return [list(pair) for pair in known], by_day


def widest(flows: list[list[list[float]]]) -> float:
    """People a day that a full arc stands for: on one day in twenty the busiest link has more."""
    busiest = [day[0][1] for day in flows if day]
    return float(np.quantile(busiest, 0.95)) if busiest else 1.0
