"""The tables that the docs draw from the code hold everything that they are about."""

import re
import tomllib
import typing
from pathlib import Path

import pytest
from tests.made.tools import load_tool

import caravana as cv
from caravana.scenario import model

ROOT = Path(__file__).parents[2]
ROWS = [
    "Scenario", "Place", "Link", "Event", "Observation", "Claim", "Source", "PartyKind", "Itinerary", "Caravan", "Call",
    "Facility", "Policy", "Parameter", "Reading", "Prior",
]  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return load_tool("docs_tables")


def test_every_parameter_is_in_its_table(tables):
    drawn = tables.draw_parameters("tapachula-2021")
    for parameter in cv.load_scenario("tapachula-2021").parameters:
        assert f"| `{parameter.name}` | {parameter.unit} |" in drawn


def test_every_process_is_in_the_order_of_the_day(tables):
    drawn = tables.draw_order()
    for number, process in enumerate(cv.ORDER, start=1):
        assert f"| {number} | `{process.name}` |" in drawn


@pytest.mark.parametrize("row", ROWS)
def test_every_column_is_in_its_table_and_has_a_meaning(tables, row):
    drawn = tables.draw_columns(row)
    meanings = tomllib.loads(tables.MEANINGS.read_text(encoding="utf-8"))[row]
    assert set(meanings) - {""} == set(getattr(model, row).model_fields)
    for name, meaning in meanings.items():
        if not name:
            continue
        assert any(line.startswith(f"| `{name}` |") and meaning in line for line in drawn.splitlines())


def test_every_class_of_the_file_model_is_on_the_page(tables):
    page = tables.fill_tables((ROOT / "docs" / "reference" / "scenario-files.md").read_text(encoding="utf-8"))
    for row in ROWS:
        assert f"## {row}\n" in page


def test_every_submodel_is_described():
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    details = page[page.index("### 6. Submodels") : page.index("### Parameters")]
    headings = " ".join(line for line in details.splitlines() if line.startswith("#### ")).lower()
    for process in cv.ORDER:
        assert process.name in headings, process.name


def test_every_parameter_that_a_process_reads_is_in_the_text_of_its_submodel():
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    details = page[page.index("### 4. Initialisation") : page.index("### Parameters")]
    sided = {f"bias_{side}" for side in ("authorities", "organisers", "press", "agency", "observer")}
    missing = {name for p in cv.ORDER for name in p.parameters if name not in details} - sided
    assert not missing


def test_every_layer_is_on_the_architecture_page(tables):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = " ".join(project["tool"]["importlinter"]["contracts"][0]["layers"])
    page = tables.fill_tables((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    boxes = re.findall(r'<text class="name"[^>]*>(\w+)</text>', page)
    assert not [layer for layer in re.findall(r"[a-z]+", layers) if layer not in boxes]


def test_every_lever_is_described():
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert not [lever for lever in typing.get_args(model.Lever) if f"| `{lever}` |" not in page]


def test_no_request_for_a_table_is_left_over(tables):
    for page in (ROOT / "docs").rglob("*.md"):
        assert "<!-- table:" not in tables.fill_tables(page.read_text(encoding="utf-8")), page
