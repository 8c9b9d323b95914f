"""Whether two samples of runs follow one law: chi-square tests cell by cell, and on pairs of cells together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from tests.oracles.one_by_one import ORDER as STEPS
from tests.oracles.one_by_one import simulate
from tests.oracles.party_inputs import FLOWS

from caravana.models.base import Task
from caravana.models.caravan.model import simulate_block
from caravana.models.caravan.order import ORDER
from caravana.models.caravan.state import STATUSES

DRAWS = 100_000
CHUNK = 10_000
"""Members in one block of the engine here: ten blocks make the draws, in a tenth of the memory."""
FALSE_ALARM = 1e-4
"""Chance that a case fails though both follow one law; it is shared evenly by the case's comparisons."""
ENOUGH = 10
"""Expected draws in a bin; rarer values are put together."""
PAIRS = 8
"""The most variable cells, whose joint distributions are compared too."""


@dataclass(frozen=True)
class Sample:
    """Draws of many quantities: name to one whole number a run."""

    columns: dict[str, np.ndarray]


def label(world_labels, row, kind, status):
    return f"{world_labels[0][row]}/{world_labels[1][kind]}/{STATUSES[status]}"


def _quantities(parties, flows, labels, size) -> Sample:
    """Return cells that are ever occupied, persons by row and by status, and flows."""
    columns = {}
    for row, kind, status in np.argwhere(parties.any(axis=0)):
        columns[label(labels, row, kind, status)] = parties[:, row, kind, status]
    persons = np.einsum("rpks,k->rps", parties, size)
    columns |= {f"persons at {name}": persons[:, i].sum(axis=1) for i, name in enumerate(labels[0])}
    columns |= {f"persons {name}": persons[:, :, i].sum(axis=1) for i, name in enumerate(STATUSES)}
    return Sample(columns | {f"flow {name}": told for name, told in flows.items()})


def draw_engine(case, *, runs: int = DRAWS, seed: int = 1) -> Sample:
    """Return what the engine of counts draws on the last evening."""
    order = tuple(p for p in ORDER if p.name in case.steps)
    chunk = min(CHUNK, runs)
    draws = {name: np.full(chunk, value) for name, value in case.values.items()}
    cells, told, labels = [], [], None
    for block in range(-(-runs // chunk)):
        tables = simulate_block(
            Task(case.scenario, case.scenario.policies, draws, seed, block, case.days, order)
        )  # fmt: skip
        people, flows = tables["people"], tables["flows"]
        labels = (people["place"].labels, people["kind"].labels)
        out = np.zeros((chunk, len(labels[0]), len(labels[1]), len(STATUSES)), np.int32)
        last = people["day"] == case.days - 1
        at = (people["member"], people["place"].codes, people["kind"].codes, people["status"].codes)
        np.add.at(out, tuple(x[last] for x in at), people["parties"][last])
        cells.append(out)
        names = flows["flow"].labels
        at = flows["flow"].codes * chunk + flows["member"]
        total = np.bincount(at, flows["persons"], len(names) * chunk).reshape(len(names), chunk).astype(np.int64)
        nothing = np.zeros(chunk, np.int64)
        told.append({name: total[names.index(name)] if name in names else nothing for name in FLOWS})
    flows = {name: np.concatenate([t[name] for t in told]) for name in FLOWS}
    return _quantities(np.concatenate(cells), flows, labels, case.size)


def draw_reference(case, *, runs: int = DRAWS, seed: int = 1) -> Sample:
    """Return what the one-by-one reference draws on the last evening."""
    draws = {name: np.array([value]) for name, value in case.values.items()}
    steps = tuple(name for name in STEPS if name in case.steps)
    found = simulate(case.scenario, draws, case.scenario.policies, days=case.days, runs=runs, seed=seed, order=steps)
    return _quantities(found.parties, {name: found.flows[name] for name in FLOWS}, case.labels, case.size)


def chi_square(a: np.ndarray, b: np.ndarray) -> float:
    """Return the p-value that two equally large samples of whole numbers follow one law."""
    low = min(a.min(), b.min())
    seen = np.stack([np.bincount(x - low, minlength=max(a.max(), b.max()) - low + 1) for x in (a, b)])
    seen = seen[:, seen.any(axis=0)]
    # Neighbouring values are put together until each bin can be expected to hold enough.
    bins = np.floor(np.concatenate([[0], seen.sum(axis=0).cumsum()[:-1]]) / (2 * ENOUGH)).astype(np.int64)
    _, bins = np.unique(bins, return_inverse=True)
    first, second = (np.bincount(bins, weights=x) for x in seen)
    if len(first) < 2:
        return 1.0
    statistic = ((first - second) ** 2 / np.maximum(first + second, 1)).sum()
    return float(stats.chi2.sf(statistic, len(first) - 1))


def _pairs(a: Sample, b: Sample):
    """Yield the joint values of pairs of the most variable quantities, coarsened to a few levels each."""
    spread = {name: np.std(x) for name, x in a.columns.items() if name in b.columns}
    chosen = sorted(spread, key=spread.get, reverse=True)[:PAIRS]
    edges = {name: np.unique(np.quantile(a.columns[name], np.linspace(0, 1, 7)[1:-1])) for name in chosen}
    for i, one in enumerate(chosen):
        for other in chosen[i + 1 :]:
            yield (
                f"{one} with {other}",
                *(
                    np.searchsorted(edges[one], x.columns[one]) * 10 + np.searchsorted(edges[other], x.columns[other])
                    for x in (a, b)
                ),
            )


def unlike(a: Sample, b: Sample) -> dict[str, float]:
    """Return the comparisons whose p-value is below the case's threshold, and how far below."""
    nothing = np.zeros(len(next(iter(a.columns.values()))), np.int64)
    names = sorted({*a.columns, *b.columns})
    found = {name: chi_square(a.columns.get(name, nothing), b.columns.get(name, nothing)) for name in names}
    found |= {name: chi_square(x, y) for name, x, y in _pairs(a, b)}
    threshold = FALSE_ALARM / len(found)
    return {name: p for name, p in found.items() if p < threshold}
