"""A row of a file in a scenario folder, whatever it is of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from caravana.summaries import as_table, in_short


class Row(BaseModel):
    """A frozen row: unknown keys refused, numbers finite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show what is not at its default."""
        return [(name, value) for name, value in self if value != type(self).model_fields[name].default]

    def _repr_html_(self) -> str:
        """Return the same as a table."""
        return as_table(type(self).__name__, [(str(name), in_short(value)) for name, value in self.__repr_args__()])
