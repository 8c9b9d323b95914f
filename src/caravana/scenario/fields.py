"""What each field of the model may hold: the sort of value, and the plain words for it."""

from __future__ import annotations

import datetime as dt
import math
import re
import types
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from caravana.scenario.row import Row
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

Sort = Literal["text", "date", "flag", "whole", "number", "list", "model", "settings"]

#: How the words of a field with fixed words begin.
ONE_OF = "one of "
#: Largest whole number taken, so that sums of a table stay far below what 64 bits hold.
LARGEST_WHOLE = 10**12

_SORTS: Mapping[Any, Sort] = {str: "text", dt.date: "date", bool: "flag", int: "whole", float: "number"}
_WORDS = {"text": "text", "date": "a date like 2021-10-23", "flag": "true or false"}
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$": "an id of letters, digits, '_', '.' and '-'",
    r"^[a-z][a-z0-9_]*$": "a name of small letters, digits and '_', beginning with a letter",
    r"^[a-z][a-z0-9-]*$": "a name of small letters, digits and '-', beginning with a letter",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"[+-]?\d+(\.0*)?")


class UnfitError(ValueError):
    """A value that its field cannot hold; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a model, as needed to read it and to say what it should hold.

    Attributes
    ----------
    name
        The field's name: a column, or a key.
    sort
        What sort of value it holds.
    required
        Whether the field has no default, so that a value must be given.
    expected
        What it may hold, in plain words.
    default
        Its default (None for a required field).
    model
        The model of a nested table; None for all else.
    """

    name: str
    sort: Sort
    required: bool
    expected: str
    default: Any
    model: type[Row] | None = None


@cache
def specs_of(model: type[BaseModel]) -> Mapping[str, FieldSpec]:
    """Describe the fields of a model, by name, in the order of the model."""
    hints = get_type_hints(model, include_extras=True)
    return {name: _spec_of(name, hints[name], info) for name, info in model.model_fields.items()}


def _spec_of(name: str, hint: object, info: FieldInfo) -> FieldSpec:
    required = info.is_required()
    default = None if required else info.get_default(call_default_factory=True)
    base, rules = _unwrap(hint)
    sort: Sort
    nested = None
    if isinstance(base, type) and issubclass(base, Row):
        sort, expected, nested = "model", f"a table of {', '.join(base.model_fields)}", base
    elif get_origin(base) is tuple:
        item, item_rules = _unwrap(get_args(base)[0])
        sort, expected = "list", f"a list, each {_words(item, item_rules)}"
    elif get_origin(base) is Literal:
        literal = get_args(base)
        sort, expected = _SORTS[type(literal[0])], _words(base, rules)
    else:
        sort = _SORTS.get(base, "settings")
        expected = _words(base, rules)
    return FieldSpec(name, sort, required, expected, default, nested)


def _unwrap(hint: object) -> tuple[object, Mapping[str, Any]]:
    """Split a type from ``None`` and from its rules (ge, le, gt, pattern)."""
    rules: dict[str, Any] = {}
    while True:
        if get_origin(hint) is Annotated:
            for note in get_args(hint)[1:]:
                for rule in note.metadata if isinstance(note, FieldInfo) else (note,):
                    rules |= {key: getattr(rule, key) for key in ("ge", "le", "gt", "pattern") if hasattr(rule, key)}
            hint = get_args(hint)[0]
        elif get_origin(hint) in {types.UnionType, Union} and type(None) in get_args(hint):
            hint = next(part for part in get_args(hint) if part is not type(None))
        else:
            return hint, rules


def _words(base: object, rules: Mapping[str, Any]) -> str:
    if get_origin(base) is Literal:
        literal = get_args(base)
        return str(literal[0]) if len(literal) == 1 else f"{ONE_OF}{', '.join(map(str, literal))}"
    sort = _SORTS.get(base, "settings")
    if sort == "text":
        pattern = rules.get("pattern")
        return _PATTERNS.get(pattern, f"text of the form {pattern}") if pattern else "text"
    if sort == "settings":
        return "true, false, a finite number, text, or a list of finite numbers"
    if sort in _WORDS:
        return _WORDS[sort]
    noun = "a whole number" if sort == "whole" else "a number"
    if "ge" in rules and "le" in rules:
        return f"{noun} between {rules['ge']} and {rules['le']}"
    if "ge" in rules:
        return f"{noun}, {rules['ge']} or more"
    return f"{noun} above {rules['gt']}" if "gt" in rules else noun


def expected_instead(spec: FieldSpec, value: object) -> str:
    """Say what a field should hold, given what stands there."""
    if isinstance(value, float) and not math.isfinite(value):
        return spec.expected.replace("a number", "a finite number", 1)
    if isinstance(value, str) and len(value) > 80 and spec.expected.startswith("an id"):
        return "an id of at most 80 characters"
    _, fixed, words = spec.expected.partition(ONE_OF)
    if isinstance(value, str) and fixed:
        return spec.expected + did_you_mean(value, words.split(", "))
    return spec.expected


def from_cell(spec: FieldSpec, cell: str) -> object:
    """Turn a cell that is not empty into the sort of value its field holds.

    Raises
    ------
    UnfitError
        If the cell is not of that sort; the message says what was expected.
    """
    if spec.sort == "text":
        return cell
    text = cell.strip()
    match spec.sort:
        case "date":
            return _date(spec, text)
        case "flag":
            if text.lower() not in {"true", "false"}:
                raise UnfitError(spec.expected)
            return text.lower() == "true"
        case "whole":
            if not _WHOLE.fullmatch(text) or len(text) > 40:
                raise UnfitError(spec.expected)
            return _whole(int(text.partition(".")[0]))
        case "number":
            return _number(spec, text)
        case _:
            items = tuple(item.strip() for item in text.split(";"))
            if "" in items:
                raise UnfitError(f"{spec.expected}, with ';' between them and none empty")
            return items


def from_toml(spec: FieldSpec, value: object) -> object:
    """Check that a TOML value is of the sort its field holds, and return it as such.

    Raises
    ------
    UnfitError
        If it is not of that sort; the message says what was expected.
    """
    match spec.sort:
        case "date" if isinstance(value, str):
            return _date(spec, value)
        case "date" if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        case "flag" if isinstance(value, bool):
            return value
        case "whole" if isinstance(value, int) and not isinstance(value, bool):
            return _whole(value)
        case "number" if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _number(spec, value)
        case "text" if isinstance(value, str):
            if spec.required and not value:
                raise UnfitError("text, not nothing")
            return value
        case "list" if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        case "model" if isinstance(value, dict):
            return value
        case _:
            raise UnfitError(spec.expected)


def setting_from_toml(value: object) -> bool | int | float | str | tuple[float, ...]:
    """Check one value of ``[settings]``.

    Raises
    ------
    UnfitError
        If it is none of true, false, a finite number, text, a list of finite numbers.
    """
    if isinstance(value, (bool, str)) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list) and all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value):
        try:
            numbers = tuple(float(item) for item in value)
        except OverflowError:
            numbers = (math.inf,)
        if all(map(math.isfinite, numbers)):
            return numbers
    raise UnfitError("true, false, a finite number, text, or a list of finite numbers")


def _date(spec: FieldSpec, text: str) -> dt.date:
    try:
        if _DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        raise UnfitError("a date that exists, like 2021-10-23") from None
    raise UnfitError(spec.expected)


def _whole(value: int) -> int:
    if abs(value) > LARGEST_WHOLE:
        raise UnfitError(f"a whole number of at most {LARGEST_WHOLE:,}")
    return value


def _number(spec: FieldSpec, value: str | float) -> float:
    try:
        # Python takes 1_000 for a number; a spreadsheet does not.
        number = math.inf if isinstance(value, str) and "_" in value else float(value)
    except OverflowError:
        number = math.inf
    except ValueError:
        raise UnfitError(spec.expected) from None
    if not math.isfinite(number):
        finite = "a number" if isinstance(value, str) and "_" in value else "a finite number"
        raise UnfitError(spec.expected.replace("a number", finite, 1))
    return number
