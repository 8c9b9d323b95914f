"""Headcounts of every given caravan, forecast from every day: what each side would say, and what it said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchmarks.skill.positions import CHAIN, HORIZONS, Case

from caravana.errors import UsageError
from caravana.inference import reports
from caravana.inference.caravan import level
from caravana.inference.caravan.pooled.rivals import LEVELS, rival_figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.skill.records import Given
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def learned(given: Sequence[Given]) -> dict[str, Floats]:
    """What each record says of the assumptions of the grid, by caravan."""
    rows = level.learned([[c.report for c in one.record.counts if c.report.of == "persons"] for one in given])
    return {one.name: row for one, row in zip(given, rows, strict=True)}


def cases_of(one: Given, evidence: Mapping[str, Floats], *, also_without: Sequence[str]) -> list[Case]:
    """Every figure of one caravan that was said some horizon after an evening on which something was known."""
    record = one.record
    aimed = [c for c in record.counts if c.report.of == "persons" and c.report.middle is not None]
    if not aimed:
        return []
    rest = sum((row for name, row in evidence.items() if name != one.name), np.zeros(len(level.GRID)))
    out = []
    for today in range(1, max(c.report.day for c in aimed)):
        try:
            known = reports.known_by(record, record.date(today))
        except UsageError:
            continue
        figures = [c.report for c in known.counts if c.report.of == "persons"]
        standing = level.follow(level.GRID, figures, until=today)
        for count in aimed:
            report = count.report
            if report.day - today not in HORIZONS or report.middle is None:
                continue
            rules = rival_figures(figures, target=report.day, side=report.side)
            if not rules:
                continue
            says = level.said_by(standing, target=report.day, side=report.side)
            out.append(
                Case(
                    caravan=one.name,
                    origin=today,
                    horizon=report.day - today,
                    known_day=record.day(count.known_on),
                    truth=(report.middle,),
                    samples={CHAIN: says.quantiles(rest, LEVELS), **rules},
                    under={
                        name: says.quantiles(rest - evidence[name], LEVELS) for name in also_without if name != one.name
                    },
                )
            )
    return out
