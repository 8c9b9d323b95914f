"""Jobs: asked for, watched as they go, cancelled; and the files that came of them."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, StreamingResponse

from caravana.web.jobs.kinds import CALIBRATIONS, COMPARISONS, RUNS, Job
from caravana.web.routes.asking import Planner, Reader, RefusedError
from caravana.web.store import jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

router = APIRouter(prefix="/api/jobs", tags=["jobs"])
BEAT, LONGEST = 0.5, 3600.0
"""Seconds between two looks at a job that is watched, and for how long it is."""
SHOWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "run": (RUNS, ("report.html", "model_card.md")), "compare": (COMPARISONS, ("comparison.json", "comparison.html")),
    "calibrate": (CALIBRATIONS, ("report.html", "calibration.html")),
}  # fmt: skip
"""Folder of what comes of a job, and its files that may be looked at."""
LARGEST_NUMBER = 2**31 - 1


def files_of(row: Mapping[str, Any], folder: Path) -> list[Path]:
    """Files that came of a job and are there."""
    if row["state"] != jobs.DONE:
        return []
    if row["kind"] == "export":
        return sorted((folder / RUNS / f"job-{row['options']['run']}").glob("export-internal.*"))
    if row["kind"] == "needs":
        return sorted((folder / RUNS / f"job-{row['options']['run']}").glob(f"needs-{row['options']['on']}*"))
    if row["kind"] == "brief":
        names = [Path(path).name for path in (row["result"] or {}).get("files", [])]
        return [path for name in names if (path := folder / "pages" / name).is_file()]
    place, names_shown = SHOWN.get(row["kind"], ("", ()))
    return [path for name in names_shown if (path := folder / place / f"job-{row['job']}" / name).is_file()]


def in_words(row: dict[str, Any], visit: Reader) -> dict[str, Any]:
    """A job as it is shown."""
    language, folder = visit.language, visit.desk.operation.folder
    kept = ("job", "kind", "options", "state", "asked_at", "asked_by", "done", "total", "seconds_left", "message",
            "ended_at", "attempts", "result")  # fmt: skip
    options = {name: value for name, value in row["options"].items() if name != "lang"}
    return {
        **{name: row[name] for name in kept}, "outputs": [p.name for p in files_of(row, folder)],
        # Whoever reads the pages need not know where on the server the operation lies.
        "message": row["message"].replace(f"{folder.resolve()}{os.sep}", ""),
        "over": row["state"] in jobs.OVER,
        "option_words": [f"{language.text(f'web.jobs.{name}')}: {value}" for name, value in options.items()],
        "state_words": language.text(f"web.job.{row['state']}"), "kind_words": language.text(f"web.job.{row['kind']}"),
    }  # fmt: skip


@router.get("")
def all_jobs(visit: Reader) -> dict[str, Any]:
    """Jobs, the last asked for first."""
    return {"jobs": [in_words(row, visit) for row in jobs.jobs(visit.desk.store)]}


@router.post("", status_code=202)
def ask_for(visit: Planner, job: Annotated[Job, Body()]) -> dict[str, Any]:
    """Ask for a job; it runs when there is room."""
    options = job.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
    return {"job": jobs.ask_for_job(visit.desk.store, job.kind, options, who=visit.visitor.name)}


def _held(visit: Reader, number: int) -> dict[str, Any]:
    row = jobs.job_of(visit.desk.store, number) if 0 < number <= LARGEST_NUMBER else None
    if row is None:
        raise RefusedError(404, "web.error.not_there")
    return row


@router.get("/{number}")
def one_job(visit: Reader, number: int) -> dict[str, Any]:
    """One job: how it stands, and what came of it."""
    return in_words(_held(visit, number), visit)


@router.delete("/{number}")
def cancel(visit: Planner, number: int) -> dict[str, Any]:
    """Cancel a job that is not over."""
    _held(visit, number)
    return {"cancelled": jobs.cancel_job(visit.desk.store, number, who=visit.visitor.name)}


@router.get("/{number}/events")
async def events(visit: Reader, number: int, request: Request) -> StreamingResponse:
    """How a job goes, as server-sent events, until it is over."""
    await run_in_threadpool(_held, visit, number)

    async def tell() -> AsyncIterator[str]:
        said = ""
        for beat in range(int(LONGEST / BEAT)):
            row = await run_in_threadpool(jobs.job_of, visit.desk.store, number)
            if row is None or visit.desk.ending.is_set() or await request.is_disconnected():
                return
            now = json.dumps(in_words(row, visit), default=str, ensure_ascii=False)
            if now != said:
                yield f"data: {now}\n\n"
                said = now
            elif beat % 30 == 29:
                yield ": still here\n\n"
            if row["state"] in jobs.OVER:
                return
            await asyncio.sleep(BEAT)

    return StreamingResponse(tell(), media_type="text/event-stream")


@router.get("/{number}/files/{name}", response_class=FileResponse)
def file_of(visit: Reader, number: int, name: str) -> FileResponse:
    """A page or table that came of a job."""
    row = _held(visit, number)
    path = next((one for one in files_of(row, visit.desk.operation.folder) if one.name == name), None)
    if path is None:
        raise RefusedError(404, "web.error.not_there")
    return FileResponse(path, headers=SANDBOXED if name.endswith(".html") else None)


SANDBOXED = {
    "content-security-policy": "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}
"""Of a page that is one file with its scripts in it: it runs apart, and can reach nothing of ours."""
