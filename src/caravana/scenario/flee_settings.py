"""Settings of the dispersal rules: names and defaults as in Flee, read from a ``simsetting.yml``."""

from __future__ import annotations

import math
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
TRUE = {"true", "yes", "on", "1", "1.0"}


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
    camps_are_sinks: bool = False
    conflict_driven_spawning: bool = False
    flood_driven_spawning: bool = False
    starvation_driven_spawning: bool = False
    spawn_mode: str = "constant"
    displaced_per_conflict_day: float = 500.0
    flood_spawn_mode: str = "constant"
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

    def check_origin(self, days: int) -> None:
        """Check that ``origin_day`` is a day of a run of so many days.

        Raises
        ------
        UsageError
            If it is none.
        """
        if not 0 <= self.origin_day < days:
            raise UsageError(f"origin_day {self.origin_day}: expected a day from 0 to {days - 1}")


def kinds() -> dict[str, type]:
    """Name and type of every setting."""
    hints = get_type_hints(DispersalSettings)
    return {field.name: hints[field.name] for field in fields(DispersalSettings)}


def coerce(name: str, value: object) -> Any:
    """Return `value` as the type of the setting `name`.

    Flee reads ``bool("false")`` as true; here the words for false are false.

    Raises
    ------
    UsageError
        If it is not of that type, or out of bounds.
    """
    kind = kinds()[name]
    taken: Any = None
    try:
        if kind is bool:
            word = "" if value is None else str(value).strip().lower()
            taken = False if word in FALSE else True if word in TRUE else None
        elif kind is str:
            taken = str(value).strip().lower()
        elif kind in (int, float):
            number = float(str(value))
            taken = None if isinstance(value, bool) or (kind is int and number % 1) else kind(number)
        else:
            taken = _numbers(name, value)
    except (TypeError, ValueError, OverflowError):
        taken = None
    if taken is None or not _within(name, taken):
        raise UsageError(f"setting {name}: {value!r} is not a value of it; expected {expected(name)}")
    return taken


def _numbers(name: str, value: object) -> tuple[float, ...] | None:
    """Read a list of numbers; None where it is not one."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(float(part) for part in value.strip("()[] ").replace(";", ",").split(",") if part.strip())
    if isinstance(value, list | tuple):
        return tuple(float(one) for one in value)
    # One number for every level of the flood.
    return (float(str(value)),) if name == "displaced_per_flood_day" and not isinstance(value, bool) else None


def _within(name: str, value: object) -> bool:
    """Whether a value is finite and within its bounds, or one of the words of its setting."""
    if isinstance(value, bool):
        return True
    if isinstance(value, str):
        return name not in WORDS or value in WORDS[name]
    low, high = BOUNDS.get(name, (-math.inf, math.inf))
    numbers = value if isinstance(value, tuple) else (value,)
    return all(isinstance(one, int | float) and math.isfinite(one) and low <= one <= high for one in numbers)


def expected(name: str) -> str:
    """What a setting may be, in plain words."""
    kind = kinds()[name]
    if name in WORDS:
        return f"one of {', '.join(WORDS[name])}"
    if kind is bool:
        return "true or false"
    what = {int: "a whole number", float: "a number", str: "a word"}.get(kind, "a list of numbers")
    low, high = BOUNDS.get(name, (-math.inf, math.inf))
    if math.isfinite(low) and math.isfinite(high):
        return f"{what} from {low:g} to {high:g}"
    return f"{what} of at least {low:g}" if math.isfinite(low) else what


#: Words that a setting may be.
WORDS = {"spawn_mode": ("constant", "pop_ratio", "poisson"), "flood_spawn_mode": ("constant", "pop_ratio", "poisson")}

_SHARE, _POSITIVE, _NOT_NEGATIVE = (0.0, 1.0), (1e-6, math.inf), (0.0, math.inf)
#: Least and largest value of a setting (of each item of a list); others may be any finite number.
BOUNDS: dict[str, tuple[float, float]] = {
    "displaced_per_conflict_day": _NOT_NEGATIVE, "displaced_per_flood_day": _NOT_NEGATIVE,
    "conflict_spawn_decay": _NOT_NEGATIVE, "conflict_spawn_decay_interval": (1, math.inf),
    "max_move_speed": _POSITIVE, "max_walk_speed": _POSITIVE,
    "conflict_movechance": _SHARE, "camp_movechance": _SHARE, "idpcamp_movechance": _SHARE,
    "default_movechance": _SHARE, "flood_movechances": _SHARE, "movechance_pop_base": _POSITIVE,
    "awareness_level": (0, 20), "foreign_weight": _NOT_NEGATIVE, "camp_weight": _NOT_NEGATIVE,
    "conflict_weight": _NOT_NEGATIVE, "flood_loc_weights": _NOT_NEGATIVE, "capacity_buffer": _SHARE,
    "capacity_scaling": _NOT_NEGATIVE, "softening": _NOT_NEGATIVE, "weight_softening": _NOT_NEGATIVE,
    "pruning_threshold": _NOT_NEGATIVE, "hasten": (1, 10.0**9), "origin_day": _NOT_NEGATIVE,
}  # fmt: skip


#: Why a setting of Flee is not carried over; what is not here and not in DispersalSettings is unknown.
REFUSED = {
    "log_levels": "logs of single people; counts have none",
    "max_crossing_speed": "Flee reads it and never uses it in its main rules",
    "read_from_agents_csv_file": "people listed one by one are not read; counts start from the camp counts",
    "camps_are_sicks": "a misspelling of camps_are_sinks that Flee reads (quirk 8)",
    "average_social_connectivity": "only read by the two-system rules, which a settings file cannot turn on (quirk 7)",
    "two_system_decision_making": "never active from a settings file in Flee (quirk 7); no rules here have it",
    "fixed_routes": "routes are enumerated here in any case; major_routes.csv is not read",
    **{
        f"match_{place}_{trait}": f"counts do not keep who is of which {trait} where; in Flee 3.1 it is a constant"
        for place in ("camp", "town", "conflict")
        for trait in ("ethnicity", "religion")
    },
    "flood_link_weights": "Flee reads it and says it is not supported",
    "max_flood_level": "Flee reads it and does not use it",
    **dict.fromkeys(
        (
            "flood_forecaster",
            "flood_forecaster_timescale",
            "flood_forecaster_end_time",
            "flood_forecaster_weights",
            "flood_awareness_weights",
        ),
        "people who act on a flood forecast are not modelled; Flee squares a sum there by mistake (quirk 13)",
    ),
    "number_of_steps": "the length is that of sim_period.csv",
    "conflict_input_file": "conflicts.csv of the instance is read",
    "farming": "harvest rules are not modelled",
    "granularity": "a log setting",
}

#: Other spellings that Flee's files use.
SPELLINGS = {
    "ChildrenAvoidHazards": "children_avoid_hazards", "BoysTakeRisk": "boys_take_risk",
    "MatchCampEthnicity": "match_camp_ethnicity", "MatchTownEthnicity": "match_town_ethnicity",
    "MatchConflictEthnicity": "match_conflict_ethnicity", "MatchCampReligion": "match_camp_religion",
    "MatchTownReligion": "match_town_religion", "MatchConflictReligion": "match_conflict_religion",
}  # fmt: skip

#: Sections whose keys are settings; inner tables that switch a rule on by standing there.
SECTIONS = ("spawn_rules", "move_rules", "optimisations", "log_levels")
SWITCHES = ("conflict_driven_spawning", "flood_driven_spawning", "flood_rules")
#: Names in the table flood_driven_spawning that mean another thing elsewhere.
FLOOD_NAMES = {"spawn_mode": "flood_spawn_mode", "displaced_per_conflict_day": "displaced_per_flood_day"}


def read_settings(reader: Reader, path: Path) -> dict[str, Value]:
    """Read a ``simsetting.yml``: the settings in it by name, without defaults.

    Faults (unreadable values) go to the reader's faults; a setting that cannot be carried over
    is listed by name in its notes, with the reason.
    """
    if not path.is_file():
        reader.fault(path, None, "", None, "this file, which is missing")
        return {}
    try:
        document = yaml.safe_load(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        reader.fault(path, None, "", None, "text in UTF-8")
        return {}
    except (yaml.YAMLError, OSError) as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        reader.fault(path, None if mark is None else mark.line + 1, "", None, f"YAML; found instead: {told}")
        return {}
    if document is None:
        reader.notes.append(f"{path.name}: it is empty, so Flee's defaults hold")
        return {}
    if not isinstance(document, Mapping):
        reader.fault(path, None, "", str(document), "sections such as move_rules:")
        return {}
    settings: dict[str, Value] = {}
    for section, content in document.items():
        if section == "log_levels":
            reader.notes.append(f"{path.name}: log_levels not carried over: {REFUSED['log_levels']}")
        elif section in SECTIONS and isinstance(content, Mapping):
            _take(reader, path, content, settings)
        elif section in SECTIONS and content is not None:
            reader.fault(path, None, str(section), str(content), "settings under it, each name: value")
        elif content is not None:
            _take(reader, path, {section: content}, settings)
    _apply_modes(settings)
    _apply_first_rules(settings)
    if settings.get("conflict_zone_spawning_only", True) and settings.get("flood_zone_spawning_only"):
        expected_here = "false, as conflict_zone_spawning_only is true (as it is by default) and Flee stops at both"
        reader.fault(path, None, "flood_zone_spawning_only", "True", expected_here)
    return settings


def _take(reader: Reader, path: Path, table: Mapping[str, object], settings: dict[str, Value]) -> None:
    """Take the settings of one table of the file into `settings`."""
    known = kinds()
    for key, value in table.items():
        name = SPELLINGS.get(str(key), str(key))
        if name in SWITCHES and isinstance(value, Mapping):
            if name in known:
                settings[name] = True
            inner = dict(value)
            if name == "flood_driven_spawning":
                inner = {FLOOD_NAMES.get(str(one), one): content for one, content in value.items()}
            _take(reader, path, inner, settings)
            continue
        if name == "camps_are_sinks":
            reader.notes.append(
                f"{path.name}: {name} acts under the rule set caravana only: Flee looks for another spelling (quirk 8)"
            )
        if name == "use_v1_rules" or name in known:
            try:
                settings[name] = coerce(name if name in known else "start_on_foot", value)
            except UsageError:
                what = expected(name) if name in known else "true or false"
                reader.fault(path, None, name, str(value), f"{what} for this setting")
            continue
        reason = REFUSED.get(name, "no such setting is known")
        reader.notes.append(f"{path.name}: {name} not carried over: {reason}")


def _apply_modes(settings: dict[str, Value]) -> None:
    """Write out the rate that Flee takes where people are displaced as a share of inhabitants and none is given."""
    if settings.get("spawn_mode") == "pop_ratio":
        settings.setdefault("displaced_per_conflict_day", 0.01)


def _apply_first_rules(settings: dict[str, Value]) -> None:
    """Write out what ``use_v1_rules`` overrides, as Flee does after reading all else."""
    if settings.pop("use_v1_rules", False):
        settings.update(
            max_move_speed=200.0, start_on_foot=False, avoid_short_stints=False,
            camp_weight=2.0, conflict_weight=0.25,
        )  # fmt: skip
