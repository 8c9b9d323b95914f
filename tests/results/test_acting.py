"""What is said to act in a displacement run is what acts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.displacement_run import make_scenario

from caravana.models.displacement.camp_shares.parameters import POOLED, WHOLE_RUN
from caravana.models.displacement.traits import Traits
from caravana.results.acting import (
    ACTING_ON_SHARES,
    driver_of,
    idle_settings,
    overruled,
    pooled_at_work,
    traits_of,
)
from caravana.scenario.model import Series
from caravana.scenario.settings import DisplacementSettings, kinds

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

DAYS = 30
AS_PUBLISHED, MENDED, SHARES = Traits(mended=False), Traits(), Traits(camps_only=True)
AGES = {
    "demographics.age.values": (8.0, 40.0), "demographics.age.default": (0.5, 0.5),
    "demographics.gender.values": "m;f", "demographics.gender.default": (0.5, 0.5),
}  # fmt: skip
#: Settings without which another one does nothing.
ALONG = {
    "conflict_spawn_decay": {"conflict_spawn_decay_interval": 5, "origin_day": 1},
    "conflict_spawn_decay_interval": {"conflict_spawn_decay": (1.0, 0.1), "origin_day": 1},
    "conflict_zone_spawning_only": {"starvation_driven_spawning": True},
    "crisis_start": {"forecast_total": True},
}
#: Values unlike the default, where doubling it or turning it round is not enough.
OTHER: dict[str, Any] = {
    "spawn_mode": "poisson", "flood_spawn_mode": "poisson", "conflict_spawn_decay": (1.0, 0.1),
    "conflict_spawn_decay_interval": 5, "displaced_per_flood_day": (9.0, 9.0), "flood_movechances": (0.5, 0.9),
    "flood_loc_weights": (1.0, 0.2), "origin_day": 20, "hasten": 7, "movechance_pop_scale_factor": 0.5,
    "weight_softening": 1.0, "conflict_movechance": 0.4, "foreign_weight": 2.5, "capacity_buffer": 0.5,
    "crisis_start": "2010-01-01", "return_hazard": 0.05,
}  # fmt: skip


def whole_scenario(**changes: Any) -> Scenario:
    """Counts, conflict, floods, hunger, people outside camps: something for every setting to act on."""
    made = make_scenario(days=DAYS, rules="camp-shares", **changes)
    places = tuple(p.model_copy(update={"displaced": 500 if p.id == "Ferry" else None}) for p in made.places)
    assessed = made.observations[0].model_copy(
        update={"id": "homeland", "kind": "displaced_count", "place_id": None, "area": "Homeland", "low": 2000.0,
                "high": 2000.0, "date": made.start, "known_on": made.start, "note": ""}
    )  # fmt: skip
    made = made.model_copy(update={"places": places, "observations": (*made.observations, assessed)})
    floods = Series(kind="flood", days=(0, 10), place_ids=("River", "Ferry"), values=np.array([[0.0, 2.0], [1.0, 0]]))
    hunger = Series(kind="ipc", days=(0,), place_ids=("Crossroads", "River"), values=np.array([[60.0, 20.0]]))
    return made.model_copy(update={"series": (*made.series, floods, hunger)})


def people(scenario: Scenario, settings: dict[str, Any]) -> np.ndarray:
    world = compile_world(scenario, settings=settings)
    return simulate_block(world, seed=1, block=0, members=64).people


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_setting_acts_on_shared_arrivals_if_and_only_if_it_is_said_to(name: str) -> None:
    scenario = whole_scenario(settings=AGES)
    base = ALONG.get(name, {})
    default = getattr(DisplacementSettings(), name)
    other = OTHER.get(name, not default if isinstance(default, bool) else default * 2)
    changed = not np.array_equal(people(scenario, base), people(scenario, {**base, name: other}))
    assert changed == (name in ACTING_ON_SHARES)
    assert idle_settings(scenario, [name]) == ([] if changed else [name])


@pytest.mark.parametrize(
    "settings", [{}, {"origin_day": 20}, {"forecast_total": True}, {"origin_day": 20, "forecast_total": True}]
)
def test_a_pooled_parameter_that_acts_is_said_to(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = whole_scenario(settings=settings)
    usual = people(scenario, {})
    acting = set()
    for name, one in POOLED.items():
        with monkeypatch.context() as patch:
            whole = name in WHOLE_RUN and not settings.get("origin_day")
            before = WHOLE_RUN[name] if whole else one.value
            value = 1 - before / 2 if one.scale == "logit" else before * 3
            patch.setitem(
                *((WHOLE_RUN, name, value) if whole else (POOLED, name, dataclasses.replace(one, value=value)))
            )
            if not np.array_equal(usual, people(scenario, {})):
                acting.add(name)
    # Whether a parameter is met with depends on the scenario: those said to be idle are under test, and most others.
    assert acting <= set(pooled_at_work(scenario))
    assert len(acting) >= 0.5 * len(pooled_at_work(scenario))


@pytest.mark.parametrize(
    ("rules", "counted", "settings", "expected"),
    [
        ("flee", True, {}, (AS_PUBLISHED, "camps")), ("flee", True, {"sum_from_camps": False}, (AS_PUBLISHED, "total")),
        ("flee", True, {"conflict_driven_spawning": True}, (AS_PUBLISHED, "pushes")),
        ("flee", True, {"forecast_total": True}, (AS_PUBLISHED, "camps")),
        ("flee", False, {}, (AS_PUBLISHED, "nobody")),
        ("camp-shares", True, {}, (SHARES, "camps")),
        ("camp-shares", True, {"sum_from_camps": False}, (SHARES, "camps")),
        ("camp-shares", True, {"conflict_driven_spawning": True}, (SHARES, "camps")),
        ("camp-shares", True, {"forecast_total": True}, (SHARES, "forecast")),
        ("walk", False, {"flood_driven_spawning": True}, (MENDED, "pushes")),
        ("walk", False, {"sum_from_camps": False}, (MENDED, "nobody")),
    ],
)  # fmt: skip
def test_what_sets_how_many_are_displaced(
    rules: str, counted: bool, settings: dict[str, Any], expected: tuple[Traits, str]
) -> None:
    scenario = make_scenario(rules=rules, counted=counted, settings=settings)
    assert (traits_of(scenario), driver_of(scenario)) == expected
    pushed = [name for name in settings if name.endswith("driven_spawning")]
    assert overruled(scenario) == (pushed if expected[0].camps_only else [])


def test_on_the_network_everything_acts_but_what_is_for_forecasts() -> None:
    assert idle_settings(make_scenario(settings={}), ["camps_are_sinks"]) == ["camps_are_sinks"]
    assert idle_settings(make_scenario(rules="walk", counted=False, settings={}), ["camps_are_sinks"]) == []
    names = ["camp_weight", "origin_day", "demographics.age.values", "demographics.ethnicity.values", "softening"]
    for rules in ("flee", "walk"):
        scenario = make_scenario(rules=rules, counted=False, settings={})
        assert idle_settings(scenario, names) == [
            "demographics.age.values", "demographics.ethnicity.values", "origin_day",
        ]  # fmt: skip
    aware = make_scenario(settings={"children_avoid_hazards": True})
    assert idle_settings(aware, names) == ["demographics.ethnicity.values", "origin_day"]
