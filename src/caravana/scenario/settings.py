"""Settings of the displacement models: names, kinds, bounds and defaults, as in Flee."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = bool | int | float | str | tuple[float, ...]

#: Values that stand for false in a YAML file or on a command line.
FALSE = {"false", "no", "off", "0", "0.0", ""}
TRUE = {"true", "yes", "on", "1", "1.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplacementSettings:
    """Settings of the displacement models; the defaults are Flee's.

    Distances in km, speeds in km a day, chances a day.  ``hasten``: one simulated person stands
    for so many; it thins chance as Flee does and is 1 unless one wants Flee's noise.
    ``origin_day`` is the last day whose counts the rules ``camp-shares`` may see; with
    ``forecast_total`` it forecasts the sum over camps as well, which it otherwise takes from the
    counts, as Flee does.  ``crisis_start`` is the date on which people began to flee, where that is
    not the first day: camps fill the more slowly the older the crisis.  ``return_hazard``, a day, is
    that of going home for good, of everybody who rests somewhere; the series ``return`` has it by day and place.
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
    default_conflict_intensity: float = 1.0
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
    harvest_months: tuple[float, ...] = ()
    return_hazard: float = 0.0
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
    elderly_avoid_hazards: bool = False
    women_avoid_hazards: bool = False
    match_camp_ethnicity: bool = False
    match_town_ethnicity: bool = False
    match_conflict_ethnicity: bool = False
    match_camp_religion: bool = False
    avg_religion_fraction: float = 0.25
    # cost
    hasten: int = 1
    # forecasts (camp-shares only)
    origin_day: int = 0
    forecast_total: bool = False
    crisis_start: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> DisplacementSettings:
        """Take the settings of a scenario; names that are not of these rules are passed over.

        Raises
        ------
        UsageError
            If a value cannot be read as what the setting is.
        """
        known = kinds()
        return cls(**{name: coerce(name, value) for name, value in settings.items() if name in known})

    def crisis_age(self, start: dt.date) -> int:
        """Days since the crisis began, on the first day of a scenario; 0 where no other day is declared."""
        return (start - dt.date.fromisoformat(self.crisis_start)).days if self.crisis_start else 0

    def check_origin(self, days: int) -> None:
        """Check that ``origin_day`` is a day of a run of so many days.

        Raises
        ------
        UsageError
            If it is none.
        """
        if not 0 <= self.origin_day < days:
            raise UsageError(f"origin_day {self.origin_day}: expected a day from 0 to {days - 1}")


# Read once: it takes 2 ms, and every world that is compiled asks for it.
_HINTS = get_type_hints(DisplacementSettings)
_KINDS = {field.name: _HINTS[field.name] for field in fields(DisplacementSettings)}


def kinds() -> dict[str, type]:
    """Name and type of every setting."""
    return dict(_KINDS)


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
            number = _number(value)
            taken = None if isinstance(value, bool) or (kind is int and number % 1) else kind(number)
        else:
            taken = _numbers(name, value)
    except (TypeError, ValueError, OverflowError):
        taken = None
    if taken is None or not _within(name, taken):
        raise UsageError(f"setting {name}: {value!r} is not a value of it; expected {expected(name)}")
    return taken


def _number(value: object) -> float:
    """Read one number; Python takes 1_000 for one, nothing else does."""
    text = str(value)
    return math.nan if "_" in text else float(text)


def _numbers(name: str, value: object) -> tuple[float, ...] | None:
    """Read a list of numbers; None where it is not one."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(_number(part) for part in value.strip("()[] ").replace(";", ",").split(",") if part.strip())
    if isinstance(value, list | tuple):
        return tuple(float(one) for one in value)
    # One number for every level of the flood.
    return (float(str(value)),) if name == "displaced_per_flood_day" and not isinstance(value, bool) else None


def _within(name: str, value: object) -> bool:
    """Whether a value is finite and within its bounds, or one of the words of its setting."""
    if isinstance(value, bool):
        return True
    if isinstance(value, str):
        return _is_date(value) if name in DATES else name not in WORDS or value in WORDS[name]
    low, high = BOUNDS.get(name, (-math.inf, math.inf))
    numbers = value if isinstance(value, tuple) else (value,)
    return all(isinstance(one, int | float) and math.isfinite(one) and low <= one <= high for one in numbers)


def _is_date(text: str) -> bool:
    """Whether a text is a date, or empty."""
    try:
        return not text or bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def expected(name: str) -> str:
    """What a setting may be, in plain words."""
    kind = kinds()[name]
    if name in DATES:
        return "a date such as 2012-01-17"
    if name in WORDS:
        return f"one of {', '.join(WORDS[name])}"
    if kind is bool:
        return "true or false"
    what = {int: "a whole number", float: "a number", str: "a word"}.get(kind, "a list of numbers")
    low, high = BOUNDS.get(name, (-math.inf, math.inf))
    if math.isfinite(low) and math.isfinite(high):
        return f"{what} from {low:g} to {high:g}"
    return f"{what} of at least {low:g}" if math.isfinite(low) else what


#: Settings that are dates, or empty.
DATES = ("crisis_start",)
#: Words that a setting may be.
WORDS = {"spawn_mode": ("constant", "pop_ratio", "poisson"), "flood_spawn_mode": ("constant", "pop_ratio", "poisson")}

_SHARE, _POSITIVE, _NOT_NEGATIVE = (0.0, 1.0), (1e-6, math.inf), (0.0, math.inf)
#: Least and largest value of a setting (of each item of a list); others may be any finite number.
BOUNDS: dict[str, tuple[float, float]] = {
    "default_conflict_intensity": _NOT_NEGATIVE, "harvest_months": (1, 12), "return_hazard": (0.0, 10.0),
    "avg_religion_fraction": (1e-6, 1.0),
    "displaced_per_conflict_day": _NOT_NEGATIVE, "displaced_per_flood_day": _NOT_NEGATIVE,
    "conflict_spawn_decay": _NOT_NEGATIVE, "conflict_spawn_decay_interval": (1, math.inf),
    "max_move_speed": _POSITIVE, "max_walk_speed": _POSITIVE,
    "conflict_movechance": _SHARE, "camp_movechance": _SHARE, "idpcamp_movechance": _SHARE,
    "default_movechance": _SHARE, "flood_movechances": _SHARE, "movechance_pop_base": _POSITIVE,
    "awareness_level": (0, 20), "foreign_weight": _NOT_NEGATIVE, "camp_weight": _NOT_NEGATIVE,
    "conflict_weight": _NOT_NEGATIVE, "flood_loc_weights": _NOT_NEGATIVE, "capacity_buffer": _SHARE,
    "capacity_scaling": _NOT_NEGATIVE, "softening": _NOT_NEGATIVE, "weight_softening": _NOT_NEGATIVE,
    "weight_power": _NOT_NEGATIVE, "pruning_threshold": _NOT_NEGATIVE, "hasten": (1, 10.0**9),
    "origin_day": _NOT_NEGATIVE,
}  # fmt: skip
