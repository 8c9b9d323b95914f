"""Scores of a file of forecasts: the same arithmetic for everybody's, ours and the naive rules' too.

The score of a task is the weighted interval score over :data:`~benchmarks.skill.entries.tasks.LEVELS` (twice the mean
pinball loss; Bracher et al. 2021, equation 2), in the target's unit; of a body in parts, the mean over its parts.  Of
an entry and a rule only the tasks are compared that both forecast.  Intervals draw whole records, as the cases of one
record share their errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from benchmarks.skill.entries.tasks import KEYS, LEVELS
from benchmarks.skill.rules import bootstrap

from caravana.errors import ScenarioError
from caravana.importers.hubverse import model_of_file, read_model_output

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SEED, MOST_FAULTS = 20, 5
TASK = list(KEYS)


def read_entry(path: Path, tasks: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Read somebody's file: who it is of, and a row a task with a column a level.

    Parameters
    ----------
    path
        ``TEAM-MODEL.csv`` in the hubverse's layout.
    tasks
        What is to be forecast.

    Raises
    ------
    caravana.errors.ScenarioError
        If the name is not TEAM-MODEL, the file is no such file, a level is missing, or it holds none of the tasks.
    """
    model = model_of_file(path)
    if model is None:
        raise ScenarioError(f"{path}: expected TEAM-MODEL.csv as its name")
    rows = read_model_output(path)
    rows = rows.assign(
        origin_date=rows["issued_on"].dt.strftime("%Y-%m-%d"), horizon=rows["horizon_days"].astype(int)
    )  # fmt: skip
    return model, lay_out(rows, tasks, path)


def lay_out(rows: pd.DataFrame, tasks: pd.DataFrame, path: Path | str) -> pd.DataFrame:
    """Quantiles as a row a task with a column a level, of the tasks that there are.

    Raises
    ------
    caravana.errors.ScenarioError
        As for :func:`read_entry`.
    """
    levels = rows.assign(quantile=rows["quantile"].astype(float).round(6))
    wide = levels.pivot_table(index=TASK, columns="quantile", values="value")
    wanted = wide.reindex(columns=list(LEVELS))
    bare = wanted[wanted.isna().any(axis=1)]
    if len(bare):
        named = "; ".join(
            f"{' '.join(map(str, index))}: {', '.join(f'{level:g}' for level in LEVELS if np.isnan(row[level]))}"
            for index, row in bare.head(MOST_FAULTS).iterrows()
        )  # fmt: skip
        raise ScenarioError(f"{path}: quantiles are missing of {len(bare)} forecasts ({named})")
    kept = wanted[wanted.index.isin(pd.MultiIndex.from_frame(tasks[TASK]))]
    if not len(kept):
        raise ScenarioError(f"{path}: it forecasts none of the tasks; `tasks --out FOLDER` lists them")
    return kept


def losses(entry: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Score of each task that an entry forecasts, and whether its 90% band held: a row a task."""
    joined = tasks.merge(entry.reset_index(), on=TASK)
    said, level = joined[list(LEVELS)].to_numpy(float), np.array(LEVELS)
    miss = joined["observation"].to_numpy(float)[:, None] - said
    joined["score"] = 2.0 * np.where(miss >= 0, level * miss, (level - 1.0) * miss).mean(axis=1)
    truth = joined["observation"].to_numpy(float)
    joined["inside"] = ((truth >= said[:, 0]) & (truth <= said[:, -1])).astype(float)
    return joined.groupby([*TASK, "record"], as_index=False)[["score", "inside"]].mean()


def compare(entry: pd.DataFrame, naive: Mapping[str, pd.DataFrame], tasks: pd.DataFrame) -> list[dict[str, Any]]:
    """An entry beside the naive rules: a row a target and horizon.

    Returns
    -------
    list of dict
        ``target, horizon, n, tasks`` (how many there are), ``score, coverage90, compared`` (on how many of them it is
        held against rules), ``best`` (the naive rule of the lowest mean score on these), ``best_score, skill``
        (one less the ratio of the two) and ``low, high`` of it.
    """
    own = losses(entry, tasks)
    rules = {name: losses(one, tasks) for name, one in naive.items()}
    all_of = tasks.drop_duplicates(TASK).groupby(["target", "horizon"]).size()
    rows = []
    for (target, horizon), part in own.groupby(["target", "horizon"], sort=True):
        paired = {
            name: part.merge(rule, on=[*TASK, "record"], suffixes=("", "_naive"))
            for name, rule in rules.items()
            if (rule["target"] == target).any()
        }
        paired = _on_the_same_tasks(paired, len(part))
        row = {
            "target": str(target), "horizon": int(horizon), "n": len(part), "tasks": int(all_of[target, horizon]),
            "score": round(float(part["score"].mean()), 3), "coverage90": round(float(part["inside"].mean()), 4),
        }  # fmt: skip
        compared = max((len(both) for both in paired.values()), default=0)
        rows.append(row | {"compared": compared} | _beside(paired))
    return rows


def _on_the_same_tasks(paired: dict[str, pd.DataFrame], n: int) -> dict[str, pd.DataFrame]:
    """Rules that forecast all of an entry's tasks; where none does, all rules on the tasks that every one forecasts."""
    whole = {name: both for name, both in paired.items() if len(both) == n}
    if whole or not paired:
        return whole
    shared = set.intersection(*(set(map(tuple, both[TASK].to_numpy())) for both in paired.values()))
    return {name: both[[tuple(row) in shared for row in both[TASK].to_numpy()]] for name, both in paired.items()}


def _beside(paired: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Skill over the best rule on the same tasks; nothing where there are none."""
    if not any(map(len, paired.values())):
        return {"best": None, "best_score": None, "skill": None, "low": None, "high": None}
    best = min(paired, key=lambda name: (float(paired[name]["score_naive"].mean()), name))
    both = paired[best]
    own, theirs = both["score"].to_numpy(float), both["score_naive"].to_numpy(float)

    def skill(at: Any) -> float | None:
        return float(1.0 - own[at].mean() / theirs[at].mean()) if theirs[at].mean() > 0 else None

    low, high = bootstrap(list(both["record"]), skill, seed=SEED)
    whole = skill(slice(None))
    return {
        "best": best, "best_score": round(float(theirs.mean()), 3),
        "skill": None if whole is None else round(whole, 4), "low": low, "high": high,
    }  # fmt: skip
