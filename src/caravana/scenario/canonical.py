"""One form for a scenario, whatever its files look like: for its hash, and for comparing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

#: Says which canonical form a hash is of; raise it when the form changes.
FORM = b"caravana scenario, form 2\n"


def canonical_form(scenario: Scenario) -> bytes:
    """Write a scenario as canonical JSON.

    Rows keep their order, as results depend on it; the order of settings does not count.
    Fields that stand at their default are left out, so that a new optional field in a later version
    does not change the form.  Whole numbers and others are written alike (1 as 1.0).

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    bytes
        UTF-8 text; arrays stand in it as the SHA-256 of their little-endian float64 bytes.
    """
    return json.dumps(_plain(scenario), sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of the canonical form of a scenario in force, as 64 hexadecimal digits.

    It does not change with the formatting of files, nor by writing and reading the scenario, nor
    with the words that describe a parameter.

    Parameters
    ----------
    scenario
        A scenario that says everything itself (see :func:`caravana.scenario.declared.scenario_in_force`),
        so that one that lists only its changes has the hash of one that lists all.
    """
    plain = tuple(p.model_copy(update={"description": "", "description_es": ""}) for p in scenario.parameters)
    scenario = scenario.model_copy(update={"parameters": plain})
    return hashlib.sha256(FORM + canonical_form(scenario)).hexdigest()


def same_scenario(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios say the same, arrays included (``==`` cannot compare arrays)."""
    return canonical_form(one) == canonical_form(other)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            name: _plain(part)
            for name, part in value.__dict__.items()
            if name in fields and (fields[name].is_required() or part != fields[name].default)
        }
    if isinstance(value, np.ndarray):
        # Adding zero turns -0.0 into 0.0, which is equal to it.
        array = np.ascontiguousarray(value, dtype="<f8") + 0.0
        return [list(array.shape), hashlib.sha256(array.tobytes()).hexdigest()]
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and abs(value) < 2**53:
        return float(value) + 0.0
    return str(value)
