"""From a text to three rows in the record: twelve keys at most, in a terminal and on a page."""

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from tests.operation.conftest import make_operation

from caravana.operation.ledger import open_ledger

CARAVANA = Path(sys.executable).with_name("caravana")
MOST_KEYS = 12
TEXT = """HUIXTLA, Chis., 20 de noviembre de 2021.- La caravana, de unas 1,800 personas, llegó este sábado a Huixtla.

Protección Civil contó 1,500 personas. El INM detuvo a 14 migrantes el viernes en Huehuetán.
"""


@pytest.fixture
def operation(tmp_path):
    made = make_operation(tmp_path / "operation")
    (tmp_path / "nota.txt").write_text(TEXT, encoding="utf-8")
    subprocess.run(
        [CARAVANA, "read", "nota.txt", made.folder, "--proposals", "p.json", "--page", "p.html"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    return made


def recorded(operation):
    with open_ledger(operation) as ledger:
        return len(ledger.reports())


def sides(operation):
    with open_ledger(operation) as ledger:
        return ledger.reports()["side"].tolist()


def wait_for(seen, told=str, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if seen():
            return
        time.sleep(0.2)
    pytest.fail(f"not seen in time: {told()}")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_three_rows_on_a_terminal(operation, tmp_path):
    before = recorded(operation)
    tmux = ["tmux", "-L", f"keys-{tmp_path.name}-{time.monotonic_ns()}", "-f", "/dev/null"]

    def screen():
        return subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False).stdout

    command = f"'{CARAVANA}' accept '{operation.folder}' p.json --lang en; echo decided $?; sleep 60"
    subprocess.run([*tmux, "new-session", "-d", "-x", "120", "-y", "50", "-c", tmp_path, command], check=True)
    try:
        keys = 0
        for number in (1, 2, 3):
            wait_for(lambda number=number: f"\n  {number}  " in screen(), screen)
            subprocess.run([*tmux, "send-keys", "a"], check=True)
            keys += 1
        subprocess.run([*tmux, "send-keys", "q"], check=True)
        keys += 1
        wait_for(lambda: "decided 0" in screen(), screen)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)
    assert recorded(operation) == before + 3
    assert keys <= MOST_KEYS


def test_keys_that_come_at_once_are_all_heard(operation, tmp_path):
    before, observers = recorded(operation), sides(operation).count("observer")
    terminal, side_of_command = pty.openpty()
    # An arrow, a function key and `x` have no effect; what follows `c` is its line, not keys.
    os.write(terminal, b"\x1b[B\x1bOPnx2cside=observer\naq")
    shown = tmp_path / "shown.txt"
    with shown.open("wb") as sink:
        command = subprocess.Popen(
            [CARAVANA, "accept", operation.folder, "p.json", "--lang", "en"], cwd=tmp_path,
            stdin=side_of_command, stdout=sink, stderr=subprocess.STDOUT,
        )  # fmt: skip
    os.close(side_of_command)
    try:
        assert command.wait(timeout=60) == 0, shown.read_text(encoding="utf-8")
    finally:
        command.kill()
        command.wait()
        os.close(terminal)
    assert recorded(operation) == before + 2
    assert sides(operation).count("observer") == observers + 1


def test_three_rows_on_a_page(operation, tmp_path, browser):
    before = recorded(operation)
    browser.get((tmp_path / "p.html").as_uri())
    keys = ["a", "a", "a"]
    for key in keys:
        ActionChains(browser).send_keys(key).perform()
    # What `s` saves; where a browser puts it is its own affair.
    decided = browser.execute_script("return JSON.stringify({texts: data.texts})")
    assert sum(bool(p.get("accepted")) for p in json.loads(decided)["texts"][0]["proposals"]) == len(keys)
    (tmp_path / "decisions.json").write_text(decided, encoding="utf-8")
    subprocess.run([CARAVANA, "accept", operation.folder, "decisions.json"], cwd=tmp_path, check=True)
    assert recorded(operation) == before + 3
    assert len([*keys, "s"]) <= MOST_KEYS
