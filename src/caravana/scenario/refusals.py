"""What pydantic refuses of a row or scenario made in Python, in our words, near names offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ValidationError

from caravana.scenario.fields import expected_instead, specs_of
from caravana.scenario.reading.faults import shown
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator


def words_of_refusal(error: ValidationError, model: type[BaseModel]) -> str:
    """Say all that was refused, a line each: the class, the field, its value and what was expected.

    Parameters
    ----------
    error
        What pydantic raised.
    model
        The class that was to be made.
    """
    lines = []
    for problem in error.errors(include_url=False, include_context=False):
        missing = problem["type"] == "missing"
        lines.append(_line(model, problem["loc"], None if missing else problem["input"], missing=missing))
    return "\n".join(dict.fromkeys(lines))


def words_of_unnamed(value: object, model: type[BaseModel]) -> str:
    """Say that a class takes its fields by name, with the first value under the first name.

    Parameters
    ----------
    value
        What was given without a name.
    model
        The class that was to be made.
    """
    name, first = model.__name__, next(iter(model.model_fields))
    return f"{name}: expected every field by its name, as {name}({first}={shown(value)})"


def _line(model: type[BaseModel], loc: tuple[int | str, ...], value: object, *, missing: bool) -> str:
    """One line of what is expected at a path of fields and positions."""
    path, expected, inner = "", "", model
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        path += f".{step}"
        specs = specs_of(inner)
        if step not in specs:
            return f"{model.__name__}{path}: expected one of {', '.join(specs)}{did_you_mean(step, specs)}"
        within = next(_models_in(inner.model_fields[step].annotation), None)
        spec = specs[step]
        expected = f"{within.__name__} rows" if within and spec.model is None else expected_instead(spec, value)
        if within is None:
            break
        inner = within
    if missing:
        return f"{model.__name__}{path}: expected this argument, {expected}; it is missing"
    return f"{model.__name__}{path}: {shown(value)} — expected {expected}"


def _models_in(hint: object) -> Iterator[type[BaseModel]]:
    """Classes of rows that a type is made of."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _models_in(part)
