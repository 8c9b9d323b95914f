"""Where roads leave a caravan's: the chance to leave against the plain share of the others, each caravan left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.errors import UsageError
from caravana.inference import reports
from caravana.inference.caravan.nights import plans_kept
from caravana.inference.caravan.pooled.branching import decided, ways_ahead, ways_taken
from caravana.inference.caravan.pooled.others import trust_in_plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.skill.records import Given

    from caravana.inference.branches import Branch
    from caravana.inference.caravan.pooled.branching import WayTaken


@dataclass(frozen=True)
class Choice:
    """What was said of one branch on the last evening before it was known, the plain share, and what came."""

    caravan: str
    said: float
    base: float
    happened: bool


def choices(given: Sequence[Given]) -> list[Choice]:
    """Every branch at which it is known what a caravan did, the caravan left out of what others tell."""
    out = []
    for one in given:
        others = [d for other in given if other is not one for d in ways_taken(other.record)]
        kept = [plans_kept(other.record) for other in given if other is not one]
        for branch in one.record.branches:
            left = decided(one.record, branch)
            known = None if left is None else _evening_before(one, branch)
            if left is None or known is None:
                continue
            trust = trust_in_plans([*kept, plans_kept(known)])
            said = next(w.chance for w in ways_ahead(known, others, trust=trust) if w.branch == branch)
            out.append(Choice(one.name, said, _plain_share(others, branch), left))
    return out


def _plain_share(others: Sequence[WayTaken], branch: Branch) -> float:
    """Share of the others that left there; half a caravan each way beforehand, as there may be none."""
    here = [d.left for d in others if d.key == branch.key]
    return (sum(here) + 0.5) / (len(here) + 1.0)


def _evening_before(one: Given, branch: Branch) -> reports.CaravanReports | None:
    """What was known on the last evening on which nobody had seen it past a branch; None where nothing was."""
    before = None
    for day in range(1, one.record.day(one.record.last) + 1):
        try:
            known = reports.known_by(one.record, one.record.date(day))
        except UsageError:
            continue
        if decided(known, branch) is not None:
            return before
        before = known
    return before
