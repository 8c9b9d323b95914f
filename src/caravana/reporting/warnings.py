"""What a reader must know before anything else: members that failed, what a run leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.results.answers import Answers


def warnings(results: Answers, language: Language) -> list[str]:
    """Say what is missing from a run."""
    out = []
    if results.failed_blocks:
        out.append(language.text("warn.failed", n=results.failed_blocks))
    if not results.complete:
        out.append(language.text("warn.incomplete", members=language.number(len(results.members))))
    return out
