"""The command ``triggers``: test them, look at their backtests, switch them, sign what they raise."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.operation.triggers.declared import Trigger

DECIDED = ("activated", "declined")
"""What a person may have made of an alert."""


def triggers(
    folder: Annotated[Path, typer.Argument(help="The folder of an operation.")],
    trigger: Annotated[str | None, typer.Argument(help="A trigger's identifier; all where left out.")] = None,
    test: Annotated[bool, typer.Option("--test", help="Hold it against all days on record.")] = False,
    look: Annotated[bool, typer.Option("--look", help="Show its backtest, and record that it was looked at.")] = False,
    switch: Annotated[str | None, typer.Option("--switch", help="on or off.")] = None,
    sign: Annotated[str | None, typer.Option("--sign", help="Sign this alert: the plan is activated.")] = None,
    decline: Annotated[str | None, typer.Option("--decline", help="Decline this alert.")] = None,
    role: Annotated[str, typer.Option("--role", help="Role of whoever decides, as the trigger names it.")] = "",
    on: Annotated[str | None, typer.Option("--on", help="The day, as YYYY-MM-DD  [default: today]")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show an operation's triggers, or do one thing with one of them.

    A trigger is switched on only after its backtest was made and looked at; what it raises waits for a person.
    """
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger
    from caravana.operation.triggers.standing import standing_triggers, triggers_of

    language = spoken_language(lang)
    day = read_date(on, "--on") if on else dt.datetime.now(dt.UTC).date()
    operation = open_operation(folder)
    declared = triggers_of(operation)
    if trigger is not None and trigger not in declared:
        raise UsageError(_no_trigger(language, "trigger.unknown", declared, trigger=trigger, folder=folder))
    acts = {"test": test, "look": look, "switch": switch, "sign": sign, "decline": decline}
    chosen = {name: value for name, value in acts.items() if value}
    if len(chosen) > 1:
        raise UsageError(language.text("trigger.one_at_a_time", options=", ".join(f"--{name}" for name in chosen)))
    if chosen and trigger is None:
        raise UsageError(_no_trigger(language, "trigger.unnamed", declared, option=f"--{next(iter(chosen))}"))
    with open_ledger(operation) as ledger:
        if trigger is not None and chosen:
            content = _act(operation, ledger, declared[trigger], chosen, role=role, day=day)
        else:
            content = {"triggers": standing_triggers(operation, ledger, on=day)}
    if json:
        give(content)
    else:
        _tell(content, language)


def _act(
    operation: Operation, ledger: OperationLedger, trigger: Trigger, chosen: dict[str, Any], *, role: str, day: dt.date
) -> dict[str, Any]:
    """Do the one thing that was chosen; return what came of it."""
    from caravana.operation.triggers import standing

    act, value = next(iter(chosen.items()))
    if act == "test":
        return standing.summarise(standing.hold_against_past(operation, ledger, trigger, on=day))
    if act == "look":
        return standing.look_at_backtest(ledger, trigger, on=day)
    if act == "switch":
        if value not in ("on", "off"):
            raise UsageError(f"--switch {value}: expected on or off")
        standing.switch(ledger, trigger, on=day, to=value == "on")
        return {"trigger": trigger.id, "on": value == "on"}
    standing.decide(ledger, trigger, value, on=day, sign=act == "sign", role=role)
    return {"trigger": trigger.id, "alert": value, "step": "activated" if act == "sign" else "declined"}


def _no_trigger(language: Language, key: str, declared: dict[str, Trigger], **values: object) -> str:
    """Say that a trigger is wanted, and which there are."""
    if not declared:
        return language.text("trigger.nothing_declared")
    return language.text(key, all=", ".join(declared), **values)


def _tell(content: dict[str, Any], language: Language) -> None:
    """Write for a person what ``--json`` gives."""
    for row in content.get("triggers", ()):
        state = language.text("trigger.state.on" if row["on"] else "trigger.state.off")
        typer.echo(language.text("trigger.head", **{**row, "on": state}))
        for name, met in row["answers"].items():
            typer.echo(f"  {name}: {_words(met, language, lacking='unknown')}")
        alert = row["alert"] or language.text("trigger.answer.none")
        typer.echo(
            "  " + language.text("trigger.whole", met=_words(row["met"], language, lacking="unknown"), alert=alert)
        )
    if "triggers" in content:
        if not content["triggers"]:
            say(language.text("trigger.nothing_declared"))
        return
    for name, value in content.items():
        if isinstance(value, list):
            typer.echo(f"{language.text(f'trigger.field.{name}')}: {language.number(len(value))}")
            for row in value:
                cells = (
                    f"{language.text(f'trigger.field.{key}')} {_words(each, language)}" for key, each in row.items()
                )
                typer.echo("  " + ", ".join(cells))
        else:
            typer.echo(f"{language.text(f'trigger.field.{name}')}: {_words(value, language)}")


def _words(value: object, language: Language, *, lacking: str = "none") -> str:
    """Write a value for a person; one that is lacking, in the word given."""
    if value is None:
        return language.text(f"trigger.answer.{lacking}")
    if isinstance(value, bool):
        return language.text("trigger.answer.yes" if value else "trigger.answer.no")
    if isinstance(value, float):
        return language.number(value, digits=0 if value.is_integer() else 2)
    return language.text(f"trigger.step.{value}") if value in DECIDED else str(value)
