"""The command ``compare``: puts policies in force and holds the world against the one without them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import Progress, give, say
from caravana.cli.options import load, prepare_folder, settings_with, spoken_language
from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caravana.evidence.taken import TakenInputs
    from caravana.studies.compare import Comparison

HEADS = ("base", "policy", "difference")


def read_inputs(scenario: str, *, take: Sequence[str], settings: Sequence[str]) -> tuple[TakenInputs, dict[str, str]]:
    """Return a scenario's inputs with claims taken and parameters set, and the claims taken."""
    from dataclasses import replace

    from caravana.evidence.taken import parse_taken
    from caravana.evidence.taken import take as taken_as
    from caravana.models.base import read_numbers

    taken = parse_taken(take)
    inputs = taken_as(load(scenario), taken)
    return replace(inputs, settings=read_numbers(settings_with(inputs.scenario, inputs, settings))), taken


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
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Compare a world in which policies are in force with the one in which they are not, run by run.

    Both worlds share their people, parameters and random streams. Harm stands first.
    """
    from caravana.cli.scenario.changing import compare_changed, name_changes
    from caravana.models.registry import model_of
    from caravana.studies.compare import compare as compare_worlds

    code = spoken_language(lang).code
    if members < 1:
        raise UsageError(f"members must be 1 or more, not {members}")
    inputs, taken = read_inputs(scenario, take=take or (), settings=set_ or ())
    groups = [[p] for p in policies] if each else [list(policies)]
    of_family = compare_changed if name_changes(policies) else COMPARED_OTHERWISE.get(model_of(inputs.scenario).family)
    if of_family is not None:
        prepare_folder(out)
        given = [
            of_family(inputs, names, members=members, seed=seed, workers=workers, out=out, lang=code, json=json,
                      each=each, quiet=quiet)
            for names in groups
        ]  # fmt: skip
        if json:
            give({"comparisons": given} if each else given[0])
        return
    for names in groups:
        _refuse_early(inputs, names)
    prepare_folder(out)
    say(f"Comparing with {members} members, seed {seed}: {', '.join(policies)}", quiet=quiet)
    base, answers = None, []
    for names in groups:
        shown = progress_of(quiet)
        comparison = compare_worlds(
            inputs, names, members=members, seed=seed, taken=taken, workers=workers, progress=shown,
            # A policy from a file is part of the scenario simulated, so its base run is its own.
            base=None if any(n.endswith(".toml") for n in names) else base,
        )  # fmt: skip
        base = base or (None if any(n.endswith(".toml") for n in names) else comparison.base)
        answers.append(_tell(comparison, out=out, lang=code, json=json, each=each, quiet=quiet))
    if json:
        give({"comparisons": answers} if each else answers[0])


def _compare_closing(
    inputs: TakenInputs, names: list[str], *, members: int, seed: int, workers: int | None, out: Path | None, lang: str,
    json: bool, each: bool, quiet: bool,
) -> dict[str, Any]:  # fmt: skip
    """Compare with crossings shut, among displaced people; return it as a JSON object."""
    from caravana.cli.scenario.closing import tell_closing
    from caravana.studies.closing import compare_closing

    say(f"Comparing with {members} members, seed {seed}: {', '.join(names)}", quiet=quiet)
    comparison = compare_closing(
        inputs.scenario, names, members=members, seed=seed, settings=inputs.settings, workers=workers,
        progress=progress_of(quiet),
    )  # fmt: skip
    name = f"comparison-{'-'.join(p.id for p in comparison.policies)}" if each else "comparison"
    return tell_closing(comparison, out=out, name=name, lang=lang, json=json, quiet=quiet)


COMPARED_OTHERWISE: Mapping[str, Callable[..., dict[str, Any]]] = {"displacement": _compare_closing}
"""How policies are compared by the family of a scenario's model, where that is not as among caravans."""


def _refuse_early(inputs: TakenInputs, names: Sequence[str]) -> None:
    """Refuse what cannot be compared before anything is simulated."""
    from caravana.studies.policies import choose, refuse_contradictions

    grown, chosen = choose(inputs.scenario, names)
    refuse_contradictions(chosen, [p for p in grown.policies if p.id in inputs.policies])


def _tell(
    comparison: Comparison, *, out: Path | None, lang: str, json: bool, each: bool, quiet: bool
) -> dict[str, Any]:
    """Write and print one comparison; return it as a JSON object."""
    from caravana.reporting.pages.comparison import as_json

    answer = as_json(comparison)
    if out is not None:
        name = f"comparison-{'-'.join(p.id for p in comparison.policies)}" if each else "comparison"
        _write(comparison, answer, out, name=name, lang=lang)
        say(f"The page is at {(out / f'{name}.html').resolve()}", quiet=quiet)
    if not json:
        _print(comparison, answer, lang=lang)
    return answer


def _write(comparison: Comparison, answer: dict[str, Any], out: Path, *, name: str, lang: str) -> None:
    import json as text

    from caravana.atomic import make_folder, write_together
    from caravana.reporting.pages.comparison import render

    page = render(comparison, language=lang)
    make_folder(out)
    as_text = text.dumps(answer, ensure_ascii=False, indent=1) + "\n"
    write_together({out / f"{name}.json": as_text.encode(), out / f"{name}.html": page.encode()})


def _print(comparison: Comparison, answer: dict[str, Any], *, lang: str) -> None:
    """Print the answer in words, then the outcomes of those whom it is about as a table."""
    from caravana.language.language import load_language
    from caravana.reporting.pages.comparison_words import main_scope, often, outcome_label, signed

    words = load_language(lang)
    headline = answer["headline"][lang]
    typer.echo(headline["question"])
    for sentence in (*headline["answer"], headline["not_settled"]["why"]):
        typer.echo(f"  {sentence}")
    typer.echo()
    scope = main_scope(comparison)
    rows = [[words.text(f"whatif.scope.{scope}"), *(words.text(f"whatif.page.{k}") for k in HEADS)]]
    for effect in comparison.effects(scope):
        low, mid, high = (signed(effect.difference[k], words) for k in ("low", "median", "high"))
        middles = [words.rounded(x["median"]) for x in (effect.base, effect.policy)]
        label = outcome_label(comparison, effect.outcome.key, words)
        rows.append([label, *middles, mid, f"{low} … {high}", often(effect, words)])
    wide = [max(len(row[i]) for row in rows if len(row) > i) for i in range(5)]
    for row in rows:
        cells = [row[0].ljust(wide[0]), *(c.rjust(w) for c, w in zip(row[1:5], wide[1:], strict=False)), *row[5:]]
        typer.echo("  ".join(cells))
