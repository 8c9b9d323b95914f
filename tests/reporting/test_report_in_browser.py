"""The report looked at in headless Chromium, as wide as a laptop and as narrow as a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.made.chromium import MARKS, NARROW, WIDE, asked_for, press, show, wait_for

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


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_errors_no_network_no_sideways_scroll(look: Callable[..., Chrome], language: str, width: int) -> None:
    browser = look(language, width)
    assert browser.get_log("browser") == []
    asked = asked_for(browser)
    assert asked
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    # Opened details are no wider either.
    browser.execute_script("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert browser.execute_script("return document.documentElement.scrollWidth") == width
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_picture_is_drawn(look: Callable[..., Chrome], width: int) -> None:
    browser = look("en", width)
    empty = browser.execute_script("""
        return [...document.querySelectorAll('.chart')].filter((c) => !c.querySelector('.b90')).map((c) => c.id)""")
    assert empty == []
    assert browser.execute_script("return document.querySelectorAll('#map .land').length") > 5
    # Nothing is drawn outside its picture's width.
    wide = browser.execute_script("""
        return [...document.querySelectorAll('.chart svg')]
          .filter((s) => Math.abs(s.getBoundingClientRect().width - s.parentNode.clientWidth) > 1).length""")
    assert wide == 0


def test_the_first_screen_has_the_map_and_the_fan(look: Callable[..., Chrome]) -> None:
    browser = look("en", WIDE)
    for part in ("#answer", "#map", "#headcount"):
        box = browser.execute_script(
            f"const b = document.querySelector('{part}').getBoundingClientRect(); return [b.top, b.bottom]"
        )
        assert box[0] >= 0
        assert box[1] <= 900, part


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


@pytest.mark.parametrize("calm", [False, True])
def test_play_and_pause_by_keyboard(look: Callable[..., Chrome], calm: bool) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look(calm=calm)
    browser.execute_script("document.getElementById('play').focus()")
    started = int(state(browser)["day"])
    press(browser, Keys.SPACE)
    assert state(browser)["playing"] == "true"
    wait_for(browser, f"return Number(document.getElementById('day').value) >= {started + 2}")
    press(browser, Keys.SPACE)
    stopped = state(browser)
    assert stopped["playing"] == "false"
    browser.execute_async_script("setTimeout(arguments[0], 1700)")
    assert state(browser)["day"] == stopped["day"]


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


def test_the_tab_key_visits_what_can_be_used(look: Callable[..., Chrome]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look()
    visited = []
    for _ in range(9):
        press(browser, Keys.TAB)
        visited.append(
            browser.execute_script("const e = document.activeElement; return e.id || e.className || e.tagName")
        )
        seen = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
        assert seen == "solid", visited[-1]
    assert visited[:5] == ["skip", "play", "back", "day", "next"]


def test_zoom_buttons(look: Callable[..., Chrome]) -> None:
    browser = look()
    road = "return document.querySelector('#map .road').getAttribute('d')"
    before = browser.execute_script(road)
    buttons = "document.querySelectorAll('#map .zoom button')"
    browser.execute_script(f"{buttons}[0].click()")
    assert browser.execute_script(road) != before
    browser.execute_script(f"{buttons}[2].click()")
    assert browser.execute_script(road) == before
    assert browser.get_log("browser") == []


def test_it_prints_without_its_controls(look: Callable[..., Chrome]) -> None:
    browser = look()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.execute_script("""
        return [...document.querySelectorAll('#play, .slide, .zoom, .skip')]
          .filter((e) => getComputedStyle(e).display !== 'none').length""")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == 0
