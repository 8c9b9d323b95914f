"""A posterior as arviz takes it: groups of labelled arrays, one chain."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import require_library
from caravana.scenario.priors import quantile
from caravana.version import __version__

if TYPE_CHECKING:
    from caravana.studies.calibrations import CalibrationResult

REPORTED = ("told", "expected")
"""Arrays of a calibration that say what was expected of each report, [draw, report]."""


def to_arviz(calibration: CalibrationResult) -> Any:
    """Return a calibration as ``arviz.InferenceData``.

    Parameters
    ----------
    calibration : CalibrationResult
        A finished one.

    Returns
    -------
    arviz.InferenceData
        See :meth:`caravana.studies.calibrations.CalibrationResult.to_arviz`.

    Raises
    ------
    UsageError
        If arviz is not installed.
    """
    with warnings.catch_warnings():
        # It says at import that its next version is another one; which one is taken is the lock's to say.
        warnings.simplefilter("ignore", FutureWarning)
        arviz = require_library("arviz", "arviz")
    kept, plan = calibration.kept, calibration.kept.plan
    rng = np.random.default_rng([plan.seed, 41])
    priors: dict[str, Any] = {}
    for name in calibration.parameters:
        before = calibration.prior_of(name)
        if before is not None and before.prior is not None:
            priors[name] = quantile(before.prior, before.low, before.high, rng.random(plan.draws))[None]
    groups: dict[str, Any] = {"posterior": {name: kept.draws[name][None] for name in calibration.parameters}}
    if priors:
        groups["prior"] = priors
    reports = kept.diagnostics.get("reports", [])
    expected = next((kept.draws[name] for name in REPORTED if name in kept.draws), None)
    coords, dims = {}, {}
    if expected is not None and len(reports) == expected.shape[1]:
        coords, dims = {"report": [str(one["id"]) for one in reports]}, {"persons": ["report"]}
        groups["posterior_predictive"] = {"persons": expected[None].astype(float)}
        groups["observed_data"] = {"persons": np.array([_middle(one) for one in reports])}
    data = arviz.from_dict(**groups, coords=coords, dims=dims, attrs={
        "inference_library": "caravana", "inference_library_version": __version__, "scenario": plan.scenario,
        "until": plan.until, "seed": plan.seed, "members_simulated": plan.budget,
    })  # fmt: skip
    for group in ("posterior", "prior"):
        for name, values in data.get(group, {}).items():
            values.attrs["units"] = calibration.unit_of(str(name))
    return data


def _middle(report: dict[str, Any]) -> float:
    given = [one for one in (report.get("reported_low"), report.get("reported_high")) if one is not None]
    return float(np.mean(given)) if given else float("nan")
