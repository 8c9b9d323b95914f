"""The command ``compare`` of a changed world: what changes, harm first, and what cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from caravana.atomic import make_folder, write_json
from caravana.cli.console import Progress, say
from caravana.errors import UsageError
from caravana.language.language import load_language
from caravana.reporting.pages.comparison_words import outcome_words
from caravana.studies.changed_world import compare_changes, tells_apart
from caravana.studies.changes import is_of_changes, read_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.evidence.taken import TakenInputs
    from caravana.language.language import Language
    from caravana.studies.changed_world import ChangedWorld


def name_changes(names: Sequence[str]) -> bool:
    """Whether what is compared is named by files of changes.

    Raises
    ------
    UsageError
        If files of changes and policies are named together.
    """
    files = [name.endswith(".toml") and is_of_changes(Path(name)) for name in names]
    if any(files) and not all(files):
        raise UsageError("policies and files of [[changes]] are compared one after the other, not together")
    return any(files)


def compare_changed(
    inputs: TakenInputs, names: Sequence[str], *, members: int, seed: int, workers: int | None, out: Path | None,
    lang: str, json: bool, each: bool, quiet: bool,
) -> dict[str, Any]:  # fmt: skip
    """Compare a changed world; return it as a JSON object."""
    changes = [change for name in names for change in read_changes(Path(name))]
    stem = f"comparison-{'-'.join(Path(name).stem for name in names)}" if each else "comparison"
    say(f"Comparing with {members} members, seed {seed}: {', '.join(names)}", quiet=quiet)
    if out is not None:
        make_folder(out)
    comparison = compare_changes(
        inputs.scenario, changes, members=members, seed=seed, settings=inputs.settings, workers=workers,
        keep=None if out is None else out / f"{stem}-runs",
        progress=lambda world: Progress(f"{world}, blocks of 64 members", quiet=quiet),
    )  # fmt: skip
    answer = comparison.as_json()
    if out is not None:
        write_json(out / f"{stem}.json", answer)
        say(f"The comparison is at {(out / f'{stem}.json').resolve()}", quiet=quiet)
    if not json:
        _print(comparison, load_language(lang))
    return answer


def _print(comparison: ChangedWorld, words: Language) -> None:
    names = {place.id: place.name for place in comparison.scenario.places}
    names |= {str(one.place_id): one.name or str(one.place_id) for one in comparison.changes if one.change == "camp"}
    typer.echo(words.text("whatif.changed.head", day=words.day_year(comparison.day), n=comparison.members))
    for one in comparison.differences:
        key = one.outcome.key
        label = names.get(key[3:], key[3:]) if key.startswith("at ") else outcome_words(key, comparison.scenario, words)
        low, middle, high = (words.rounded(one.difference[k]) for k in ("low", "median", "high"))
        said = words.text("whatif.changed.range", middle=middle, low=low, high=high)
        typer.echo(
            f"  {label}: {said if tells_apart(one) else words.text('whatif.changed.untold', low=low, high=high)}"
        )
