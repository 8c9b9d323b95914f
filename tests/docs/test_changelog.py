"""What the changelog calls the new name of a module is one, and the old name is none."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("Modules, under `caravana.`:")[1].split("\n#")[0]
ROWS = re.findall(r"^\| `([\w.]+)` \| (`.*`) \|$", TABLE, re.MULTILINE)


def is_module(name):
    path = ROOT / "src" / "caravana" / Path(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_the_table_is_read():
    assert len(ROWS) > 150


@pytest.mark.parametrize(("old", "new"), ROWS)
def test_a_renamed_module_is_under_its_new_name_and_not_under_the_old(old, new):
    names = re.findall(r"`([\w.]+)`", new)
    # `inference.posterior` is a package now, and holds what it was.
    assert not is_module(old) or all(name.startswith(f"{old}.") for name in names)
    for name in names:
        assert is_module(name), f"caravana.{name}"
