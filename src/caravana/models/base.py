"""What every model is: a value that compiles a scenario and simulates blocks of members.

A model is found by :func:`caravana.models.registry.model_of`, or given by the caller.  It may come from
another package: see docs/how-to/add-a-model.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from caravana.errors import UsageError
from caravana.scenario.declared import NOTHING, scenario_in_force
from caravana.summaries import Summarised, in_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.scenario.declared import Declared
    from caravana.scenario.model import Parameter, Policy, Scenario

    Floats = NDArray[np.float64]
    Array = NDArray[np.generic]

BLOCK = 64
"""Members in a block: more gains nothing (measured), and it is a power of two, as Sobol likes.

Models whose members are dear have smaller ones (:meth:`Model.block_size`)."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of labels: ``codes`` index ``labels``."""

    codes: Array
    labels: tuple[str, ...]


Table = dict[str, "Array | Coded"]
Draws = Mapping[str, "NDArray[np.float64]"]
"""Parameters by name, each [member]."""


@dataclass(frozen=True, slots=True, repr=False)
class Process(Summarised):
    """A named step of the day.

    All models share the contract: a process is called as ``act(state, world, draws, today, stream)``; it looks,
    and returns what happens today; the model's loop carries it out.

    Attributes
    ----------
    name
        Names the process's random streams too: renaming it changes its draws.
    act
        The function.
    parameters
        Names of the parameters it reads; the scenario must have them all.

    Examples
    --------
    >>> import caravana as cv
    >>> def rest(state, world, draws, today, stream):
    ...     return cv.Outcome()
    >>> cv.Process("rest", rest).parameters
    ()
    """

    name: str
    act: Callable[..., Any]
    parameters: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line: an order of the day is read as a list."""
        return f"Process({self.name!r}, {in_short(self.act)}, {self.parameters!r})"


def insert(order: tuple[Process, ...], process: Process, *, after: str) -> tuple[Process, ...]:
    """Return an order of the day with one more process after a named one.

    Parameters
    ----------
    order : tuple of Process
        An order of the day.
    process : Process
        The new one.
    after : str
        Name of the process that it follows.

    Returns
    -------
    tuple of Process
        The new order.

    Raises
    ------
    UsageError
        If no process is named ``after``, or the new one's name is taken.

    Examples
    --------
    >>> import caravana as cv
    >>> rest = cv.Process("nothing", lambda *given: cv.Outcome())
    >>> order = cv.insert(cv.ORDER, rest, after="advance")
    >>> len(order) - len(cv.ORDER)
    1
    """
    names = [p.name for p in order]
    if process.name in names:
        raise UsageError(f"the order of the day has a process named {process.name!r} already")
    if after not in names:
        raise UsageError(f"no process named {after!r} in the order of the day; it has {', '.join(names)}")
    at = names.index(after) + 1
    return (*order[:at], process, *order[at:])


def check_parameters(order: Sequence[Process], draws: Mapping[str, Floats]) -> None:
    """Raise one error that names every parameter that the order of the day needs and lacks.

    Raises
    ------
    UsageError
        If any is missing.
    """
    missing = [f"{name} (process {p.name})" for p in order for name in p.parameters if name not in draws]
    if missing:
        raise UsageError("the scenario lacks parameters: " + ", ".join(missing))


def read_numbers(values: Mapping[str, object]) -> dict[str, float]:
    """Return values of parameters as numbers, however the user wrote them.

    Raises
    ------
    UsageError
        If one is none.
    """
    numbers = {}
    for name, value in values.items():
        try:
            numbers[name] = float(str(value))
        except ValueError:
            raise UsageError(f"{name}={value}: expected a number, such as rest_chance=0.2") from None
    return numbers


@dataclass(frozen=True, slots=True)
class Task:
    """One block to simulate: everything a worker needs, and nothing else.

    Attributes
    ----------
    scenario, policies
        What to simulate, and the policies in force.
    draws
        Parameters by name, each [member].
    seed, block
        Keys of the random streams.
    days
        Days to simulate, from the scenario's first.
    order
        The order of the day; the model's own where it is None.
    follow
        Whether to follow those who set out (see :mod:`caravana.models.caravan.cohort`).
    model
        Who moves how; the one that the scenario names where it is None.
    members
        Members of the block, as :meth:`Model.block_size` says.
    """

    scenario: Scenario
    policies: tuple[Policy, ...]
    draws: Mapping[str, Floats]
    seed: int
    block: int
    days: int
    order: tuple[Process, ...] | None = None
    follow: bool = False
    model: Model | None = field(default=None)
    members: int = BLOCK


class Model(Protocol):
    """Who moves how.

    A model is a small value without state: what it needs is in the scenario, what it has compiled is its world.
    Subclasses of this class inherit what is not abstract below.

    Attributes
    ----------
    name : str
        By which a scenario names it (``rules = "..."``).
    family : str
        Models of one family write tables of one meaning, and share scores, reports and forecasts: ``caravan``,
        ``displacement``, or a family of its own, which gets what suits every model.
    """

    name: str
    family: str

    @property
    def declared(self) -> Declared:
        """Parameters and kinds of party that its scenarios inherit."""
        return NOTHING

    def parameters_of(self, scenario: Scenario) -> tuple[Parameter, ...]:
        """Return every parameter in force: as the model declares it, with the scenario's changes."""
        return scenario_in_force(scenario, self.declared).parameters

    @property
    def order(self) -> tuple[Process, ...]:
        """The order of its day; empty where it has none that others may add to."""
        return ()

    @property
    def notice(self) -> str:
        """What a user should know before the first block, such as a wait; empty where there is nothing."""
        return ""

    def prepare(self) -> None:
        """Do what the first run of all would wait for, such as to compile loops, and keep it; nothing by default."""
        return

    def memory(self, scenario: Scenario, *, days: int) -> float:
        """Return what the arrays of a block take at their largest, in bytes, roughly; 0 where it is not known."""
        del scenario, days
        return 0.0

    def block_size(self, scenario: Scenario) -> int:
        """Return how many members are simulated together: a power of two, and the same for a scenario for ever.

        It names the streams, so that other sizes give other draws.
        """
        del scenario
        return BLOCK

    def check(self, scenario: Scenario, *, days: int) -> None:
        """Refuse what cannot be simulated, before any block starts.

        Raises
        ------
        UsageError, ScenarioError
            With a message for the user.
        """
        del scenario, days

    def configure(self, scenario: Scenario, values: Mapping[str, object]) -> tuple[Scenario, dict[str, float]]:
        """Take values set by hand: into the scenario's settings, or as values of parameters.

        Parameters
        ----------
        scenario
            The scenario.
        values
            Values by name, as numbers or as the user wrote them.

        Returns
        -------
        tuple
            The scenario to simulate, and the parameters' values that replace priors.

        Raises
        ------
        UsageError
            If a value is none of what it is set to.
        """
        formerly = self.declared.formerly
        return scenario, read_numbers({formerly.get(name, name): value for name, value in values.items()})

    def draw(self, scenario: Scenario, *, seed: int, block: int) -> dict[str, Floats]:
        """Return the parameters that the model draws by itself for a block, each [member].

        Those that a scenario has or that the model declares are drawn through their priors without it.
        """
        del scenario, seed, block
        return {}

    def compile(self, scenario: Scenario, *, days: int) -> Any:
        """Return the scenario as arrays: all that is known before the first day, the same for every block."""

    def simulate(self, world: Any, task: Task) -> dict[str, Table]:
        """Return the tables of one block, a pure function of its arguments.

        ``people`` (day, member, place, kind, status, parties, persons) is what every reader above looks for; days and
        members count from 0 in the block.
        """


def tabulate_parameters(draws: Mapping[str, Floats]) -> Table:
    """Return drawn parameters as a table: member, name, value.

    Parameters
    ----------
    draws
        Values by name, each [member].
    """
    names = sorted(draws)
    members = len(draws[names[0]]) if names else 0
    return {
        "member": np.repeat(np.arange(members), len(names)),
        "name": Coded(np.tile(np.arange(len(names)), members), tuple(names)),
        "value": np.stack([draws[n] for n in names], axis=1).reshape(-1) if names else np.zeros(0),
    }
