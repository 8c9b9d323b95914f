"""Follow one caravan from day to day: parameters and night position given all that is known.

The posterior over the parameters of the advance is an importance sample: draws
from the prior over caravans, weighed by the exact likelihood of the sightings.
When few draws carry the weight they are drawn anew around the posterior, from
a mixture with the prior, so that a caravan unlike the others is still followed.

Old evidence fades: the log likelihood of a day counts ``memory**age``.  A
caravan is not one thing for seven weeks (lifts begin, families leave), and a
constant-parameter posterior grows too sure of the average of what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.caravan.hierarchy import CaravanPrior, natural
from caravana.inference.caravan.nights import Advance, NightFilter, filter_nights, forecast_nights, transition
from caravana.inference.weights import effective_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.caravan.nights import Announced
    from caravana.inference.reports import Stops

    Floats = NDArray[np.float64]

MEMORY = 0.95
DRAWS = 600
FRESHEN_BELOW = 0.12
FRESHEN_TIMES = 3
FROM_PRIOR = 0.25
WIDEN = 1.3


@dataclass(frozen=True)
class Tracker:
    """Parameter draws of one caravan, with what the filter has found so far.

    Attributes
    ----------
    prior : CaravanPrior
    stops : Stops
    start : ndarray, shape (stops,)
    free : ndarray, shape (draws, parameters)
        On the free scales of the prior.
    log_proposal : ndarray, shape (draws,)
        Log density from which each draw came.
    kernel : ndarray of float32, shape (draws, stops, stops)
    nights : NightFilter or None
        Filtered so far.
    evidence : dict of int to ndarray
        The emissions that ``nights`` has used.
    """

    prior: CaravanPrior
    stops: Stops
    start: Floats
    free: Floats
    log_proposal: Floats
    kernel: NDArray[np.float32]
    nights: NightFilter | None
    evidence: Mapping[int, Floats]


@dataclass(frozen=True)
class Posterior:
    """Tonight: weighted parameter draws and where each has the caravan.

    Attributes
    ----------
    parameters : dict of str to ndarray, shape (draws,)
        On their natural scales.
    weight : ndarray, shape (draws,)
        Sums to one.
    nights : ndarray of float32, shape (days, draws, stops)
        Filtered, the last one tonight's.
    kernel : ndarray of float32, shape (draws, stops, stops)
    effective : float
        Effective number of draws.
    log_evidence : float
        Log of the prior mean of the (faded) likelihood.
    """

    parameters: dict[str, Floats]
    weight: Floats
    nights: NDArray[np.float32]
    kernel: NDArray[np.float32]
    effective: float
    log_evidence: float


def start_tracker(
    prior: CaravanPrior, stops: Stops, start: Floats, rng: np.random.Generator, *, draws: int = DRAWS
) -> Tracker:
    """Draw parameters from the prior and compute their kernels."""
    free = prior.mean + prior.spread * rng.standard_normal((draws, len(prior.names)))
    return _with_draws(prior, stops, start, free, prior.log_density(free))


def follow(
    tracker: Tracker,
    evidence: Mapping[int, Floats],
    rng: np.random.Generator,
    *,
    until: int,
    memory: float = MEMORY,
) -> tuple[Tracker, Posterior]:
    """Weigh the draws by the sightings known now, drawing anew where few carry the weight.

    Parameters
    ----------
    tracker : Tracker
    evidence : mapping of int to ndarray, shape (stops,)
        Every sighting known now, by day, from :func:`caravana.inference.caravan.nights.sightings`.
    rng : numpy Generator
    until : int
        Today; at least 1.
    memory : float
        Weight of the log likelihood of a day over that of the day after it, in (0, 1].

    Returns
    -------
    Tracker
        To go on from tomorrow: the draws given, so that tomorrow does not depend on what was asked today.
    Posterior
        Tonight.
    """
    tracker = _filtered(tracker, evidence, until)
    drawn = tracker
    log_weight = _log_weight(drawn, until, memory)
    for _ in range(FRESHEN_TIMES):
        weight = _normalised(log_weight)
        if effective_size(weight) >= FRESHEN_BELOW * weight.size:
            break
        drawn = _filtered(_fresh(drawn, weight, rng), evidence, until)
        log_weight = _log_weight(drawn, until, memory)
    weight = _normalised(log_weight)
    nights = drawn.nights
    if nights is None:
        raise ValueError("follow needs at least one day")
    return tracker, Posterior(
        parameters=natural(drawn.free, drawn.prior.names, drawn.prior.scales),
        weight=weight,
        nights=nights.night[:until],
        kernel=drawn.kernel,
        effective=effective_size(weight),
        log_evidence=float(np.log(np.mean(np.exp(log_weight - log_weight.max()))) + log_weight.max()),
    )


def look_ahead(posterior: Posterior, *, days: int, plans: Mapping[int, Announced] | None = None) -> Floats:
    """Forecast the nights to come from tonight's posterior, shape (days, stops).

    Draws that carry a ten-thousandth of the weight or less together are left out.
    """
    order = np.argsort(-posterior.weight, kind="stable")
    enough = int(np.searchsorted(np.cumsum(posterior.weight[order]), 0.9999)) + 1
    keep = np.sort(order[:enough])
    kernel = posterior.kernel if enough == order.size else posterior.kernel[keep]
    return forecast_nights(kernel, posterior.nights[-1][keep], posterior.weight[keep], days=days, plans=plans)


def _with_draws(prior: CaravanPrior, stops: Stops, start: Floats, free: Floats, log_proposal: Floats) -> Tracker:
    advance = Advance.from_columns(natural(free, prior.names, prior.scales))
    return Tracker(prior, stops, start, free, log_proposal, transition(stops, advance), None, {})


def _filtered(tracker: Tracker, evidence: Mapping[int, Floats], until: int) -> Tracker:
    """Filter up to ``until``, from the first day whose sightings are new or changed."""
    done = 0 if tracker.nights is None else tracker.nights.night.shape[0]
    same = 0
    while same < min(done, until) and _alike(tracker.evidence.get(same + 1), evidence.get(same + 1)):
        same += 1
    if tracker.nights is not None and same == until == done:
        return tracker
    later = {day - same: seen for day, seen in evidence.items() if same < day <= until}
    start: Floats | NDArray[np.float32] = tracker.start
    if same and tracker.nights is not None:
        start = tracker.nights.night[same - 1]
    parts = [] if tracker.nights is None else [(tracker.nights.log_likelihood[:same], tracker.nights.night[:same])]
    if until > same:
        rest = None if same else natural(tracker.free, tracker.prior.names, tracker.prior.scales)["rest_chance"]
        more = filter_nights(tracker.kernel, start, later, days=until - same, rest=rest)
        parts.append((more.log_likelihood, more.night))
    nights = NightFilter(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))
    return replace(tracker, nights=nights, evidence=dict(evidence))


def _alike(one: Floats | None, other: Floats | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return bool(np.array_equal(one, other))


def _log_weight(tracker: Tracker, until: int, memory: float) -> Floats:
    nights = tracker.nights
    if nights is None:
        raise ValueError("the tracker has not been filtered")
    fading: Floats = np.power(memory, until - np.arange(1.0, until + 1.0))
    out: Floats = fading @ nights.log_likelihood[:until]
    return out + tracker.prior.log_density(tracker.free) - tracker.log_proposal


def _normalised(log_weight: Floats) -> Floats:
    weight: Floats = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    return weight


def _fresh(tracker: Tracker, weight: Floats, rng: np.random.Generator) -> Tracker:
    """Draw anew around the weighted draws, one in four from the prior so that nothing is ruled out."""
    prior, (draws, columns) = tracker.prior, tracker.free.shape
    mean = weight @ tracker.free
    spread = WIDEN * np.sqrt(weight @ (tracker.free - mean) ** 2)
    # With hardly any draw left the spread of what is left says nothing; a fifth of the prior's is kept.
    around = CaravanPrior(prior.names, prior.scales, mean, np.maximum(spread, 0.2 * prior.spread))
    from_prior = np.asarray(rng.random((draws,)) < FROM_PRIOR)
    noise = rng.standard_normal((draws, columns))
    free = np.where(from_prior[:, None], prior.mean + prior.spread * noise, around.mean + around.spread * noise)
    log_proposal = np.logaddexp(
        np.log(FROM_PRIOR) + prior.log_density(free), np.log(1.0 - FROM_PRIOR) + around.log_density(free)
    )
    return _with_draws(prior, tracker.stops, tracker.start, free, log_proposal)
