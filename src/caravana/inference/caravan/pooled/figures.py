"""What each side will say of how many walk: level and naive rules pooled, their weights moved by own scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference import pool
from caravana.inference.caravan import level
from caravana.inference.caravan.pooled.others import learned_weights, learned_widths, level_evidence
from caravana.inference.caravan.pooled.rivals import LEVELS, rival_figures
from caravana.inference.caravan.pooled.rosters import (
    BLEND,
    FIGURES,
    HORIZONS,
    LAST_FIGURE,
    MODEL,
    OwnCase,
    half_way_in_logs,
    halves_at,
    moved_weights,
    nearest_horizon,
    own_errors,
    terms_of_parts,
)
from caravana.inference.reports import SIDES, known_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import CaravanReports, ReportedFigure

    Floats = NDArray[np.float64]
    Samples = tuple[Floats, ...]


@dataclass(frozen=True)
class FiguresAhead:
    """What each side would say on the days to come.

    Attributes
    ----------
    reported : dict of str to ndarray, shape (days, size)
        Equally weighted, in order.
    weights : dict of int to dict of str to float
        Of the forecasters, by horizon.
    cases : sequence of OwnCase
        Past forecasts of figures that are known by now.
    """

    reported: Mapping[str, Floats]
    weights: Mapping[int, Mapping[str, float]]
    cases: Sequence[OwnCase] = field(repr=False)


@dataclass
class FigurePool:
    """Forecasts the figures of one record from any evening."""

    record: CaravanReports
    evidence: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = level_evidence(self.record)
        self.levels: dict[int, tuple[Sequence[ReportedFigure], level.Level]] = {}
        self.past: dict[tuple[int, int, str], OwnCase | None] = {}

    def ahead(self, today: int, *, days: int, size: int) -> FiguresAhead:
        """Forecast from the evening of day ``today``, ``size`` draws a side and day."""
        cases = self._own_cases(today)
        learned = {h: learned_weights(self.record, "headcount", h) for h in HORIZONS}
        by_horizon = {h: moved_weights(FIGURES, learned[h], cases, horizon=h) for h in HORIZONS}
        errors = own_errors(FIGURES, learned, cases)
        halves = {h: halves_at(learned_widths(self.record, "headcount", h), errors, horizon=h) for h in HORIZONS}
        reported = {side: np.empty((days, size)) for side in SIDES}
        ruled = False
        for side in SIDES:
            for d in range(days):
                samples = self._samples(today, today + d + 1, side)
                horizon = nearest_horizon(d + 1)
                ruled = len(samples) > 1
                points, share = pool.mixture(samples, by_horizon[horizon] if ruled else np.ones(1))
                wider = FIGURES.widened(points, share, halves[horizon]) if ruled else points
                reported[side][d] = even_sample(wider, share, size)
        shown = {h: w if ruled else np.eye(len(w))[0] for h, w in by_horizon.items() if h <= max(days, HORIZONS[0])}
        weights_by_name = {h: dict(zip(FIGURES.names, map(float, w), strict=True)) for h, w in shown.items()}
        return FiguresAhead(reported, weights_by_name, cases)

    def _level(self, day: int) -> tuple[Sequence[ReportedFigure], level.Level]:
        """Figures known on an evening, and what is believed then."""
        if day not in self.levels:
            try:
                known = known_by(self.record, self.record.date(day)).counts
            except UsageError:
                known = ()
            figures = [count.report for count in known if count.report.of == "persons"]
            self.levels[day] = figures, level.follow(level.GRID, figures, until=day)
        return self.levels[day]

    def _samples(self, today: int, target: int, side: str) -> Samples:
        """What each of :data:`FIGURES` expects; the level alone where no figure is known."""
        figures, standing = self._level(today)
        own = level.said_by(standing, target=target, side=side).quantiles(self.evidence, LEVELS)
        rules = rival_figures(figures, target=target, side=side)
        if not rules:
            return (own,)
        every = {MODEL: own, BLEND: half_way_in_logs(own, rules[LAST_FIGURE]), **rules}
        return tuple(every[name] for name in FIGURES.names)

    def _own_cases(self, today: int) -> list[OwnCase]:
        """Past forecasts of figures that are known by now."""
        cases = []
        for count in known_by(self.record, self.record.date(today)).counts:
            report = count.report
            if report.of != "persons" or report.middle is None:
                continue
            for horizon in (h for h in HORIZONS if report.day - h >= 1):
                key = (report.day - horizon, horizon, count.id)
                if key not in self.past:
                    self.past[key] = self._case(*key[:2], self.record.day(count.known_on), report)
                cases += [case for case in (self.past[key],) if case is not None]
        return cases

    def _case(self, origin: int, horizon: int, known_day: int, report: ReportedFigure) -> OwnCase | None:
        samples = self._samples(origin, report.day, report.side)
        if len(samples) == 1 or report.middle is None:
            return None
        terms = terms_of_parts(samples, (report.middle,))
        scale = FIGURES.scale(samples, horizon)
        return OwnCase(horizon, known_day, origin, terms, scale, samples, (report.middle,))


def even_sample(points: Floats, share: Floats, size: int) -> Floats:
    """A weighted sample as an equally weighted one of ``size``, in order."""
    order = np.argsort(points, kind="stable")
    at = np.searchsorted(np.cumsum(share[order]), (np.arange(size) + 0.5) / size)
    out: Floats = points[order][np.minimum(at, points.size - 1)]
    return out
