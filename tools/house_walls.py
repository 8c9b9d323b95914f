"""What the import contracts forbid: arrows upward, between neighbours and in a ring, and packages that none names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from source_tree import child_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_tree import Layers, Module


def find_upward(
    arrows: Iterable[tuple[Module, str, int]], layers: Iterable[Layers], apart: Iterable[tuple[str, ...]]
) -> list[str]:
    """Imports from a lower line of a contract to a higher one, or between neighbours."""
    wrong = []
    for module, target, line in arrows:
        place = f"{module.inside}:{line} imports {target}"
        for contract in layers:
            ours, theirs = child_of(module.name, contract.container), child_of(target, contract.container)
            if ours is None or theirs is None or ours == theirs:
                continue
            here, there = contract.level(ours), contract.level(theirs)
            if here is not None and there is not None and there <= here:
                wrong.append(f"{place}, {'a neighbour' if there == here else 'which is above it'}")
        for family in apart:
            ours, theirs = (
                next((m for m in family if name == m or name.startswith(f"{m}.")), None)
                for name in (module.name, target)
            )
            if ours and theirs and ours != theirs:
                wrong.append(f"{place}, a neighbour")
    return list(dict.fromkeys(wrong))


def find_cycles(arrows: Iterable[tuple[Module, str, int]]) -> list[str]:
    """Cycles among the children of any package, each as its members in order of name."""
    graphs: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module, target, _ in arrows:
        ours, theirs = module.name.split("."), target.split(".")
        common = 0
        while common < min(len(ours), len(theirs)) and ours[common] == theirs[common]:
            common += 1
        if common < min(len(ours), len(theirs)):
            graphs[".".join(ours[:common])][ours[common]].add(theirs[common])
    return [
        f"{package}: {' <-> '.join(sorted(ring))}"
        for package, graph in sorted(graphs.items())
        for ring in _rings(graph)
    ]


def _rings(graph: dict[str, set[str]]) -> list[set[str]]:
    """Sets of nodes that reach each other, of two or more."""
    reach = {node: _reachable(graph, node) for node in graph}
    rings: list[set[str]] = []
    for node in sorted(graph):
        ring = {other for other in reach[node] if node in reach.get(other, ())}
        if len(ring) > 1 and ring not in rings:
            rings.append(ring)
    return rings


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def find_unbound(modules: Iterable[Module], layers: Iterable[Layers], root: str) -> list[str]:
    """Packages and modules that stand where a contract is to name every one, and are not named."""
    modules, layers = list(modules), list(layers)
    wrong = [] if any(c.container == root for c in layers) else [f"{root}: no contract of layers"]
    for contract in layers:
        for module in modules:
            child = child_of(module.name, contract.container)
            if child and (contract.exhaustive or contract.container == root) and contract.level(child) is None:
                wrong.append(f"{contract.container}.{child} ({module.inside.split('/', 1)[0]}) is in no layer")
    return list(dict.fromkeys(wrong))
