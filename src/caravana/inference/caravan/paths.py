"""Ways of a caravan, drawn from their exact posterior: the advance's parameters and a stop for each night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.ensemble.parallel import spread
from caravana.inference.caravan.nights import sightings
from caravana.inference.caravan.prior import caravan_prior
from caravana.inference.caravan.tracking import follow, start_tracker
from caravana.inference.weights import systematic

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


def sample_paths(
    kernel: NDArray[np.float32], night: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw one way through the nights for each draw, given all that the filter has seen.

    Parameters
    ----------
    kernel : ndarray, shape (draws, stops, stops)
    night : ndarray, shape (days, draws, stops)
        ``night`` of the same draws' :class:`~caravana.inference.caravan.nights.NightFilter`.
    rng : numpy Generator

    Returns
    -------
    ndarray of int, shape (draws, days)
        Stop of each night, drawn backwards from the last (forward filtering, backward sampling).
    """
    days, draws, _ = night.shape
    path = np.empty((draws, days), np.int64)
    each = np.arange(draws)
    path[:, -1] = _draw_stop(night[-1], rng)
    for day in range(days - 2, -1, -1):
        path[:, day] = _draw_stop(night[day] * kernel[each, :, path[:, day + 1]], rng)
    return path


def _draw_stop(weight: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """One stop a row, in proportion to its weight."""
    total = np.cumsum(weight, axis=1, dtype=float)
    level = rng.random((weight.shape[0], 1)) * total[:, -1:]
    return np.asarray(np.minimum((total <= level).sum(axis=1), weight.shape[1] - 1), np.int64)
