"""Every figure of the paper is taken from the results of a command, and everything that it cites is in its list."""

import re
from pathlib import Path

import pytest
from tests.made.tools import load_tool

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "paper" / "paper.in.md").read_text("utf-8")
TYPED = {"90", "2018", "2025", "30", "1", "7", "3"}
"""Numbers that stand in the text: levels of bands, years, days; no result."""


@pytest.fixture(scope="module")
def tool():
    return load_tool("paper")


def test_every_figure_has_its_result(tool):
    written = tool.fill(TEXT)
    assert "{{" not in written
    assert len(tool.PLACE.findall(TEXT)) >= 15
    assert "nan" not in written


def test_no_result_is_typed(tool):
    section = TEXT[TEXT.index("# How well it does") : TEXT.index("# Limits")]
    typed = set(re.findall(r"\d+(?:\.\d+)?", tool.PLACE.sub("", section)))
    assert typed <= TYPED


def test_a_way_that_leads_nowhere_is_said(tool):
    with pytest.raises(SystemExit, match="no nothing; there are"):
        tool.value_at({"a": {"b": 1}}, "a/nothing")
    with pytest.raises(SystemExit, match="0 rows are"):
        tool.value_at([{"model": "x"}], "model=y")


def test_what_is_cited_is_listed_and_the_other_way_round():
    cited = set(re.findall(r"@(\w+\d{4})", TEXT))
    listed = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "paper" / "paper.bib").read_text("utf-8"), re.MULTILINE))
    assert cited == listed
