"""Checks of readings: what is taken to follow from a claim must be something that can be set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.scenario.priors import prior_has_mass, prior_wants

if TYPE_CHECKING:
    from caravana.scenario.reading.draft import Draft, Entry

#: What organisers are paid a person.  It is no parameter of any scenario, as nothing is known to set it by:
#: only a claim taken as true can, and then the accounts say so.
ORGANISER_FEE = "organiser_fee"
_DOES = ("parameter", "policy", "date")


def check_readings(draft: Draft) -> None:
    """Report readings that set nothing, several things, or what cannot be set."""
    parameters = {entry.row.name: entry.row for entry in draft.entries("parameters") if not entry.bad}
    for entry in draft.entries("readings"):
        if entry.bad:
            continue
        row = entry.row
        done = [name for name in _DOES if getattr(row, name) is not None]
        if len(done) != 1:
            given = " and ".join(done) or None
            draft.fault(entry, "", given, "one of these keys: parameter, policy, or date (with low or high)")
        elif row.parameter is not None:
            _check_setting(draft, entry, parameters)
        elif row.date is not None:
            _check_count(draft, entry)


def _check_setting(draft: Draft, entry: Entry[Any], parameters: dict[str, Any]) -> None:
    row = entry.row
    if (row.value is None) == (row.prior is None):
        draft.fault(entry, "value", row.value, "either a value or a prior for the parameter")
        return
    if row.parameter == ORGANISER_FEE:
        if row.value is None or row.value < 0:
            draft.fault(entry, "value", row.value, "USD a person who sets out, 0 or more")
        return
    parameter = parameters.get(row.parameter)
    if parameter is None:
        known = draft.known("parameters")
        if known is not None and row.parameter not in known:
            expected = f"the name of a parameter in scenario.toml, or {ORGANISER_FEE}"
            draft.fault(entry, "parameter", row.parameter, expected)
        return
    bounds = f"its parameter's bounds ({parameter.low:g} to {parameter.high:g})"
    if row.value is not None and not parameter.low <= row.value <= parameter.high:
        draft.fault(entry, "value", row.value, f"a number within {bounds}")
    if row.prior is None:
        return
    for name, expected in prior_wants(row.prior).items():
        draft.fault(entry, f"prior.{name}", getattr(row.prior, name), expected)
    if parameter.prior is None:
        draft.fault(entry, "prior", row.prior.dist, "a value, as the parameter itself has no prior")
    elif not prior_wants(row.prior) and not prior_has_mass(row.prior, parameter.low, parameter.high):
        draft.fault(entry, "prior", row.prior.dist, f"a prior with some chance of falling within {bounds}")


def _check_count(draft: Draft, entry: Entry[Any]) -> None:
    row = entry.row
    if row.low is None and row.high is None:
        draft.fault(entry, "low", None, "persons in the main caravan that day: low, high or both")
    elif row.low is not None and row.high is not None and row.low > row.high:
        draft.fault(entry, "low", row.low, f"a number not above high ({row.high:g})")
