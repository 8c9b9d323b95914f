"""A run held against what was reported, by the family of its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from caravana.inference.caravan.coverage import score_caravan
from caravana.inference.displacement.scores import score_displacement
from caravana.inference.scoring.places import score_places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from caravana.run import Run


class Score(Protocol):
    """What scores the runs of a family: a run and the last date scored in, scores by name out."""

    def __call__(self, run: Run, *, until: dt.date | None = None) -> dict[str, Any]:
        """Return the scores of a run."""
        ...


SCORES: Mapping[str, Score] = {"caravan": score_caravan, "displacement": score_displacement}
"""How runs are scored, by the family of their model; those of any other family by :func:`score_places`."""


def score_run(run: Run, *, until: dt.date | None = None, scores: Mapping[str, Score] = SCORES) -> dict[str, Any]:
    """Return how a run stands against the record.

    Parameters
    ----------
    run
        An opened run.
    until
        Last date scored (default: all simulated days).
    scores
        How runs are scored, by family.

    Returns
    -------
    dict
        ``until``, and what the family is scored by: of caravans what
        :func:`caravana.inference.caravan.coverage.score_caravan` gives, of displacement
        :func:`caravana.inference.displacement.scores.score_displacement`, of any other family
        :func:`caravana.inference.scoring.places.score_places`.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> sorted(cv.score_run(run))[:2]
    ['band_km', 'coverage']
    """
    score = scores.get(run.family, score_places)
    return {"until": str(until) if until else None, **score(run, until=until)}
