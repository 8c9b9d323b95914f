"""The one place for a public address: with one every link of the README leads to a page, without one to none."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.made.tools import load_tool

from caravana.ensemble import crate

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
CITATION = re.sub(r"^url: .*\n", "", (ROOT / "CITATION.cff").read_text("utf-8"), flags=re.MULTILINE)
ADDRESS = "https://pages.example.org/caravana"


@pytest.fixture(scope="module")
def tool():
    return load_tool("release")


def with_address(address):
    return f"{CITATION}url: {address}\n"


def test_with_an_address_every_link_leads_to_a_page_that_is_built(tool):
    told = tool.public_readme(README, tool.address_of(with_address(f"{ADDRESS}/")))
    targets = [link["target"] for link in tool.LINK.finditer(told)]
    assert len(targets) == len(tool.LINK.findall(README)) > 10
    for target in targets:
        page = target.removeprefix(f"{ADDRESS}/")
        assert page != target
        sources = [page] if not page.endswith(".html") else [page[:-5] + ending for ending in tool.PAGES]
        assert any((ROOT / "docs" / source).is_file() for source in sources), target


def test_without_one_the_words_stay_and_nothing_is_linked(tool):
    told = tool.public_readme(README, "")
    assert not tool.LINK.search(told)
    for link in tool.LINK.finditer(README):
        assert (link["words"] in told) is not bool(link["picture"])


def test_links_elsewhere_stay_and_one_out_of_the_pages_is_refused(tool):
    assert tool.public_readme("[a](https://example.org/a.md)", ADDRESS) == "[a](https://example.org/a.md)"
    assert tool.public_readme("[a](docs/a.md#part)", ADDRESS) == f"[a]({ADDRESS}/a.html#part)"
    with pytest.raises(SystemExit, match=r"src/a\.py: a link leads into docs/"):
        tool.public_readme("[a](src/a.py)", ADDRESS)


def test_an_address_is_named_by_the_metadata_and_only_then(tool):
    assert tool.address_of(CITATION) == ""
    assert tool.with_urls(PROJECT, "") == PROJECT
    urls = tomllib.loads(tool.with_urls(PROJECT, ADDRESS))["project"]["urls"]
    assert urls["Homepage"] == f"{ADDRESS}/index.html"
    for url in urls.values():
        assert (ROOT / "docs" / url.removeprefix(f"{ADDRESS}/")).with_suffix(".md").is_file()
    with pytest.raises(SystemExit, match="expected https"):
        tool.address_of(with_address("somewhere"))


def test_a_crate_names_the_address_of_the_metadata(monkeypatch):
    from email.message import Message

    named = Message()
    monkeypatch.setattr("importlib.metadata.metadata", lambda _: named)
    assert crate._home() == crate.NO_HOME
    named["Project-URL"] = f"Homepage, {ADDRESS}/index.html"
    assert crate._home() == ADDRESS
