"""Settings of the dispersal rules: names and defaults as in Flee, read from a ``simsetting.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

import yaml

from caravana.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.scenario.flee_tables import Reader

Value = bool | int | float | str | tuple[float, ...]

#: Values that stand for false in a YAML file or on a command line.
FALSE = {"false", "no", "off", "0", "0.0", ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class DispersalSettings:
    """Settings of the dispersal rules; the defaults are Flee's.

    Distances in km, speeds in km a day, chances a day.  ``hasten``: one simulated person stands
    for so many; it thins chance as Flee does and is 1 unless one wants Flee's noise.
    ``origin_day`` is the last day whose counts the rule set ``caravana`` may see; with
    ``forecast_total`` it forecasts the sum over camps as well, which it otherwise takes from the
    counts, as Flee does.
    """

    # who is displaced
    take_from_population: bool = False
    insert_day0: bool = True
    empty_camps_on_day0: bool = False
    conflict_zone_spawning_only: bool = True
    flood_zone_spawning_only: bool = False
    sum_from_camps: bool = True
    read_from_agents_csv_file: bool = False
    camps_are_sinks: bool = False
    conflict_driven_spawning: bool = False
    flood_driven_spawning: bool = False
    starvation_driven_spawning: bool = False
    spawn_mode: str = "constant"
    displaced_per_conflict_day: float = 500.0
    displaced_per_flood_day: tuple[float, ...] = (0.0, 0.1, 0.2, 0.5, 0.9)
    conflict_spawn_decay: tuple[float, ...] = ()
    conflict_spawn_decay_interval: int = 30
    # how far
    max_move_speed: float = 360.0
    max_walk_speed: float = 35.0
    start_on_foot: bool = False
    avoid_short_stints: bool = False
    # whether
    conflict_movechance: float = 1.0
    camp_movechance: float = 0.001
    idpcamp_movechance: float = 0.1
    default_movechance: float = 0.3
    movechance_pop_base: float = 10_000.0
    movechance_pop_scale_factor: float = 0.0
    flee_when_starving: bool = False
    flood_movechances: tuple[float, ...] = ()
    # where to
    awareness_level: int = 1
    foreign_weight: float = 1.0
    camp_weight: float = 1.0
    conflict_weight: float = 10.0**-0.5
    capacity_buffer: float = 0.9
    capacity_scaling: float = 1.0
    softening: float = 10.0
    weight_softening: float = 0.0
    weight_power: float = 1.0
    distance_power: float = 1.0
    pruning_threshold: float = 1.0
    stay_close_to_home: bool = False
    home_distance_power: float = 0.5
    use_pop_for_loc_weight: bool = False
    pop_power_for_loc_weight: float = 0.1
    economic_pull: bool = False
    avoid_food_deprived_locations: bool = False
    flood_loc_weights: tuple[float, ...] = ()
    children_avoid_hazards: bool = False
    boys_take_risk: bool = False
    # cost
    hasten: int = 1
    # forecasts (rule set caravana only)
    origin_day: int = 0
    forecast_total: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> DispersalSettings:
        """Take the settings of a scenario; names that are not of these rules are passed over.

        Raises
        ------
        UsageError
            If a value cannot be read as what the setting is.
        """
        known = kinds()
        return cls(**{name: coerce(name, value) for name, value in settings.items() if name in known})


def kinds() -> dict[str, type]:
    """Name and type of every setting."""
    hints = get_type_hints(DispersalSettings)
    return {field.name: hints[field.name] for field in fields(DispersalSettings)}


def coerce(name: str, value: object) -> Any:
    """Return `value` as the type of the setting `name`.

    Flee reads ``bool("false")`` as true; here the words for false are false.
    """
    kind = kinds()[name]
    try:
        if kind is bool:
            return str(value).strip().lower() not in FALSE
        if kind is str:
            return str(value)
        if kind is int:
            return int(float(str(value)))
        if kind is float:
            return float(str(value))
        if isinstance(value, str):
            return tuple(float(part) for part in value.strip("()[] ").replace(";", ",").split(",") if part.strip())
        if isinstance(value, list | tuple):
            return tuple(float(one) for one in value)
    except (TypeError, ValueError):
        pass
    else:
        if value is None:
            return ()
    raise UsageError(f"setting {name}: {value!r} is not a value of it")


#: Why a setting of Flee is not carried over; what is not here and not in DispersalSettings is unknown.
REFUSED = {
    "log_levels": "logs of single people; counts have none",
    "max_crossing_speed": "Flee reads it and never uses it in its main rules",
    "camps_are_sicks": "a misspelling of camps_are_sinks that Flee reads (quirk 8)",
    "average_social_connectivity": "only read by the two-system rules, which a settings file cannot turn on (quirk 7)",
    "two_system_decision_making": "never active from a settings file in Flee (quirk 7)",
    "fixed_routes": "routes are enumerated here in any case; major_routes.csv is not read",
    "match_camp_ethnicity": "Flee multiplies all by the same constant; no effect",
    "match_town_ethnicity": "Flee multiplies all by the same constant; no effect",
    "match_conflict_ethnicity": "Flee multiplies all by the same constant; no effect",
    "flood_link_weights": "Flee reads it and says it is not supported",
    "max_flood_level": "Flee reads it and does not use it",
    "flood_forecaster": "people who act on a flood forecast are not modelled",
    "flood_forecaster_timescale": "people who act on a flood forecast are not modelled",
    "flood_forecaster_end_time": "people who act on a flood forecast are not modelled",
    "flood_forecaster_weights": "people who act on a flood forecast are not modelled",
    "flood_awareness_weights": "people who act on a flood forecast are not modelled",
    "number_of_steps": "the length is that of sim_period.csv",
    "conflict_input_file": "conflicts.csv of the instance is read",
    "farming": "harvest rules are not modelled",
    "granularity": "a log setting",
}

#: Other spellings that Flee's files use.
SPELLINGS = {
    "ChildrenAvoidHazards": "children_avoid_hazards", "BoysTakeRisk": "boys_take_risk",
    "MatchCampEthnicity": "match_camp_ethnicity", "MatchTownEthnicity": "match_town_ethnicity",
    "MatchConflictEthnicity": "match_conflict_ethnicity",
}  # fmt: skip

#: Sections whose keys are settings; inner tables that switch a rule on by standing there.
SECTIONS = ("spawn_rules", "move_rules", "optimisations", "log_levels")
SWITCHES = ("conflict_driven_spawning", "flood_driven_spawning", "flood_rules")


def read_settings(reader: Reader, path: Path) -> dict[str, Value]:
    """Read a ``simsetting.yml``: the settings in it by name, without defaults.

    Faults (unreadable values) go to the reader's faults; a setting that cannot be carried over
    is listed by name in its notes, with the reason.
    """
    if not path.is_file():
        reader.fault(path, None, "", None, "this file, which is missing")
        return {}
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reader.fault(path, None, "", str(error).split("\n", 1)[0], "YAML in UTF-8")
        return {}
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        reader.fault(path, None, "", str(document), "sections such as move_rules:")
        return {}
    settings: dict[str, Value] = {}
    for section, content in document.items():
        if section in SECTIONS and isinstance(content, Mapping):
            if section == "log_levels":
                reader.notes.append(f"{path.name}: log_levels not carried over: {REFUSED['log_levels']}")
                continue
            _take(reader, path, content, settings)
        elif content is not None:
            _take(reader, path, {section: content}, settings)
    _apply_first_rules(settings)
    return settings


def _take(reader: Reader, path: Path, table: Mapping[str, object], settings: dict[str, Value]) -> None:
    """Take the settings of one table of the file into `settings`."""
    known = kinds()
    for key, value in table.items():
        name = SPELLINGS.get(str(key), str(key))
        if name in SWITCHES and isinstance(value, Mapping):
            if name in known:
                settings[name] = True
            _take(reader, path, value, settings)
            continue
        if name == "camps_are_sinks":
            # quirk 8: Flee looks for another spelling, so this one never acts.
            reader.notes.append(f"{path.name}: {name} not carried over: Flee ignores it (quirk 8)")
            continue
        if name == "use_v1_rules" or name in known:
            try:
                settings[name] = coerce(name, value) if name in known else bool(value)
            except UsageError:
                reader.fault(path, None, name, str(value), f"a value of the setting {name}")
            continue
        reason = REFUSED.get(name, "no such setting is known")
        reader.notes.append(f"{path.name}: {name} not carried over: {reason}")


def _apply_first_rules(settings: dict[str, Value]) -> None:
    """Write out what ``use_v1_rules`` overrides, as Flee does after reading all else."""
    if settings.pop("use_v1_rules", False):
        settings.update(
            max_move_speed=200.0, start_on_foot=False, avoid_short_stints=False,
            camp_weight=2.0, conflict_weight=0.25,
        )  # fmt: skip
