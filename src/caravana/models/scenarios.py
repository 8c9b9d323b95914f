"""Scenarios with what their models declare: read, check, write, and the form that is in force.

Below (:mod:`caravana.scenario`) a folder is read for what stands in it; here its rules add the
parameters and kinds of party that it inherits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from caravana.errors import ScenarioError, UsageError
from caravana.models.base import read_numbers
from caravana.models.registry import RENAMED, find_model, model_of, names
from caravana.scenario import canonical, folders
from caravana.scenario.checks import whole
from caravana.scenario.declared import NOTHING, Declared, DeclaredBy, old_names, scenario_in_force
from caravana.scenario.model import Prior, Scenario
from caravana.scenario.priors import prior_wants, settle
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from caravana.scenario.model import Parameter
    from caravana.scenario.reading.faults import Fault


class DeclaredByModels(Mapping[str, Declared]):
    """What scenarios inherit, by the name of their rules: each model is loaded when it is asked for."""

    def __getitem__(self, name: str) -> Declared:
        """Return what the named model declares."""
        if name not in self:
            raise KeyError(name)
        return NOTHING if name == RENAMED else find_model(name).declared

    def __contains__(self, name: object) -> bool:
        """Whether there is such a model, or was one of that name."""
        return name == RENAMED or name in names()

    def __iter__(self) -> Iterator[str]:
        """Go through the names of all models."""
        return iter(names())

    def __len__(self) -> int:
        """Return how many models there are."""
        return len(names())


def declared_by() -> DeclaredBy:
    """What scenarios inherit, by the name of their rules."""
    return DeclaredByModels()


def inherited_by(scenario: Scenario) -> Declared:
    """What a scenario inherits from its rules."""
    return declared_by().get(scenario.rules, NOTHING)


def parameters_of(scenario: Scenario) -> tuple[Parameter, ...]:
    """Return every parameter of a scenario as it is in force: as its model declares it, with the scenario's changes.

    Raises
    ------
    ScenarioError
        If a parameter is not known, and leaves something out.
    """
    return model_of(scenario).parameters_of(scenario)


def in_force(scenario: Scenario) -> Scenario:
    """Return a scenario with every parameter and kind of party that is in force, under the names of today.

    Raises
    ------
    ScenarioError
        If a parameter is not known, and leaves something out.
    """
    return scenario_in_force(scenario, inherited_by(scenario))


def renamed_parameters(scenario: Scenario) -> Mapping[str, str]:
    """Names of before that a scenario uses, with those of today."""
    return old_names(scenario, inherited_by(scenario))


def current_settings(scenario: Scenario, settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings under the names that their parameters have today."""
    formerly = inherited_by(scenario).formerly
    return {formerly.get(name, name): value for name, value in settings.items()}


def read_scenario(path: str | Path) -> tuple[Scenario | None, list[Fault]]:
    """Read a scenario folder and list every fault of every file.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    tuple
        The scenario as it is in force, or None where there are faults; and the faults, file by file, at most
        :data:`~caravana.scenario.reading.faults.MOST_FAULTS` of each.

    Examples
    --------
    >>> import caravana as cv
    >>> scenario, faults = cv.read_scenario("nowhere")
    >>> print(faults[0])
    nowhere: expected a scenario folder; there is nothing of this name
    """
    scenario, faults = folders.read_scenario(path, declared_by=declared_by())
    return None if scenario is None else in_force(scenario), faults


def load_scenario(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Load a scenario as it is in force: a bundled one by name, or a folder.

    Parameters
    ----------
    name_or_path
        Name of a bundled scenario, or path of a folder.

    Returns
    -------
    Scenario
        As it is in force.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or it has faults; the message lists them all, one a line.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.load_scenario("tapachula-2021").days
    54
    >>> cv.load_scenario("tapachula-2012")
    Traceback (most recent call last):
    ...
    caravana.errors.ScenarioError: no scenario 'tapachula-2012' (did you mean 'tapachula-2021'?): ...
    """
    return in_force(load_as_written(name_or_path))


def as_scenario(given: Scenario | str | os.PathLike[str]) -> Scenario:
    """Return a scenario as it is given, or load the one that is named."""
    return given if isinstance(given, Scenario) else load_scenario(given)


def load_as_written(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Load a scenario with no more in it than its files say; as :func:`load_scenario` otherwise."""
    return folders.load_scenario(name_or_path, declared_by=declared_by())


def check_scenario(scenario: Scenario) -> list[Fault]:
    """Check a scenario made in Python as one read from a folder is.

    Returns
    -------
    list of Fault
        All faults; their lines are those that the rows of CSV files would stand on as written.
    """
    return whole.check_scenario(scenario, declared_by=declared_by())


def write_scenario(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario as a folder, whole or not at all.

    What was written is read back and compared before it takes its place, so a folder that stands
    there is a scenario, and the same one.  A scenario folder that is there is replaced; its files
    that are not a scenario's are kept.

    Parameters
    ----------
    scenario
        The scenario, of which all is written that it lists.
    path
        The folder; folders above it are made where missing.

    Raises
    ------
    ScenarioError
        If the scenario has faults, or holds what its files cannot carry.
    UsageError
        If something stands at the path that is neither a scenario folder nor an empty one, or
        the path cannot name a folder.
    CaravanaError
        If the system refuses (no permission, disk full).

    Examples
    --------
    >>> import caravana as cv
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "mine"
    >>> cv.write_scenario(cv.load_scenario("san-pedro-sula-2018"), folder)
    >>> sorted(one.name for one in folder.iterdir())[-1]
    'sources.csv'
    """
    folders.write_scenario(scenario, path, declared_by=declared_by())


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of a scenario as it is in force, as 64 hexadecimal digits.

    A scenario that lists only what it changes has the hash of one that lists all.

    Raises
    ------
    ScenarioError
        If a parameter is not known, and leaves something out.
    """
    return canonical.scenario_hash(in_force(scenario))


def scenario_from_frames(tables: Mapping[str, Any], series: Mapping[str, Any], header: Mapping[str, Any]) -> Scenario:
    """Make a scenario of tables in memory, as it is in force.

    Parameters
    ----------
    tables, series, header
        As :func:`caravana.scenario.reading.frames.read_frames` takes them.

    Raises
    ------
    ScenarioError
        If there are faults; the message lists them all, one a line.
    """
    from caravana.scenario.frames import make_scenario

    return in_force(make_scenario(tables, series, header, declared_by=declared_by()))


def scenario_from_networkx(graph: Any, **rest: Any) -> Scenario:
    """Make a scenario whose places and links are the nodes and edges of a graph."""
    from caravana.scenario.graphs import rows_of_graph

    places, links = rows_of_graph(graph)
    return _with_places(places, links, rest)


def scenario_from_osmnx(graph: Any, places: Any, *, furthest_km: float, **rest: Any) -> Scenario:
    """Make a scenario whose links are the shortest roads between places, in a graph of a road network."""
    from caravana.scenario.graphs import rows_of_roads

    if hasattr(places, "to_crs"):
        from caravana.scenario.geometries import points_as_columns

        places = points_as_columns(places)
    rows, links = rows_of_roads(graph, places, furthest_km=furthest_km)
    return _with_places(rows, links, rest)


def scenario_from_geopandas(places: Any, links: Any, **rest: Any) -> Scenario:
    """Make a scenario whose places are points, and whose links may be lines."""
    from caravana.scenario.geometries import lines_as_columns, points_as_columns

    return _with_places(points_as_columns(places), lines_as_columns(links), rest)


def _with_places(places: Any, links: Any, rest: Mapping[str, Any]) -> Scenario:
    from caravana.scenario.model import Scenario

    return Scenario.from_frames(places=places, links=links, **rest)


def replace_fields(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some of its fields or tables replaced, checked as a whole.

    Raises
    ------
    ScenarioError
        If there are faults; the message lists them all, one a line.
    """
    from caravana.scenario.reading.draft import CSV_TABLES, TOML_TABLES

    every = {name: getattr(scenario, name) for name in type(scenario).model_fields} | dict(changes)
    tables = {name: every.pop(name) for name in (*CSV_TABLES, *TOML_TABLES)}
    given = every.pop("series")
    series = dict(given) if isinstance(given, Mapping) else {one.kind: one for one in given}
    return scenario_from_frames(tables, series, every)


def with_parameters(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario with values or priors of parameters, or settings, changed.

    Raises
    ------
    UsageError
        If a name is no parameter or setting, or a value none of its.
    """
    model, whole = model_of(scenario), in_force(scenario)
    named = current_settings(scenario, values)
    own = {one.name: one for one in whole.parameters}
    settings = {name: value for name, value in named.items() if name not in own}
    whole, drawn = model.configure(whole, settings) if settings else (whole, {})
    for name in drawn:
        if name in model.draw(whole, seed=1, block=0):
            raise UsageError(f"{name} is drawn by the model itself: set it in simulate(set={{{name!r}: ...}})")
        known = [*own, *whole.settings]
        raise UsageError(f"no parameter {name}{did_you_mean(name, known)} in {scenario.name}")
    changed = {name: _changed(own[name], value) for name, value in named.items() if name in own}
    settle(whole, {name: one.value for name, one in changed.items() if one.value is not None})
    parameters = tuple(changed.get(one.name, one) for one in whole.parameters)
    try:
        return replace_fields(whole, {"parameters": parameters})
    except ScenarioError as error:
        raise UsageError(str(error)) from None


def _changed(parameter: Parameter, value: Any) -> Parameter:
    """A parameter with a value or a prior given by hand, which rests on nothing but that."""
    by_hand: dict[str, Any] = {"basis": ("assumption",), "value": None, "prior": None}
    if isinstance(value, Mapping):
        try:
            value = Prior(**{str(name): one for name, one in value.items()})
        except ScenarioError as error:
            raise UsageError(f"{parameter.name}: {error}") from None
    if isinstance(value, Prior):
        wants = [f"{parameter.name}, prior.{name}: expected {want}" for name, want in prior_wants(value).items()]
        if wants:
            raise UsageError("; ".join(wants).replace("this key, ", ""))
        return parameter.model_copy(update=by_hand | {"prior": value})
    number = read_numbers({parameter.name: value})[parameter.name]
    return parameter.model_copy(update=by_hand | {"value": number})
