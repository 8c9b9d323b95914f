"""caravana: simulate and forecast people on the move.

>>> import caravana as cv
>>> scenario = cv.load_scenario("tapachula-2021")
>>> run = cv.simulate(scenario, members=64, seed=1)  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from caravana.version import __version__

if TYPE_CHECKING:
    from caravana.errors import (
        CaravanaError,
        CaravanaWarning,
        IntegrityWarning,
        InvariantError,
        RenamedWarning,
        RunError,
        ScenarioError,
        UnusedInputWarning,
        UsageError,
    )
    from caravana.evidence.ledger import read_ledger
    from caravana.evidence.taken import take
    from caravana.evidence.weighing import weigh
    from caravana.exports.export import export_run
    from caravana.importers.articles.drafts import draft, draft_files
    from caravana.importers.articles.text import read_article
    from caravana.importers.build.build import build
    from caravana.importers.flee.instance import import_flee
    from caravana.inference.run_scores import score_run
    from caravana.models.base import Process, insert
    from caravana.models.caravan.order import ORDER
    from caravana.models.caravan.state import Loss, Move, Outcome, Status
    from caravana.models.scenarios import load_scenario, read_scenario, write_scenario
    from caravana.reporting.pages.build import write_build_page
    from caravana.reporting.report import write_report
    from caravana.results.supplies import load_profile, load_stock
    from caravana.run import Run, open_run
    from caravana.scenario.folders import bundled
    from caravana.scenario.model import Parameter, Prior, Scenario
    from caravana.simulation import simulate
    from caravana.studies.backtests import BacktestResult, backtest
    from caravana.studies.calibrations import CalibrationResult, calibrate, open_calibration
    from caravana.studies.coming_days import look_ahead, people_by_place
    from caravana.studies.coming_needs import needs_by_day, needs_by_place
    from caravana.studies.compare import compare
    from caravana.studies.forecasts import ForecastResult, forecast
    from caravana.studies.paired import RunComparison
    from caravana.studies.scores import ScoreResult, score
    from caravana.studies.sweeps import SweepResult, sweep

# Names are imported when they are first used: `caravana --help` must not wait for xarray.
_HOMES = {
    "read_article": "importers.articles.text",
    "draft": "importers.articles.drafts",
    "draft_files": "importers.articles.drafts",
    "ORDER": "models.caravan.order",
    "Process": "models.base",
    "insert": "models.base",
    "Loss": "models.caravan.state",
    "Move": "models.caravan.state",
    "Outcome": "models.caravan.state",
    "Status": "models.caravan.state",
    "CaravanaError": "errors",
    "CaravanaWarning": "errors",
    "RenamedWarning": "errors",
    "IntegrityWarning": "errors",
    "InvariantError": "errors",
    "RunError": "errors",
    "ScenarioError": "errors",
    "UnusedInputWarning": "errors",
    "UsageError": "errors",
    "read_ledger": "evidence.ledger",
    "take": "evidence.taken",
    "weigh": "evidence.weighing",
    "score_run": "inference.run_scores",
    "look_ahead": "studies.coming_days",
    "needs_by_day": "studies.coming_needs",
    "needs_by_place": "studies.coming_needs",
    "people_by_place": "studies.coming_days",
    "BacktestResult": "studies.backtests",
    "backtest": "studies.backtests",
    "CalibrationResult": "studies.calibrations",
    "calibrate": "studies.calibrations",
    "open_calibration": "studies.calibrations",
    "compare": "studies.compare",
    "ForecastResult": "studies.forecasts",
    "forecast": "studies.forecasts",
    "RunComparison": "studies.paired",
    "ScoreResult": "studies.scores",
    "score": "studies.scores",
    "SweepResult": "studies.sweeps",
    "sweep": "studies.sweeps",
    "export_run": "exports.export",
    "write_report": "reporting.report",
    "load_profile": "results.supplies",
    "load_stock": "results.supplies",
    "Run": "run",
    "open_run": "run",
    "import_flee": "importers.flee.instance",
    "build": "importers.build.build",
    "write_build_page": "reporting.pages.build",
    "bundled": "scenario.folders",
    "load_scenario": "models.scenarios",
    "read_scenario": "models.scenarios",
    "write_scenario": "models.scenarios",
    "Parameter": "scenario.model",
    "Prior": "scenario.model",
    "Scenario": "scenario.model",
    "simulate": "simulation",
}

# What objects of lower layers offer and higher layers do (see `caravana.accessors`).
BOUND = {
    "BacktestResult.plot_skill": "plotting.skill:plot_skill",
    "CalibrationResult.plot_posterior": "plotting.posterior:plot_posterior",
    "CalibrationResult.to_arviz": "exports.inference_data:to_arviz",
    "ForecastResult.plot": "plotting.forecasts:plot_forecast",
    "ForecastResult.to_hubverse": "exports.hubverse:tabulate_model_output",
    "Row.refusal": "scenario.refusals:words_of_refusal",
    "Row.unnamed": "scenario.refusals:words_of_unnamed",
    "Run.remarks": "results.acting:remarks_on",
    "Run.plot.arrivals": "plotting.arrivals:plot_arrivals",
    "Run.plot.fan": "plotting.people:plot_fan",
    "Run.plot.headcount": "plotting.people:plot_headcount",
    "Run.plot.map": "plotting.maps:plot_map",
    "Run.to_dataframe": "results.labelled:to_dataframe",
    "Run.to_xarray": "results.labelled:to_xarray",
    "RunComparison.plot": "plotting.comparisons:plot_comparison",
    "Scenario.from_frames": "models.scenarios:scenario_from_frames",
    "Scenario.from_geopandas": "models.scenarios:scenario_from_geopandas",
    "Scenario.from_networkx": "models.scenarios:scenario_from_networkx",
    "Scenario.from_osmnx": "models.scenarios:scenario_from_osmnx",
    "Scenario.replace": "models.scenarios:replace_fields",
    "Scenario.to_frames": "scenario.frames:frames_of",
    "Scenario.to_geopandas": "scenario.geometries:geometries_of",
    "Scenario.to_networkx": "scenario.graphs:graph_of",
    "Scenario.to_osmnx": "scenario.graphs:road_graph_of",
    "Scenario.with_parameters": "models.scenarios:with_parameters",
    "SweepResult.plot": "plotting.comparisons:plot_sweep",
}

__all__ = [  # noqa: RUF022 - in the order of use
    "load_scenario", "read_scenario", "write_scenario", "bundled", "import_flee", "build", "write_build_page",
    "simulate", "open_run", "forecast", "backtest", "calibrate", "open_calibration", "score", "score_run", "compare",
    "sweep", "write_report", "read_ledger", "take", "weigh", "look_ahead", "people_by_place", "needs_by_day",
    "needs_by_place", "load_profile", "load_stock", "export_run", "read_article", "draft", "draft_files", "Run",
    "Scenario", "Parameter", "Prior", "ForecastResult", "BacktestResult", "CalibrationResult", "ScoreResult",
    "RunComparison", "SweepResult", "ORDER", "Process", "insert", "Outcome", "Move", "Loss", "Status",
    "CaravanaError", "CaravanaWarning", "IntegrityWarning", "InvariantError", "RenamedWarning", "RunError",
    "ScenarioError", "UnusedInputWarning", "UsageError", "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name from its home the first time it is asked for."""
    if name not in _HOMES:
        from caravana.spelling import did_you_mean

        # What asks for a name with underscores is a program that looks whether there is one.
        meant = "" if name.startswith("_") else did_you_mean(name, _HOMES)
        raise AttributeError(f"module 'caravana' has no attribute {name!r}{meant}")
    return getattr(importlib.import_module(f"caravana.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
