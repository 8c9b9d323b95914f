"""How one caravan advances, learned from its own nights and from other caravans: draws, weights, nights to come.

The draws come from the prior over the other caravans and are weighed by the likelihood of this one's nights; where few
carry the weight they are drawn anew around the posterior, from a mixture with the prior.  Since each draw's density is
kept, the same draws can be weighed by another prior: :meth:`Outlook.under`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.caravan.halts import (
    Filtered,
    ahead,
    begin,
    carry,
    hosting,
    moves,
    stay_chances,
    turned,
    with_roadside,
)
from caravana.inference.caravan.hierarchy import CaravanPrior, Common, natural
from caravana.inference.caravan.nights import Advance
from caravana.inference.weights import effective_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.caravan.halts import Kernel
    from caravana.inference.caravan.nights import Announced
    from caravana.inference.reports import CaravanReports, Stops

    Floats = NDArray[np.float64]

MEMORY = 1.0
DRAWS = 300
FRESHEN_BELOW = 0.1
FRESHEN_TIMES = 2
FROM_PRIOR = 0.3
WIDEN = 1.3
ENOUGH = 0.999
SKETCHED = 60
UNLIKELY = 1e-4
SKETCH_KM_A_DAY = 90.0

# What is assumed before any caravan is looked at: people walk 15 to 40 km on a day under way, one evening in four is
# followed by a rest, a rest by another more often than not, lifts are got on some days; all of it wide.
COMMON: dict[str, Common] = {
    "rest_chance": Common("logit", -1.2, 0.5, 0.6),
    "rest_again": Common("plain", 0.4, 0.5, 0.4),
    "rest_still": Common("plain", 1.4, 0.5, 0.4),
    "walk_km": Common("log", float(np.log(22.0)), 0.25, 0.35),
    "walk_spread": Common("log", float(np.log(8.0)), 0.3, 0.3),
    "lift_chance": Common("logit", -1.9, 0.6, 0.9),
    "lift_km": Common("log", float(np.log(65.0)), 0.25, 0.3),
    "lift_spread": Common("log", float(np.log(38.0)), 0.25, 0.3),
    "lift_beyond": Common("log", float(np.log(1.6)), 0.3, 0.3),
    "population_pull": Common("plain", 0.9, 0.25, 0.25),
}
NAMES = tuple(COMMON)
SCALES = tuple(common.scale for common in COMMON.values())


def beside_the_road(record: CaravanReports, *, start_km: float, hosted: Mapping[str, int]) -> CaravanReports:
    """The record with stops wherever people can sleep, and its start at ``start_km``.

    ``hosted`` are the numbers of other caravans that slept at a place
    (:func:`~caravana.inference.caravan.halts.hosting`).
    """
    stops = hosting(with_roadside(record.stops), hosted)
    start = np.zeros(stops.km.size)
    start[int(np.argmin(np.abs(stops.km - start_km)))] = 1.0
    return replace(record, stops=stops, start=start)


@dataclass(frozen=True)
class Draws:
    """Draws of the parameters with their kernels.

    Attributes
    ----------
    free : ndarray, shape (draws, parameters)
        On the free scales of :data:`COMMON`.
    log_proposal : ndarray, shape (draws,)
        Log density from which each came.
    kernel : ndarray of float32, shape (draws, stops, stops)
    stay : ndarray, shape (draws, HALTS)
    """

    free: Floats
    log_proposal: Floats
    kernel: Kernel
    stay: Floats


@dataclass(frozen=True)
class AdvancePosterior:
    """Parameters of the advance, given the nights so far.

    Attributes
    ----------
    parameters : dict of str to ndarray, shape (draws,)
        On their natural scales.
    weight : ndarray, shape (draws,)
        Sums to one.
    """

    parameters: dict[str, Floats]
    weight: Floats

    @property
    def effective(self) -> float:
        """Effective number of draws."""
        return effective_size(self.weight)


@dataclass(frozen=True)
class Outlook:
    """Tonight: draws, what speaks for each, and where each has the caravan.

    Attributes
    ----------
    draws : Draws
    filtered : Filtered
    faded : ndarray, shape (draws,)
        Log likelihood of the nights so far, old ones faded.
    back : float
        Chance that it is on its way back.
    homewards : ndarray of float32, shape (draws, stops, stops), or None
        The kernel of the way back, where there is such a chance.
    """

    draws: Draws
    filtered: Filtered
    faded: Floats
    back: float = 0.0
    homewards: Kernel | None = None

    def under(self, prior: CaravanPrior) -> Floats:
        """Weights of the draws in the posterior under ``prior``, shape (draws,)."""
        return _normalised(self.faded + prior.log_density(self.draws.free) - self.draws.log_proposal)

    def posterior(self, prior: CaravanPrior) -> AdvancePosterior:
        """The draws on their natural scales, weighed under ``prior``."""
        return AdvancePosterior(natural(self.draws.free, NAMES, SCALES), self.under(prior))

    def expected(
        self,
        prior: CaravanPrior,
        *,
        days: int,
        plans: Mapping[int, Announced],
        trust: float,
        lasting: Floats | None = None,
    ) -> Floats:
        """Chance of each stop on the nights to come under ``prior``, shape (days, stops).

        Draws that carry a thousandth of the weight together are left out.  With the chances not to end (``lasting``, of
        :func:`~caravana.inference.caravan.halts.ahead`) it is that of a caravan still together then.
        """
        weight = self.under(prior)
        order = np.argsort(-weight, kind="stable")
        keep = order[: int(np.searchsorted(np.cumsum(weight[order]), ENOUGH)) + 1]
        state = Filtered(self.filtered.log_likelihood[:, keep], self.filtered.state[keep])
        by_draw = self._ahead(state, keep, days=days, plans=plans, trust=trust, lasting=lasting)
        out: Floats = np.einsum("d,tds->ts", weight[keep] / weight[keep].sum(), by_draw)
        out /= out.sum(axis=1, keepdims=True)
        return out

    def sketch(
        self,
        prior: CaravanPrior,
        km: Floats,
        *,
        days: int,
        plans: Mapping[int, Announced],
        trust: float,
        lasting: Floats | None = None,
    ) -> Floats:
        """Much the same as :meth:`expected`, at a tenth of the cost: for the scores that move the weights.

        From the likeliest draws only, on the stretch that they can reach.
        """
        weight = self.under(prior)
        keep = np.argsort(-weight, kind="stable")[:SKETCHED]
        weight = weight[keep] / weight[keep].sum()
        state = self.filtered.state[keep]
        if self.back:
            whole = Filtered(self.filtered.log_likelihood[:, keep], state)
            by_draw = self._ahead(whole, keep, days=days, plans=plans, trust=trust, lasting=lasting)
            out = np.einsum("d,tds->ts", weight, by_draw)
            return np.asarray(out / out.sum(axis=1, keepdims=True), float)
        there = np.flatnonzero(np.einsum("d,dhs->s", weight, state) > UNLIKELY)
        first = int(there[0])
        last = min(km.size, max(int(there[-1]) + 2, int(np.searchsorted(km, km[there[-1]] + SKETCH_KM_A_DAY * days))))
        kernel = self.draws.kernel[keep, first:last, first:last].copy()
        # Whoever would go beyond the stretch is at its end.
        kernel[:, :, -1] += 1.0 - kernel.sum(axis=2)
        short = Filtered(self.filtered.log_likelihood[:, keep], state[:, :, first:last])
        kept = {day: (plan.likelihood[first:last], trust) for day, plan in plans.items()}
        near = None if lasting is None else lasting[:, :, first:last]
        by_draw = ahead(short, kernel, self.draws.stay[keep], days=days, plans=kept, lasting=near)
        out = np.zeros((days, km.size))
        out[:, first:last] = np.einsum("d,tds->ts", weight, by_draw)
        out /= out.sum(axis=1, keepdims=True)
        return out

    def nights(
        self, *, days: int, plans: Mapping[int, Announced], trust: float, lasting: Floats | None = None
    ) -> Kernel:
        """Chance of each stop on the nights to come, and to be together then, by draw, shape (days, draws, stops)."""
        every = np.arange(self.draws.stay.shape[0])
        return self._ahead(self.filtered, every, days=days, plans=plans, trust=trust, lasting=lasting)

    def _ahead(
        self,
        state: Filtered,
        keep: NDArray[np.int64],
        *,
        days: int,
        plans: Mapping[int, Announced],
        trust: float,
        lasting: Floats | None,
    ) -> Kernel:
        """Nights to come of some draws, with the chance of the way back."""
        kept = {day: (plan.likelihood, trust) for day, plan in plans.items()}
        stay = self.draws.stay[keep]
        onwards = ahead(state, self.draws.kernel[keep], stay, days=days, plans=kept, lasting=lasting)
        if not self.back or self.homewards is None:
            return onwards
        returning = ahead(
            Filtered(state.log_likelihood, state.state[:, :, ::-1]),
            self.homewards[keep],
            stay,
            days=days,
            plans={day: (likelihood[::-1], trusted) for day, (likelihood, trusted) in kept.items()},
            lasting=None if lasting is None else lasting[:, :, ::-1],
        )
        chance = np.float32(self.back)
        out: Kernel = (1.0 - chance) * onwards + chance * returning[:, :, ::-1]
        return out


@dataclass
class Pacer:
    """Follows one caravan from day to day; what has not changed is not computed again."""

    prior: CaravanPrior
    stops: Stops
    start: Floats
    rng: np.random.Generator
    draws: int = DRAWS
    memory: float = MEMORY
    drawn: Draws | None = None
    history: list[Filtered] = field(default_factory=list)
    evidence: dict[int, Floats] = field(default_factory=dict)
    back: dict[int, float] = field(default_factory=dict)
    homewards: Kernel | None = None

    def tonight(
        self, evidence: Mapping[int, Floats], *, until: int, back: Mapping[int, float] | None = None
    ) -> Outlook:
        """Weigh the draws by all that is known of nights up to day ``until`` (at least 1).

        ``back`` are the chances that it is on its way back by day, of
        :func:`~caravana.inference.heading.chance_of_way_back`.
        """
        back = back or {}
        if self.drawn is None:
            free = self.prior.mean + self.prior.spread * self.rng.standard_normal((self.draws, len(NAMES)))
            self._draw(free, self.prior.log_density(free))
        outlook = self._filter(evidence, until, back)
        for _ in range(FRESHEN_TIMES):
            weight = outlook.under(self.prior)
            if 1.0 / np.sum(weight**2) >= FRESHEN_BELOW * weight.size:
                break
            self._freshen(outlook.draws.free, weight)
            outlook = self._filter(evidence, until, back)
        return outlook

    def _draw(self, free: Floats, log_proposal: Floats) -> None:
        columns = natural(free, NAMES, SCALES)
        kernel = moves(self.stops, Advance.from_columns(columns), columns["lift_beyond"])
        stay = stay_chances(columns["rest_chance"], columns["rest_again"], columns["rest_still"])
        self.drawn = Draws(free, log_proposal, kernel, stay)
        self.history, self.evidence, self.back = [begin(self.start, len(free))], {}, {}
        self.homewards = None

    def _way_back(self) -> Kernel:
        """The kernel of the way back: most caravans never need it."""
        if self.homewards is None:
            if self.drawn is None:
                raise ValueError("nothing has been drawn")
            columns = natural(self.drawn.free, NAMES, SCALES)
            advance = Advance.from_columns(columns)
            self.homewards = moves(turned(self.stops), advance, columns["lift_beyond"], homewards=True)
        return self.homewards

    def _filter(self, evidence: Mapping[int, Floats], until: int, back: Mapping[int, float]) -> Outlook:
        if self.drawn is None:
            raise ValueError("nothing has been drawn")
        same = 0
        while (
            same < min(until, len(self.history) - 1)
            and _alike(self.evidence.get(same + 1), evidence.get(same + 1))
            and self.back.get(same + 1) == back.get(same + 1)
        ):
            same += 1
        del self.history[same + 1 :]
        homewards = self._way_back() if back else None
        for day in range(same + 1, until + 1):
            before, drawn = self.history[-1], self.drawn
            self.history.append(
                carry(before, drawn.kernel, drawn.stay, evidence, until=day, back=back, homewards=homewards)
            )
        self.evidence, self.back = dict(evidence), dict(back)
        filtered = self.history[until]
        fading: Floats = np.power(self.memory, until - np.arange(1.0, until + 1.0))
        return Outlook(self.drawn, filtered, fading @ filtered.log_likelihood, back.get(until + 1, 0.0), homewards)

    def _freshen(self, free: Floats, weight: Floats) -> None:
        """Draw anew around the weighted draws, some from the prior so that nothing is ruled out."""
        mean = weight @ free
        spread = WIDEN * np.sqrt(weight @ (free - mean) ** 2)
        around = CaravanPrior(NAMES, SCALES, mean, np.maximum(spread, 0.25 * self.prior.spread))
        plain = self.rng.random((len(free), 1)) < FROM_PRIOR
        noise = self.rng.standard_normal(free.shape)
        anew = np.where(plain, self.prior.mean + self.prior.spread * noise, around.mean + around.spread * noise)
        log_proposal = np.logaddexp(
            np.log(FROM_PRIOR) + self.prior.log_density(anew), np.log(1.0 - FROM_PRIOR) + around.log_density(anew)
        )
        self._draw(anew, log_proposal)


def _alike(one: Floats | None, other: Floats | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return bool(np.array_equal(one, other))


def _normalised(log_weight: Floats) -> Floats:
    weight: Floats = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    return weight
