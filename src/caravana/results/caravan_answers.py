"""A caravan run's answers, asked once for every part of its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.results.answers import Answers, about
from caravana.results.caravan import area_of, arrivals, hubs, nights, reported, statuses
from caravana.results.groups import people_by_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from caravana.results.caravan import Ints, Nights
    from caravana.results.groups import DayGroup
    from caravana.run import Run

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CaravanAnswers(Answers):
    """What a caravan run says.

    Attributes
    ----------
    where
        The main caravan, night by night.
    centres, area
        Places that stand for an area, and the area of each place.
    people
        By status, what has become of people: [member, day].
    reports
        By side, what a source of that side would have reported: [member, day].
    arrivals
        When the caravan comes to each place.
    by_group
        People by group of needs: [member, day].
    payments
        US dollars over the whole run: a row a member, a column a payer and payee.
    set_out
        Persons who assembled or joined, by member.
    """

    where: Nights
    centres: list[int]
    area: Ints
    people: Mapping[str, Floats]
    reports: Mapping[str, Floats]
    arrivals: pd.DataFrame
    by_group: Mapping[DayGroup, Floats]
    payments: pd.DataFrame
    set_out: pd.Series[float]


def read_caravan(run: Run) -> CaravanAnswers:
    """Ask a caravan run everything that its report says.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no finished member, or its scenario no caravan.
    """
    where, base = nights(run), about(run)
    centres = hubs(base["scenario"], where.route)
    return CaravanAnswers(
        **base, where=where, centres=centres, area=area_of(base["scenario"], where.route, centres),
        people=statuses(run, where), reports=reported(run, where), arrivals=arrivals(run, where),
        by_group=people_by_group(run, where), payments=_payments(run), set_out=_set_out(run),
    )  # fmt: skip


def _payments(run: Run) -> pd.DataFrame:
    frame = run.query(
        "SELECT member, CAST(payer AS VARCHAR) AS payer, CAST(payee AS VARCHAR) AS payee, SUM(usd) AS usd "
        "FROM payments GROUP BY ALL"
    )
    wide = frame.pivot_table(index="member", columns=["payer", "payee"], values="usd", aggfunc="sum")
    return wide.reindex(run.member_ids).fillna(0.0)


def _set_out(run: Run) -> pd.Series[float]:
    frame = run.query(
        "SELECT member, SUM(persons) AS n FROM flows WHERE flow IN ('assembled', 'joined') GROUP BY member"
    )
    return frame.set_index("member")["n"].reindex(run.member_ids).fillna(0.0)


def headcount_bands(run: Run, caravan: str) -> pd.DataFrame:
    """The range of 9 in 10 members of a caravan's size, while it is together.

    Returns
    -------
    pandas.DataFrame
        ``day``, ``low``, ``high``, by day.
    """
    return run.query(
        "SELECT day, quantile_cont(persons, 0.05) AS low, quantile_cont(persons, 0.95) AS high FROM caravans"
        f" WHERE caravan = '{caravan}' AND active GROUP BY day ORDER BY day"
    )
