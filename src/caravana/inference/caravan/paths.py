"""Ways of a caravan, drawn from their exact posterior: the advance's parameters and a stop for each night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.ensemble.parallel import spread
from caravana.inference.caravan.nights import sample_paths, sightings
from caravana.inference.caravan.prior import caravan_prior
from caravana.inference.caravan.tracking import follow, start_tracker
from caravana.inference.weights import systematic

if TYPE_CHECKING:
    from caravana.inference.reports import CaravanReports

WAYS = 2048
PARTS = 4
MOST_KERNELS = 128


def draw_ways(
    record: CaravanReports, *, days: int, seed: int, workers: int | None = 1, scheduler: str | None = None
) -> dict[str, Any]:
    """Draw parameters of the advance and ways given the nights reported.

    Parameters
    ----------
    record : CaravanReports
    days : int
        Nights of a way, from the departure on.
    seed : int
    workers, scheduler
        See :func:`~caravana.ensemble.parallel.spread`.

    Returns
    -------
    dict
        The advance's parameters, each of shape (ways,); ``path``, stops of shape (ways, days); ``effective``,
        how many parameter draws that is worth.
    """
    given = [(record, days, seed, part) for part in range(PARTS)]
    by_part = dict(spread(draw_part, given, workers=workers, scheduler=scheduler))
    parts = [by_part[part] for part in range(PARTS)]
    # Each part tells how well its draws explain the nights on the whole; they differ by chance alone.
    log_evidence = np.array([part.pop("log_evidence") for part in parts], float)
    share = np.exp(log_evidence - log_evidence.max())
    share /= share.sum()
    effective = 1.0 / float(np.sum(share**2 / np.array([part.pop("effective") for part in parts])))
    each = np.repeat(share / (WAYS // PARTS), WAYS // PARTS)
    at = systematic(each, np.random.default_rng([seed, 12]), WAYS)
    return {name: np.concatenate([part[name] for part in parts])[at] for name in parts[0]} | {
        "effective": np.array(effective)
    }


def draw_part(record: CaravanReports, days: int, seed: int, part: int) -> dict[str, Any]:
    """Draw one part of the ways, apart from the others."""
    rng = np.random.default_rng([seed, 11, part])
    ways = WAYS // PARTS
    tracker = start_tracker(caravan_prior(record), record.stops, record.start, rng, draws=ways)
    _, posterior = follow(tracker, sightings(record, until=days), rng, until=days, memory=1.0)
    at = systematic(posterior.weight, rng, ways)
    path = np.empty((ways, days), np.int64)
    for first in range(0, ways, MOST_KERNELS):
        some = at[first : first + MOST_KERNELS]
        path[first : first + MOST_KERNELS] = sample_paths(posterior.kernel[some], posterior.nights[:, some], rng)
    drawn: dict[str, Any] = {name: values[at] for name, values in posterior.parameters.items()}
    return drawn | {"path": path, "effective": posterior.effective, "log_evidence": posterior.log_evidence}
