"""Import of a Flee instance (``input_csv/`` and ``source_data/``) as a scenario.

Nothing is dropped in silence: what cannot be carried over is listed by name in the notes.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.importers.base import ImportResult, refuse_taken
from caravana.importers.flee.attributes import read_attributes
from caravana.importers.flee.counts import CountSeries, correct_registrations, read_counts
from caravana.importers.flee.demographics import read_demographics, read_likeness
from caravana.importers.flee.events import EPOCH, conflicts_begun, read_closures, read_conflicts, read_location_changes
from caravana.importers.flee.places import PlaceTable, read_links, read_places
from caravana.importers.flee.settings import read_settings
from caravana.importers.rows import Reader, day_date, identifiers
from caravana.scenario.checks.sense import sense_notes
from caravana.scenario.checks.whole import check_scenario
from caravana.scenario.declared import PERSON
from caravana.scenario.folders import write_scenario
from caravana.scenario.model import Event, Observation, Place, Scenario, Source

if TYPE_CHECKING:
    from caravana.scenario.reading.faults import Fault
    from caravana.scenario.settings import Value

KNOWN_INPUTS = {
    "locations.csv", "routes.csv", "closures.csv", "conflicts.csv", "registration_corrections.csv",
    "sim_period.csv", "conflict_period.csv", "flood_level.csv", "agents.csv", "location_changes.csv",
}  # fmt: skip
SETTINGS_FILES = ("simsetting.yml", "simulationsetting.yml", "simsetting.csv")
CAMPS = ("camp", "idpcamp")
#: Most days of an instance: a century.
MOST_DAYS = 36_525


def import_flee(
    instance_dir: str | Path,
    settings: str | Path | None = None,
    out: str | Path | None = None,
    *,
    overwrite: bool = False,
) -> ImportResult:
    r"""Read a Flee instance.

    Parameters
    ----------
    instance_dir
        Folder with ``input_csv/`` and ``source_data/``.
    settings
        A ``simsetting.yml``; without it Flee's defaults hold.
    out
        Folder to write the scenario to, if any.
    overwrite
        Whether a scenario that is in `out` already gives way.

    Returns
    -------
    ImportResult
        Faults are returned, not raised: see :meth:`ImportResult.require`.

    Raises
    ------
    UsageError
        If `out` is there and not empty, and is not to be overwritten.

    Examples
    --------
    >>> import caravana as cv
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> tables = {
    ...     "input_csv/locations": "#name,region,country,lat,lon,location_type,conflict_date,population\n"
    ...     "Town,R,C,9.0,30.0,conflict_zone,0,9000\nCamp,R,D,8.5,30.5,camp,,5000\n",
    ...     "input_csv/routes": "#name1,name2,distance,forced_redirection\nTown,Camp,90,0\n",
    ...     "input_csv/closures": "#closure_type,name1,name2,closure_start,closure_end\n",
    ...     "input_csv/conflicts": "#Day,Town\n0,1\n1,1\n2,1\n",
    ...     "input_csv/sim_period": "StartDate,2024-01-01\nLength,3\n",
    ...     "source_data/data_layout": "total,total.csv\nCamp,camp.csv\n",
    ...     "source_data/total": "2024-01-01,10\n2024-01-03,800\n",
    ...     "source_data/camp": "2024-01-01,10\n2024-01-03,800\n",
    ... }
    >>> for name, text in tables.items():
    ...     path = folder / f"{name}.csv"
    ...     path.parent.mkdir(exist_ok=True)
    ...     _ = path.write_text(text)
    >>> len(cv.import_flee(folder).scenario.links)
    1
    """
    if out is not None and not overwrite:
        refuse_taken(Path(out))
    result = read_instance(Path(instance_dir), None if settings is None else Path(settings))
    if out is not None and result.scenario is not None:
        write_scenario(result.scenario, Path(out), declared_by={})
    return result


def read_instance(root: Path, settings: Path | None) -> ImportResult:
    """Read a Flee instance and write nothing (see :func:`import_flee`)."""
    reader = Reader(root)
    if not root.is_dir():
        reader.fault(root, None, "", None, "a folder with input_csv and source_data")
        return ImportResult(None, (), reader.listed())
    table = PlaceTable()
    parts = _read_parts(reader, root, settings, table)
    if parts is None:
        return ImportResult(None, tuple(dict.fromkeys(reader.notes)), reader.listed())
    scenario = _scenario(root, reader, parts)
    faults = check_scenario(scenario, declared_by={})
    if misplaced := _misplaced(faults, scenario, located=bool(scenario.settings.get("stay_close_to_home"))):
        places = list(scenario.places)
        for at in misplaced:
            reader.notes.append(
                f"locations.csv line {table.lines[at]}: coordinates {places[at].lat:g}, {places[at].lon:g} of"
                f" {places[at].name} not carried over: far from all other places, and near them the other way round"
            )
            places[at] = places[at].model_copy(update={"lat": None, "lon": None})
        scenario = _scenario(root, reader, {**parts, "places": tuple(places)})
        faults = check_scenario(scenario, declared_by={})
    if faults:
        name = "the settings" if settings is None else reader.name(settings)
        return ImportResult(None, scenario.notes, tuple(_of_instance(fault, table, name) for fault in faults))
    notes = tuple(dict.fromkeys((*scenario.notes, *(f"{reader.name(root)}: {one}" for one in sense_notes(scenario)))))
    return ImportResult(scenario, notes, ())


def _scenario(root: Path, reader: Reader, parts: dict[str, Any]) -> Scenario:
    """Make the scenario of what was read."""
    name = root.resolve().name or "Flee instance"
    return Scenario(
        name=identifiers([name])[name],
        title=name,
        description="Imported from a Flee instance.",
        rules="flee",
        notes=tuple(dict.fromkeys(reader.notes)),
        kinds=(PERSON,),
        sources=(
            Source(
                id="flee-instance",
                kind="dataset",
                publisher=name,
                note="input_csv and source_data of a Flee instance",
            ),
        ),
        **parts,
    )


def _misplaced(faults: list[Fault], scenario: Scenario, *, located: bool) -> list[int]:
    """Places whose coordinates seem to be swapped, by their index; none where a rule needs to know where they are."""
    lines = [one.row or 0 for one in faults if one.file == "places.csv" and "swapped" in one.expected and not located]
    return [line - 2 for line in lines if 0 <= line - 2 < len(scenario.places)]


#: Files and columns of a scenario by what an instance calls them.
FILES = {"places.csv": "input_csv/locations.csv", "links.csv": "input_csv/routes.csv"}
INSTANCE_COLUMNS = {
    "state": "region", "lat": "latitude", "lon": "longitude", "kind": "location_type", "from_id": "name1",
    "to_id": "name2", "km": "distance", "redirect": "forced_redirection",
}  # fmt: skip


def _of_instance(fault: Fault, table: PlaceTable, settings: str) -> Fault:
    """Say where in the instance, or in its file of `settings`, a fault of the scenario comes from."""
    if fault.column.startswith("settings."):
        return replace(fault, file=settings, column=fault.column.removeprefix("settings."))
    if fault.file == "observations.csv" and fault.row is None:
        return replace(fault, file="source_data/data_layout.csv")
    lines = {"places.csv": table.lines, "links.csv": table.link_lines}.get(fault.file)
    if lines is None:
        return fault
    at = None if fault.row is None else fault.row - 2
    line = lines[at] if at is not None and 0 <= at < len(lines) else None
    column = INSTANCE_COLUMNS.get(fault.column, fault.column)
    return replace(fault, file=FILES[fault.file], row=line, column=column)


def _read_parts(reader: Reader, root: Path, settings: str | Path | None, table: PlaceTable) -> dict[str, Any] | None:
    """Read what an instance says of the scenario, by field, and its places into `table`; None where there are faults.

    Where the period cannot be read, all else is read for its faults with a first date that stands in.
    """
    inputs, counts_dir = root / "input_csv", root / "source_data"
    given, length = _read_period(reader, inputs / "sim_period.csv")
    start = given or EPOCH
    chosen: dict[str, Value] = {} if settings is None else read_settings(reader, Path(settings))
    read_places(reader, inputs / "locations.csv", table, located=bool(chosen.get("stay_close_to_home")))
    links = read_links(reader, inputs / "routes.csv", table)
    events = read_closures(reader, inputs / "closures.csv", table, start)
    if settings is None:
        reader.notes.extend(
            f"{name}: in the instance's folder, but not read; give it as the settings"
            for name in SETTINGS_FILES if (root / name).is_file()
        )  # fmt: skip
    flood_rules = bool(chosen.get("flood_driven_spawning") or chosen.get("flood_zone_spawning_only"))
    series = read_conflicts(reader, inputs / "conflicts.csv", table, length, given, required=not flood_rules)
    events += read_location_changes(reader, [inputs, root], table, start)
    begun = conflicts_begun(reader, series, table)
    demographics = read_demographics(reader, inputs, table, chosen)
    series += [*read_likeness(demographics, chosen, table), *read_attributes(reader, inputs, table, length), *begun]
    chosen |= demographics
    if (inputs / "agents.csv").is_file():
        reader.notes.append("agents.csv: people listed one by one are not read; counts start from the camp counts")
    if chosen.get("conflict_driven_spawning") and chosen.get("flood_driven_spawning"):
        reader.notes.append("conflicts and floods both displace people: their numbers are added")
    for name in ("flee_when_starving", "avoid_food_deprived_locations"):
        if chosen.get(name) and not any(inputs.glob("region_attributes_IPC*.csv")):
            reader.notes.append(f"{name}: has no effect without region_attributes_IPC.csv, of which there is none")
    if chosen.get("flood_driven_spawning") and not (inputs / "flood_level.csv").is_file():
        reader.fault(inputs / "flood_level.csv", None, "", None, "this file, which flood_driven_spawning needs")
    own = bool(chosen.get("conflict_driven_spawning") or chosen.get("flood_driven_spawning"))
    counts = read_counts(reader, counts_dir, required=not own)
    correct_registrations(reader, inputs / "registration_corrections.csv", counts, given)
    _note_unread(reader, inputs)
    _note_beside(reader, root, settings)
    observations = _observations(reader, counts, table, events)
    if reader.faulty(inputs / "locations.csv"):
        _forget_names(reader, known=bool(table.ids))
    if reader.faults or length is None:
        return None
    return {
        "start": start, "end": start + dt.timedelta(days=length - 1), "settings": chosen,
        "places": tuple(table.places), "links": tuple(links), "events": tuple(events), "series": tuple(series),
        "observations": tuple(observations),
    }  # fmt: skip


def _read_period(reader: Reader, path: Path) -> tuple[dt.date | None, int | None]:
    """Read ``sim_period.csv``: first date and number of days."""
    older = path.with_name("conflict_period.csv")
    if not path.is_file() and older.is_file():
        reader.notes.append(f"{older.name}: read in place of {path.name}, which is missing (its older name)")
        path = older
    start: dt.date | None = None
    length: int | None = None
    seen: set[str] = set()
    for row in reader.rows(path, columns=2, read=2):
        key = row.cells[0].lower()
        if key in seen:
            reader.fault(path, row.number, row.cells[0], row.cells[1], "a row that stands there once")
        elif key == "startdate":
            start = reader.date(path, row.number, "StartDate", row.cells[1])
        elif key == "length":
            length = reader.whole(path, row.number, "Length", row.cells[1], low=1)
        else:
            reader.notes.append(f"{path.name} line {row.number}: {row.cells[0]} not carried over: no rule reads it")
        seen.add(key)
    if path.is_file() and not reader.faulty(path):
        for needed in {"startdate": "StartDate", "length": "Length"}.items():
            if needed[0] not in seen:
                reader.fault(path, None, needed[1], None, "a row of this name")
    if start is not None and length is not None and (length > MOST_DAYS or day_date(start, length) is None):
        reader.fault(path, None, "Length", str(length), f"at most {MOST_DAYS:,} days")
        length = None
    return start, length


def _observations(
    reader: Reader, counts: list[CountSeries], table: PlaceTable, events: list[Event]
) -> list[Observation]:
    """Turn counts into observations: camps by place, the total and camps without a place apart."""
    rows: list[Observation] = []
    ids = identifiers([one.name for one in counts])
    camps = {place.id for place in table.places if place.kind in CAMPS}
    camps |= {event.place_id or "" for event in events if event.kind == "location_change" and event.unit in CAMPS}
    for index, one in enumerate(counts):
        place = table.ids.get(one.name)
        if index and place not in camps:
            # Flee records camps only: what is counted elsewhere is part of the sum of the counts.
            where = "is not in locations.csv" if place is None else "is no camp in locations.csv"
            reader.notes.append(f"data_layout.csv: {one.name} {where}; its counts only drive how many are displaced")
            place = None
        kind = "total_count" if index == 0 else "camp_count" if place else "camp_count_elsewhere"
        note = "" if place else one.name
        reader.notes += [
            f"registration_corrections.csv: counts of {one.name} before {on} multiplied by {factor:.4g} "
            f"from {on} on; until then they are known as they were reported"
            for on, factor in one.corrections
        ]
        for date, known_on, value in one.versions():
            corrected = known_on > date
            again = f"-corrected-{known_on:%Y%m%d}" if corrected else ""
            rows.append(Observation(
                id=f"un-{ids[one.name]}-{date:%Y%m%d}{again}", date=date, known_on=known_on, place_id=place, kind=kind,
                low=value, high=value, qualifier="exact", speaker_role="UN refugee agency",
                speaker_side="observer", source_id="flee-instance",
                note=note or ("registration correction applied" if corrected else ""),
            ))  # fmt: skip
    counted = {one.name for one in counts[1:]}
    for uncounted in _uncounted(table.places, counted) if counted else ():
        reader.notes.append(f"locations.csv: camp {uncounted} has no counts in data_layout.csv; simulated, not scored")
    return rows


def _uncounted(places: list[Place], counted: set[str]) -> list[str]:
    """Names of camps without counts."""
    return [place.name for place in places if place.kind in CAMPS and place.name not in counted]


def _forget_names(reader: Reader, *, known: bool) -> None:
    """Drop what was noted of names where the list of places has faults: those are what is wrong.

    Where no name of a place is `known`, faults about names go as well: there is nothing to look them up in.
    """
    of_names = ("in locations.csv", "no such place", "no place is in", "is not in locations.csv", "locations.csv: camp")
    reader.notes[:] = [note for note in reader.notes if not any(part in note for part in of_names)]
    if not known:
        reader.faults[:] = [one for one in reader.faults if not one.expected.endswith(of_names[0])]


def _note_unread(reader: Reader, inputs: Path) -> None:
    """List input files that nothing reads."""
    prefixes = ("demographics_", "region_attributes_", "location_attributes_")
    for path in sorted(inputs.glob("*")) if inputs.is_dir() else []:
        if path.name not in KNOWN_INPUTS and not path.name.startswith(prefixes):
            reason = "routes are enumerated" if path.name.startswith("major_") else "no rule reads it"
            reader.notes.append(f"{path.name}: not carried over: {reason}")


def _note_beside(reader: Reader, root: Path, settings: str | Path | None) -> None:
    """List what stands beside the two folders of an instance and is not read."""
    read = {"input_csv", "source_data", "location_changes.csv", *(SETTINGS_FILES if settings is None else ())}
    given = None if settings is None else os.path.realpath(settings)
    # Unlike `resolve`, this leaves a link that leads to itself as it is.
    others = [
        path.name
        for path in sorted(root.iterdir())
        if path.name not in read and not path.name.startswith(".") and os.path.realpath(path) != given
    ]
    if others:
        reader.notes.append(f"beside input_csv and source_data, and not carried over: {', '.join(others)}")
