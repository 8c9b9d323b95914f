"""One run an entry: what comes of a scenario under several values of its parameters."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.accessors import bound
from caravana.arguments import as_date, by_name, several
from caravana.errors import UsageError
from caravana.models.registry import model_of
from caravana.models.scenarios import as_scenario
from caravana.progress import progress_shown, unseen
from caravana.results.members import INTERVAL
from caravana.results.outcomes import outcomes_of
from caravana.scenario.declared import scenario_in_force
from caravana.scenario.model import Scenario
from caravana.simulation import configure, simulate
from caravana.summaries import Summarised, counted

if TYPE_CHECKING:
    import datetime as dt
    import os

    import pandas as pd
    from matplotlib.axes import Axes

    from caravana.run import Run

MOST_RUNS = 1000
"""Runs of a sweep at most: more is a sensitivity analysis, which draws its points."""
EXAMPLE = "{'walk_km': [12, 15, 18]}"
"""What a sweep is over, as messages show it."""


@dataclass(frozen=True, repr=False)
class SweepResult(Summarised):
    """A run for each combination of values, on the same random streams.

    Attributes
    ----------
    scenario : Scenario
        The scenario.
    values : tuple of dict
        What each run has set, by name.
    runs : tuple of Run
        The runs, in the same order.

    Examples
    --------
    >>> import caravana as cv
    >>> sweep = cv.sweep("tapachula-2021", {"walk_km": [12, 18]}, members=64, until="2021-10-24", workers=1)
    >>> len(sweep.runs), [one["walk_km"] for one in sweep.values]
    (2, [12, 18])
    """

    scenario: Scenario
    values: tuple[Mapping[str, object], ...]
    runs: tuple[Run, ...]

    def __len__(self) -> int:
        """Return how many runs there are."""
        return len(self.runs)

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        names = list(self.values[0])
        rows = [(name, ", ".join(dict.fromkeys(str(one[name]) for one in self.values))) for name in names]
        return f"Sweep of {self.scenario.name}: {counted(len(self), 'run')}", rows

    def to_dataframe(self, *, on: dt.date | str | None = None) -> pd.DataFrame:
        """Return what each run came to as a long table, a row a run, member and outcome.

        Parameters
        ----------
        on : datetime.date or str, optional
            Day of position and headcount, or of people at places (default: as ``outcomes_of`` has it).

        Returns
        -------
        pandas.DataFrame
            A column for each parameter swept, then ``member`` (int32), ``outcome``, ``unit`` (categories), ``value``
            (NaN in a member without one).

        Examples
        --------
        >>> import caravana as cv
        >>> sweep = cv.sweep("tapachula-2021", {"walk_km": [12, 18]}, members=64, until="2021-10-24", workers=1)
        >>> table = sweep.to_dataframe()
        >>> list(table["walk_km"].unique())
        [np.int64(12), np.int64(18)]
        """
        import pandas as pd

        day = None if on is None else as_date(on, name="on")
        parts = []
        for values, run in zip(self.values, self.runs, strict=True):
            for outcome, series in outcomes_of(run, on=day).items():
                part = pd.DataFrame({"member": series.index.to_numpy(dtype="int32"), "outcome": outcome.key,
                                     "unit": outcome.unit, "value": series.to_numpy(dtype=float)})  # fmt: skip
                for at, (name, value) in enumerate(values.items()):
                    part.insert(at, name, [value] * len(part))
                parts.append(part)
        return pd.concat(parts, ignore_index=True).astype({"outcome": "category", "unit": "category"})

    def summary(self, *, on: dt.date | str | None = None) -> pd.DataFrame:
        """Return the quantiles over members of each outcome and run.

        Parameters
        ----------
        on : datetime.date or str, optional
            As :meth:`to_dataframe` has it.

        Returns
        -------
        pandas.DataFrame
            A column for each parameter swept, then ``outcome``, ``unit``, ``low``, ``median``, ``high`` (5, 50, 95%).

        Examples
        --------
        >>> import caravana as cv
        >>> sweep = cv.sweep("tapachula-2021", {"walk_km": [12, 18]}, members=64, until="2021-10-24", workers=1)
        >>> sweep.summary().query("outcome == 'position'").shape[0]
        2
        """
        import pandas as pd

        names = [*self.values[0], "outcome", "unit"]
        grouped = self.to_dataframe(on=on).groupby(names, observed=True, sort=False)["value"]
        columns = {name: grouped.quantile(level) for name, level in INTERVAL.items()}
        return pd.DataFrame(columns).reset_index()

    def plot(self, outcome: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw an outcome against the values swept: the middle, and the band that holds 9 in 10 members.

        Parameters
        ----------
        outcome : str, optional
            Which (default: the first that the runs have).
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        UsageError
            If the runs have no such outcome; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> sweep = cv.sweep("tapachula-2021", {"walk_km": [12, 18]}, members=64, until="2021-10-24", workers=1)
        >>> sweep.plot("position").get_xlabel()
        'walk_km'
        """
        axes: Axes = bound("SweepResult.plot")(self, outcome, ax=ax)
        return axes


def sweep(
    scenario: Scenario | str | os.PathLike[str],
    set: Mapping[str, Sequence[object]],  # noqa: A002 - the command line's own word
    *,
    members: int = 64,
    seed: int = 1,
    until: dt.date | str | None = None,
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> SweepResult:
    """Simulate a scenario once for each combination of values, on the same random streams.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, a bundled name, or a scenario folder.
    set : mapping
        Values to go through, by the name of a parameter or setting, such as ``{"walk_km": [12, 15, 18]}``.
    members, seed, until : optional
        Of every run, as :func:`simulate` takes them.
    out : str or path, optional
        Folder for the runs' folders, ``000``, ``001``, ... (default: temporary ones that go with the result).
    workers : int, optional
        Processes to use (default: this machine's cores).
    progress : callable, optional
        Called with runs done and runs in all.
    **options : Any
        Whatever else :func:`simulate` takes: ``policies``, ``rules``, ``order``.

    Returns
    -------
    SweepResult
        The runs; ``to_dataframe()``, ``summary()`` and ``plot()`` of what they came to.

    Raises
    ------
    ScenarioError, UsageError
        If a name is no parameter, a value none of its, or there are over a thousand runs; nothing is simulated then.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.sweep("tapachula-2021", {"walk_km": [12, 18]}, members=64, until="2021-10-24", workers=1)
    Sweep of tapachula-2021: 2 runs
      walk_km  12, 18
    """
    loaded = as_scenario(scenario)
    swept = {
        name: several(values, name=name, example="[12, 15, 18]")
        for name, values in by_name(set, name="set", example=EXAMPLE).items()
    }
    empty = [name for name, values in swept.items() if not values]
    if empty or not swept:
        what = ", ".join(empty) or "nothing is named"
        raise UsageError(f"{what}: expected a list of values by name, such as {EXAMPLE}")
    number = 1
    for values in swept.values():
        number *= len(values)
    if number > MOST_RUNS:
        raise UsageError(f"{number:,} runs: a sweep has {MOST_RUNS:,} at most; `caravana sensitivity` draws its points")
    every = tuple(dict(zip(swept, one, strict=True)) for one in itertools.product(*swept.values()))
    model = model_of(loaded, rules=options.get("rules"))
    whole = scenario_in_force(loaded.model_copy(update={"rules": model.name}), model.declared)
    for chosen in every:
        configure(whole, model, {name: value for name, value in chosen.items() if name != "rules"}, seed=seed)
    tell = progress or progress_shown("Runs", first=model.notice)
    if progress is None:
        tell(0, number)
    runs = []
    for at, chosen in enumerate(every):
        folder = None if out is None else Path(out) / f"{at:03d}"
        runs.append(
            simulate(
                loaded, members=members, seed=seed, until=until, set=chosen, out=folder, workers=workers,
                **{"progress": unseen, **options},
            )
        )  # fmt: skip
        tell(at + 1, number)
    return SweepResult(loaded, every, tuple(runs))
