"""Frames a second while the map of a report is dragged, told from headless Chromium's trace.

    python -m benchmarks.page_drag [--places 7000] [--members 8] [--json]
    python -m benchmarks.page_drag --report PAGE

Without a page, the made-up nation is simulated under ``camp-shares`` first, by few members: the page shows as many
places and units whatever the members.  The pointer moves as often as a mouse tells (60 times a second) for some
seconds.  Frames are those that the compositor drew; ``longest_ms`` is the longest wait for one, ``main_ms_a_frame`` the
processor time of the page's own thread for each, which other work on the machine does not lengthen as it does the wait.
Claim of issue 16: 30 frames a second.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import websocket
from tests.made import chromium

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

TRACE = ("devtools.timeline.frame", "disabled-by-default-devtools.timeline.frame", "toplevel", "__metadata")
"""Categories of the trace that tell of frames."""
MOVES, SWING = 60, 120
"""Moves of the pointer a second, and how far it goes to either side, in pixels."""


def report_of(folder: Path, *, places: int, members: int) -> Path:
    """Simulate the nation, and return its page."""
    from benchmarks.made_nation import make_nation

    import caravana as cv
    from caravana.reporting.report import write_report

    sites = places * 1_500 // 7_000
    nation = make_nation(places=places, links=places * 20 // 7, people=places * 10_000 // 7, sites=sites)
    run = cv.simulate(nation, members=members, out=folder / "run")
    return write_report(run, path=folder / "page.html")


def drag(browser: Chrome, seconds: float) -> float:
    """Drag the map to and fro, and return how long it took."""
    browser.execute_script("document.querySelector('#map').scrollIntoView({block: 'center'})")
    box = browser.execute_script("""
        const b = document.querySelector('#map svg').getBoundingClientRect();
        return [b.left + b.width / 2, b.top + b.height / 2]""")

    def point(kind: str, x: float) -> None:
        event = {"type": kind, "x": x, "y": box[1], "button": "left", "buttons": 1, "clickCount": 1}
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)

    point("mousePressed", box[0])
    began, move = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        point("mouseMoved", box[0] + SWING * np.sin(2 * np.pi * now))
        move += 1
        time.sleep(max(0.0, move / MOVES - (time.perf_counter() - began)))
    point("mouseReleased", box[0])
    return now


class Trace:
    """Chromium's own trace, listened to while something is done with a page."""

    def __init__(self, browser: Chrome) -> None:
        address = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
        with urllib.request.urlopen(f"http://{address}/json/version") as told:
            url = json.load(told)["webSocketDebuggerUrl"]
        self._socket = websocket.create_connection(url, suppress_origin=True, timeout=60)
        self._send("Tracing.start", {"traceConfig": {"includedCategories": list(TRACE)}})
        while "id" not in json.loads(self._socket.recv()):
            pass

    def _send(self, method: str, params: dict[str, Any]) -> None:
        self._socket.send(json.dumps({"id": 1, "method": method, "params": params}))

    def end(self) -> list[dict[str, Any]]:
        """End it, and return its events."""
        self._send("Tracing.end", {})
        events: list[dict[str, Any]] = []
        while (told := json.loads(self._socket.recv())).get("method") != "Tracing.tracingComplete":
            if told.get("method") == "Tracing.dataCollected":
                events += told["params"]["value"]
        self._socket.close()
        return events


def measure(page: Path, folder: Path, seconds: float) -> dict[str, Any]:
    """Open a page, drag its map, and return what was seen."""
    browser = chromium.start(folder)
    try:
        browser.set_page_load_timeout(120)
        chromium.show(browser, page, chromium.WIDE)
        trace = Trace(browser)
        lasted = drag(browser, seconds)
        events = trace.end()
    finally:
        browser.quit()
    drawn = [event for event in events if event["name"] == "DrawFrame"]
    waits = np.diff(sorted(event["ts"] / 1e3 for event in drawn))
    pages = {event["pid"] for event in drawn}
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain" and event["pid"] in pages
    }
    worked = sum(
        event.get("tdur", 0) / 1e3
        for event in events
        if event["ph"] == "X" and event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main
    )
    return {
        "page_mb": round(page.stat().st_size / 1e6, 2),
        "seconds": round(lasted, 1),
        "frames_a_second": round(len(drawn) / lasted, 1),
        "longest_ms": round(float(waits.max(initial=0.0))),
        "main_ms_a_frame": round(worked / max(len(drawn), 1), 1),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--report", type=Path)
    parser.add_argument("--places", type=int, default=7_000)
    parser.add_argument("--members", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        folder = Path(name)
        page = given.report or report_of(folder, places=given.places, members=given.members)
        told = measure(page.resolve(), folder / "chromium", given.seconds)
    print(json.dumps(told) if given.json else "\n".join(f"{key}: {value}" for key, value in told.items()))


if __name__ == "__main__":
    main()
