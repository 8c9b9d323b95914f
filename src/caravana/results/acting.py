"""What drives a displacement run: which rules ran, what sets how many are displaced, which settings act.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from caravana.models.displacement.bands import NO_LIMIT_FACTOR, WHOLE_RUN_FACTOR
from caravana.models.displacement.camp_shares.capacity import capacities_of
from caravana.models.displacement.camp_shares.parameters import names_at_work, pooled_from
from caravana.models.displacement.traits import Traits
from caravana.models.registry import model_of
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from caravana.models.displacement.camp_shares.parameters import Pooled
    from caravana.run import Run
    from caravana.scenario.model import Scenario

Driver = Literal["camps", "total", "pushes", "forecast", "nobody"]

CAMP_KINDS = ("camp", "idpcamp")
PUSHES = ("conflict_driven_spawning", "flood_driven_spawning")
"""Settings by which conflicts or floods displace people by themselves."""
ACTING_ON_SHARES = frozenset({
    "hasten", "empty_camps_on_day0", "origin_day", "forecast_total", "crisis_start",
    # where people flee from, and so how near each camp is
    "conflict_spawn_decay", "conflict_spawn_decay_interval", "conflict_zone_spawning_only",
    "flood_zone_spawning_only", "flood_driven_spawning", "starvation_driven_spawning",
})  # fmt: skip
"""The settings that the rules ``camp-shares`` look at."""
OF_FORECASTS = frozenset({"origin_day", "forecast_total", "crisis_start"})
"""Settings that only those rules look at."""
INERT_IN_FLEE = frozenset({"camps_are_sinks"})
"""Settings that Flee reads in vain (quirk 8)."""
SEEN_IN_PEOPLE = ("demographics.age.", "demographics.gender.")


def traits_of(scenario: Scenario) -> Traits:
    """Return what the model of a displacement does; of a model from elsewhere the usual is assumed."""
    return getattr(model_of(scenario), "traits", Traits())


def driver_of(scenario: Scenario) -> Driver:
    """What sets how many people are displaced.

    Returns
    -------
    str
        ``camps`` (the sum of their counts), ``total`` (the count of all), ``pushes`` (conflicts or
        floods by themselves), ``forecast`` (from the counts up to an origin) or ``nobody`` (nothing
        does, so nobody is displaced).
    """
    settings = DisplacementSettings.of(scenario.settings)
    if traits_of(scenario).camps_only:
        return "forecast" if settings.forecast_total else "camps"
    if settings.conflict_driven_spawning or settings.flood_driven_spawning:
        return "pushes"
    kinds = {o.kind for o in scenario.observations}
    if settings.sum_from_camps:
        return "camps" if kinds & {"camp_count", "camp_count_elsewhere"} else "nobody"
    return "total" if "total_count" in kinds else "nobody"


def idle_settings(scenario: Scenario, names: Iterable[str]) -> list[str]:
    """Which of some settings have no effect under the rules of a scenario, in order of name."""
    traits = traits_of(scenario)
    if traits.camps_only:
        return sorted(name for name in names if name not in ACTING_ON_SHARES)
    by_age = DisplacementSettings.of(scenario.settings).children_avoid_hazards
    return sorted(
        name for name in names
        if name in OF_FORECASTS or (not traits.mended and name in INERT_IN_FLEE)
        or (name.startswith("demographics.") and not (by_age and name.startswith(SEEN_IN_PEOPLE)))
    )  # fmt: skip


def overruled(scenario: Scenario) -> list[str]:
    """Settings that would displace people by themselves, where the counts of camps are taken instead."""
    if not traits_of(scenario).camps_only:
        return []
    settings = DisplacementSettings.of(scenario.settings)
    return [name for name in PUSHES if getattr(settings, name)]


def pooled_at_work(scenario: Scenario) -> Mapping[str, Pooled]:
    """The pooled parameters that a run depends on, by name; none under Flee's rules."""
    if not traits_of(scenario).camps_only:
        return {}
    pooled = pooled_from(origin_of(scenario))
    return {name: pooled[name] for name in names_at_work(scenario)}


def origin_of(scenario: Scenario) -> int:
    """The last day whose counts a run of the scenario has seen; 0 where it was given the first day's only."""
    return DisplacementSettings.of(scenario.settings).origin_day if traits_of(scenario).mended else 0


def band_factors(scenario: Scenario) -> dict[str, float]:
    """How much wider than its members' the bands of a run are, by the id of each camp counted.

    More than 1 for a whole run of the shares of camps, and most for camps whose capacity is no limit; none for others.
    """
    if not traits_of(scenario).camps_only or origin_of(scenario):
        return {}
    return {
        place_id: NO_LIMIT_FACTOR if reading.reading == "none" else WHOLE_RUN_FACTOR
        for place_id, reading in capacities_of(scenario).items()
    }


def why_nobody_moves(scenario: Scenario) -> str:
    """Say why nobody will move in a scenario, as far as that can be told before it is simulated.

    Parameters
    ----------
    scenario : Scenario
        A sound one.

    Returns
    -------
    str
        One sentence with what would change it; empty where somebody may move.
    """
    family = model_of(scenario).family
    return WHY_NOBODY[family](scenario) if family in WHY_NOBODY else ""


def _no_caravan(scenario: Scenario) -> str:
    if not scenario.caravans:
        return "nobody sets out: the scenario has no caravan; add one, with its itinerary, to [[caravans]]"
    late = [one for one in scenario.caravans if one.departs is not None and one.departs > scenario.end]
    if len(late) == len(scenario.caravans):
        first = min(one.departs for one in late if one.departs is not None)
        return f"nobody sets out: the first caravan departs on {first}, after the last day, {scenario.end}"
    return ""


def _nobody_displaced(scenario: Scenario) -> str:
    driver, kinds = driver_of(scenario), {place.id: place.kind for place in scenario.places}
    counted = {o.place_id for o in scenario.observations if o.kind == "camp_count" and o.place_id is not None}
    if driver == "nobody":
        return (
            "nobody is displaced: nothing says how many; add counts of camps (observations of kind camp_count), or set"
            f" {' or '.join(PUSHES)}"
        )
    if traits_of(scenario).camps_only:
        return ""
    if driver == "camps" and counted and not any(kinds.get(one) in CAMP_KINDS for one in counted):
        named = ", ".join(f"{one} ({kinds.get(one, 'no place')})" for one in sorted(counted)[:3])
        wanted = " or ".join(CAMP_KINDS)
        return f"nobody is displaced: what was counted is no camp: {named}; expected places of kind {wanted}"
    hit = any(np.asarray(one.values).any() for one in scenario.series if one.kind in ("conflict", "flood_level"))
    if not hit and not {"conflict_zone", "flood_zone"} & set(kinds.values()):
        return (
            "nobody is displaced after the first day: there is nowhere to flee from; give a place the kind"
            " conflict_zone, or a series conflict"
        )
    return ""


WHY_NOBODY: Mapping[str, Callable[[Scenario], str]] = {"caravan": _no_caravan, "displacement": _nobody_displaced}
"""Why nobody moves, by the family of a scenario's model."""


def remarks_on(run: Run, by_hand: Iterable[str]) -> list[str]:
    """Say what a user should know of a run: what set by hand was not used, and why nobody moved.

    Parameters
    ----------
    run : Run
        An opened run.
    by_hand : iterable of str
        Names of what was set by hand.

    Returns
    -------
    list of str
        A sentence each; none where there is nothing to say.
    """
    remarks = []
    if run.family in IDLE and (unused := IDLE[run.family](run.scenario, by_hand)):
        remarks.append(f"not used by the rules {run.model}: {', '.join(unused)}")
    people = run.query("SELECT max(persons) AS most FROM people")["most"]
    # By the family of the model that ran: one given by its caller is in no registry.
    if run.family in WHY_NOBODY and (why := WHY_NOBODY[run.family](run.scenario)):
        remarks.append(why)
    elif not float(people.fillna(0).max()) > 0:
        remarks.append("nobody is anywhere in this run, on any day, in any member")
    return remarks


IDLE: Mapping[str, Callable[[Scenario, Iterable[str]], list[str]]] = {"displacement": idle_settings}
"""Which settings have no effect, by the family of the run's model."""
