"""What a build reports: ``build_report.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.importers.build.roads import BuiltRoads
    from caravana.importers.remarks import Remarks
    from caravana.scenario.model import Scenario

REPORT = "build_report.json"
FORM = 1


def report_of(
    scenario: Scenario, roads: BuiltRoads, remarks: Remarks, files: Mapping[str, tuple[Path, str]], *, version: str
) -> dict[str, Any]:
    """Say what was built, of what, and what was decided and assumed on the way.

    Parameters
    ----------
    scenario
        What was built.
    roads
        Its roads.
    remarks
        What was said on the way.
    files
        Path and SHA-256 of each file read, by part.
    version
        Of caravana.

    Returns
    -------
    dict
        ``places``, ``links`` (numbers), ``components`` (number of parts that roads connect), ``unconnected`` (ids of
        places outside the largest), ``crossings``, ``fallbacks``, ``detour`` (``median``, ``worst``, as shares;
        null without an extract), ``decisions``, ``assumptions``, ``look_first``.
    """
    places = [place for place in scenario.places if place.kind != "marker"]
    part = dict(zip((p.id for p in scenario.places), roads.part.tolist(), strict=True))
    sizes = np.bincount([part[place.id] for place in places]) if places else np.zeros(1, dtype=np.int64)
    largest = int(np.argmax(sizes))
    unconnected = [place.id for place in places if part[place.id] != largest] if len(places) > 1 else []
    by_kind: dict[str, dict[str, float]] = {}
    for link in scenario.links:
        row = by_kind.setdefault(link.kind, {"links": 0, "km": 0.0})
        row["links"] += 1
        row["km"] = round(row["km"] + link.km, 2)
    detour = roads.detour
    return {
        "form": FORM,
        "version": version,
        "scenario": scenario.name,
        "rules": scenario.rules,
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "places": len(places),
        "camps": sum(place.kind in ("camp", "idpcamp") for place in places),
        "links": len(scenario.links),
        "links_by_kind": by_kind,
        "crossings": [
            {"name": link.name, "kind": link.kind, "status": link.status, "from": link.from_id, "to": link.to_id}
            for link in roads.crossings
        ],
        "components": int((sizes > 0).sum()),
        "unconnected": unconnected,
        "detour": {
            "median": None if detour is None else round(detour.median, 5),
            "worst": None if detour is None else round(detour.worst, 5),
            "pairs": 0 if detour is None else detour.pairs,
        },
        "counts": len(scenario.observations),
        "fallbacks": [one.as_json() for one in remarks.of("fallback")],
        "decisions": [one.as_json() for one in remarks.of("decision")],
        "assumptions": [one.as_json() for one in remarks.of("assumption", "fallback")],
        "look_first": [one.as_json() for one in remarks.of("look_first")],
        "files": {part: {"name": path.name, "sha256": digest} for part, (path, digest) in files.items()},
    }
