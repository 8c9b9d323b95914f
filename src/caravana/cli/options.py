"""What options of several commands mean: dates, languages, ``--set``, ``--take``, folders to write to."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

from caravana.atomic import refuse_unwritable
from caravana.cli.console import LANGUAGES, locale_language, say
from caravana.errors import UsageError
from caravana.scenario.reading.faults import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from caravana.cli.console import Lang
    from caravana.evidence.taken import TakenInputs
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years of a date given on the command line: what is before or after is a slip, and no calendar ends within."""


def read_date(text: str, option: str) -> dt.date:
    """Return a date given on the command line.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        date = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} {shown(text)}: expected a date such as 2021-11-05") from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise UsageError(f"{option} {text}: expected a date from {FIRST_YEAR} to {LAST_YEAR}")
    return date


def take_rules(pairs: Sequence[str]) -> tuple[list[str], str | None]:
    """Return ``name=value`` pairs without ``rules=...``, and the rule set that it names."""
    chosen = [value.strip() for name, _, value in (p.partition("=") for p in pairs) if name.strip() == "rules"]
    return [p for p in pairs if p.partition("=")[0].strip() != "rules"], chosen[-1] if chosen else None


def read_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """Return ``name=value`` pairs as text by name; the last of a name holds.

    Values are written as numbers (``200``), words (``poisson``), ``true`` or ``false``, and lists (``1,0.5,0.1``): what
    they are is the model's to say.

    Raises
    ------
    UsageError
        If a pair has no name or no ``=``.
    """
    values: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not name:
            raise UsageError(f"--set {pair}: expected name=value, such as --set rest_chance=0.2")
        values[name] = value
    return values


def take_claims(scenario: str, pairs: Sequence[str]) -> tuple[TakenInputs | None, dict[str, str]]:
    """Return a scenario's inputs with claims taken, and the claims; None where none is taken.

    Raises
    ------
    UsageError
        If a claim is unknown, two contradict each other, or one only picks among runs.
    """
    from caravana.evidence.taken import parse_taken, take

    taken = parse_taken(pairs)
    if not taken:
        return None, {}
    inputs = take(load(scenario), taken)
    if inputs.counts:
        raise UsageError(
            f"--take {' '.join(pairs)}: a count of one day sets no input, it picks among runs; "
            "`caravana compare --take` and `caravana evidence --weigh` do that"
        )
    return inputs, taken


def settings_with(scenario: Scenario, inputs: TakenInputs | None, pairs: Sequence[str]) -> dict[str, object]:
    """Return what is set by hand together with what claims set, by the names of today; a new name is said.

    Raises
    ------
    UsageError
        If a pair cannot be read, a parameter is set by both, or a claim replaces its prior.
    """
    from caravana.models.scenarios import current_settings

    given = read_pairs(pairs)
    mine = current_settings(scenario, given)
    say_new_names({old: new for old, new in zip(given, mine, strict=True) if old != new})
    if inputs is None:
        return mine
    clash = sorted(set(mine) & {*inputs.settings, *inputs.priors})
    if clash:
        raise UsageError(f"--set {clash[0]} contradicts a claim taken, which says what {clash[0]} is")
    return {**inputs.settings, **mine}


def load(scenario: str) -> Scenario:
    """Load a scenario by name or path, or an operation's with the reports of its ledger; new names are said.

    Raises
    ------
    ScenarioError
        If there is none, or it has faults.
    """
    from caravana.models.scenarios import in_force, load_as_written, renamed_parameters
    from caravana.operation.folder import is_operation

    if is_operation(scenario):
        return _load_operation(scenario)
    loaded = load_as_written(scenario)
    say_new_names(renamed_parameters(loaded))
    return in_force(loaded)


def _load_operation(folder: str) -> Scenario:
    from caravana.operation.folder import open_operation
    from caravana.operation.known import read_current
    from caravana.operation.ledger import open_ledger

    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        return read_current(operation, ledger)


def say_new_names(renamed: Mapping[str, str]) -> None:
    """Say what parameters are called today."""
    for old, new in renamed.items():
        say(f"{old} is now called {new}; the old name is still read")


def spoken_language(lang: str | None) -> Language:
    """Return the language of what is said: the one given, else that of the locale, English where it is another.

    Raises
    ------
    UsageError
        If the one given is neither ``en`` nor ``es``.
    """
    from caravana.language.language import load_language

    return load_language(read_language(lang) if lang is not None else locale_language())


def read_regional(lang: str | None) -> Language:
    """Return the language of what is written, with a region's numbers where one is named; else the locale's.

    Raises
    ------
    UsageError
        If it is none of ``en``, ``es``, ``es-MX`` and ``es-ES``.
    """
    from caravana.language.language import REGIONS, load_language

    if lang in REGIONS:
        return load_language(str(lang))
    return load_language(read_language(lang) if lang is not None else locale_language())


def read_language(lang: str) -> Lang:
    """Return a language that there are words in.

    Raises
    ------
    UsageError
        If it is neither ``en`` nor ``es``.
    """
    for known in LANGUAGES:
        if lang == known:
            return known
    raise UsageError(f"--lang {lang}: expected en or es")


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
    new = [p for p in (out, *out.parents) if not p.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        refuse_unwritable(out)
    except OSError as error:
        raise UsageError(f"--out {out} cannot be written: {error.strerror}") from None
    finally:
        # Only what was made here, and only while it is empty.
        with contextlib.suppress(OSError):
            for folder in new:
                folder.rmdir()
