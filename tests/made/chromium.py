"""Headless Chromium for tests that look at a page: how it is started, what is asked of it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM or not DRIVER, reason="no chromium and chromedriver on this machine"),
]
WIDE, NARROW = 1280, 400


def start(folder: Path) -> Chrome:
    """Start it with a profile in a folder of its own; it asks the network for nothing."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "no-first-run", "disable-sync",
        "disable-background-networking", "disable-component-update", "hide-scrollbars", "force-device-scale-factor=1",
        f"user-data-dir={folder}",
    ):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))


def show(browser: Chrome, page: Path, width: int, *, calm: bool = False) -> Chrome:
    """Open a page at a width; with forgotten logs."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(page.as_uri())
    wait_for(browser, "return document.documentElement.dataset.ready === 'true'")
    return browser


def wait_for(browser: Chrome, script: str, *, seconds: float = 60) -> None:
    """Wait until a script gives a true value: long, for a machine that does much else."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, seconds, poll_frequency=0.05).until(lambda b: b.execute_script(script))


def press(browser: Chrome, key: str) -> None:
    """Press a key where the focus is."""
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(key).perform()


def asked_for(browser: Chrome) -> list[str]:
    """Addresses that were asked for since the page was opened."""
    return [
        message["params"]["request"]["url"]
        for message in (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
        if message["method"] == "Network.requestWillBeSent"
    ]


def chosen_day(browser: Chrome) -> int:
    """The day that the slider stands on."""
    return int(browser.execute_script("return Number(document.getElementById('day').value)"))


def open_details(browser: Chrome) -> None:
    """Open everything that is folded away."""
    browser.execute_script("document.querySelectorAll('details').forEach((d) => { d.open = true })")


def empty_charts(browser: Chrome) -> list[str]:
    """Charts in which no band is drawn."""
    names: list[str] = browser.execute_script("""
        return [...document.querySelectorAll('.chart')].filter((c) => !c.querySelector('.b90')).map((c) => c.id)""")
    return names


def charts_of_wrong_width(browser: Chrome) -> int:
    """Charts that are drawn wider or narrower than their place."""
    return int(
        browser.execute_script("""
        return [...document.querySelectorAll('.chart svg')]
          .filter((s) => Math.abs(s.getBoundingClientRect().width - s.parentNode.clientWidth) > 1).length""")
    )


def controls_in_print(browser: Chrome) -> int:
    """How many of the controls a printed page would show."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.execute_script("""
        return [...document.querySelectorAll('#play, .slide, .zoom, .skip')]
          .filter((e) => getComputedStyle(e).display !== 'none').length""")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    return int(shown)
