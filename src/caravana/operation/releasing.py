"""What is given out of an evening: the brief, and for the public what may be published, some days late."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from caravana.atomic import write_together
from caravana.exports.regional import regional_csv
from caravana.reporting.tonight.brief import write_brief
from caravana.reporting.tonight.page import render_tonight
from caravana.reporting.tonight.public import coarse_counts, public_columns, published

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from caravana.reporting.tonight.facts import Tonight
    from caravana.reporting.tonight.page import Audience


def digest_of_files(folder: Path, names: Iterable[str]) -> str:
    """Return the SHA-256 of files of a folder with their names, in order of the names: what is signed and logged."""
    whole = hashlib.sha256()
    for name in sorted(names):
        content = (folder / name).read_bytes() if (folder / name).is_file() else b""
        whole.update(f"{name}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def write_given_out(facts: Tonight, folder: Path, *, language: str, audience: Audience) -> list[Path]:
    """Write what is given out of an evening; the brief first.

    Parameters
    ----------
    facts
        Of the evening.
    folder
        Where to.
    language
        ``en``, ``es``, ``es-MX`` or ``es-ES``.
    audience
        ``internal``: brief and pictures for a slide; ``public``: brief, page and table that may be published.

    Raises
    ------
    caravana.errors.UsageError
        If nothing may be published yet.
    """
    written = list(write_brief(facts, folder, language=language, audience=audience))
    if audience == "public":
        ending = f"{facts.origin}-{language.partition('-')[0]}-public"
        page, table = folder / f"tonight-{ending}.html", folder / f"counts-{ending}.csv"
        counts = public_columns(coarse_counts(published(facts)), facts, language)
        write_together({
            page: render_tonight(facts, language=language, audience="public").encode(),
            table: regional_csv(counts, language),
        })  # fmt: skip
        written += [page, table]
    return written
