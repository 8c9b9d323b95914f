"""The command ``score``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from caravana.cli.console import give
from caravana.cli.options import read_date


def displacement_lines(scores: dict[str, Any]) -> list[str]:
    """Return the scores of a displacement run as lines: each with its 90% interval over members."""
    if scores["err"] is None:
        nothing = "no day after the origin to score" if scores["camps"] else "no camp counts to score"
        return [nothing, *area_lines(scores["areas"])]
    lines = [f"scored from {scores['scored_from']}, {scores['days']} days"]
    for name in ("err", "resc", "mase7", "mase30", "within_factor_2"):
        one = scores[name]
        interval = (
            "not defined here" if one["mean"] is None
            else f"{one['mean']:.3f} ({one['low']:.3f} to {one['high']:.3f})"
        )  # fmt: skip
        lines.append(f"{name}: {interval}")
    number, share = scores["counts_scored"], scores["coverage_90"]
    coverage = (
        "none to score"
        if share is None
        else f"{share:.0%} ({share * number:.0f} of {number}, on the days they are dated)"
    )
    lines.append(f"counts within the 90% band: {coverage}")
    lines.append(f"camp-days within it, against lines between counts: {scores['coverage_90_days']:.0%}")
    lines += [f"{name} of the middle of the runs: {one:.3f}" for name, one in scores["middle"].items()]
    for name, one in scores["baselines"].items():
        figure = "not defined here" if one["err"] is None else f"{one['err']:.3f}"
        if one.get("run"):
            there = ", ".join(f"{key} {one['run'][key]['mean']:.3f}" for key in ("err", "resc"))
            figure += f" (from day {one['first_day']} on; there the run has {there})"
        lines.append(f"err of {name.replace('_', ' ')}: {figure}")
        if "whole" in one:
            lines.append(f"err of {name.replace('_', ' ')}, over all days: {one['whole']:.3f}")
    return lines + area_lines(scores["areas"])


def area_lines(areas: list[dict[str, Any]]) -> list[str]:
    """Return the scores by area as lines; admin units only where there are several."""
    units = [one for one in areas if one["of"] == "camps"]
    lines = []
    for one in areas:
        if one["of"] == "camps" and len(units) < 2:
            continue
        what = "camps" if one["of"] == "camps" else f"{one['counts']} assessments"
        held = "" if one["coverage_90"] is None else f", {one['coverage_90']:.0%} within the 90% band"
        lines.append(f"err of {one['area'] or 'all places'} ({what}): {one['err']:.3f}{held}")
    return lines


def caravan_lines(scores: dict[str, Any]) -> list[str]:
    """Return the coverage of a caravan's run as lines."""
    cover, lines = scores["coverage"], []
    for name in ("position", "headcount"):
        share, number = cover[name], cover[f"{name}_of"]
        covered = (
            "no observation to score" if share is None else f"{share * number:.0f} of {number} within the 90% band"
        )
        lines.append(f"{name}: {covered}")
    return lines


def place_lines(scores: dict[str, Any]) -> list[str]:
    """Return the scores of counts at places, of a run of any other model, as lines."""
    if scores["crps"] is None:
        return ["no counts at places to score"]
    number = scores["counts_scored"]
    lines = [
        f"crps: {scores['crps']:,.1f} persons, the mean of {number} counts",
        f"err: {scores['err']:.3f}",
        f"counts within the 90% band: {scores['coverage_90']:.0%}",
    ]
    for name, one in scores["baselines"].items():
        run = one["run"]
        there = f"over {one['counts']} counts; there the run has crps {run['crps']:,.1f}, err {run['err']:.3f}"
        lines.append(f"{name.replace('_', ' ')}: crps {one['crps']:,.1f}, err {one['err']:.3f} ({there})")
    return lines


LINES = {"coverage": caravan_lines, "resc": displacement_lines}
"""How scores are printed, by a score that only their family has; any other by :func:`place_lines`."""


def score(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    until: Annotated[str | None, typer.Option(help="Last date scored, such as 2021-11-05.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score a run against the scenario's observations, from the run folder alone."""
    from caravana.inference.run_scores import score_run
    from caravana.run import open_run

    last = None if until is None else read_date(until, "--until")
    scores = score_run(open_run(run), until=last)
    if json:
        give({"run": str(run), **scores})
        return
    lines = next((lines for name, lines in LINES.items() if name in scores), place_lines)
    for line in lines(scores):
        typer.echo(line)
