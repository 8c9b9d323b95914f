"""Reading a ``simsetting.yml`` of Flee: what is set, what is not carried over, and why.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import yaml

from caravana.errors import UsageError
from caravana.received import as_utf8, encoding_of, read_ordinary
from caravana.scenario.reading.faults import shown
from caravana.scenario.settings import coerce, expected, kinds
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.rows import Reader
    from caravana.scenario.settings import Value

#: Why a setting of Flee is not carried over; what is not here and not in DisplacementSettings is unknown.
REFUSED = {
    "log_levels": (
        "logs of single people; counts have none (the column total IDPs of idp_totals, those in idpcamps, is in the"
        " run's table of people by place and in the report)"
    ),
    "max_crossing_speed": "Flee reads it and never uses it in its main rules",
    "read_from_agents_csv_file": "people listed one by one are not read; counts start from the camp counts",
    "camps_are_sicks": "a misspelling of camps_are_sinks that Flee reads (quirk 8)",
    "average_social_connectivity": (
        "only read by the two-system rules, which a settings file cannot turn on (quirks 7, 36, 37)"
    ),
    "two_system_decision_making": "never active from a settings file in Flee (quirk 7); no rules here have it",
    "fixed_routes": (
        "Flee squares scores there, fills camps that are full, loses the first road of a major route and stops at an"
        " empty one (quirks 38 to 41): routes are enumerated here in any case"
    ),
    **{f"match_{place}_religion": "Flee has no such rule; only match_camp_religion" for place in ("town", "conflict")},
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
        "Flee squares a sum there, gives all that is not forecast a weight of nothing, and stops at lists of the"
        " documented length (quirks 13, 31 to 35, 52)",
    ),
    "ElderlyTakeRisks": "Flee has no such rule; only a note of its changes names it",
    "deactivation_probability": "Flee reads it as text and stops (quirk 49)",
    "number_of_steps": "the length is that of sim_period.csv",
    "conflict_input_file": "conflicts.csv of the instance is read",
    "granularity": "a log setting",
}

#: Other spellings that Flee's files use.
SPELLINGS = {
    "ChildrenAvoidHazards": "children_avoid_hazards", "BoysTakeRisk": "boys_take_risk",
    "ElderlyAvoidHazards": "elderly_avoid_hazards", "WomenAvoidHazards": "women_avoid_hazards",
    "use_economic_pull": "economic_pull", "flood_driven_spawn_mode": "flood_driven_spawning",
    "MatchCampEthnicity": "match_camp_ethnicity", "MatchTownEthnicity": "match_town_ethnicity",
    "MatchConflictEthnicity": "match_conflict_ethnicity", "MatchCampReligion": "match_camp_religion",
    "MatchTownReligion": "match_town_religion", "MatchConflictReligion": "match_conflict_religion",
}  # fmt: skip

#: Settings that Flee reads in vain, or stops at, and why.
WALK_ONLY = {
    "camps_are_sinks": "Flee looks for another spelling (quirk 8)",
    **dict.fromkeys(
        ("match_camp_ethnicity", "match_town_ethnicity", "match_conflict_ethnicity", "match_camp_religion"),
        "Flee takes people who happen to be there for inhabitants, and stops on the first long road (quirks 21 to 23)",
    ),
}
#: Names that the manual has and Flee does not read.
NEVER_READ = {
    "economic_pull": "Flee's own name for it is use_economic_pull",
    "flood_spawn_mode": "Flee reads spawn_mode in flood_driven_spawn_mode only (quirk 30)",
}
#: Sections whose keys are settings; inner tables that switch a rule on by standing there.
#: Largest file of settings read, and the aliases (``*name``) it may have: it is written by hand.
MOST_BYTES = 2**18
MOST_ALIASES = 20
SECTIONS = ("spawn_rules", "move_rules", "optimisations", "log_levels")
SWITCHES = ("conflict_driven_spawning", "flood_driven_spawning", "flood_rules")
#: Where Flee looks for a setting; those that its versions keep in different places are not here.
LOOKED_FOR = {
    **dict.fromkeys(
        (
            "take_from_population", "insert_day0", "conflict_zone_spawning_only", "flood_zone_spawning_only",
            "read_from_agents_csv_file", "sum_from_camps", "conflict_driven_spawning", "flood_driven_spawning",
            "conflict_spawn_decay", "conflict_spawn_decay_interval", "empty_camps_on_day0",
            "starvation_driven_spawning",
        ),
        "spawn_rules",
    ),
    **dict.fromkeys(
        (
            "max_move_speed", "max_walk_speed", "foreign_weight", "camp_weight", "conflict_weight",
            "conflict_movechance", "camp_movechance", "idpcamp_movechance", "default_movechance", "awareness_level",
            "capacity_buffer", "capacity_scaling", "avoid_short_stints", "start_on_foot", "use_v1_rules", "softening",
            "weight_softening", "weight_power", "distance_power", "stay_close_to_home", "home_distance_power",
            "use_pop_for_loc_weight", "pop_power_for_loc_weight", "movechance_pop_base",
            "movechance_pop_scale_factor", "children_avoid_hazards", "boys_take_risk", "elderly_avoid_hazards",
            "women_avoid_hazards", "match_camp_ethnicity", "match_town_ethnicity", "match_conflict_ethnicity",
            "match_camp_religion",
        ),
        "move_rules",
    ),
    "default_conflict_intensity": "",
    "hasten": "optimisations",
    "displaced_per_conflict_day": "conflict_driven_spawning",
    "displaced_per_flood_day": "flood_driven_spawning",
    "flood_spawn_mode": "flood_driven_spawning",
}  # fmt: skip
#: Names in the table flood_driven_spawning that mean another thing elsewhere.
FLOOD_NAMES = {"spawn_mode": "flood_spawn_mode", "displaced_per_conflict_day": "displaced_per_flood_day"}


def read_settings(reader: Reader, path: Path) -> dict[str, Value]:
    """Read a ``simsetting.yml``: the settings in it by name, without defaults.

    Faults (unreadable values) go to the reader's faults; a setting that cannot be carried over
    is listed by name in its notes, with the reason.
    """
    if not path.is_file():
        what = "a file; this is a folder" if path.is_dir() else "this file, which is missing"
        reader.fault(path, None, "", None, what)
        return {}
    read = _load(reader, path)
    if read is None:
        return {}
    document, lines = read
    settings: dict[str, Value] = {}
    for section, content in document.items():
        if section == "log_levels":
            reader.notes.append(f"{path.name}: log_levels not carried over: {REFUSED['log_levels']}")
        elif section in SECTIONS and isinstance(content, Mapping):
            _take(reader, path, content, settings, where=str(section), lines=lines)
        elif section in SECTIONS and content is not None:
            reader.fault(
                path, lines.get(str(section)), str(section), str(content), "settings under it, each name: value"
            )
        elif section not in SECTIONS:
            _take(reader, path, {str(section): content}, settings, where="", lines=lines)
    _apply_modes(settings)
    _apply_first_rules(settings)
    if settings.get("conflict_zone_spawning_only", True) and settings.get("flood_zone_spawning_only"):
        expected_here = "false, as conflict_zone_spawning_only is true (as it is by default) and Flee stops at both"
        reader.fault(path, lines.get("flood_zone_spawning_only"), "flood_zone_spawning_only", "True", expected_here)
    return settings


class _Loader(yaml.SafeLoader):
    """Loads plain YAML, and keeps the line of each key and the keys that one table has twice."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.lines: dict[str, int] = {}
        self.twice: list[tuple[str, int, int]] = []
        self.aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node; a file that names parts of itself over and over is refused, as it may grow without end."""
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.composer.ComposerError(None, None, f"more than {MOST_ALIASES} aliases (*name)", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        """Construct a table; its keys are looked at on the way."""
        seen: dict[str, int] = {}
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                continue
            line = key.start_mark.line + 1
            if key.value in seen:
                self.twice.append((key.value, line, seen[key.value]))
            seen.setdefault(key.value, line)
            self.lines[key.value] = line
        return super().construct_mapping(node, deep)


def _load(reader: Reader, path: Path) -> tuple[Mapping[object, object], dict[str, int]] | None:
    """Load a file of settings with the lines of its keys; None (and a fault or a note) where there are none."""
    try:
        raw = read_ordinary(path, most_bytes=MOST_BYTES)
    except OSError as error:
        reader.fault(path, None, "", None, f"a file that can be read; the system says: {error.strerror}")
        return None
    if encoding := encoding_of(raw):
        reader.fault(path, None, "", None, as_utf8(encoding))
        return None
    try:
        loader = _Loader(raw.decode("utf-8-sig"))
        document = loader.get_single_data()
    except RecursionError:
        reader.fault(path, None, "", None, "YAML with lists and tables nested less deeply")
        return None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # PyYAML lets the errors of its own conversions through: a date of a month 13, a number of 5,000 digits.
        what = "YAML with values that can be read; found instead: "
        reader.fault(path, None, "", None, what + shown(str(error).split("\n", 1)[0]))
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        reader.fault(path, None if mark is None else mark.line + 1, "", None, f"YAML; found instead: {problem}")
        return None
    for key, line, first in loader.twice:
        reader.fault(
            path, line, key, None, f"a key that stands there once; line {first} has it, and which is meant is not known"
        )
    if document is None:
        reader.notes.append(f"{path.name}: it is empty, so Flee's defaults hold")
        return None
    if not isinstance(document, Mapping):
        reader.fault(path, None, "", str(document), "sections such as move_rules:")
        return None
    return document, loader.lines


def _take(
    reader: Reader,
    path: Path,
    table: Mapping[str, object],
    settings: dict[str, Value],
    *,
    where: str,
    lines: Mapping[str, int],
) -> None:
    """Take the settings of one table of the file, which stands under `where`, into `settings`."""
    known = kinds()
    for key, value in table.items():
        name = SPELLINGS.get(str(key), str(key))
        if name in ("spawn_mode", "flood_spawn_mode") and where not in SWITCHES:
            reader.notes.append(_elsewhere(path, name, where, "conflict_driven_spawning or flood_driven_spawning"))
            continue
        if LOOKED_FOR.get(name, where) != where:
            reader.notes.append(_elsewhere(path, name, where, LOOKED_FOR[name]))
            continue
        if name in SWITCHES and isinstance(value, Mapping):
            if name == "flood_driven_spawning" and str(key) == name:
                reader.notes.append(f"{path.name}: {name} acts here; Flee reads flood_driven_spawn_mode (quirk 30)")
            if name in known:
                settings[name] = True
            inner = dict(value)
            if name == "flood_driven_spawning":
                inner = {FLOOD_NAMES.get(str(one), one): content for one, content in value.items()}
            _take(reader, path, inner, settings, where=name, lines=lines)
            continue
        if name in WALK_ONLY:
            reader.notes.append(f"{path.name}: {name} acts under the rules walk only: {WALK_ONLY[name]}")
        if str(key) in NEVER_READ:
            reader.notes.append(f"{path.name}: {key} acts here; {NEVER_READ[str(key)]}")
        if name == "use_v1_rules" or name in known:
            try:
                settings[name] = coerce(name if name in known else "start_on_foot", value)
            except UsageError:
                what = expected(name) if name in known else "true or false"
                reader.fault(path, lines.get(str(key)), str(key), str(value), f"{what} for this setting")
            continue
        reason = REFUSED.get(name) or f"no such setting is known{did_you_mean(name, (*known, *REFUSED))}"
        reader.notes.append(f"{path.name}: {name} not carried over: {reason}")


def _elsewhere(path: Path, name: str, where: str, section: str) -> str:
    """Note a setting that stands where Flee does not look for it."""
    stands = f"under {where}" if where else "under no section"
    there = f"under {section}" if section else "outside of any section"
    return f"{path.name}: {name} not carried over: it stands {stands}; Flee looks for it {there}"


def _apply_modes(settings: dict[str, Value]) -> None:
    """Write out the rates that Flee takes where none is given, which hang on the mode."""
    if settings.get("spawn_mode") == "pop_ratio":
        settings.setdefault("displaced_per_conflict_day", 0.01)
    if settings.get("flood_driven_spawning") and settings.get("flood_spawn_mode", "constant") != "pop_ratio":
        settings.setdefault("displaced_per_flood_day", (0.0, 100.0, 200.0, 300.0, 500.0))


def _apply_first_rules(settings: dict[str, Value]) -> None:
    """Write out what ``use_v1_rules`` overrides, as Flee does after reading all else."""
    if settings.pop("use_v1_rules", False):
        settings.update(
            max_move_speed=200.0, start_on_foot=False, avoid_short_stints=False,
            camp_weight=2.0, conflict_weight=0.25,
        )  # fmt: skip
