"""Two runs of any kind side by side: what differs in their plans, and in what they came to, member by member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import bound
from caravana.errors import UsageError
from caravana.results.members import interval
from caravana.results.outcomes import day_of_outcomes, outcomes_of
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from caravana.results.outcomes import Quantity
    from caravana.run import Run

PLAN = (
    "scenario",
    "scenario_hash",
    "rules",
    "seed",
    "first",
    "last",
    "settings",
    "policies",
    "order",
    "taken",
    "posterior",
)
"""What two runs may differ in."""


@dataclass(frozen=True, repr=False)
class RunComparison(Summarised):
    """Two runs, outcome by outcome.

    Attributes
    ----------
    first, second : Run
        The runs; differences are the second less the first.
    paired : bool
        Whether members share their random streams (one seed): then differences are taken member by member.
    values : dict
        Outcomes of both runs, one number a member, by quantity.

    Examples
    --------
    >>> import caravana as cv
    >>> sweep = cv.sweep("tapachula-2021", {"walk_km": [12, 18]}, members=64, until="2021-10-24", workers=1)
    >>> slow, fast = sweep.runs
    >>> comparison = cv.compare(slow, fast)
    >>> comparison.paired, comparison.first is slow
    (True, True)
    """

    first: Run
    second: Run
    paired: bool
    values: dict[Quantity, tuple[pd.Series[float], pd.Series[float]]]

    def differing(self) -> dict[str, tuple[Any, Any]]:
        """Return what differs in the plans of the two runs, each with its two values.

        Returns
        -------
        dict of tuple
            The two values by name.

        Examples
        --------
        >>> import caravana as cv
        >>> options = {"members": 64, "until": "2021-10-24", "workers": 1}
        >>> slow, fast = (cv.simulate("tapachula-2021", set={"walk_km": km}, **options) for km in (12, 18))
        >>> cv.compare(slow, fast).differing()["settings"]
        ({'walk_km': 12.0}, {'walk_km': 18.0})
        """
        plans = [run.manifest["plan"] for run in (self.first, self.second)]
        pairs = {name: (plans[0].get(name), plans[1].get(name)) for name in PLAN}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        how = "member by member" if self.paired else "as two ensembles, as their seeds differ"
        rows = [("compared", how), ("differ in", ", ".join(self.differing()) or "nothing")]
        rows += [
            (str(row.outcome), f"{row.first_median:,.1f} → {row.second_median:,.1f} {row.unit}")
            for row in self.to_dataframe().itertuples()
        ]
        names = " and ".join(dict.fromkeys(run.scenario.name for run in (self.first, self.second)))
        return f"Comparison of two runs of {names}", rows

    def to_dataframe(self) -> pd.DataFrame:
        """Return the outcomes side by side, a row an outcome.

        Returns
        -------
        pandas.DataFrame
            ``outcome``, ``unit``, ``first_median``, ``second_median``; ``low``, ``median``, ``high`` (5, 50, 95% of
            the second less the first) and ``share_higher`` (of members, or of pairs of members where the runs are
            not paired, in which the second is higher).

        Examples
        --------
        >>> import caravana as cv
        >>> options = {"members": 64, "until": "2021-10-24", "workers": 1}
        >>> slow, fast = (cv.simulate("tapachula-2021", set={"walk_km": km}, **options) for km in (12, 18))
        >>> bool(cv.compare(slow, fast).to_dataframe().set_index("outcome").loc["position", "median"] > 0)
        True
        """
        import pandas as pd

        rows = []
        for quantity, (one, other) in self.values.items():
            if self.paired:
                difference = (other - one).dropna()
            else:
                pairs = np.subtract.outer(other.dropna().to_numpy(), one.dropna().to_numpy()).ravel()
                difference = pd.Series(pairs, dtype=float)
            rows.append({
                "outcome": quantity.key, "unit": quantity.unit,
                "first_median": float(one.median()), "second_median": float(other.median()),
                **interval(difference),
                "share_higher": float((difference > 0).mean()) if len(difference) else float("nan"),
            })  # fmt: skip
        return pd.DataFrame(rows)

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw how far each outcome differs, in hundredths of the first run's middle, with the band of 9 in 10.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Examples
        --------
        >>> import caravana as cv
        >>> options = {"members": 64, "until": "2021-10-24", "workers": 1}
        >>> slow, fast = (cv.simulate("tapachula-2021", set={"walk_km": km}, **options) for km in (12, 18))
        >>> cv.compare(slow, fast).plot().get_xlabel()
        'second run less first, % of the first'
        """
        axes: Axes = bound("RunComparison.plot")(self, ax=ax)
        return axes


def compare_runs(first: Run, second: Run) -> RunComparison:
    """Compare two runs by what they came to.

    Parameters
    ----------
    first, second : Run
        Opened runs of models of one family.

    Returns
    -------
    RunComparison
        With ``to_dataframe()``, ``differing()`` and ``plot()``.

    Raises
    ------
    UsageError
        If their models are of different families, or they share no member, or no day.
    """
    import pandas as pd

    if first.family != second.family:
        raise UsageError(f"a run of the family {first.family!r} and one of {second.family!r} have no outcome in common")
    plans = [run.manifest["plan"] for run in (first, second)]
    paired = plans[0]["seed"] == plans[1]["seed"]
    both = np.intersect1d(first.member_ids, second.member_ids)
    if paired and not both.size:
        raise UsageError("the two runs have no finished member in common")
    days = sorted(set(first.days.date) & set(second.days.date))
    if not days:
        raise UsageError("the two runs have no day in common")
    usual = min(day_of_outcomes(run) for run in (first, second))
    day = usual if usual in days else days[-1]
    one, other = ({q.key: (q, s) for q, s in outcomes_of(run, on=day).items()} for run in (first, second))
    values = {}
    for key in (*one, *(key for key in other if key not in one)):
        quantity = (one.get(key) or other[key])[0]
        pair = [held[key][1] if key in held else pd.Series(0.0, index=run.member_ids)
                for held, run in ((one, first), (other, second))]  # fmt: skip
        if paired:
            pair = [series.reindex(both) for series in pair]
        values[quantity] = (pair[0], pair[1])
    return RunComparison(first, second, paired, values)
