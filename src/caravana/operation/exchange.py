"""Forecasts out to a hub and in from other teams, scored beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caravana.errors import UsageError
from caravana.exports.hubverse import write_hub
from caravana.importers.hubverse import model_of_file, read_model_output

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from caravana.operation.ledger import OperationLedger

OURS = "caravana-pool"
"""Our own model's name in a hub, ``team-model``."""
TASK = ["issued_on", "location", "target", "target_date"]
"""What a forecast is of."""
NEEDED_LEVELS = 3
"""Quantiles that a forecast must have to be scored as one of a distribution."""

_COLUMNS = ["model", "target", "horizon_days", "n", "score", "our_score", "ratio", "inside_90", "our_inside_90"]


def hand_on(ledger: OperationLedger, folder: Path, *, on: dt.date, name: str) -> Path:
    """Write the forecasts issued by a day, and what was observed by then, as a hub called by this name.

    Raises
    ------
    UsageError
        If nothing was forecast by then, or the folder holds something else.
    """
    quantiles = _last_of_each_day(ledger, on)
    return write_hub(folder, quantiles, observed_values(ledger, on), name=name, model=OURS)


def observed_values(ledger: OperationLedger, on: dt.date) -> pd.DataFrame:
    """What forecasts were scored against by a day: the middle of what each truth allows.

    Returns
    -------
    ``target_date, location, target, value, known_on``; a value that changed is there once for each
    day on which it was known as such.
    """
    scores = ledger.scores(on)
    value = (scores["observed_low"] + scores["observed_high"]) / 2
    frame = scores.assign(value=value, known_on=scores["scored_on"])
    columns = ["target_date", "location", "target", "value", "known_on"]
    return frame.groupby(columns[:3], as_index=False, sort=True).agg({"value": "mean", "known_on": "min"})[columns]


def take_in(ledger: OperationLedger, path: Path, *, on: dt.date, model: str | None = None) -> tuple[str, int]:
    """Take in a file of another team's forecasts; twice the same file adds nothing.

    Parameters
    ----------
    model
        ``team-model``; from the file's name where left out.

    Returns
    -------
    The model and how many quantiles are new.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    UsageError
        If the model is not known from the name, is ours, or issued forecasts after the day or changed them.
    """
    model = model or model_of_file(path)
    if model is None:
        message = f"{path}: expected DATE-TEAM-MODEL.csv as its name, or --model TEAM-MODEL"
        raise UsageError(message)
    if model == OURS:
        message = f"{path}: {OURS} is this operation's own model; name another with --model"
        raise UsageError(message)
    frame = read_model_output(path)
    late = frame[frame["issued_on"] > pd.Timestamp(on)]
    if len(late):
        message = f"{path}: a forecast of {late['issued_on'].max().date()}, after {on}: it cannot have been issued yet"
        raise UsageError(message)
    for column in ("issued_on", "target_date"):
        frame[column] = frame[column].dt.date
    rows = frame.astype({"horizon_days": int}).to_dict("records")
    return model, ledger.add_others(model, [{str(k): v for k, v in row.items()} for row in rows], known_on=on)


def compare_models(ledger: OperationLedger, on: dt.date) -> pd.DataFrame:
    """Score other teams' forecasts beside ours, on what was observed by a day.

    Of each pair only the tasks are taken that both forecast.  The score is the mean pinball loss
    over the levels that both give, doubled (the weighted interval score, Bracher et al. 2021,
    equation 2, where the levels are symmetric), in the target's unit.

    Returns
    -------
    A row a model, target and horizon: ``model, target, horizon_days, n, score, our_score, ratio, inside_90,
    our_inside_90``; a band that a team does not give is NaN.
    """
    ours = _last_of_each_day(ledger, on)
    theirs = ledger.others(on)
    truth = observed_values(ledger, on)[["target_date", "location", "target", "value"]]
    keys = [*TASK, "horizon_days", "quantile"]
    if theirs.empty or ours.empty:  # a frame without rows has columns of no kind, which do not join
        return pd.DataFrame(columns=_COLUMNS)
    paired = theirs.merge(ours[[*keys, "value"]], on=keys, suffixes=("_theirs", "_ours"))
    paired = paired.merge(truth.rename(columns={"value": "observed"}), on=["target_date", "location", "target"])
    rows = []
    for (model, target, horizon), part in paired.groupby(["model", "target", "horizon_days"], sort=True):
        tasks = [task for _, task in part.groupby(TASK) if len(task) >= NEEDED_LEVELS]
        if not tasks:
            continue
        score, our_score = (
            float(np.mean([_loss(task, f"value_{who}") for task in tasks])) for who in ("theirs", "ours")
        )
        inside, our_inside = (
            float(np.mean([_inside(task, f"value_{who}") for task in tasks])) for who in ("theirs", "ours")
        )
        row = {"model": model, "target": target, "horizon_days": horizon, "n": len(tasks), "score": score}
        ratio = score / our_score if our_score > 0 else float("nan")
        rows.append({**row, "our_score": our_score, "ratio": ratio, "inside_90": inside, "our_inside_90": our_inside})
    return pd.DataFrame(rows, columns=_COLUMNS)


def _last_of_each_day(ledger: OperationLedger, on: dt.date) -> pd.DataFrame:
    """Quantiles of the forecast that stands for each day up to one."""
    issued = ledger.issued()
    stands = issued[issued["issued_on"] <= on].groupby("issued_on").tail(1)["forecast_id"]
    quantiles = ledger.quantiles()
    return quantiles[quantiles["forecast_id"].isin(stands)]


def _loss(task: pd.DataFrame, column: str) -> float:
    """Twice the mean pinball loss of one task's quantiles."""
    miss = task["observed"].to_numpy(float) - task[column].to_numpy(float)
    level = task["quantile"].to_numpy(float)
    return float(2 * np.mean(np.maximum(level * miss, (level - 1) * miss)))


def _inside(task: pd.DataFrame, column: str) -> float:
    """Whether the band of 90% held what was observed; NaN where its ends are not given."""
    ends = task[task["quantile"].round(6).isin([0.05, 0.95])].sort_values("quantile")
    if len(ends) != 2:
        return float("nan")
    low, high = ends[column]
    return float(low <= ends["observed"].iloc[0] <= high)
