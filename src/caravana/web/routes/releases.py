"""Releases to the public: a purpose, a second person where there is one, a hash, an end, and what corrects what."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from caravana.errors import UsageError
from caravana.importers.identities import holds_identity
from caravana.operation.drafts import UnfitReportError
from caravana.operation.releasing import digest_of_files, write_given_out
from caravana.web.jobs.kinds import Lang
from caravana.web.routes.asking import Reader, RefusedError, Releaser
from caravana.web.routes.jobs import SANDBOXED
from caravana.web.routes.reading import facts_of, last_evening_of
from caravana.web.store import publications as kept
from caravana.web.store.accounts import accounts

router = APIRouter(prefix="/api/releases", tags=["release"])
FOLDER = "releases"
LONGEST = dt.timedelta(days=366)
Purpose = Annotated[str, Field(min_length=10, max_length=500)]
PublicationName = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}-\d{1,4}$")]


class PublicationRequest(BaseModel):
    """What is to be published, what for, until when it holds, and which publication it corrects."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    purpose: Purpose
    expires_on: dt.date
    on: dt.date | None = None
    lang: Lang = "es"
    corrects: PublicationName | None = None
    correction: Annotated[str, Field(max_length=500)] = ""


class Refusal(BaseModel):
    """Why a publication is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    why: Annotated[str, Field(max_length=500)] = ""


def needs_second(visit: Reader) -> bool:
    """Whether a second person has to sign: where more than one person has an account."""
    return visit.desk.shared and sum(bool(one["open"]) for one in accounts(visit.desk.store)) > 1


def _state(row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """A publication as it stands."""
    steps = {step["step"]: step for step in row["steps"]}
    first = steps[kept.REQUESTED]
    expires = dt.date.fromisoformat(first["content"]["expires_on"])
    state = (
        "superseded" if kept.SUPERSEDED in steps else "refused" if kept.REFUSED in steps
        else "waiting" if kept.SIGNED not in steps else "expired" if expires < today else "public"
    )  # fmt: skip
    return {
        "publication": row["publication"], "state": state, "asked_by": first["who"], "asked_at": first["at"],
        **first["content"], "steps": [{k: step[k] for k in ("step", "who", "at", "content")} for step in row["steps"]],
    }  # fmt: skip


def _all(visit: Reader) -> list[dict[str, Any]]:
    today = visit.desk.today()
    return [
        {**one, "state_words": visit.language.text(f"web.release.{one['state']}")}
        for one in (_state(row, today) for row in kept.publications(visit.desk.store))
    ]


def _one(visit: Reader, name: str) -> dict[str, Any]:
    row = next((one for one in _all(visit) if one["publication"] == name), None)
    if row is None:
        raise RefusedError(404, "web.error.not_there")
    return row


@router.get("")
def releases(visit: Reader) -> dict[str, Any]:
    """Publications, the last first, each with its state, purpose, hash and date of expiry."""
    return {"releases": _all(visit), "second_person": needs_second(visit)}


@router.post("", status_code=201)
def ask_for(visit: Releaser, given: PublicationRequest) -> dict[str, Any]:
    """Prepare a publication: its files are made now, and what is signed is their hash."""
    today, desk = visit.desk.today(), visit.desk
    if not today <= given.expires_on <= today + LONGEST:
        raise UsageError(f"expires_on {given.expires_on}: expected a day from {today} to {today + LONGEST}")
    if holds_identity(f"{given.purpose} {given.correction}"):
        raise UnfitReportError(visit.language.text("observe.identity"))
    if given.corrects is not None and _one(visit, given.corrects)["state"] not in ("public", "expired"):
        raise UsageError(f"corrects {given.corrects}: expected a publication that is public")
    if (given.corrects is None) != (not given.correction):
        raise UsageError("a correction names what it corrects, and says what was wrong")
    evening = last_evening_of(desk, given.on)
    if evening is None:
        raise UsageError("no forecast has been issued; `caravana update` issues one")
    digest, names = _make(visit, evening, given.lang)
    content = {
        **given.model_dump(mode="json", exclude={"on"}), "evening": evening.isoformat(), "hash": digest, "files": names,
    }  # fmt: skip
    name = kept.add_publication(desk.store, content, on=today, who=visit.visitor.name)
    if not needs_second(visit):
        _publish(visit, _one(visit, name))
    return _one(visit, name)


@router.post("/{name}/signature", status_code=201)
def sign(visit: Releaser, name: PublicationName) -> dict[str, Any]:
    """Sign a publication as the second person: then it is public."""
    row = _one(visit, name)
    if needs_second(visit) and row["asked_by"] == visit.visitor.name:
        raise RefusedError(403, "web.release.second_person")
    _publish(visit, row)
    return _one(visit, name)


@router.post("/{name}/refusal", status_code=201)
def refuse(visit: Releaser, name: PublicationName, given: Refusal) -> dict[str, Any]:
    """Refuse a publication: it is not given out."""
    row = _one(visit, name)
    content = {"why": given.why, "hash": row["hash"]}
    kept.add_step(visit.desk.store, name, kept.REFUSED, content, on=visit.desk.today(), who=visit.visitor.name)
    return _one(visit, name)


@router.get("/{name}/files/{file}", response_class=FileResponse)
def file_of(visit: Reader, name: PublicationName, file: str) -> FileResponse:
    """A file of a publication."""
    row = _one(visit, name)
    path = _folder(visit, row["hash"]) / file
    if file not in row["files"] or not path.is_file():
        raise RefusedError(404, "web.error.not_there")
    return FileResponse(path, headers=SANDBOXED if file.endswith(".html") else None)


def _publish(visit: Releaser, row: dict[str, Any]) -> None:
    """Make a publication public, if its files still have the hash that is signed; what it corrects is superseded."""
    desk, name, today = visit.desk, row["publication"], visit.desk.today()
    folder = _folder(visit, row["hash"])
    if digest_of_files(folder, row["files"]) != row["hash"]:
        raise UsageError(f"publication {name}: its files are not those that were asked for; ask for it anew")
    content = {"hash": row["hash"], "purpose": row["purpose"]}
    kept.add_step(desk.store, name, kept.SIGNED, content, on=today, who=visit.visitor.name)
    issued = desk.ledger.issued()
    of_evening = issued[issued["issued_on"] == dt.date.fromisoformat(row["evening"])]
    visit.ledger.add_release({
        "forecast_id": str(of_evening["forecast_id"].iloc[-1]), "kind": "brief", "audience": "public",
        "language": row["lang"], "path": f"{FOLDER}/{row['hash'][:16]}", "hash": row["hash"], "on": today,
    })  # fmt: skip
    if row["corrects"]:
        said = {"by": name, "correction": row["correction"]}
        kept.add_step(desk.store, row["corrects"], kept.SUPERSEDED, said, on=today, who=visit.visitor.name, again=True)


def _make(visit: Releaser, evening: dt.date, lang: str) -> tuple[str, list[str]]:
    """Make the files of a publication; return their hash and names."""
    root = visit.desk.operation.folder / FOLDER
    root.mkdir(exist_ok=True)
    making = root / f".making-{visit.visitor.name}"
    shutil.rmtree(making, ignore_errors=True)
    try:
        written = write_given_out(facts_of(visit.desk, evening), making, language=lang, audience="public")
        names = sorted(path.name for path in written)
        digest = digest_of_files(making, names)
        target = _folder(visit, digest)
        if not target.is_dir():
            making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return digest, names


def _folder(visit: Reader, digest: str) -> Path:
    return visit.desk.operation.folder / FOLDER / digest[:16]
