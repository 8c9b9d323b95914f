"""What the world is: frozen tables of places, links, people, policies and evidence.

Every class here is one row of a file in a scenario folder (or one table of its
``scenario.toml``).  Unknown keys are refused.  Nothing here computes; checks
that need more than one row live in :mod:`caravana.scenario.checks.whole`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import ConfigDict, Field

from caravana.scenario.methods import ScenarioMethods
from caravana.scenario.row import CountedRow, Refusing, Row
from caravana.scenario.vocabulary import (
    Count,
    EventKind,
    Finite,
    Id,
    Lever,
    LinkKind,
    NonNegative,
    ObservationKind,
    PlaceKind,
    Qualifier,
    Rules,
    Side,
)

FORMAT: Literal[1] = 1

PERSON_KINDS = ("men", "women", "pregnant", "children", "older")


class Place(Row):
    """A node: a locality, a camp, a crossing.  ``stop`` marks a possible night's stop."""

    id: Id
    name: str
    municipality: str = ""
    state: str = ""
    country: str = ""
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    population: Count | None = None
    kind: PlaceKind = "town"
    stop: bool = False
    capacity: Count | None = None
    displaced: Count | None = None
    pcode: str = ""
    source: str = ""


class Link(Row):
    """A road between two places, both ways; km is the best figure, low and high its range.

    A crossing (``ferry``, ``gate``, ``checkpoint``, ``border``) is a link with a name of its own, that can be shut;
    ``straight`` is a guess along the straight line.  What is ``closed`` nobody takes, until an event opens it.
    """

    from_id: Id
    to_id: Id
    km: NonNegative
    km_low: NonNegative | None = None
    km_high: NonNegative | None = None
    modes: tuple[Literal["foot", "vehicle"], ...] = ("foot", "vehicle")
    redirect: Annotated[int, Field(ge=0, le=2)] = 0
    max_move_speed: NonNegative | None = None
    walk_probability: Annotated[float, Field(ge=0, le=1)] | None = None
    source: str = ""
    kind: LinkKind = "road"
    name: str = ""
    status: Literal["open", "closed"] = "open"


class Event(Row):
    """A dated event.  ``value`` is its size, where it has one, in ``unit``.

    ``known_on`` is the day from which both its dates were known, as of a closing that is announced; without one each
    date is known when it has come.
    """

    id: Id
    date: dt.date
    end_date: dt.date | None = None
    kind: EventKind
    place_id: Id | None = None
    target_id: Id | None = None
    value: Finite | None = None
    unit: str = ""
    basis: tuple[str, ...] = ()
    description: str = ""
    known_on: dt.date | None = None

    def announced(self, on: dt.date) -> bool:
        """Whether its dates are known on a day, even those to come."""
        return self.known_on is not None and self.known_on <= on

    @property
    def inferred_from_counts(self) -> bool:
        """Whether nobody said so but the counts: a camp is taken to be shut until the first that found anybody."""
        return self.kind == "closure" and self.basis == ("counts",)


class Observation(CountedRow):
    """One speaker's figure for one day, or the night's position; never averaged with another's.

    ``km_past`` is how many km along the road beyond the place it was; ``kind`` is one of :data:`ObservationKind`.
    Of a figure that is ``exact`` or ``about`` right one end is both: only ``more_than`` and ``less_than`` are open.
    """

    id: Id
    date: dt.date
    known_on: dt.date
    caravan: Id | None = None
    place_id: Id | None = None
    kind: ObservationKind
    low: NonNegative | None = None
    high: NonNegative | None = None
    qualifier: Qualifier
    speaker_role: str
    speaker_side: Side
    inferred: bool = False
    source_id: Id | None = None
    claim_ids: tuple[Id, ...] = ()
    note: str = ""
    km_past: NonNegative | None = None
    area: str = ""


class Claim(Row):
    """What somebody said.  Speakers are roles; an allegation stays an allegation."""

    id: Id
    date_said: dt.date | None = None
    date_meant: dt.date | None = None
    speaker_role: str
    speaker_side: Side
    topic: str
    place_id: Id | None = None
    claim: str
    claim_es: str = ""
    quantity_low: Finite | None = None
    quantity_high: Finite | None = None
    unit: str = ""
    disputed_by: tuple[Id, ...] = ()
    status: Literal["uncontested", "disputed", "later_reversed", "garbled"] = "uncontested"
    source_id: Id | None = None
    bears_on: tuple[str, ...] = ()


class Source(Row):
    """Where a claim or figure was read.

    ``memory`` is for what is remembered with no source kept: what rests on it counts as an assumption.
    """

    id: Id
    kind: Literal["news", "agency", "official", "census", "research", "dataset", "ngo", "other", "memory"]
    publisher: str
    language: str = ""
    date: dt.date | None = None
    address: str = ""
    note: str = ""


class PartyKind(Row):
    """People who decide together; ``share`` is this kind's share of parties at the start."""

    id: Id
    men: Count = 0
    women: Count = 0
    pregnant: Count = 0
    children: Count = 0
    older: Count = 0
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    label: str = ""
    label_es: str = ""

    @property
    def composition(self) -> tuple[int, ...]:
        """Persons in a party by :data:`PERSON_KINDS`."""
        return (self.men, self.women, self.pregnant, self.children, self.older)


class Prior(Row):
    """A prior, on the parameter's own scale; the parameter's bounds truncate it.

    ``lognormal`` takes ``median`` and ``sigma`` (of the log); ``logitnormal`` takes
    ``mean`` and ``sigma`` (of the logit); ``normal`` takes ``mean`` and ``sigma``;
    ``uniform`` takes ``low`` and ``high``; ``beta`` takes ``a`` and ``b``;
    ``bernoulli`` takes ``p`` (a contested claim: 1 taken as true, 0 as false).

    Examples
    --------
    >>> import caravana as cv
    >>> cv.Prior(dist="normal", mean=15.0, sigma=2.0).dist
    'normal'
    """

    dist: Literal["normal", "lognormal", "logitnormal", "uniform", "beta", "bernoulli"]
    mean: Finite | None = None
    median: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    sigma: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    low: Finite | None = None
    high: Finite | None = None
    a: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    b: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    p: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None


class Parameter(Row):
    """A value or a prior, with unit, bounds and what it rests on (ids, or ``assumption``).

    A scenario says of a parameter that its model declares only what it changes: what stands at its
    default here (no unit, no bounds) is inherited.  See :mod:`caravana.scenario.declared`.

    Examples
    --------
    >>> import caravana as cv
    >>> pace = cv.Parameter(name="walk_km", value=16.0, unit="km", basis=("assumption",))
    >>> pace.name, pace.value, pace.prior is None
    ('walk_km', 16.0, True)
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    unit: str = ""
    value: Finite | None = None
    prior: Prior | None = None
    low: float = -math.inf
    high: float = math.inf
    basis: tuple[str, ...] = ()
    description: str = ""
    description_es: str = ""
    process: str = ""


class Reading(Row):
    """What follows for the inputs if a claim is taken as true, or as false.

    A row sets one parameter (to ``value``, or to another ``prior``), or puts one ``policy`` in
    force, or keeps only the runs in which the main caravan numbers ``low`` to ``high`` persons on
    ``date`` (taken as false: the others).  Several rows of one claim and one reading act together.
    ``why`` says in a sentence why this follows; ``why_es`` in Spanish.
    """

    claim: Id
    taken: Literal["true", "false"]
    parameter: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    value: Finite | None = None
    prior: Prior | None = None
    policy: Id | None = None
    date: dt.date | None = None
    low: NonNegative | None = None
    high: NonNegative | None = None
    why: str = ""
    why_es: str = ""


class Itinerary(Row):
    """A way from place to place: the shortest road through the waypoints, in order."""

    id: Id
    from_id: Id
    to_id: Id
    via: tuple[Id, ...] = ()


class Caravan(Row):
    """A place that moves.  Without ``departs`` it leaves when its call has gathered people."""

    id: Id
    name: str
    name_es: str = ""
    itinerary: Id
    assembles_at: Id
    departs: dt.date | None = None
    turnout: str
    call: Id | None = None


class Call(Row):
    """A call to assemble: made on a date, answered after a delay, dying away."""

    id: Id
    date: dt.date
    place_id: Id
    delay: str
    basis: tuple[str, ...] = ()


class Facility(Row):
    """An office, a station or a hospital: where it is and what it can take."""

    id: Id
    kind: Literal["office", "station", "hospital", "shelter"]
    place_id: Id
    capacity: Count | None = None
    per_day: str | None = None
    basis: tuple[str, ...] = ()


class Policy(Row):
    """A lever pulled from one day to another.  ``base`` says whether it was so in fact."""

    id: Id
    title: str
    title_es: str = ""
    lever: Lever
    start: dt.date
    end: dt.date | None = None
    place_ids: tuple[Id, ...] = ()
    value: Finite | None = None
    parameter: str | None = None
    base: bool = True
    basis: tuple[str, ...] = ()


class Series(Refusing):
    """Values by day and place that are decided outside the model (conflict, flood, prices).

    ``values`` has shape (days, places): row *i* is in force from ``days[i]`` (day 0 is the
    scenario's first) until the next row.  Written as one wide CSV, ``series-<kind>.csv``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    kind: Id
    unit: str = ""
    days: tuple[int, ...]
    place_ids: tuple[str, ...]
    values: np.ndarray


class Scenario(ScenarioMethods, Refusing):
    """A whole scenario; ``tables`` of rows in file order, which is kept.

    ``notes`` say what an import could not carry over, or read in a way worth knowing, a line each.

    Examples
    --------
    >>> import caravana as cv
    >>> scenario = cv.load_scenario("tapachula-2021")
    >>> scenario.places[0].id, scenario.days
    ('tapachula', 54)
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    format: Literal[1] = FORMAT
    name: Id
    title: str
    title_es: str = ""
    description: str = ""
    description_es: str = ""
    start: dt.date
    end: dt.date
    rules: Rules
    settings: Mapping[str, bool | int | float | str | tuple[float, ...]] = {}
    notes: tuple[str, ...] = ()
    kinds: tuple[PartyKind, ...] = ()
    places: tuple[Place, ...]
    links: tuple[Link, ...]
    itineraries: tuple[Itinerary, ...] = ()
    caravans: tuple[Caravan, ...] = ()
    calls: tuple[Call, ...] = ()
    facilities: tuple[Facility, ...] = ()
    policies: tuple[Policy, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    readings: tuple[Reading, ...] = ()
    events: tuple[Event, ...] = ()
    observations: tuple[Observation, ...] = ()
    claims: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    series: tuple[Series, ...] = ()

    @property
    def days(self) -> int:
        """Number of days, first and last included."""
        return (self.end - self.start).days + 1

    def day_of(self, date: dt.date) -> int:
        """Day index of a date (day 0 is ``start``; may be negative or past the end).

        Parameters
        ----------
        date : datetime.date
            The date.

        Returns
        -------
        int
            The index.

        Examples
        --------
        >>> import caravana as cv
        >>> scenario = cv.load_scenario("tapachula-2021")
        >>> scenario.day_of(scenario.end)
        53
        """
        return (date - self.start).days
