"""The map in a real browser: drawn on with terra-draw, on the user's own tiles, and as SVG where WebGL is missing."""

import io

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from tests.made import chromium
from tests.made.camps import END, START, two_camps
from tests.made.served import served
from tests.made.tiles import write_tiles

from caravana.models.scenarios import write_scenario
from caravana.operation.creating import new_operation

pytestmark = [*chromium.MARKS, pytest.mark.slow]
TILE = (200, 30, 60)
NO_WEBGL = "HTMLCanvasElement.prototype.getContext = () => null;"
CHANGES = "document.getElementById('changes').textContent"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")
    write_scenario(two_camps(), folder / "scenario")
    new_operation(folder / "op", name="Camps", scenario=str(folder / "scenario"))
    with served(folder / "op", "--tiles", str(write_tiles(folder / "base.pmtiles", TILE))) as url:
        yield url


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = chromium.start(tmp_path_factory.mktemp("profile"))
    size = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    made.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield made
    made.quit()


def open_world(browser, url, *, drawing=True):
    browser.get(f"{url}world?lang=en")
    chromium.wait_for(browser, "return document.documentElement.dataset.ready === 'true'")
    if drawing:
        chromium.wait_for(browser, "return document.getElementById('draw').dataset.draw === 'ready'")


def middle_of(browser, name):
    """Where a camp or crossing is drawn, in the window."""
    script = """
        const mark = [...document.querySelectorAll('#map .marks > *')].find(
          (one) => one.querySelector('title')?.textContent.startsWith(arguments[0]));
        if (!mark) return null;
        const box = mark.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];"""
    chromium.wait_for(browser, f"return (function () {{ {script} }})({name!r})")
    return browser.execute_script(script, name)


def take_tool(browser, tool):
    browser.find_element("css selector", f"[data-tool={tool}]").send_keys("\ue007")
    pressed = f"return document.querySelector('[data-tool={tool}]').getAttribute('aria-pressed') === 'true'"
    chromium.wait_for(browser, pressed)


def click_at(browser, x, y):
    acts = ActionChains(browser, duration=80)
    acts.w3c_actions.pointer_action.move_to_location(int(x), int(y)).click()
    acts.perform()


def drag(browser, x, y, dx, dy):
    acts = ActionChains(browser, duration=80)
    pointer = acts.w3c_actions.pointer_action
    pointer.move_to_location(int(x), int(y)).pointer_down()
    for share in (0.3, 0.6, 1.0):
        pointer.move_to_location(int(x + share * dx), int(y + share * dy)).pause(0.05)
    pointer.pointer_up()
    acts.perform()


def value(browser, name):
    return browser.find_element("id", name).get_attribute("value")


def test_a_camp_is_dragged_another_placed_and_a_crossing_shut_on_the_map(browser, url):
    open_world(browser, url)
    take_tool(browser, "move")
    x, y = middle_of(browser, "Land")
    click_at(browser, x, y)
    drag(browser, x, y, 60, 40)
    chromium.wait_for(browser, f"return {CHANGES}.includes('Land')")
    moved = browser.execute_async_script("""
        const done = arguments[0];
        fetch('/api/changes').then((a) => a.json()).then((a) => done(a.changes[0]));""")
    assert (moved["change"], moved["place_id"]) == ("move", "land")
    assert moved["lon"] > 10.0, "to the east"
    assert moved["lat"] < 10.4, "and south"
    take_tool(browser, "camp")
    x, y = middle_of(browser, "Isle")
    click_at(browser, x + 80, y - 60)
    chromium.wait_for(browser, "return document.activeElement.id === 'capacity'")
    assert 10.3 < float(value(browser, "lon")) < 11.5
    browser.find_element("id", "capacity").send_keys("700\ue007")
    chromium.wait_for(browser, f"return {CHANGES}.includes('700')")
    take_tool(browser, "close")
    click_at(browser, *middle_of(browser, "The ferry"))
    chromium.wait_for(browser, "return document.activeElement.id === 'start'")
    assert {value(browser, "place_id"), value(browser, "target_id")} == {"pier", "isle"}
    assert value(browser, "kind") == "close"
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


def test_the_users_own_tiles_are_under_it(browser, url):
    open_world(browser, url)
    assert browser.execute_script("return document.getElementById('map').dataset.map") == "gl"
    seen = np.asarray(Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB"), int)
    near = (np.abs(seen - TILE).sum(axis=2) < 12).mean()
    assert near > 0.3, f"{near:.0%} of the window has the tile's colour"


def test_where_webgl_is_missing_the_drawn_map_stands_and_the_form_does_all(browser, url):
    made = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NO_WEBGL})
    try:
        open_world(browser, url, drawing=False)
        chromium.wait_for(browser, "return document.querySelector('#map .drawn .camp')")
        assert browser.execute_script("return document.getElementById('map').dataset.map") == "drawn"
        assert not browser.find_element("id", "draw").is_displayed()
        browser.get(f"{url}world?lang=es")
        chromium.wait_for(browser, "return document.querySelector('#map .drawn .camp')")
        assert "capacidad 20\u202f000" in browser.execute_script("return document.getElementById('map').textContent")
        open_world(browser, url, drawing=False)
        assert "vendor" not in " ".join(
            browser.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
        )
        count = len(browser.find_elements("css selector", "#changes li"))
        browser.execute_script(
            """
            const form = document.getElementById('change').elements;
            form.change.value = 'capacity';
            form.change.dispatchEvent(new Event('change', {bubbles: true}));
            [form.start.value, form.end.value] = arguments;""",
            f"{START:%Y}-01-10",
            f"{END:%Y}-01-20",
        )
        browser.find_element("id", "place_id").send_keys("isle")
        browser.find_element("id", "capacity").send_keys("300\ue007")
        chromium.wait_for(browser, f"return document.querySelectorAll('#changes li').length > {count}")
        assert "10 January to 20 January" in browser.execute_script(f"return {CHANGES}")
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)
