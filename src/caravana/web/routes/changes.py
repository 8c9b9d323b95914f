"""The world changed on the map: edits with undo, named as a policy, held against the world that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from caravana.atomic import make_folder, write_text
from caravana.errors import UsageError
from caravana.models.registry import model_of
from caravana.reporting.caravan.map import short_name, short_names
from caravana.reporting.pages.comparison_words import outcome_words
from caravana.studies.changes import OF_FAMILY, Change, apply_changes, changes_text, read_changes
from caravana.web.jobs.kinds import POLICIES, CompareJob, Lang, Members, Name, Seed
from caravana.web.maps.world import at, drawn_places, world_map
from caravana.web.routes.asking import Planner, Reader, RefusedError
from caravana.web.store import edits, jobs

router = APIRouter(prefix="/api/changes", tags=["what if"])


class Naming(BaseModel):
    """The name that changes are kept under, as a policy of the operation."""

    model_config = ConfigDict(extra="forbid")
    name: Name


class WhatIf(BaseModel):
    """A named policy to hold against the base."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    members: Members = 256
    seed: Seed = Field(default=1)
    lang: Lang = "en"


def _changes(visit: Planner) -> list[Change]:
    """The changes that stand of whoever asks."""
    held, _ = edits.edits_of(visit.desk.store, visit.visitor.name)
    return [Change.model_validate(one) for one in held]


def _shown(visit: Planner) -> dict[str, Any]:
    """The changes in words and on the map, and the world with them."""
    scenario, language = visit.desk.scenario(), visit.language
    changes = _changes(visit)
    world = apply_changes(scenario, changes) if changes else scenario
    places = {place.id: place for place in drawn_places(world)}
    rows = []
    for change in changes:
        ends = [places[name] for name in (change.place_id, change.target_id) if name in places]
        names = language.listed([short_name(place) for place in ends]) or change.name
        until = change.end or scenario.end
        rows.append({
            **change.model_dump(mode="json", exclude_none=True),
            "words": language.text(
                f"web.change.{change.change}", place=names, n=language.number(change.capacity or 0),
                start=language.day(change.start or scenario.start), end=language.day(until),
            ),
            "at": at(ends[0]) if ends else None,
        })  # fmt: skip
    _, undone = edits.edits_of(visit.desk.store, visit.visitor.name)
    kinds = OF_FAMILY.get(model_of(scenario).family, ())
    held = world_map(world, language, scenario.end)
    return {
        "changes": rows, "undone": undone, "kinds": [k for k in kinds if _can(k, held)],
        "world": {**held, "land": []}, "start": scenario.start, "end": scenario.end,
    }  # fmt: skip


def _can(kind: str, world: dict[str, Any]) -> bool:
    """Whether a kind of change has anything to act on in this world."""
    return bool(world["camps"]) if kind in ("move", "capacity") else True


@router.get("")
def changes(visit: Planner) -> dict[str, Any]:
    """The changes under way, and the world with them."""
    return _shown(visit)


@router.post("", status_code=201)
def change(visit: Planner, given: Change) -> dict[str, Any]:
    """Change the world; what cannot be named in it is refused with the reason."""
    apply_changes(visit.desk.scenario(), [*_changes(visit), given])
    content = given.model_dump(mode="json", exclude_none=True)
    if not edits.add_edit(visit.desk.store, visit.visitor.name, content):
        raise UsageError(f"more than {edits.MOST} changes are under way")
    return _shown(visit)


@router.post("/undo")
def undo(visit: Planner) -> dict[str, Any]:
    """Undo the last change."""
    edits.undo_edit(visit.desk.store, visit.visitor.name)
    return _shown(visit)


@router.post("/redo")
def redo(visit: Planner) -> dict[str, Any]:
    """Do again what was undone last."""
    edits.undo_edit(visit.desk.store, visit.visitor.name, again=True)
    return _shown(visit)


@router.delete("")
def forget(visit: Planner) -> dict[str, Any]:
    """Forget all changes under way."""
    edits.forget_edits(visit.desk.store, visit.visitor.name)
    return _shown(visit)


@router.get("/policies")
def policies(visit: Reader) -> dict[str, Any]:
    """Named policies of the operation, and the comparisons made with them."""
    folder = visit.desk.operation.folder / POLICIES
    names = sorted(path.stem for path in folder.glob("*.toml")) if folder.is_dir() else []
    compared = [row for row in jobs.jobs(visit.desk.store) if row["kind"] == CompareJob.model_fields["kind"].default]
    return {
        "policies": names,
        "comparisons": [
            {"job": row["job"], "policy": row["options"]["policy"], "state": row["state"]} for row in compared
        ],
    }


@router.post("/policies", status_code=201)
def name_policy(visit: Planner, given: Naming) -> dict[str, Any]:
    """Keep the changes under way as a policy of the operation; a name once given stays what it is."""
    named = _changes(visit)
    apply_changes(visit.desk.scenario(), named)
    path = _path(visit, given.name)
    if path.exists() and read_changes(path) != tuple(named):
        raise UsageError(f"policy {given.name} is there already, and says something else; choose another name")
    make_folder(path.parent)
    write_text(path, changes_text(named))
    visit.ledger.note("policy", given.name, {"changes": len(named)})
    return {"policy": given.name}


@router.post("/compare", status_code=202)
def compare(visit: Planner, given: WhatIf) -> dict[str, Any]:
    """Ask for a comparison of a policy with the base, paired run by run; it is a job."""
    if not _path(visit, given.name).is_file():
        raise RefusedError(404, "web.error.not_there")
    options = {"policy": given.name, "members": given.members, "seed": given.seed, "lang": given.lang}
    return {"job": jobs.ask_for_job(visit.desk.store, "compare", options, who=visit.visitor.name)}


@router.get("/compared/{number}")
def compared(visit: Reader, number: int) -> dict[str, Any]:
    """What a comparison came to, in words: harm first, with ranges, and what cannot be told."""
    row = jobs.job_of(visit.desk.store, number) if 0 < number < 2**31 else None
    if row is None or not isinstance(row["result"], dict) or "changes" not in row["result"]:
        raise RefusedError(404, "web.error.not_there")
    result, language, scenario = row["result"], visit.language, visit.desk.scenario()
    names = short_names(scenario.places)
    names |= {
        one["place_id"]: one.get("name") or one["place_id"] for one in result["changes"] if one["change"] == "camp"
    }
    lines = []
    for one in result["outcomes"]:
        key = one["outcome"]
        label = names.get(key[3:], key[3:]) if key.startswith("at ") else outcome_words(key, scenario, language)
        spans = {name: language.span(one[name]["low"], one[name]["high"]) for name in ("base", "policy")}
        low, middle, high = (language.rounded(one["difference"][name]) for name in ("low", "median", "high"))
        said = "range" if one["tells"] else "untold"
        lines.append({
            "label": label, "harm": one["harm"], "tells": one["tells"], "base": spans["base"],
            "policy": spans["policy"], "difference": one["difference"],
            "words": language.text(f"whatif.changed.{said}", low=low, middle=middle, high=high),
        })  # fmt: skip
    return {"policy": row["options"]["policy"], "members": result["members"], "day": result["day"], "outcomes": lines}


def _path(visit: Reader, name: str) -> Path:
    """The file of a policy: its name holds letters, digits and dashes alone."""
    return visit.desk.operation.folder / POLICIES / f"{name}.toml"
