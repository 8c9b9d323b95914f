"""Road extracts written by hand, as OpenStreetMap XML: nodes, ways, tags."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class WrittenExtract:
    """An extract as it is put together."""

    nodes: dict[int, tuple[float, float, dict[str, str]]] = field(default_factory=dict)
    ways: list[tuple[int, list[int], dict[str, str]]] = field(default_factory=list)
    by_name: dict[str, int] = field(default_factory=dict)

    def node(self, lat: float, lon: float, **tags: str) -> int:
        number = len(self.nodes) + 1
        self.nodes[number] = (lat, lon, tags)
        return number

    def place(self, name: str, lat: float, lon: float, kind: str = "village", **tags: str) -> int:
        self.node(lat, lon, place=kind, name=name, **tags)
        self.by_name[name] = self.node(lat, lon)
        return self.by_name[name]

    def road(self, *ends: int | str, bends: int = 3, **tags: str) -> None:
        """A way through nodes or places, with bends in between."""
        refs = [self.by_name[end] if isinstance(end, str) else end for end in ends]
        whole = refs[:1]
        for here, there in pairwise(refs):
            (a, b, _), (c, d, _) = self.nodes[here], self.nodes[there]
            whole += [
                self.node(a + (c - a) * s / (bends + 1), b + (d - b) * s / (bends + 1)) for s in range(1, bends + 1)
            ]
            whole.append(there)
        self.ways.append((len(self.ways) + 1, whole, tags))

    def write(self, path: Path, *, shuffled: int | None = None) -> Path:
        rng = random.Random(shuffled)
        nodes = [
            f'<node id="{n}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">{_tags(tags)}</node>'
            for n, (lat, lon, tags) in self.nodes.items()
        ]
        ways = [f'<way id="{w}" version="1">{_refs(refs)}{_tags(tags)}</way>' for w, refs, tags in self.ways]
        if shuffled is not None:
            rng.shuffle(nodes)
            rng.shuffle(ways)
        path.write_text('<osm version="0.6">\n' + "\n".join([*nodes, *ways]) + "\n</osm>\n", encoding="utf-8")
        return path


def _refs(refs: list[int]) -> str:
    return "".join(f'<nd ref="{ref}"/>' for ref in refs)


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(v)}/>" for k, v in tags.items())


def written_land() -> WrittenExtract:
    """A land with a gate, a checkpoint, a ferry, islands, one-way streets, a border and its post.

    Alpha and Beta are joined by a road with a gate, and the long way round over Gamma.  Behind a checkpoint lies
    Delta.  A ferry goes to Isla; Solo is an island that none goes to.  Beta and Epsilon are joined by a street that
    is one-way, Beta and Zeta by two, one for each direction.  A border lies before Omega (no post) and before
    Sigma (Post Nine).
    """
    land = WrittenExtract()
    for name, lat, lon, kind, people in (
        ("Alpha", 10.0, 20.0, "city", "90000"), ("Beta", 10.0, 20.2, "town", "30000"),
        ("Gamma", 10.15, 20.1, "town", "9000"), ("Delta", 10.3, 20.1, "village", "2000"),
        ("Isla", 9.8, 20.1, "village", "800"), ("Solo", 9.6, 20.6, "village", "300"),
        ("Epsilon", 10.0, 20.4, "village", "1500"), ("Zeta", 9.9, 20.3, "village", "700"),
        ("Omega", 10.2, 20.45, "town", "12000"), ("Sigma", 10.0, 20.6, "town", "8000"),
    ):  # fmt: skip
        land.place(name, lat, lon, kind, population=people)
    gate = land.node(10.0, 20.1, barrier="lift_gate", access="private")
    land.road("Alpha", gate, "Beta", highway="primary")
    land.road("Alpha", "Gamma", highway="secondary")
    land.road("Gamma", "Beta", highway="secondary")
    kilo = land.node(10.22, 20.1, barrier="checkpoint", name="Checkpoint Kilo")
    land.road("Gamma", kilo, "Delta", highway="tertiary")
    harbour, quay = land.node(9.9, 20.05), land.node(9.83, 20.1)
    land.road("Alpha", harbour, highway="unclassified")
    land.road(quay, "Isla", highway="track")
    land.road(harbour, quay, route="ferry", name="Isla ferry")
    pier = land.node(9.6, 20.65)
    land.road("Solo", pier, highway="residential")
    land.road("Beta", "Epsilon", highway="primary", oneway="yes")
    land.road("Beta", "Zeta", highway="primary", oneway="yes")
    land.road("Zeta", "Beta", highway="primary", oneway="yes", bends=5)
    land.road("Beta", "Omega", highway="secondary")
    post = land.node(10.0, 20.5, barrier="border_control", name="Post Nine")
    land.road("Epsilon", post, "Sigma", highway="primary")
    land.road("Omega", "Sigma", highway="tertiary")
    # The border: between Beta and Omega, and through Post Nine.
    north, south = land.node(10.6, 20.22), land.node(9.4, 20.62)
    land.road(north, land.node(10.1, 20.35), land.node(10.02, 20.5), land.node(9.98, 20.5), south, bends=0,
              boundary="administrative", admin_level="2")  # fmt: skip
    return land
