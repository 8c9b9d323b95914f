"""What if: ``compare`` puts policies in force and holds the world against the one without them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import Progress, give, say
from caravana.cli.options import read_settings, settings_with
from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from caravana.evidence.taken import Inputs
    from caravana.studies.compare import Comparison

LANGUAGES = ("en", "es")
HEADS = ("base", "policy", "difference")


def check_language(lang: str) -> None:
    """Refuse a language that there is no catalogue for.

    Raises
    ------
    UsageError
        If there is none.
    """
    if lang not in LANGUAGES:
        raise UsageError(f"--lang {lang}: expected en or es")


def read_inputs(scenario: str, *, take: Sequence[str], settings: Sequence[str]) -> tuple[Inputs, dict[str, str]]:
    """Return a scenario's inputs with claims taken and parameters set, and the claims taken."""
    from dataclasses import replace

    from caravana.evidence.taken import parse_taken
    from caravana.evidence.taken import take as taken_as
    from caravana.scenario.folders import load_scenario

    taken = parse_taken(take)
    inputs = taken_as(load_scenario(scenario), taken)
    return replace(inputs, settings=settings_with(inputs, read_settings(settings))), taken


def progress_of(quiet: bool) -> Callable[[str], Progress]:
    """Return what makes a progress line for each world simulated."""
    return lambda world: Progress(f"{world}, blocks of 64 members", quiet=quiet)


def compare(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name or a folder.")],
    policies: Annotated[
        list[str], typer.Argument(help="Policies to put in force together: ids, or TOML files of [[policies]].")
    ],
    each: Annotated[bool, typer.Option("--each", help="Compare each policy on its own, not all together.")] = False,
    members: Annotated[int, typer.Option(help="Size of both ensembles.")] = 256,
    seed: Annotated[int, typer.Option(help="Seed of all randomness; both worlds share its streams.")] = 1,
    take: Annotated[
        list[str] | None, typer.Option("--take", help="Take a claim as given: CLAIM=true, CLAIM=false or CLAIM=open.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="A parameter's value: name=number.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.json and comparison.html (one each with --each).")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes to use  [default: the machine's cores]")] = None,
    lang: Annotated[str, typer.Option(help="Language of the page and of what is printed: en or es.")] = "en",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Compare a world in which policies are in force with the one in which they are not, run by run.

    Both worlds share their people, parameters and random streams. Harm stands first.
    """
    from caravana.studies.compare import compare as compare_worlds

    check_language(lang)
    if members < 1:
        raise UsageError(f"members must be 1 or more, not {members}")
    inputs, taken = read_inputs(scenario, take=take or (), settings=set_ or ())
    groups = [[p] for p in policies] if each else [list(policies)]
    for names in groups:
        _refuse_early(inputs, names)
    prepare_folder(out)
    say(f"Comparing with {members} members, seed {seed}: {', '.join(policies)}", quiet=quiet)
    base, told = None, []
    for names in groups:
        shown = progress_of(quiet)
        found = compare_worlds(
            inputs, names, members=members, seed=seed, taken=taken, workers=workers, progress=shown,
            # A policy from a file is part of the scenario simulated, so its base run is its own.
            base=None if any(n.endswith(".toml") for n in names) else base,
        )  # fmt: skip
        base = base or (None if any(n.endswith(".toml") for n in names) else found.base)
        told.append(_tell(found, out=out, lang=lang, json=json, each=each, quiet=quiet))
    if json:
        give({"comparisons": told} if each else told[0])


def _refuse_early(inputs: Inputs, names: Sequence[str]) -> None:
    """Refuse what cannot be compared before anything is simulated."""
    from caravana.studies.policies import choose, refuse_contradictions

    grown, asked = choose(inputs.scenario, names)
    refuse_contradictions(asked, [p for p in grown.policies if p.id in inputs.policies])


def prepare_folder(out: Path | None) -> None:
    """Say at once if a folder cannot be written to; leave nothing behind, for what comes may fail.

    Raises
    ------
    UsageError
        If it is a file, or cannot be written to.
    """
    if out is None:
        return
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file; name a folder")
    new = next((p for p in (*reversed(out.parents), out) if not p.exists()), None)
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".caravana-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(f"--out {out} cannot be written: {error.strerror}") from None
    finally:
        if new is not None and new.exists():
            shutil.rmtree(new, ignore_errors=True)


def _tell(found: Comparison, *, out: Path | None, lang: str, json: bool, each: bool, quiet: bool) -> dict[str, Any]:
    """Write and print one comparison; return it as a JSON object."""
    from caravana.reporting.pages.comparison import as_json

    told = as_json(found)
    if out is not None:
        name = f"comparison-{'-'.join(p.id for p in found.policies)}" if each else "comparison"
        _write(found, told, out, name=name, lang=lang)
        say(f"The page is at {(out / f'{name}.html').resolve()}", quiet=quiet)
    if not json:
        _print(found, told, lang=lang)
    return told


def _write(found: Comparison, told: dict[str, Any], out: Path, *, name: str, lang: str) -> None:
    import json as text

    from caravana.atomic import write_together
    from caravana.reporting.pages.comparison import render

    page = render(found, language=lang)
    out.mkdir(parents=True, exist_ok=True)
    as_text = text.dumps(told, ensure_ascii=False, indent=1) + "\n"
    write_together({out / f"{name}.json": as_text.encode(), out / f"{name}.html": page.encode()})


def _print(found: Comparison, told: dict[str, Any], *, lang: str) -> None:
    """Print the answer in words, then the outcomes of those whom it is about as a table."""
    from caravana.language.language import load_language
    from caravana.reporting.pages.comparison_words import main_scope, often, outcome_label, signed

    words = load_language(lang)
    answer = told["headline"][lang]
    typer.echo(answer["question"])
    for sentence in (*answer["answer"], answer["not_settled"]["why"]):
        typer.echo(f"  {sentence}")
    typer.echo()
    scope = main_scope(found)
    rows = [[words.text(f"whatif.scope.{scope}"), *(words.text(f"whatif.page.{k}") for k in HEADS)]]
    for effect in found.effects(scope):
        low, mid, high = (signed(effect.difference[k], words) for k in ("low", "median", "high"))
        middles = [words.rounded(x["median"]) for x in (effect.base, effect.policy)]
        label = outcome_label(found, effect.outcome.key, words)
        rows.append([label, *middles, mid, f"{low} … {high}", often(effect, words)])
    wide = [max(len(row[i]) for row in rows if len(row) > i) for i in range(5)]
    for row in rows:
        cells = [row[0].ljust(wide[0]), *(c.rjust(w) for c, w in zip(row[1:5], wide[1:], strict=False)), *row[5:]]
        typer.echo("  ".join(cells))
