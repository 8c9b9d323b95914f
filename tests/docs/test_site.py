"""The pages build without a warning and load nothing from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.made import chromium

ROOT = Path(__file__).parents[2]
LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"(?:https?:)?//[^\"]+|<link\b[^>]*\bhref=\"(?:https?:)?//[^\"]+"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_pages_load_nothing_from_elsewhere(site):
    pages = sorted(site.rglob("*.html"))
    assert pages
    loaded = {page.name: LOADED.findall(page.read_text(encoding="utf-8")) for page in pages}
    assert not {name: found for name, found in loaded.items() if found}


def test_the_model_description_has_its_tables(site):
    page = (site / "model.html").read_text(encoding="utf-8")
    assert "<!-- table:" not in page
    assert page.count("<table>") >= 5


def test_every_document_is_a_page(site):
    for page in (ROOT / "docs").rglob("*.md"):
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).exists(), page


def test_what_opens_from_a_folder_can_be_searched_offline(site):
    assert (site / "search" / "search_index.js").read_text("utf-8").startswith("var __index")
    page = (site / "index.html").read_text("utf-8")
    assert 'src="assets/iframe-worker.js"' in page


class TestInBrowser:
    """What a reader who opened the folder sees."""

    pytestmark = chromium.MARKS

    def test_a_search_finds_pages_without_a_server(self, site, browser):
        browser.set_window_size(1300, 900)
        browser.get((site / "index.html").as_uri())
        chromium.wait_for(browser, "return !!document.querySelector('input.md-search__input')")
        browser.find_element("css selector", "input.md-search__input").send_keys("hubverse")
        links = "[...document.querySelectorAll('.md-search-result__item a')]"
        hit = f"return {links}.some(a => a.href.includes('commands.html'))"
        chromium.wait_for(browser, hit)

    def test_a_page_of_the_gallery_shows_its_picture(self, site, browser):
        browser.get((site / "gallery" / "04_plot.html").as_uri())
        script = "const i = document.querySelector('article img'); return i && i.complete && i.naturalWidth > 300"
        chromium.wait_for(browser, script)
