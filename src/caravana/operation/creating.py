"""Makes an operation: a folder with its settings, its scenario, and a ledger that holds what is reported already."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.atomic import move_folder, new_folder_beside, write_text
from caravana.errors import CaravanaError, UsageError
from caravana.models.scenarios import load_as_written, read_scenario, write_scenario
from caravana.operation.folder import FORMAT, SETTINGS_FILE, Operation, open_operation
from caravana.operation.ledger import open_ledger
from caravana.scenario.packaged_roads import find_road, road_names
from caravana.scenario.writing import toml_text

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario
    from caravana.scenario.packaged_roads import PackagedRoad

LONGEST_DAYS = 400


@dataclass(frozen=True)
class Departure:
    """A caravan that sets out on a packaged road.

    Attributes
    ----------
    road
        The road's name.
    departs, until
        Its first day under way, and the last day that is looked at.
    """

    road: str
    departs: dt.date
    until: dt.date


def new_operation(
    folder: Path, *, name: str, departure: Departure | None = None, scenario: str | None = None,
    database: str | None = None,
) -> Operation:  # fmt: skip
    """Make an operation, whole or not at all; what was broken off is taken up by the same call.

    Parameters
    ----------
    folder
        Where; nothing may be there yet, or an empty folder.
    name
        What it is called.
    departure, scenario
        A caravan on a packaged road, or a scenario (a bundled one's name, or a folder) whose observations become the
        first reports of the ledger: one of the two.
    database
        URL of the ledger's database; a file in the folder where left out.

    Raises
    ------
    UsageError
        If something is there, or what was asked cannot be.
    ScenarioError
        If the scenario has faults.
    CaravanaError
        If it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already; name a folder that is not")
    settings = f"format = {FORMAT}\nname = {toml_text(name)}\n"
    settings += f"database = {toml_text(database)}\n" if database else ""
    settings += "\n# Days ahead, seed of all randomness: [forecast] horizon = 7, seed = 1\n"
    try:
        part = new_folder_beside(folder.resolve())
    except OSError as error:
        raise CaravanaError(f"cannot write {folder}: {error.strerror}") from None
    try:
        if departure is not None:
            _write_departure(part / "scenario", name, departure)
        else:
            write_scenario(load_as_written(str(scenario)), part / "scenario")
        write_text(part / SETTINGS_FILE, settings)
        _begin_ledger(open_operation(part), folder.resolve())
        move_folder(part, folder.resolve())
    except OSError as error:
        raise CaravanaError(f"cannot write {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return open_operation(folder)


def _begin_ledger(operation: Operation, target: Path) -> None:
    """Make the ledger, and record what the scenario has observed; one whose making was broken off is taken up."""
    loaded, faults = read_scenario(operation.scenario)
    if loaded is None:
        raise UsageError("\n".join(map(str, faults)))
    rows = [_report(loaded, one.model_dump()) for one in loaded.observations]
    # Whose ledger it is must be known in a database that others use too; where the folder lies is nobody's business.
    mark = hashlib.sha256(f"{platform.node()}:{target}".encode()).hexdigest()[:16]
    with open_ledger(operation) as ledger:
        if not ledger.begin_for(mark) or not set(ledger.reports()["id"]) <= {row["id"] for row in rows}:
            raise UsageError(
                f"{ledger.database.name} has the ledger of an operation of this name; choose another name, or database"
            )
        ledger.add_reports(rows, act="import")
        if "new" not in set(ledger.journal()["act"]):
            ledger.note("new", operation.name)


def _report(scenario: Scenario, row: dict[str, Any]) -> dict[str, Any]:
    """An observation as a row of the ledger."""
    caravans = [caravan.id for caravan in scenario.caravans[:1]]
    return {
        "id": row["id"],
        "date": row["date"],
        "known_on": row["known_on"],
        "caravan": row["caravan"] or next(iter(caravans), None),
        "kind": row["kind"],
        "place": row["place_id"],
        "km_past": row["km_past"],
        "low": row["low"],
        "high": row["high"],
        "qualifier": row["qualifier"],
        "side": row["speaker_side"],
        "speaker": row["speaker_role"],
        "inferred": row["inferred"],
        "source": row["source_id"],
        "claims": ";".join(row["claim_ids"]) or None,
        "note": row["note"],
    }


def _write_departure(folder: Path, name: str, departure: Departure) -> None:
    """Write the scenario of a caravan on a packaged road: some twenty lines that refer to it."""
    road = find_road(departure.road)
    if road is None:
        raise UsageError(f"--road {departure.road}: expected one of {', '.join(road_names())}")
    days = (departure.until - departure.departs).days
    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError(f"--until {departure.until}: expected 1 to {LONGEST_DAYS} days after {departure.departs}")
    folder.mkdir()
    write_text(folder / "scenario.toml", _departure_text(name, departure, road))


def _departure_text(name: str, departure: Departure, road: PackagedRoad) -> str:
    """The document of a scenario that refers to a road."""
    way = road.ways[0]
    return f"""\
format = 1
name = "caravan-{departure.departs}"
title = {toml_text(name)}
start = {departure.departs}
end = {departure.until}
rules = "caravan"
# Places and links come from the road of that name; kinds of party and parameters from the rules.
road = "{road.name}"

[[itineraries]]
id = {toml_text(way.id)}
from_id = {toml_text(way.from_id)}
to_id = {toml_text(way.to_id)}
via = [{", ".join(map(toml_text, way.via))}]

[[caravans]]
id = "caravan-{departure.departs}"
name = {toml_text(name)}
itinerary = {toml_text(way.id)}
assembles_at = {toml_text(way.from_id)}
departs = {departure.departs}
turnout = "turnout"
"""
