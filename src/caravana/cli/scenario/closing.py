"""The command ``compare`` among displaced people: what shutting a crossing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from caravana.atomic import make_folder, write_json
from caravana.cli.console import say
from caravana.language.language import load_language

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.studies.closing import ClosingComparison


def tell_closing(
    comparison: ClosingComparison, *, out: Path | None, name: str, lang: str, json: bool, quiet: bool
) -> dict[str, Any]:
    """Write and print one comparison; return it as a JSON object."""
    answer = comparison.as_json()
    if out is not None:
        make_folder(out)
        write_json(out / f"{name}.json", answer)
        say(f"The comparison is at {(out / f'{name}.json').resolve()}", quiet=quiet)
    if not json:
        _print(comparison, lang)
    return answer


def _print(comparison: ClosingComparison, lang: str) -> None:
    words = load_language(lang)
    names = {place.id: place.name for place in comparison.scenario.places}
    titles = [words.choose(policy.title, policy.title_es) for policy in comparison.policies]
    typer.echo(words.text("build.closing.head", what="; ".join(titles), day=words.day_year(comparison.day)))
    rows = [tuple(words.text(f"build.closing.{key}") for key in ("people", "open", "shut", "difference", "range"))]
    for one in comparison.differences:
        key = one.outcome.key
        label = names[key[3:]] if key.startswith("at ") else words.text(f"build.closing.{key}")
        low, middle, high = (words.rounded(one.difference[k]) for k in ("low", "median", "high"))
        rows.append((label, words.rounded(one.base["median"]), words.rounded(one.policy["median"]), middle,
                     f"{low} … {high}"))  # fmt: skip
    wide = [max(len(row[at]) for row in rows) for at in range(5)]
    for row in rows:
        cells = [row[0].ljust(wide[0]), *(cell.rjust(width) for cell, width in zip(row[1:], wide[1:], strict=True))]
        typer.echo("  ".join(cells))
