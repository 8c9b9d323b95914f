"""The pages on how it is built name what is there: functions, quirks, packages."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`(caravana(?:\.\w+)+)`", ARCHITECTURE)))
QUIRK = re.compile(r"[Qq]uirks? (\d+)(?: and (\d+))?")
ANCHOR = "docs/dispersal.md#flee-quirks"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "caravana.importers"])
def test_every_dotted_name_of_the_page_exists(name):
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            thing = getattr(thing, attribute)
        return
    pytest.fail(f"there is no {name}")


def test_the_page_walks_through_most_packages():
    rooms = {name.split(".")[1] for name in NAMES}
    wanted = {"scenario", "simulation", "ensemble", "models", "run", "results", "reporting", "exports", "inference"}
    assert wanted <= rooms


def test_the_drawing_has_a_box_for_every_package_of_the_contracts():
    code = "from pathlib import Path; from draw_contracts import draw_contracts; print(draw_contracts(Path('..')))"
    drawn = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "tools", capture_output=True, text=True, check=True, timeout=60
    ).stdout
    division = ET.fromstring(drawn)
    svg = division.find("{http://www.w3.org/2000/svg}svg")
    width = float(svg.get("viewBox").split()[2])
    names = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "name"]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["caravana"])
    named = [part.strip() for line in reversed(layers) for part in line.split("|")]
    assert [name for name in names if name in named] == named
    assert {"walk", "camp_shares", "registry"} <= set(names)
    for box in svg.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.get("x")) + float(box.get("width")) < width


def test_quirks_are_numbered_in_one_table():
    page = (ROOT / "docs" / "dispersal.md").read_text(encoding="utf-8")
    section = page.split("{ #flee-quirks }")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d+(?:, \d+)*) \|", section, re.MULTILINE)
    table = {int(number) for row in rows for number in row.split(", ")}
    assert table == set(range(1, 58))
    named = set()
    for path in sorted((ROOT / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        numbers = {int(n) for match in QUIRK.finditer(text) for n in match.groups() if n}
        assert numbers <= table, f"{path.name} names a quirk that the table has not"
        assert not numbers or ANCHOR in text, f"{path.name} names quirks, and does not say where they are numbered"
        named |= numbers
    assert {1, 2, 3, 4, 5, 8, 9, 10, 11, 12} <= named
