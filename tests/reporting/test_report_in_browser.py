"""The report looked at in headless Chromium, as wide as a laptop and as narrow as a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.made.chromium import MARKS, WIDE, press, show, wait_for

from caravana.reporting.report import write_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

    from caravana.run import Run

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = MARKS


@pytest.fixture(scope="module")
def pages(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {code: write_report(run, path=folder / f"{code}.html", language=code) for code in ("en", "es")}  # type: ignore[arg-type]


@pytest.fixture
def look(browser: Chrome, pages: dict[str, Path]) -> Callable[..., Chrome]:
    """Open a page at a width."""

    def open_page(language: str = "en", width: int = WIDE, *, calm: bool = False) -> Chrome:
        return show(browser, pages[language], width, calm=calm)

    return open_page


def state(browser: Chrome) -> dict[str, Any]:
    """What a reader sees of the chosen day."""
    found: dict[str, Any] = browser.execute_script("""
        return {
          day: document.getElementById('day').value,
          name: document.querySelector('#day-name .wide').textContent,
          answer: document.getElementById('answer').textContent,
          band: document.querySelector('#map .way90')?.dataset.km ?? null,
          water: document.querySelector('[data-need=water][data-what=range]').textContent,
          stops: document.getElementById('stops-body').textContent,
          dots: document.querySelectorAll('#map circle.stop').length,
          cursor: document.querySelector('#headcount .cursor').getAttribute('x1'),
          stamp: document.querySelector('#map .stamp').textContent,
          playing: document.getElementById('play').getAttribute('aria-pressed'),
        }""")
    return found


def test_the_map_shows_the_lands(look: Callable[..., Chrome]) -> None:
    assert look().execute_script("return document.querySelectorAll('#map .land').length") > 5


def test_needs_by_group_follow_the_day(look: Callable[..., Chrome]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look()
    browser.execute_script("document.getElementById('day').focus()")
    press(browser, Keys.ARROW_RIGHT)
    shown, wanted = browser.execute_script("""
        const data = JSON.parse(document.getElementById('data').textContent);
        const now = Number(document.getElementById('day').value);
        const cells = [...document.querySelectorAll('[data-group]')];
        return [cells.map((c) => c.querySelector('b').textContent),
                cells.map((c) => (data.groups[c.dataset.group][now] || ['\u2013'])[0])]""")
    assert shown == wanted
    assert len(shown) > 10


def test_the_slider_moves_everything(look: Callable[..., Chrome]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look()
    before = state(browser)
    assert before["name"] == "Wednesday 10 November 2021"
    browser.execute_script("document.getElementById('day').focus()")
    press(browser, Keys.ARROW_RIGHT)
    after = state(browser)
    assert after["name"] == "Thursday 11 November 2021"
    assert after["stamp"] == "11 Nov"
    assert float(after["cursor"]) > float(before["cursor"])
    press(browser, Keys.HOME)
    first = state(browser)
    assert first["band"] == "0-0"
    assert first["dots"] == 1
    assert first["water"] != before["water"]
    assert "Tapachula" in first["answer"]
    press(browser, Keys.END)
    last = state(browser)
    low, high = map(float, last["band"].split("-"))
    assert high > low > 0
    assert last["stops"] != first["stops"]
    spoken = browser.execute_script("return document.getElementById('day').getAttribute('aria-valuetext')")
    assert spoken == "Wednesday 15 December 2021"


def test_play_stops_at_the_last_day_and_starts_over(look: Callable[..., Chrome]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look()
    browser.execute_script("document.getElementById('day').focus()")
    press(browser, Keys.END)
    press(browser, Keys.ARROW_LEFT)
    browser.execute_script("document.getElementById('play').click()")
    wait_for(browser, "return document.getElementById('play').getAttribute('aria-pressed') === 'false'")
    assert state(browser)["day"] == "53"
    browser.execute_script("document.getElementById('play').click()")
    assert int(state(browser)["day"]) <= 1
    browser.execute_script("document.getElementById('play').click()")


def test_a_click_in_a_chart_chooses_its_day(look: Callable[..., Chrome]) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By

    browser = look()
    chart = browser.find_element(By.CSS_SELECTOR, "#headcount svg")
    width = chart.size["width"]
    ActionChains(browser).move_to_element_with_offset(chart, width // 2 - 12, 0).click().perform()
    assert int(state(browser)["day"]) > 45
