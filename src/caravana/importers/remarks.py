"""What a build says of itself: decisions, assumptions, fallbacks, and what to look at first.

A remark is a key of the catalogue ``build`` with its values, so that it can be told in either language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from caravana.language.faults import message_words
from caravana.language.language import load_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language

Group = Literal["decision", "assumption", "fallback", "look_first"]


MOST_NAMED = 8
"""Names that a remark lists at most."""


def named(names: Sequence[str]) -> str:
    """Names as a remark lists them: of very many the first."""
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: its group, its key in the catalogue below ``build.said``, and the values that its words take."""

    group: Group
    key: str
    values: Mapping[str, str | float]

    def text(self, language: Language) -> str:
        """The remark in words."""
        shown = {
            name: value if isinstance(value, str) else language.number(value, digits=0 if float(value) % 1 == 0 else 1)
            for name, value in self.values.items()
        }
        if self.key == "note":
            # What a reader noted is written in English; the catalogue has its words.
            shown["text"] = message_words(shown["text"], language)
        return language.text(f"build.said.{self.key}", **shown)

    def as_json(self) -> dict[str, Any]:
        """Key, values and English words."""
        return {"key": self.key, "text": self.text(load_language("en")), "values": dict(self.values)}


@dataclass(slots=True)
class Remarks:
    """Remarks as they are made, each once."""

    all: list[Remark] = field(default_factory=list)

    def _add(self, group: Group, key: str, values: Mapping[str, str | float]) -> None:
        remark = Remark(group, key, values)
        if remark not in self.all:
            self.all.append(remark)

    def decide(self, key: str, **values: str | float) -> None:
        """Say what was decided where the files left a choice."""
        self._add("decision", key, values)

    def assume(self, key: str, **values: str | float) -> None:
        """Say what is taken to be so, and no file says."""
        self._add("assumption", key, values)

    def fall_back(self, key: str, **values: str | float) -> None:
        """Say what stands in for a file that was not given; it is an assumption too."""
        self._add("fallback", key, values)

    def look(self, key: str, **values: str | float) -> None:
        """Say what a person should look at first."""
        self._add("look_first", key, values)

    def of(self, *groups: Group) -> list[Remark]:
        """Remarks of some groups, in the order made."""
        return [one for one in self.all if one.group in groups]
