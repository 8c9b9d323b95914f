"""The command ``evidence``: prints what each number rests on, and weighs contested claims."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import LANGUAGES, Progress, give, say
from caravana.cli.options import load, prepare_folder, read_date, spoken_language
from caravana.errors import UsageError
from caravana.language.names import speaker_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.evidence.ledger import Ledger, Number
    from caravana.evidence.weighing import Weighing
    from caravana.language.language import Language


def evidence(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name or a folder.")],
    weigh: Annotated[
        bool, typer.Option("--weigh", help="Simulate each contested claim as true and as false, and rank them.")
    ] = False,
    members: Annotated[int, typer.Option(help="With --weigh: size of each ensemble.")] = 128,
    seed: Annotated[int, typer.Option(help="With --weigh: seed of all randomness, shared by both readings.")] = 1,
    on: Annotated[
        str | None, typer.Option(help="With --weigh: day of the headcount, such as 2021-11-05  [default: the 18th day]")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="With --weigh: folder for claims.json and claims.html.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes to use  [default: the machine's cores]")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Print the ledger: what each number rests on, disputed claims marked, assumptions without evidence first."""
    from caravana.evidence.ledger import as_json, read_ledger

    language = spoken_language(lang)
    if members < 1:
        raise UsageError(f"members must be 1 or more, not {members}")
    day = None if on is None else read_date(on, "--on")
    ledger = read_ledger(load(scenario))
    first, last = ledger.scenario.start, ledger.scenario.end
    if day is not None and not first <= day <= last:
        raise UsageError(f"--on {day} is outside the scenario, {first} to {last}")
    answer = as_json(ledger)
    if weigh:
        prepare_folder(out)
        weighed = _weigh(ledger, members=members, seed=seed, on=day, workers=workers, quiet=quiet)
        answer["weigh"] = _weighing_json(weighed, lang=language.code)
        if out is not None:
            _write(weighed, answer, out, lang=language.code)
            say(f"The page is at {(out / 'claims.html').resolve()}", quiet=quiet)
        if not json:
            _print_weighing(answer["weigh"])
    elif out is not None:
        raise UsageError("--out goes with --weigh: there is nothing else to write")
    if json:
        give(answer)
    elif not weigh:
        _print_ledger(ledger, language)


def _weigh(
    ledger: Ledger, *, members: int, seed: int, on: dt.date | None, workers: int | None, quiet: bool
) -> Weighing:
    from caravana.evidence.weighing import weigh

    say(f"Weighing contested claims with {members} members a reading, seed {seed}", quiet=quiet)
    progress = Progress("Claims", quiet=quiet)
    return weigh(ledger.scenario, members=members, seed=seed, workers=workers, on=on, progress=progress)


def _weighing_json(weighed: Weighing, *, lang: str) -> dict[str, Any]:
    from caravana.evidence.weighing import as_json
    from caravana.language.language import load_language
    from caravana.reporting.pages.claims import sentence

    words = {code: load_language(code) for code in LANGUAGES}
    answer = as_json(weighed)
    for row, weight in zip(answer["claims"], weighed.weights, strict=True):
        row["sentences"] = {code: sentence(weighed, weight, said) for code, said in words.items()}
        row["sentence"] = row["sentences"][lang]
    return answer


def _write(weighed: Weighing, answer: dict[str, Any], out: Path, *, lang: str) -> None:
    import json as text

    from caravana.atomic import make_folder, write_together
    from caravana.reporting.pages.claims import render
    from caravana.version import __version__

    page = render(weighed, version=__version__, language=lang)
    make_folder(out)
    as_text = text.dumps(answer, ensure_ascii=False, indent=1) + "\n"
    write_together({out / "claims.json": as_text.encode(), out / "claims.html": page.encode()})


def _print_weighing(answer: dict[str, Any]) -> None:
    for row in answer["claims"]:
        typer.echo(f"{row['claim']:8} {row['strength']:5.2f}  {row['sentence']}")


def _print_ledger(ledger: Ledger, words: Language) -> None:
    """Print the numbers in three parts, then the claims and what rests on each."""
    say = words.text
    assumed = [n for n in ledger.numbers if n.without_evidence]
    disputed = [n for n in ledger.numbers if n.disputed]
    rest = [n for n in ledger.numbers if not n.without_evidence and not n.disputed and not n.without_basis]
    parts = {"without_basis": ledger.without_basis, "assumed": assumed, "disputed": disputed, "rest": rest}
    for head, numbers in parts.items():
        if numbers or head == "without_basis":
            typer.echo(say(f"ledger.{head}", n=len(numbers)))
            _print_numbers(numbers, words)
    typer.echo(say("ledger.claims", n=len(ledger.scenario.claims)))
    for claim in ledger.scenario.claims:
        said = f" {claim.date_said}" if claim.date_said else ""
        against = say("ledger.disputed_by", ids=", ".join(claim.disputed_by)) if claim.disputed_by else ""
        who = claim.speaker_role if words.code == "en" else speaker_words(claim.speaker_role, words)
        what = words.choose(claim.claim, claim.claim_es)
        typer.echo(f"  {claim.id} [{say(f'ledger.status.{claim.status}')}{against}] {who}{said}: {what}")
        typer.echo(say("ledger.rests_on_it", ids=", ".join(ledger.rests[claim.id]) or say("ledger.no_number")))


def _print_numbers(numbers: Sequence[Number], words: Language) -> None:
    from caravana.evidence.ledger import value_words

    for n in numbers:
        claims = [c + ("*" if c in n.disputed else "") for c in n.claims]
        basis = [*claims, *n.sources, *([words.text("answers.evidence.assumption")] if n.assumed else [])]
        typer.echo(f"  {words.text(f'answers.table.{n.table}')} {n.id}: {value_words(n.row, words)}")
        typer.echo(words.text("ledger.rests_on", basis=", ".join(basis) or words.text("ledger.nothing")))
    typer.echo()
