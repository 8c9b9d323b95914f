"""Takes the picture of the page of tonight that the README and the docs show, in headless Chromium.

Usage: python tools/take_picture.py OPERATION/pages/tonight.html [PICTURE.png]
(default picture: docs/images/tonight.png; a run's report.html and docs/images/report.png go as well)
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

WIDTH, HEIGHT = 1280, 1060
SETTLE_SECONDS = 3.0
# The page is a local file: Chromium is kept from looking for anything else.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND", f"--window-size={WIDTH},{HEIGHT}",
)  # fmt: skip


def take_picture(page: Path, picture: Path) -> None:
    """Open the page and write what its first screen shows as a PNG file."""
    if not page.is_file():
        sys.exit(f"{page}: no such page; make run writes one")
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            driver.get(page.resolve().as_uri())
            # The charts draw themselves after the page has loaded; nothing signals the end.
            time.sleep(SETTLE_SECONDS)
            picture.parent.mkdir(parents=True, exist_ok=True)
            driver.save_screenshot(str(picture))
        finally:
            driver.quit()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("which page? python tools/take_picture.py OPERATION/pages/tonight.html [PICTURE.png]")
    take_picture(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "docs/images/tonight.png"))
