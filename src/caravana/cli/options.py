"""What ``--set`` sets in a dispersal: numbers, words, true or false, and lists."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from caravana.cli.console import say
from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.evidence.taken import Inputs
    from caravana.inference.reports import Record
    from caravana.scenario.model import Scenario

#: Rule sets that have settings in place of parameters.
DISPERSALS = ("flee", "caravana")


def set_by_hand(scenario: Scenario, pairs: Sequence[str]) -> Scenario:
    """Return a dispersal with settings changed by ``name=value`` pairs.

    Values are written as numbers (``200``), words (``poisson``), ``true`` or ``false``, and lists (``1,0.5,0.1``).

    Raises
    ------
    UsageError
        If a pair has no name or no ``=``, the name is no setting, the value none of it, or the
        scenario lacks what the setting needs.
    """
    from caravana.scenario.checks.displacement import with_settings

    values: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not name:
            raise UsageError(f"--set {pair}: expected name=value, such as --set max_move_speed=200")
        values[name] = value
    return with_settings(scenario, values)


def read_date(text: str, option: str) -> dt.date:
    """Return a date given on the command line.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} {text}: expected a date such as 2021-11-09") from None


def take_rules(pairs: Sequence[str]) -> tuple[list[str], str | None]:
    """Return ``name=value`` pairs without ``rules=...``, and the rule set that it names."""
    chosen = [value.strip() for name, _, value in (p.partition("=") for p in pairs) if name.strip() == "rules"]
    return [p for p in pairs if p.partition("=")[0].strip() != "rules"], chosen[-1] if chosen else None


def read_settings(pairs: Sequence[str]) -> dict[str, float]:
    """Return ``name=value`` pairs as numbers by name.

    Raises
    ------
    UsageError
        If a pair has no ``=``, or its value is not a number.
    """
    settings: dict[str, float] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        try:
            settings[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"--set {pair}: expected name=number, such as --set rest_chance=0.2") from None
        if not sign or not name.strip():
            raise UsageError(f"--set {pair}: expected name=number, such as --set rest_chance=0.2")
    return settings


def take_claims(scenario: str, pairs: Sequence[str]) -> tuple[Inputs | None, dict[str, str]]:
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


def settings_with(inputs: Inputs | None, mine: dict[str, float]) -> dict[str, float]:
    """Return the parameters set by hand together with those that claims set.

    Raises
    ------
    UsageError
        If a parameter is set by both, or a claim replaces its prior.
    """
    if inputs is None:
        return mine
    clash = sorted(set(mine) & {*inputs.settings, *inputs.priors})
    if clash:
        raise UsageError(f"--set {clash[0]} contradicts a claim taken, which says what {clash[0]} is")
    return {**inputs.settings, **mine}


def take_settings(scenario: Scenario, inputs: Inputs | None, pairs: Sequence[str]) -> tuple[Scenario, dict[str, float]]:
    """Return the scenario with its settings changed (a dispersal), and the parameters set by hand (a caravan).

    Raises
    ------
    UsageError
        If one is unknown, has no such value, or contradicts a claim.
    """
    if scenario.rules in DISPERSALS:
        return set_by_hand(scenario, pairs), {}
    return scenario, settings_with(inputs, set_parameters(scenario, pairs))


def set_parameters(scenario: Scenario, pairs: Sequence[str]) -> dict[str, float]:
    """Return ``name=value`` pairs as numbers by parameter; a name of before is taken, and the new one said.

    Raises
    ------
    UsageError
        If a pair has no ``=``, or its value is not a number.
    """
    from caravana.models.scenarios import current_settings

    given = read_settings(pairs)
    current = current_settings(scenario, given)
    say_new_names({old: new for old, new in zip(given, current, strict=True) if old != new})
    return current


def load(scenario: str) -> Scenario:
    """Load a scenario by name or path; where it uses names of before, the new ones are said.

    Raises
    ------
    ScenarioError
        If there is none, or it has faults.
    """
    from caravana.models.scenarios import in_force, load_as_written, renamed_parameters

    loaded = load_as_written(scenario)
    say_new_names(renamed_parameters(loaded))
    return in_force(loaded)


def say_new_names(renamed: Mapping[str, str]) -> None:
    """Say what parameters are called today."""
    for old, new in renamed.items():
        say(f"{old} is now called {new}; the old name is still read")


def read_language(lang: str) -> Literal["en", "es"]:
    """Return a language of the report.

    Raises
    ------
    UsageError
        If it is neither ``en`` nor ``es``.
    """
    if lang == "en":
        return "en"
    if lang == "es":
        return "es"
    raise UsageError(f"--lang {lang}: expected en or es")


def horizons_to(days: int, *, on_the_way: tuple[int, ...]) -> tuple[int, ...]:
    """Return the horizons scored up to a longest one: those on the way to it, and itself.

    Raises
    ------
    UsageError
        If it is under a day.
    """
    if days < 1:
        raise UsageError(f"--horizon {days}: a horizon under one day is no forecast")
    return tuple(sorted({h for h in on_the_way if h <= days} | {days}))


def load_record(scenario: str, caravan: str | None) -> tuple[Scenario, Record]:
    """Return a scenario and what was reported of one of its caravans.

    Raises
    ------
    UsageError
        If its rules move no caravans.
    """
    from caravana.inference.reports import read_record

    loaded = load(scenario)
    if loaded.rules != "caravan":
        # What `backtest` can do it does without coming here: this is said of `forecast` only.
        raise UsageError(
            f"{loaded.name} has the rules {loaded.rules!r}, and this command is of caravans. To forecast a displacement"
            f" from day N: caravana run {scenario} --set rules=caravana --set origin_day=N --set forecast_total=1;"
            f" to score such forecasts: caravana backtest {scenario}"
        )
    return loaded, read_record(loaded, caravan=caravan)
