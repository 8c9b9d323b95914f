"""Static files of the pages; those that are vendored are kept packed, and weigh a quarter, on disk and on the line."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.concurrency import run_in_threadpool
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Scope

PACKED = ".gz"
TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css"}
"""Types of what may be packed, by the end of its name."""


class PackedFiles(StaticFiles):
    """Files of a package's folder; one that is there only as ``NAME.gz`` is found under ``NAME``."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file; a packed one as it is, to whoever can unpack it."""
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or Path(path).suffix not in TYPES:
                raise
        answer = await super().get_response(path + PACKED, scope)
        answer.headers["vary"] = "accept-encoding"
        kind = TYPES[Path(path).suffix]
        full_path, _ = self.lookup_path(path + PACKED)
        if "gzip" in Headers(scope=scope).get("accept-encoding", "") or answer.status_code != 200:
            answer.headers["content-encoding"], answer.headers["content-type"] = "gzip", f"{kind}; charset=utf-8"
            return answer
        content = await run_in_threadpool(_unpack, Path(full_path))
        return Response(content, media_type=kind, headers={"vary": "accept-encoding"})


def _unpack(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())
