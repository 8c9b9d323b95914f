"""Checks that need more than one row: ids, and the tables as wholes.

All run on a draft, faulty rows included; a field that is faulty already is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.scenario.checks.claims import check_readings
from caravana.scenario.checks.dates import check_dates
from caravana.scenario.checks.displacement import check_displacement
from caravana.scenario.checks.roads import check_roads
from caravana.scenario.checks.values import check_values
from caravana.scenario.declared import complete_draft
from caravana.scenario.reading.draft import CSV_TABLES, DOCUMENT, TOML_TABLES, Draft, Entry, draft_of
from caravana.scenario.reading.faults import MOST_FAULTS, Fault, shown
from caravana.scenario.reading.series import series_file
from caravana.scenario.reading.tables import IN_FOLDER
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from caravana.scenario.declared import DeclaredBy
    from caravana.scenario.model import Scenario

#: Word that stands for evidence where a figure rests on none.
ASSUMPTION = "assumption"

#: Which fields hold ids of which table, and what to call those.
REFERENCES = (
    ("links", "from_id", "places", "a place"),
    ("links", "to_id", "places", "a place"),
    ("events", "place_id", "places", "a place"),
    ("observations", "place_id", "places", "a place"),
    ("observations", "caravan", "caravans", "a caravan"),
    ("observations", "source_id", "sources", "a source"),
    ("observations", "claim_ids", "claims", "a claim"),
    ("claims", "place_id", "places", "a place"),
    ("claims", "source_id", "sources", "a source"),
    ("claims", "disputed_by", "claims", "a claim"),
    ("itineraries", "from_id", "places", "a place"),
    ("itineraries", "to_id", "places", "a place"),
    ("itineraries", "via", "places", "a place"),
    ("caravans", "itinerary", "itineraries", "an itinerary"),
    ("caravans", "assembles_at", "places", "a place"),
    ("caravans", "call", "calls", "a call"),
    ("caravans", "turnout", "parameters", "a parameter"),
    ("calls", "place_id", "places", "a place"),
    ("calls", "delay", "parameters", "a parameter"),
    ("facilities", "place_id", "places", "a place"),
    ("facilities", "per_day", "parameters", "a parameter"),
    ("policies", "place_ids", "places", "a place"),
    ("policies", "parameter", "parameters", "a parameter"),
    ("readings", "claim", "claims", "a claim"),
    ("readings", "policy", "policies", "a policy"),
)
#: Tables whose rows say what they rest on, and the tables those ids are looked for in.
RESTING = ("events", "calls", "facilities", "policies", "parameters")
EVIDENCE = ("claims", "sources", "observations", "events")
#: What an event may be aimed at, besides a country of the places.
TARGETS = ("places", "itineraries", "caravans", "facilities", "policies", "calls")
#: Tables whose ids share one space: a basis names any evidence, a run's position a place or a caravan.
SHARED = dict.fromkeys(EVIDENCE, "evidence") | dict.fromkeys(("places", "caravans"), "whereabouts")
NEVER_EMPTY = ("kinds", "places", "links")


def check_draft(draft: Draft, declared_by: DeclaredBy) -> None:
    """Report every fault that needs more than one row to see.

    Afterwards the draft holds all that is in force: what its rules declare, with its own changes.
    """
    complete_draft(draft, declared_by)
    _check_empty(draft)
    _check_duplicates(draft)
    _check_references(draft)
    _check_targets(draft)
    _check_basis(draft)
    _check_series_places(draft)
    check_dates(draft)
    check_values(draft)
    check_readings(draft)
    check_roads(draft)
    check_displacement(draft)


def check_absent(draft: Draft, absent: AbstractSet[str]) -> None:
    """Report tables whose files are not there although rows of others hang on theirs.

    Only what is missing is told, not the ids that hang on it: such a table counts as one that
    could not be read.
    """
    wanted = {
        target
        for table, name, target, _ in REFERENCES
        if target in absent and any(_values(entry, name) for entry in draft.entries(table))
    }
    known = draft.known(*EVIDENCE)
    resting = {value for table in RESTING for entry in draft.entries(table) for value in _values(entry, "basis")}
    if known is not None and resting - known - {ASSUMPTION}:
        wanted |= absent & set(EVIDENCE)
    for table in sorted(wanted):
        draft.faults.add(f"{table}.csv", None, "", None, IN_FOLDER)
        draft.tables[table] = None


def check_scenario(scenario: Scenario, *, declared_by: DeclaredBy) -> list[Fault]:
    """Check a scenario made in Python as one read from a folder is.

    Parameters
    ----------
    scenario
        The scenario.
    declared_by
        What its rules declare.

    Returns
    -------
    list of Fault
        All faults; their lines are those that the rows of CSV files would stand on as written.
    """
    draft = draft_of(scenario)
    check_draft(draft, declared_by)
    return draft.faults.listed()


def _values(entry: Entry[Any], field: str) -> tuple[str, ...]:
    value = getattr(entry.row, field)
    if value is None or field in entry.bad:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _offer(draft: Draft, name: str, known: AbstractSet[str]) -> str:
    """Words that offer the nearest name; none where so many faults are listed already that nobody reads on."""
    return did_you_mean(name, known) if len(draft.faults) < MOST_FAULTS else ""


def _check_empty(draft: Draft) -> None:
    for table in NEVER_EMPTY:
        if draft.tables.get(table) == []:
            if table in CSV_TABLES:
                draft.faults.add(f"{table}.csv", None, "", None, "at least one row below the header")
            else:
                draft.faults.add(DOCUMENT, None, table, None, f"at least one [[{table}]]")
            draft.tables[table] = None  # what hangs on its ids is no fault of its own


def _check_duplicates(draft: Draft) -> None:
    """Report ids used twice among rows that may be named in one breath."""
    seen: dict[tuple[str, str], Entry[Any]] = {}
    for table in (*CSV_TABLES, *TOML_TABLES):
        for entry in draft.entries(table) if table != "links" else ():
            if entry.key is None:
                continue
            first = seen.setdefault((SHARED.get(table, table), entry.key), entry)
            if first is not entry:
                name = "a name" if table == "parameters" else "an id"
                draft.fault(entry, name.split()[1], entry.key, f"{name} used once; this one is also in {first.spot}")


def _check_references(draft: Draft) -> None:
    for table, name, target, noun in REFERENCES:
        known = draft.known(target)
        if known is None:
            continue
        file = f"{target}.csv" if target in CSV_TABLES else DOCUMENT
        what = f"the {'name' if target == 'parameters' else 'id'} of {noun} in {file}"
        for entry in draft.entries(table):
            for value in _values(entry, name):
                if value not in known:
                    draft.fault(entry, name, value, what + _offer(draft, value, known))


def _check_targets(draft: Draft) -> None:
    known = draft.known(*TARGETS)
    if known is None:
        return
    known |= {entry.row.country for entry in draft.entries("places") if entry.row.country}
    for entry in draft.entries("events"):
        for value in _values(entry, "target_id"):
            if value not in known:
                draft.fault(
                    entry, "target_id", value,
                    "the id of a place, itinerary, caravan, facility, policy or call, or a country of the places"
                    + _offer(draft, value, known),
                )  # fmt: skip


def _check_basis(draft: Draft) -> None:
    """Report figures that rest on nothing, or on what is not there."""
    known = draft.known(*EVIDENCE)
    what = f"the id of a claim, source, observation or event, or the word {ASSUMPTION}"
    for table in RESTING:
        for entry in draft.entries(table):
            if table == "parameters" and "basis" not in entry.bad and not entry.row.basis:
                draft.fault(entry, "basis", None, f"what the figure rests on: {what}")
            for value in _values(entry, "basis"):
                if known is not None and value != ASSUMPTION and value not in known:
                    draft.fault(entry, "basis", value, what + _offer(draft, value, known))


def _check_series_places(draft: Draft) -> None:
    known = draft.known("places")
    if known is None:
        return
    for series in draft.series:
        for place_id in series.place_ids:
            if place_id not in known:
                expected = f"the id of a place in places.csv{_offer(draft, place_id, known)}"
                draft.faults.add(series_file(series.kind), 1, place_id, shown(place_id), expected)
