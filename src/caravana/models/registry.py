"""The models there are, and which of them a scenario is for.

:func:`model_of` is the only place that reads the name of a scenario's rule set, or asks whether camps are counted.
"""

from __future__ import annotations

import importlib
import warnings
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from caravana.errors import RenamedWarning, ScenarioError, UsageError
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from caravana.models.base import Model, Table, Task
    from caravana.scenario.model import Scenario

ENTRY_POINTS = "caravana.models"
"""Group of entry points by which other packages offer models: name = "package.module:MODEL"."""
MODELS = {
    "caravan": "caravana.models.caravan.model:CARAVAN",
    "flee": "caravana.models.displacement.walk.model:FLEE",
    "walk": "caravana.models.displacement.walk.model:WALK",
    "camp-shares": "caravana.models.displacement.camp_shares.model:CAMP_SHARES",
}
"""The package's own models, by the name that a scenario gives in ``rules``; each is loaded when it is asked for."""
RENAMED = "caravana"
"""Once the name of two rule sets of displacement: the shares of camps where camps are counted, the walk elsewhere."""


def names() -> tuple[str, ...]:
    """Return the names of all models, those of other packages included."""
    return (*MODELS, *sorted({point.name for point in entry_points(group=ENTRY_POINTS)} - set(MODELS)))


def find_model(name: str) -> Model:
    """Return a model by its name.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    if name in MODELS:
        home, _, attribute = MODELS[name].partition(":")
        model: Model = getattr(importlib.import_module(home), attribute)
        return model
    for point in entry_points(group=ENTRY_POINTS, name=name):
        offered: Model = point.load()
        return offered
    raise UsageError(f"no model {name!r}{did_you_mean(name, names())}; there are {', '.join(names())}")


def camps_are_counted(scenario: Scenario) -> bool:
    """Whether any camp of a scenario was ever counted."""
    return any(o.kind == "camp_count" and o.place_id is not None for o in scenario.observations)


def current_name(name: str, scenario: Scenario) -> str:
    """Return what the rule set of a name is called today; a former name is said to be one, once."""
    if name != RENAMED:
        return name
    today = "camp-shares" if camps_are_counted(scenario) else "walk"
    warnings.warn(f"the rules {RENAMED!r} are called {today!r} now", RenamedWarning, stacklevel=3)
    return today


def model_of(scenario: Scenario, *, rules: str | None = None) -> Model:
    """Return the model that a scenario is for.

    Parameters
    ----------
    scenario
        The scenario.
    rules
        Name of a model in place of the scenario's own; it must be of the same family.

    Raises
    ------
    ScenarioError
        If the scenario names none that there is.
    UsageError
        If ``rules`` does not, or the scenario is not made for it.
    """
    try:
        own = find_model(current_name(scenario.rules, scenario))
    except UsageError as error:
        raise ScenarioError(f"scenario.toml: rules: {error}") from None
    if rules is None:
        return own
    chosen = find_model(current_name(rules, scenario))
    if chosen.family != own.family:
        kin = [name for name in names() if find_model(name).family == own.family]
        raise UsageError(f"rules={rules}: {scenario.name} can be simulated by the rules {' or '.join(kin)}")
    return chosen


def require_family(scenario: Scenario, family: str, why: str) -> None:
    """Refuse a scenario whose model is of another family.

    Parameters
    ----------
    scenario, family
        Which, and of which family its model must be.
    why
        What needs it, such as ``policies act``.

    Raises
    ------
    UsageError
        If it is of another.
    """
    if model_of(scenario).family != family:
        raise UsageError(f"{scenario.name} has rules {scenario.rules!r}; {why} under the rules {family!r}")


def simulate_task(task: Task) -> dict[str, Table]:
    """Simulate one block by its model and return its tables.

    Raises
    ------
    InvariantError
        If anyone was lost or made.
    ScenarioError
        If the scenario cannot be compiled.
    """
    model = task.model or model_of(task.scenario)
    return model.simulate(model.compile(task.scenario, days=task.days), task)
