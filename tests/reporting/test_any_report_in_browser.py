"""The report of every family of models looked at in headless Chromium, as wide as a laptop and as narrow as a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.made.chromium import (
    MARKS,
    NARROW,
    WIDE,
    asked_for,
    charts_of_wrong_width,
    chosen_day,
    controls_in_print,
    empty_charts,
    open_details,
    press,
    show,
    wait_for,
)
from tests.made.gravity_run import make_gravity_run

from caravana.reporting.report import write_report

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from caravana.language.language import Code
    from caravana.run import Run

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = MARKS


@dataclass(frozen=True)
class Page:
    """What is to be seen of a family's page.

    Attributes
    ----------
    run
        Fixture of its run.
    first_screen
        Parts that stand on the first screen of a laptop.
    line
        A line of the map that zooming moves; "" where there is no map.
    pause
        Milliseconds in which a page that plays would have gone on.
    """

    run: str
    first_screen: tuple[str, ...]
    line: str
    pause: int


PAGES = {
    "caravan": Page("run", ("#answer", "#map", "#headcount"), "#map .road", 1700),
    "displacement": Page("displaced", ("#verdict", "#answer", "#map", "#total"), "#map .link", 900),
    "places": Page("strange", ("#answer", "#total"), "", 900),
}
families = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
mapped = pytest.mark.parametrize("page", [p for p in PAGES.values() if p.line], ids=[k for k in PAGES if PAGES[k].line])


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_gravity_run(tmp_path_factory.mktemp("strange") / "run")


class Look:
    """Pages, written when they are first looked at."""

    def __init__(self, browser: Chrome, request: pytest.FixtureRequest, folder: Path) -> None:
        self._browser, self._request, self._folder = browser, request, folder

    def __call__(self, page: Page, language: Code = "en", width: int = WIDE, *, calm: bool = False) -> Chrome:
        path = self._folder / f"{page.run}-{language}.html"
        if not path.exists():
            write_report(self._request.getfixturevalue(page.run), path=path, language=language)
        return show(self._browser, path, width, calm=calm)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def look(browser: Chrome, request: pytest.FixtureRequest, folder: Path) -> Look:
    return Look(browser, request, folder)


@families
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_errors_no_network_no_sideways_scroll(look: Look, page: Page, language: Code, width: int) -> None:
    browser = look(page, language, width)
    assert browser.get_log("browser") == []
    asked = asked_for(browser)
    assert asked
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    # Opened details are no wider either.
    open_details(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    assert browser.get_log("browser") == []


@families
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_picture_is_drawn_and_none_outside_its_width(look: Look, page: Page, width: int) -> None:
    browser = look(page, "en", width)
    assert empty_charts(browser) == []
    assert browser.execute_script("return document.querySelectorAll('.chart').length") > 1
    assert charts_of_wrong_width(browser) == 0


@families
def test_the_first_screen_has_the_answer_and_its_pictures(look: Look, page: Page) -> None:
    browser = look(page)
    for part in page.first_screen:
        top, bottom = browser.execute_script(
            f"const b = document.querySelector('{part}').getBoundingClientRect(); return [b.top, b.bottom]"
        )
        assert top >= 0
        assert bottom <= 900, part


@families
def test_the_slider_moves_what_is_said(look: Look, page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look(page)
    answer = "return document.getElementById('answer').textContent"
    browser.execute_script("document.getElementById('day').focus()")
    press(browser, Keys.HOME)
    assert chosen_day(browser) == 0
    first = browser.execute_script(answer)
    press(browser, Keys.END)
    assert browser.execute_script(answer) != first
    day, last = browser.execute_script(
        "const s = document.getElementById('day'); return [s.getAttribute('aria-valuetext'), s.max]"
    )
    assert chosen_day(browser) == int(last)
    assert browser.execute_script("return document.querySelector('#day-name .wide').textContent") == day
    assert day in browser.execute_script(
        "return [...document.querySelectorAll('[data-day-long]')].map((e) => e.textContent)"
    )


@families
@pytest.mark.parametrize("calm", [False, True])
def test_play_and_pause_by_keyboard(look: Look, page: Page, calm: bool) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look(page, calm=calm)
    playing = "return document.getElementById('play').getAttribute('aria-pressed')"
    browser.execute_script("document.getElementById('play').focus()")
    started = chosen_day(browser)
    press(browser, Keys.SPACE)
    assert browser.execute_script(playing) == "true"
    wait_for(browser, f"return Number(document.getElementById('day').value) >= {started + 2}")
    press(browser, Keys.SPACE)
    assert browser.execute_script(playing) == "false"
    stopped = chosen_day(browser)
    browser.execute_async_script(f"setTimeout(arguments[0], {page.pause})")
    assert chosen_day(browser) == stopped


@families
def test_the_tab_key_visits_what_can_be_used(look: Look, page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look(page)
    visited = []
    # The smallest page has six things that can be used.
    for _ in range(6):
        press(browser, Keys.TAB)
        visited.append(
            browser.execute_script("const e = document.activeElement; return e.id || e.className || e.tagName")
        )
        seen = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
        assert seen == "solid", visited[-1]
    assert visited[:5] == ["skip", "play", "back", "day", "next"] or visited[1:5] == ["play", "back", "day", "next"]


@mapped
def test_zoom_buttons(look: Look, page: Page) -> None:
    browser = look(page)
    line = f"return document.querySelector('{page.line}').getAttribute('d')"
    before = browser.execute_script(line)
    buttons = "document.querySelectorAll('#map .zoom button')"
    browser.execute_script(f"{buttons}[0].click()")
    assert browser.execute_script(line) != before
    browser.execute_script(f"{buttons}[2].click()")
    assert browser.execute_script(line) == before
    assert browser.get_log("browser") == []


@families
def test_it_prints_without_its_controls(look: Look, page: Page) -> None:
    assert controls_in_print(look(page)) == 0
