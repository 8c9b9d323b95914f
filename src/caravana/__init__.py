"""caravana: simulate and forecast people on the move.

>>> import caravana as cv
>>> scenario = cv.load_scenario("tapachula-2021")
>>> run = cv.simulate(scenario, members=64, seed=1)  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from caravana.articles.drafts import draft, draft_files
    from caravana.articles.texts import read_article
    from caravana.dynamics.order import ORDER, Process, insert
    from caravana.dynamics.state import Loss, Move, Outcome, Status
    from caravana.errors import CaravanaError, InvariantError, RunError, ScenarioError, UsageError
    from caravana.evidence.ledger import read_ledger
    from caravana.evidence.readings import take
    from caravana.evidence.weighing import weigh
    from caravana.inference.scores import score_run
    from caravana.outputs.coming_days import look_ahead, needs_by_day, needs_by_place, people_by_place
    from caravana.outputs.compare import compare
    from caravana.outputs.export import export_run
    from caravana.outputs.report import write_report
    from caravana.outputs.supplies import load_profile, load_stock
    from caravana.run import Run, open_run
    from caravana.scenario.files import bundled, load_scenario, read_scenario, write_scenario
    from caravana.scenario.flee import import_flee
    from caravana.scenario.model import Parameter, Prior, Scenario
    from caravana.simulation import simulate

# Names are imported when they are first used: `caravana --help` must not wait for xarray.
_HOMES = {
    "read_article": "articles.texts",
    "draft": "articles.drafts",
    "draft_files": "articles.drafts",
    "ORDER": "dynamics.order",
    "Process": "dynamics.order",
    "insert": "dynamics.order",
    "Loss": "dynamics.state",
    "Move": "dynamics.state",
    "Outcome": "dynamics.state",
    "Status": "dynamics.state",
    "CaravanaError": "errors",
    "InvariantError": "errors",
    "RunError": "errors",
    "ScenarioError": "errors",
    "UsageError": "errors",
    "read_ledger": "evidence.ledger",
    "take": "evidence.readings",
    "weigh": "evidence.weighing",
    "score_run": "inference.scores",
    "look_ahead": "outputs.coming_days",
    "needs_by_day": "outputs.coming_days",
    "needs_by_place": "outputs.coming_days",
    "people_by_place": "outputs.coming_days",
    "compare": "outputs.compare",
    "export_run": "outputs.export",
    "write_report": "outputs.report",
    "load_profile": "outputs.supplies",
    "load_stock": "outputs.supplies",
    "Run": "run",
    "open_run": "run",
    "import_flee": "scenario.flee",
    "bundled": "scenario.files",
    "load_scenario": "scenario.files",
    "read_scenario": "scenario.files",
    "write_scenario": "scenario.files",
    "Parameter": "scenario.model",
    "Prior": "scenario.model",
    "Scenario": "scenario.model",
    "simulate": "simulation",
}

__all__ = [  # noqa: RUF022 - in the order of use
    "load_scenario", "read_scenario", "write_scenario", "bundled", "import_flee", "simulate", "open_run", "score_run",
    "write_report", "read_ledger", "take", "weigh", "compare", "look_ahead", "people_by_place", "needs_by_day",
    "needs_by_place", "load_profile", "load_stock", "export_run", "read_article", "draft", "draft_files", "Run",
    "Scenario", "Parameter", "Prior", "ORDER", "Process", "insert", "Outcome", "Move", "Loss", "Status",
    "CaravanaError", "InvariantError", "RunError", "ScenarioError", "UsageError", "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name from its home the first time it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'caravana' has no attribute {name!r}")
    return getattr(importlib.import_module(f"caravana.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
