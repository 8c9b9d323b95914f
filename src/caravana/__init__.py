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
    from caravana.errors import CaravanaError, IntegrityWarning, InvariantError, RunError, ScenarioError, UsageError
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
    from caravana.studies.coming_days import look_ahead, people_by_place
    from caravana.studies.coming_needs import needs_by_day, needs_by_place
    from caravana.studies.compare import compare

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
    "IntegrityWarning": "errors",
    "InvariantError": "errors",
    "RunError": "errors",
    "ScenarioError": "errors",
    "UsageError": "errors",
    "read_ledger": "evidence.ledger",
    "take": "evidence.taken",
    "weigh": "evidence.weighing",
    "score_run": "inference.run_scores",
    "look_ahead": "studies.coming_days",
    "needs_by_day": "studies.coming_needs",
    "needs_by_place": "studies.coming_needs",
    "people_by_place": "studies.coming_days",
    "compare": "studies.compare",
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

__all__ = [  # noqa: RUF022 - in the order of use
    "load_scenario", "read_scenario", "write_scenario", "bundled", "import_flee", "build", "write_build_page",
    "simulate", "open_run", "score_run", "write_report", "read_ledger", "take", "weigh", "compare", "look_ahead",
    "people_by_place", "needs_by_day", "needs_by_place", "load_profile", "load_stock", "export_run", "read_article",
    "draft", "draft_files", "Run", "Scenario", "Parameter", "Prior", "ORDER", "Process", "insert", "Outcome", "Move",
    "Loss", "Status",
    "CaravanaError", "IntegrityWarning", "InvariantError", "RunError", "ScenarioError", "UsageError", "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name from its home the first time it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'caravana' has no attribute {name!r}")
    return getattr(importlib.import_module(f"caravana.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
