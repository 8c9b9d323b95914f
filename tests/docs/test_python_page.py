"""Every public name has its entry on the page of the Python reference, and every entry is a name that there is."""

import importlib
import re
from pathlib import Path

import pytest

import caravana

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
ENTRY = re.compile(
    r"^::: (?P<module>[\w.]+)\n    options: \{ heading_level: 3(?:, members: \[(?P<members>[^]]*)\])? \}$", re.MULTILINE
)
ENTRIES = {
    entry["module"]: tuple(entry["members"].split(", ")) if entry["members"] else None for entry in ENTRY.finditer(PAGE)
}
PUBLIC = [name for name in caravana.__all__ if name != "__version__"]


def test_every_entry_of_the_page_is_read():
    assert len(ENTRIES) == PAGE.count("\n::: ")


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_on_the_page(name):
    home = f"caravana.{caravana._HOMES[name]}"
    assert home in ENTRIES, f"{home} has no entry"
    assert ENTRIES[home] is None or name in ENTRIES[home]


@pytest.mark.parametrize(("module", "members"), ENTRIES.items())
def test_every_entry_names_what_there_is(module, members):
    home = importlib.import_module(module)
    assert [name for name in members or () if not hasattr(home, name)] == []
