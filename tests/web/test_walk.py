"""One walk in a real browser: from a new operation to a release, in both languages, by mouse and by keyboard.

On the way: no request leaves this machine, nothing that a user writes runs, axe-core finds no serious fault.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.made import chromium
from typer.testing import CliRunner

from caravana.cli.main import app

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [*chromium.MARKS, pytest.mark.slow]
AXE = Path(chromium.__file__).parent / "vendor" / "axe.min.js"
SCRIPT = "<img src=x onerror='window.ran = true'>"
ARTICLE = "HUIXTLA, 4 December 2021 - About 2,300 migrants in the caravan slept in Huixtla, organisers said."
SERIOUS = ("serious", "critical")
PAGES = ("", "report", "world", "jobs", "record", "release")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk") / "op"
    words = ["new", str(folder), "--road", "tapachula-mexico-city", "--departs", "2021-12-02", "--until", "2021-12-20"]
    assert CliRunner().invoke(app, words).exit_code == 0
    with (folder / "operation.toml").open("a", encoding="utf-8") as file:
        file.write("\n[forecast]\nhorizon = 3\nmembers = 100\n")
    server = subprocess.Popen(
        [sys.executable, "-m", "caravana.cli", "serve", str(folder), "--port", "0", "--json"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield json.loads(server.stdout.readline())["url"]
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=60)
    assert "Traceback" not in err, err


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = chromium.start(tmp_path_factory.mktemp("profile"))
    made.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False,
    })  # fmt: skip
    yield made
    made.quit()


def open_page(browser: Chrome, address: str) -> None:
    browser.get(address)
    ready(browser)


def ready(browser: Chrome) -> None:
    chromium.wait_for(browser, "return document.documentElement.dataset.ready === 'true'")


def fill(browser: Chrome, **values: str) -> None:
    """Fill fields by their ids, as somebody would with the keyboard; dates are set as a picker does."""
    for name, value in values.items():
        field = browser.find_element("id", name)
        if field.get_attribute("type") == "date":
            browser.execute_script("arguments[0].value = arguments[1]", field, value)
        elif field.tag_name == "select":
            browser.execute_script(
                "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
                field, value,
            )  # fmt: skip
        else:
            field.clear()
            field.send_keys(value)


def press(browser: Chrome, script: str, key: str = "\ue007") -> None:
    """Move the focus to an element, and press Enter there."""
    browser.execute_script(f"({script}).focus()")
    chromium.press(browser, key)


def said(browser: Chrome, script: str, *, seconds: float = 90) -> str:
    chromium.wait_for(browser, f"return Boolean({script})", seconds=seconds)
    return browser.execute_script(f"return {script}")


def faults(browser: Chrome) -> list[str]:
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    found = browser.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then((r) => done(r.violations.map(
          (v) => [v.impact, v.id, v.nodes.slice(0, 2).map((n) => n.html + ' ' + n.failureSummary).join(' | ')])))""")
    return [f"{name}: {where[:400]}" for impact, name, where in found if impact in SERIOUS]


def job_is_over(browser: Chrome, number: int) -> str:
    script = f"[...document.querySelectorAll('.job h2')].find((h) => h.textContent.startsWith('{number}.'))"
    over = f"{script} && /done|failed|hecha|fallida/.test({script}.textContent) && {script}.textContent"
    return said(browser, over)


def test_the_walk(browser, url):
    browser.get_log("performance")
    open_page(browser, f"{url}?lang=en")
    assert "Nothing has been forecast yet" in browser.find_element("id", "sentence").text
    report_by_form(browser, url)
    report_by_article(browser)
    assert faults(browser) == []
    # What a user wrote is text; the same would run where nothing keeps it from it.
    assert SCRIPT[:8] not in browser.find_element("id", "last").get_attribute("innerHTML")
    assert browser.execute_script("return window.ran") is None
    forecast_and_look(browser, url)
    compare_in_spanish(browser, url)
    assert faults(browser) == []
    order_brief_and_release(browser, url)
    left = [a for a in chromium.asked_for(browser) if not a.startswith((url, "data:", "blob:"))]
    assert left == []
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


def report_by_form(browser, url):
    # Three reports by form: the place of the first by a click on the map, the others by keyboard.
    open_page(browser, f"{url}report")
    fill(browser, date="2021-12-03", persons="2000-2600", side="organisers")
    chromium.wait_for(browser, "return document.querySelector('#map circle.town')")
    browser.execute_script("""
        const box = document.querySelector('#map circle.town').getBoundingClientRect();
        document.querySelector('#map svg').dispatchEvent(new MouseEvent('click', {bubbles: true,
          clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));""")
    assert browser.find_element("id", "place").get_attribute("value")
    fill(browser, place="huehuetan")
    browser.find_element("css selector", "#sighting button.main").click()
    assert "2021-12-03-position-1" in said(browser, "document.getElementById('answer').textContent")
    for day, place, persons in (("2021-12-04", "huixtla", ">1800"), ("2021-12-05", "villa-comaltitlan", "2100")):
        browser.execute_script("document.getElementById('answer').replaceChildren()")
        fill(browser, date=day, place=place, persons=persons, source=SCRIPT)
        browser.find_element("id", "source").send_keys("\ue007")
        assert day in said(browser, "document.getElementById('answer').textContent")


def report_by_article(browser):
    fill(browser, text=ARTICLE, published="2021-12-05")
    press(browser, "document.querySelector('#pasted button')")
    said(browser, "document.querySelector('mark.proposed')")
    assert "2,300" in browser.find_element("css selector", ".text").text
    press(browser, "document.querySelector('.proposal button.yes')")
    press(browser, "document.querySelector('#proposals > p button')")
    assert "1 recorded" in said(browser, "document.getElementById('said').textContent")


def forecast_and_look(browser, url):
    open_page(browser, f"{url}jobs")
    fill(browser, kind="update", on="2021-12-09")
    press(browser, "document.querySelector('#ask button')")
    assert "done" in job_is_over(browser, 1)
    open_page(browser, url)
    assert "Tomorrow night" in browser.find_element("id", "sentence").text
    assert said(browser, "document.querySelectorAll('#map .area, #map .stop').length") >= 3
    slider = browser.find_element("id", "day")
    slider.send_keys("\ue014")
    pressed = "document.querySelectorAll('#nights button')[1].getAttribute('aria-pressed')"
    assert browser.execute_script(f"return {pressed}") == "true"
    browser.find_element("css selector", "input[name=reports]").send_keys(" ")
    assert said(browser, "document.querySelectorAll('#map .report').length") >= 4


def compare_in_spanish(browser, url):
    # By keyboard alone: shut the road, undo, do again, name it, compare.
    open_page(browser, f"{url}world?lang=es")
    fill(browser, kind="close", place_id="arriaga", start="2021-12-05")
    press(browser, "document.querySelector('#change button')")
    assert "Arriaga: cerrado" in said(browser, "document.getElementById('changes').textContent")
    press(browser, "document.getElementById('undo')")
    chromium.wait_for(browser, "return !document.getElementById('redo').disabled")
    press(browser, "document.getElementById('redo')")
    chromium.wait_for(browser, "return document.getElementById('redo').disabled")
    fill(browser, name="arriaga-cerrada", members="16")
    browser.find_element("id", "members").send_keys("\ue007")
    chromium.wait_for(browser, "return document.documentElement.dataset.compared", seconds=120)
    table = browser.find_element("id", "compared").text
    assert "no se distingue diferencia" in table
    assert table.index("Muertes") < table.index("Detenciones")


def order_brief_and_release(browser, url):
    open_page(browser, f"{url}jobs")
    fill(browser, kind="run", members="16")
    press(browser, "document.querySelector('#ask button')")
    assert "hecha" in job_is_over(browser, 3)
    fill(browser, kind="needs", run="3", on="2021-12-09")
    press(browser, "document.querySelector('#ask button')")
    assert "hecha" in job_is_over(browser, 4), browser.find_element("id", "list").text
    assert "needs-2021-12-09.xlsx" in browser.find_element("id", "list").text
    open_page(browser, f"{url}release")
    press(browser, "document.getElementById('brief')")
    chromium.wait_for(browser, "return location.pathname === '/jobs'")
    ready(browser)
    assert "hecha" in job_is_over(browser, 5)
    assert "brief-2021-12-09-es.pdf" in said(browser, "document.getElementById('list').textContent")
    open_page(browser, f"{url}release")
    fill(browser, purpose="Para la reunión de albergues del lunes")
    browser.find_element("id", "purpose").send_keys("\ue007")
    assert "SHA-256" in said(browser, "document.querySelector('article.release')?.textContent")


@pytest.mark.parametrize("code", ["en", "es"])
def test_no_page_has_a_serious_fault_and_none_is_wider_than_a_phone(browser, url, code):
    found = {}
    for path in PAGES:
        open_page(browser, f"{url}{path}?lang={code}")
        found |= {path: wrong} if (wrong := faults(browser)) else {}
    assert found == {}
    for width in (360, 768):
        size = {"width": width, "height": 760, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        for path in PAGES:
            open_page(browser, f"{url}{path}")
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, (path, width)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**size, "width": 1280, "mobile": False})


def test_the_script_that_did_not_run_runs_where_nothing_forbids_it(browser):
    """The positive control: the same text, put into a page without our escaping and policy."""
    browser.get("data:text/html,<body></body>")
    browser.execute_script("document.body.innerHTML = arguments[0]", SCRIPT)
    chromium.wait_for(browser, "return window.ran === true")
