"""The command ``accounts``: who may sign in to an operation's pages, and as what."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import spoken_language
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.web.store.tables import Store


def accounts(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    name: Annotated[str | None, typer.Argument(help="Of the account; all are listed where left out.")] = None,
    role: Annotated[str | None, typer.Option(help="reader, planner or releaser: makes it, or changes it.")] = None,
    password: Annotated[bool, typer.Option("--password", help="Give it a new password.")] = False,
    close: Annotated[bool, typer.Option("--close", help="Nobody signs in with it any more.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open one that was closed.")] = False,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Make and change the accounts of an operation's pages, which `serve --shared` asks for.

    A password is asked for on the terminal, or read from the first line of standard input.
    """
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger
    from caravana.web.store.accounts import accounts as all_accounts
    from caravana.web.store.tables import Store

    language = spoken_language(lang)
    with open_ledger(open_operation(folder), make=False) as ledger:
        store = Store(ledger)
        if name is not None:
            _change(store, name, language, role=role, password=password, close=close, reopen=open_)
        rows = [{key: row[key] for key in ("name", "role", "open", "made_at")} for row in all_accounts(store)]
    if json:
        give({"accounts": rows})
        return
    for row in rows:
        state = language.text("web.account.open" if row["open"] else "web.account.closed")
        typer.echo(f"{row['name']:<24} {row['role']:<10} {state}")
    if not rows:
        say(language.text("web.account.none"))


def _change(
    store: Store, name: str, language: Language, *, role: str | None, password: bool, close: bool, reopen: bool
) -> None:
    """Make an account that is not there, or change one that is."""
    from caravana.web.access.passwords import hash_password
    from caravana.web.access.roles import NAME_FORM, NAMES
    from caravana.web.store.accounts import account_of, add_account, change_account

    if role is not None and role not in NAMES:
        raise UsageError(f"--role {role}: expected one of {', '.join(NAMES)}")
    if NAME_FORM.fullmatch(name) is None:
        raise UsageError(f"account {name!r}: expected letters, digits, dots, dashes, 1 to 64")
    if close and reopen:
        raise UsageError("--close and --open: one of the two")
    if account_of(store, name) is None:
        if role is None:
            raise UsageError(f"account {name}: there is none of this name; --role makes one")
        add_account(store, name, role, hash_password(_read_password(language)))
        return
    changes: dict[str, object] = {} if role is None else {"role": role}
    if password:
        changes["hash"] = hash_password(_read_password(language))
    if close or reopen:
        changes["open"] = reopen
    if not changes:
        raise UsageError(f"account {name}: nothing to change; give --role, --password, --close or --open")
    change_account(store, name, changes)


def _read_password(language: Language) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass(language.text("web.account.password") + " ")
    if getpass.getpass(language.text("web.account.again") + " ") != given:
        raise UsageError("the two passwords are not the same")
    return given
