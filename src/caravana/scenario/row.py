"""A row of a file in a scenario folder, whatever it is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from caravana.accessors import bound
from caravana.errors import ScenarioError
from caravana.summaries import as_table, in_short

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:  # what pydantic keeps to itself is taken from what it gives
    ModelMetaclass = type(BaseModel)


class Helped(ModelMetaclass):
    """Classes whose help names their own fields and methods: those of pydantic are there, and are not listed."""

    def __dir__(self) -> list[str]:
        hidden = set(dir(BaseModel)) - {"__init__", "__doc__", "__module__"}
        hidden |= {"__class_vars__", "__private_attributes__", "__signature__", "__weakref__"}
        return [name for name in super().__dir__() if name not in hidden and not name.startswith("__pydantic_")]


class Refusing(BaseModel, metaclass=Helped):
    """What Python users make by hand: frozen, unknown names refused, every refusal in our words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    if not TYPE_CHECKING:  # pydantic types the arguments of each class by its fields

        def __init__(self, /, *unnamed: object, **values: Any) -> None:
            if unnamed:
                raise ScenarioError(bound("Row.unnamed")(unnamed[0], type(self)))
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise ScenarioError(bound("Row.refusal")(error, type(self))) from None

        # Files are read through `model_validate`, which lists faults by line: it goes past this constructor.
        __init__.__pydantic_base_init__ = True
        # Help shows the fields alone, not that values without a name are heard to be refused.
        __init__.__signature__ = Signature(
            [Parameter("self", Parameter.POSITIONAL_ONLY), Parameter("values", Parameter.VAR_KEYWORD)]
        )


class Row(Refusing):
    """A frozen row: unknown keys refused, numbers finite."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show what is not at its default."""
        return [(name, value) for name, value in self if value != type(self).model_fields[name].default]

    def _repr_html_(self) -> str:
        """Return the same as a table."""
        return as_table(type(self).__name__, [(str(name), in_short(value)) for name, value in self.__repr_args__()])


class CountedRow(Row):
    """A row with a figure, ``low`` to ``high``, and its ``qualifier``."""

    @model_validator(mode="before")
    @classmethod
    def _one_figure_is_both_ends(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        ends = given.get("low"), given.get("high")
        closed = both_ends(*ends, given.get("qualifier"))
        return given if closed == ends else {**given, "low": closed[0], "high": closed[1]}


def both_ends(low: Any, high: Any, qualifier: str | None) -> tuple[Any, Any]:
    """Both ends of a figure: of one that is exact, or about right, one end is both; others may be open."""
    if qualifier not in ("exact", "about"):
        return low, high
    return high if low is None else low, low if high is None else high
