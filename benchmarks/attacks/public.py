"""Linear programmes against a run's public exports: all days together, all measures, all formats.

Whoever attacks has the exports in every format, has read how they are made, has the bundled scenario and the seed, and
knows from elsewhere the true total of every line of 20 or more: of a group over the municipalities of a state, of a
group over all municipalities, of a municipality over its groups, for the lower, the middle and the upper number.
Nobody is counted below nought, the lower number is no more than the middle one and that no more than the upper one,
what is shown is less than 20 from the truth, and two formats that differ bound it twice.

Days are tied by every law between them that holds in every simulation of the run, in every municipality: that a group
does not fall, or does not rise; or that it rises, or falls, by no more than what a published flow had.  Numbers over
the simulations do not add up as those of one simulation do.  What does follow of S' <= S + F, in each of n simulations,
is that low(S') <= middle(S) + high(F) and <= high(S) + middle(F), and middle(S') <= high(S) + high(F): of n, no fewer
than r(S) + r(F) - n have S' within the sum, where r is the rank of a number (Makarov 1982).  The balance of no group is
published whole: for each, a flow is missing.  No mean and no cumulative number is published either.

Each number from 1 to 10 is a try.  It is out of reach if there is a world that fits everything in which it is larger by
10; where none is found it is minimised and maximised over everything that fits, and is *silent* (given away without a
sign) if the two ends are 5 or less apart, unless totals that are known anyway do so without an export.  Two further
tries: the draws of rounding, made again by another who has the same run, are the same; and a number is the same
whichever simulations the key draws, so that whoever simulates the run again has it for certain.

::

    python -m benchmarks.attacks.public [RUN]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.attacks.figures import Figures
from benchmarks.attacks.public_files import KEYS, READERS, flows_of
from benchmarks.attacks.public_worlds import WITHIN, Floats, Law, bounds_of, knowledge

import caravana as cv
from caravana.exports.disclosure import MEASURES, PUBLIC_FLOWS, PUBLIC_GROUPS
from caravana.exports.export import FORMATS
from caravana.exports.key import KEY_FILE, key_of
from caravana.exports.public import public_export
from caravana.results.cells import located, persons_by_area, persons_by_flow
from caravana.run import Run

SMALL, NEAR = 10, 5
SCENARIO, MEMBERS = "tapachula-2021", 60
SAME = 0.9


def published(run: Run, folder: Path, formats: Iterable[str] = tuple(READERS)) -> list[pd.DataFrame]:
    """The people of a run's public export as each format's file has them, by cell; NaN where withheld."""
    export = public_export(run)
    return [READERS[name](FORMATS[name].write(export, folder / f"public{FORMATS[name].ending}")) for name in formats]


# ---------------------------------------------------------------- the truth, and what ties it


def _areas(run: Run) -> dict[str, str]:
    return {p.id: f"{p.state}|{p.municipality or '(municipality not stated)'}" for p in run.scenario.places}


def _drawn(run: Run) -> list[int]:
    return key_of(run.path).members(run.member_ids.tolist())


def truth(run: Run, rows: pd.Index[Any]) -> pd.DataFrame:
    """What was to be published in the cells that are listed; nought where there is nobody."""
    frame = persons_by_area(run, _areas(run), PUBLIC_GROUPS, drawn=_drawn(run))
    frame["day"] = pd.to_datetime(frame["day"])
    return frame.set_index(KEYS)[list(MEASURES)].reindex(rows).fillna(0.0)


def _by_member(frame: pd.DataFrame, run: Run, days: pd.Index[Any], names: list[str]) -> dict[Any, Floats]:
    """[day, member] of each name."""
    frame["day"] = pd.to_datetime(frame["day"])
    return {
        key: one.pivot_table(index="day", columns="member", values="persons", aggfunc="sum")
        .reindex(index=days, columns=run.member_ids)
        .fillna(0.0)
        .to_numpy()
        for key, one in frame.groupby(names)
    }


def laws(run: Run, days: pd.Index[Any]) -> list[Law]:
    """Every law between days that the run does not break; there is no other in what is published."""
    stocks = _by_member(run.query(located(run, _areas(run), PUBLIC_GROUPS)), run, days, ["status", "area"])
    flows: dict[Any, Floats] = {}
    if "flows" in run.tables:
        sql = "SELECT member, day, CAST(flow AS VARCHAR) AS flow, persons FROM flows"
        flows = {f[0]: v for f, v in _by_member(run.query(sql), run, days, ["flow"]).items() if f[0] in PUBLIC_FLOWS}
    least: dict[str | None, Floats] = {None: np.zeros((len(days), len(run.member_ids))), **flows}
    return [
        Law(status, sign, flow)
        for status in sorted({s for s, _ in stocks})
        for sign in (1, -1)
        for flow, most in least.items()
        if all((sign * np.diff(one, axis=0) <= most[1:]).all() for (s, _), one in stocks.items() if s == status)
    ]


def flow_widths(run: Run, flows: pd.DataFrame) -> list[float]:
    """How far apart the ends of each small number of the flows are, by what is shown of it and of the two beside it."""
    if not len(flows):
        return []
    true = persons_by_flow(run, PUBLIC_FLOWS, drawn=_drawn(run)).assign(day=lambda f: pd.to_datetime(f["day"]))
    values = true.set_index(["day", "flow"])[list(MEASURES)].reindex(flows.index).fillna(0.0).to_numpy()
    bounds = bounds_of([flows.to_numpy(dtype=np.float64)]).reshape(*values.shape, 2)
    low, high = (
        np.maximum.accumulate(bounds[..., 0], axis=1),
        np.minimum.accumulate(bounds[:, ::-1, 1], axis=1)[:, ::-1],
    )
    small = (values > 0) & (values <= SMALL)
    return [float(w) for w in (high - low)[small]]


@dataclass(frozen=True)
class Outcome:
    """What an attack came to: a width for each small number, infinite for those that are out of reach.

    Attributes
    ----------
    widths
        Of the numbers that the export was to protect.
    anyway
        How many others the totals give away without any export.
    laws
        The laws between days that were used.
    """

    widths: Floats
    anyway: int
    laws: list[Law]


def attack(run: Run, folder: Path, *, formats: Iterable[str] = tuple(READERS)) -> Outcome:
    """Attack a run's public exports, over all days and measures together; flows too."""
    files = published(run, folder, formats)
    rows, flows = files[0].index, flows_of(folder / "public-csv")
    known = laws(run, rows.get_level_values("day").unique())
    shown = [f.reindex(rows).to_numpy(dtype=np.float64) for f in files]
    mine = knowledge(truth(run, rows), shown, flows, known)
    if not mine.holds():
        raise AssertionError("the attack takes something for true that is not")
    small = np.flatnonzero((mine.values > 0) & (mine.values <= SMALL))
    left = mine.unraised(small)
    anyway = mine.without_export().unraised(left)
    near = [mine.width(int(n)) for n in np.setdiff1d(left, anyway)]
    wide = [np.inf] * (len(small) - len(left))
    return Outcome(np.array([*near, *wide, *flow_widths(run, flows)]), len(anyway), known)


def known_by_the_run(run: Run) -> tuple[int, int, float]:
    """What whoever simulates the run again knows of its small numbers: all simulations, but not which were drawn.

    Returns
    -------
    tuple
        Small numbers; those that are the same whichever are drawn; the share that the run's own number hits.
    """
    members = run.query(located(run, _areas(run), PUBLIC_GROUPS))
    days = pd.Index(pd.to_datetime(members["day"]).unique())
    all_of = _by_member(members, run, days, ["area", "status"])
    frames = [persons_by_area(run, _areas(run), PUBLIC_GROUPS, drawn=drawn) for drawn in (_drawn(run), None)]
    ours, whole = (f.assign(day=pd.to_datetime(f["day"])).set_index(KEYS)[list(MEASURES)].sort_index() for f in frames)
    drawn = ours.to_numpy()
    small = (drawn > 0) & (drawn <= SMALL)
    place = {day: n for n, day in enumerate(days)}
    same = np.array([np.ptp(all_of[area, status][place[day]]) == 0 for day, area, status in ours.index])
    hit = drawn == whole.reindex(ours.index).to_numpy()
    return int(small.sum()), int((small & same[:, None]).sum()), float(hit[small].mean())


def draws_again(run: Run, folder: Path) -> float:
    """Share of the numbers shown that somebody else who has the same run, but not its key, would have published."""
    (ours,) = published(run, folder, ["csv"])
    key, aside = run.path / KEY_FILE, run.path / f"{KEY_FILE}.aside"
    key.replace(aside)
    try:
        (theirs,) = published(run, folder, ["csv"])
    finally:
        aside.replace(key)
    both = ours.notna() & theirs.reindex(ours.index).notna() & (ours > 0)
    same = (ours == theirs.reindex(ours.index)) & both
    return float(same.to_numpy().sum() / max(1, both.to_numpy().sum()))


def campaign(given: Path | None = None) -> Figures:
    """The figures of the whole attack, on a run that is given, or on one of the bundled scenario with seed 1."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = cv.open_run(given) if given else cv.simulate(SCENARIO, members=MEMBERS, seed=1, out=folder / "run")
        outcome = attack(run, folder)
        again = draws_again(run, folder)
        small, certain, hit = known_by_the_run(run)
    near = int((outcome.widths <= NEAR).sum())
    print(
        f"public exports: {len(outcome.widths)} small numbers, {near} within {NEAR}, {(outcome.widths <= WITHIN).sum()}"
        f" within {WITHIN}; {outcome.anyway} more that the totals give away without an export;"
        f" {len(outcome.laws)} laws between days; with another key {again:.0%} of the numbers are the same; of {small},"
        f" {certain} are certain to whoever simulates again, and {hit:.0%} guessed",
        file=sys.stderr,
    )
    return Figures("public exports", len(outcome.widths) + small + 1, 0, near + certain + (again > SAME), 0, 0)


def main() -> None:
    """Attack a run, or one of the bundled scenario with seed 1."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", type=Path, nargs="?")
    print(campaign(parser.parse_args().run))


if __name__ == "__main__":
    main()
