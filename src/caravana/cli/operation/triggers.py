"""The command ``triggers``: test them, look at their backtests, switch them, sign what they raise."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.operation.triggers.declared import Trigger


def triggers(
    folder: Annotated[Path, typer.Argument(help="The folder of an operation.")],
    trigger: Annotated[str | None, typer.Argument(help="A trigger's identifier; all where left out.")] = None,
    test: Annotated[bool, typer.Option("--test", help="Hold it against all days on record.")] = False,
    look: Annotated[bool, typer.Option("--look", help="Show its backtest, and record that it was looked at.")] = False,
    switch: Annotated[str | None, typer.Option("--switch", help="on or off.")] = None,
    sign: Annotated[str | None, typer.Option("--sign", help="Sign this alert: the plan is activated.")] = None,
    decline: Annotated[str | None, typer.Option("--decline", help="Decline this alert.")] = None,
    role: Annotated[str, typer.Option("--role", help="Role of whoever decides, as the trigger names it.")] = "",
    on: Annotated[str | None, typer.Option("--on", help="The day, as YYYY-MM-DD.  [default: today]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show an operation's triggers, or do one thing with one of them.

    A trigger is switched on only after its backtest was made and looked at; what it raises waits for a person.
    """
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger
    from caravana.operation.triggers.standing import standing_triggers, triggers_of

    day = read_date(on, "--on") if on else dt.datetime.now(dt.UTC).date()
    operation = open_operation(folder)
    declared = triggers_of(operation)
    if trigger is not None and trigger not in declared:
        raise UsageError(
            f"no trigger '{trigger}' in {folder}: expected one of {', '.join(declared) or 'none declared'}"
        )
    acts = {"test": test, "look": look, "switch": switch, "sign": sign, "decline": decline}
    chosen = {name: value for name, value in acts.items() if value}
    if len(chosen) > 1:
        raise UsageError(f"--{' and --'.join(chosen)}: one thing at a time")
    if chosen and trigger is None:
        raise UsageError(f"--{next(iter(chosen))}: name the trigger, one of {', '.join(declared) or 'none declared'}")
    with open_ledger(operation) as ledger:
        if trigger is not None and chosen:
            content = _act(operation, ledger, declared[trigger], chosen, role=role, day=day)
        else:
            content = {"triggers": standing_triggers(operation, ledger, on=day)}
    if json:
        give(content)
    else:
        _tell(content)


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


WORDS = {True: "yes", False: "no", None: "cannot be told"}


def _tell(content: dict[str, Any]) -> None:
    """Write for a person what ``--json`` gives."""
    for row in content.get("triggers", ()):
        typer.echo(f"{row['trigger']}: {row['name']} ({'on' if row['on'] else 'off'}; decided by: {row['decided_by']})")
        for name, met in row["answers"].items():
            typer.echo(f"  {name}: {WORDS[met]}")
        typer.echo(f"  whole condition: {WORDS[row['met']]}; alert: {row['alert'] or 'none'}")
    if "triggers" in content:
        if not content["triggers"]:
            say("this operation declares no trigger: [triggers.NAME] in operation.toml")
        return
    for name, value in content.items():
        if isinstance(value, list):
            typer.echo(f"{name.replace('_', ' ')}: {len(value)}")
            for row in value:
                typer.echo("  " + ", ".join(f"{key.replace('_', ' ')} {_words(each)}" for key, each in row.items()))
        else:
            typer.echo(f"{name.replace('_', ' ')}: {_words(value)}")


def _words(value: object) -> str:
    """Write a value for a person."""
    if value is None:
        return "none"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
