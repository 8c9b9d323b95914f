"""Articles and workbooks in: what they hold is proposed, and a person accepts, mends or drops it."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from caravana.errors import InputError, UsageError
from caravana.importers.articles.documents import Document, read_documents
from caravana.importers.articles.linking.whole import KnownText
from caravana.importers.articles.proposals import propose
from caravana.importers.counts.reading import PeopleCounts, read_counts
from caravana.language.faults import message_words
from caravana.operation.accepting import accepted_of, check_proposals, record_accepted
from caravana.operation.known import read_current
from caravana.operation.observing import record_reports, rows_of_counts
from caravana.scenario.vocabulary import Id
from caravana.web.routes.asking import Planner
from caravana.web.routes.reports import Long, Short, Side

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.operation.drafts import Bounds
    from caravana.web.routes.asking import Visit

router = APIRouter(prefix="/api", tags=["reports"])
ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
LONGEST_TEXT = 400_000
SHOWN_ROWS = 200


class Pasted(BaseModel):
    """An article as it was pasted, and what a person knows of it as a whole."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST_TEXT)
    name: Short = "pasted"
    published: dt.date | None = None
    voice: Side | None = None
    tells_of: dt.date | None = None
    at: Id | None = None


class Decisions(BaseModel):
    """Texts with their proposals as they were given out, each ``accepted`` or not."""

    model_config = ConfigDict(extra="forbid")
    texts: Annotated[list[dict[str, Any]], Field(max_length=500)]


def _proposals(
    visit: Planner, document: Document, published: dt.date | None, known: KnownText | None = None
) -> dict[str, Any]:
    """A text's proposals, with the text itself to be marked; the text is not kept."""
    day = published or document.published
    reading = propose(document.text, visit.desk.scenario(), published=day, known=known)
    held = reading.as_json()
    for one in held["proposals"]:
        one["flags"] = [message_words(flag, visit.language) for flag in one["flags"]]
    return {"name": document.name, "sha256": document.digest, **held, "text": document.text}


@router.post("/articles")
def read_pasted(visit: Planner, given: Pasted) -> dict[str, Any]:
    """Read a pasted article: figures, places, dates with where they stand, and the rows proposed."""
    with tempfile.TemporaryDirectory(prefix="caravana-") as folder:
        path = Path(folder) / "pasted.txt"
        path.write_text(given.text, "utf-8", errors="replace")
        (document,) = read_documents(path)
    named = Document(given.name or "pasted", document.text, document.published)
    if given.at is not None and given.at not in {place.id for place in visit.desk.scenario().places}:
        raise UsageError(f"at: the scenario has no place {given.at!r}")
    known = KnownText(given.voice, given.tells_of, given.at)
    return {"texts": [_proposals(visit, named, given.published, known)]}


@router.post("/articles/file")
def read_dropped(
    visit: Planner, file: Annotated[UploadFile, File()], published: Annotated[dt.date | None, Form()] = None
) -> dict[str, Any]:
    """Read an article that was dropped: text, HTML, PDF, a document of a word processor, a feed."""
    with tempfile.TemporaryDirectory(prefix="caravana-") as folder:
        documents = read_documents(_kept(file, Path(folder)))
    name = Path(file.filename or "dropped").stem[:80]
    renamed = [
        Document(f"{name} {n}" if len(documents) > 1 else name, d.text, d.published)
        for n, d in enumerate(documents[:50], start=1)
    ]
    return {"texts": [_proposals(visit, one, published) for one in renamed]}


@router.post("/articles/accepted", status_code=201)
def accept(visit: Planner, given: Decisions) -> dict[str, Any]:
    """Record what was accepted, each with its sentence, its source and by whom; nothing twice."""
    decided = accepted_of(check_proposals(given.texts, "texts"))
    taken = record_accepted(visit.ledger, visit.desk.bounds(), decided, visit.language) if decided else []
    return {"taken": taken}


@router.post("/counts")
def read_workbook(
    visit: Planner, file: Annotated[UploadFile, File()], mapping: Annotated[str, Form(max_length=4000)] = ""
) -> dict[str, Any]:
    """Read a workbook or table of counts: how its columns are read, what it adds up to, the rows proposed."""
    counts = _counts(file, mapping)
    read = rows_of_counts(counts, _bounds(visit), visit.language, side="agency")
    return {
        "source": counts.source,
        "mapping": asdict(counts.mapping),
        "notes": [_note_words(note, counts.source, visit.language) for note in (*counts.notes, *read.notes)],
        "counts": len(counts.rows),
        "rows": [
            {"line": one.row, "place": one.place, "date": one.date, "persons": one.persons}
            for one in counts.rows[:SHOWN_ROWS]
        ],
        "sums": [{"date": one.date, "persons": one.persons, "stated": one.stated} for one in counts.sums[:SHOWN_ROWS]],
        "usable": len(read.taken),
        "not_used": [{"line": line, "why": why} for line, why in read.not_used[:SHOWN_ROWS]],
    }


def _bounds(visit: Visit) -> Bounds:
    """What counts are held against: the scenario with all that is reported, of which a number may be a correction."""
    return replace(visit.desk.bounds(), scenario=read_current(visit.desk.operation, visit.ledger))


def _note_words(note: str, source: str, language: Language) -> str:
    """How a table was read, in a language; the catalogue has it as it is said of a file."""
    return message_words(f"{source}: {note}", language).removeprefix(f"{source}: ")


@router.post("/counts/accepted", status_code=201)
def take_workbook(
    visit: Planner, file: Annotated[UploadFile, File()], mapping: Annotated[str, Form(max_length=4000)] = "",
    side: Annotated[Side, Form()] = "agency", speaker: Annotated[Short, Form()] = "",
    source: Annotated[Long, Form()] = "",
) -> dict[str, Any]:  # fmt: skip
    """Record the counts of a table that can be used; the others are listed with their line and why."""
    counts = _counts(file, mapping)
    bounds = _bounds(visit)
    read = rows_of_counts(counts, bounds, visit.language, side=side, speaker=speaker, source=source or None)
    taken = record_reports(visit.ledger, bounds, [row for _, row in read.taken], visit.language)
    return {"taken": taken, "not_used": [{"line": line, "why": why} for line, why in read.not_used[:SHOWN_ROWS]]}


def _counts(file: UploadFile, mapping: str) -> PeopleCounts:
    """The counts of a file that was sent, read as its mapping says where there is one."""
    given = None
    if mapping.strip():
        try:
            given = json.loads(mapping)
        except (ValueError, RecursionError):
            raise InputError("mapping: expected JSON, an object") from None
        if not isinstance(given, dict):
            raise InputError("mapping: expected JSON, an object")
        given = {name: value for name, value in given.items() if value is not None}
    with tempfile.TemporaryDirectory(prefix="caravana-") as folder:
        return read_counts(_kept(file, Path(folder)), mapping=given, keep=False)


def _kept(file: UploadFile, folder: Path) -> Path:
    """What was sent, as a file whose name is ours but for its ending."""
    ending = ENDING.search(file.filename or "")
    if ending is None:
        raise UsageError("the file has no ending that says what it is, such as .txt, .html, .pdf, .csv or .xlsx")
    path = folder / f"dropped{ending[0].lower()}"
    with path.open("wb") as kept:
        while part := file.file.read(2**20):
            kept.write(part)
    return path
