"""The page of tonight looked at in a browser: both languages, two widths, on paper, by keyboard."""

from __future__ import annotations

import base64
import re

import pytest
from selenium.webdriver.common.keys import Keys
from tests.made import chromium

from caravana.language.language import read_catalogue
from caravana.reporting.tonight.page import write_tonight

pytestmark = chromium.MARKS
COVERED = """
    const boxes = [...document.querySelectorAll('.map text:not([aria-hidden])')]
      .filter((t) => t.getClientRects().length).map((t) => t.getBoundingClientRect());
    return boxes.flatMap((a, n) => boxes.slice(0, n).filter((b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)).length"""
CUT_OFF = """
    return [...document.querySelectorAll('svg text')].filter((t) => t.getClientRects().length && (() => {
      const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
      return a.left < b.left - 2 || a.right > b.right + 2 || a.bottom > b.bottom + 2 || a.top < b.top - 2;
    })()).map((t) => t.textContent)"""


@pytest.fixture(scope="module")
def page(evening, tmp_path_factory):
    return write_tonight(evening, tmp_path_factory.mktemp("tonight") / "tonight.html", language="es")


@pytest.mark.parametrize("width", [chromium.WIDE, chromium.NARROW])
def test_nothing_is_cut_off_or_covered_in_either_language(browser, page, width):
    chromium.show(browser, page, width)
    for code in ("es", "en"):
        assert browser.execute_script("return document.documentElement.lang") == code
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        assert browser.execute_script(CUT_OFF) == []
        assert browser.execute_script(COVERED) == 0
        browser.execute_script("[...document.querySelectorAll('.switch')].find((b) => b.offsetParent).click()")
    assert [url for url in chromium.asked_for(browser) if not url.startswith(("file:", "data:"))] == []


def test_spanish_words_alone_are_seen_in_spanish(browser, page):
    chromium.show(browser, page, chromium.WIDE)
    seen = browser.execute_script("return document.body.innerText").lower()
    for key, texts in read_catalogue("tonight").items():
        if texts["en"] != texts["es"] and len(texts["en"].split()) > 2 and "{" not in texts["en"]:
            assert texts["en"].lower() not in seen, key
    assert not re.search(r"\b(tomorrow|people|night|the|between|tonight)\b", seen)


def test_a_night_is_chosen_by_keyboard_and_stands_in_the_address(browser, page):
    chromium.show(browser, page, chromium.WIDE)
    for _ in range(12):
        chromium.press(browser, Keys.TAB)
        if browser.execute_script("return document.activeElement.dataset.day") == "2021-11-12":
            break
    chromium.press(browser, Keys.ENTER)
    assert browser.execute_script("return location.hash") == "#2021-11-12"
    assert browser.execute_script("return document.querySelectorAll('svg .night.chosen').length") > 0
    browser.get(f"{page.as_uri()}#2021-11-10")
    browser.refresh()
    assert browser.execute_script("return document.querySelector('a[aria-current]').dataset.day") == "2021-11-10"


@pytest.mark.parametrize("code", ["es", "en"])
def test_printed_it_is_two_pages(browser, page, code):
    chromium.show(browser, page, chromium.WIDE)
    if code == "en":
        browser.execute_script("document.querySelector('.switch').click()")
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    assert len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"]))) == 2
