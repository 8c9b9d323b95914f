"""A small sound scenario folder, and ways to break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.made.small_folder import TEXTS

from caravana.models.scenarios import read_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from caravana.scenario.reading.faults import Fault


@dataclass
class Folder:
    """A scenario folder that can be broken and read."""

    path: Path

    def change(self, file: str, old: str, new: str) -> Folder:
        path = self.path / file
        text = path.read_text("utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return self

    def append(self, file: str, text: str) -> Folder:
        with (self.path / file).open("a", encoding="utf-8") as opened:
            opened.write(text)
        return self

    def faults(self) -> list[Fault]:
        scenario, faults = read_scenario(self.path)
        assert (scenario is None) == bool(faults)
        return faults

    def told(self) -> list[str]:
        return [str(fault) for fault in self.faults()]


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[[], Folder]:
    """Make the sound folder; each call makes another."""

    def make() -> Folder:
        path = tmp_path / f"scenario-{len(list(tmp_path.iterdir()))}"
        path.mkdir()
        for name, text in TEXTS.items():
            (path / name).write_text(text, "utf-8")
        return Folder(path)

    return make


@pytest.fixture
def folder(make_folder: Callable[[], Folder]) -> Folder:
    """The sound folder."""
    return make_folder()
