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

from caravana.cli.articles.page import decision_page
from caravana.language.language import load_language
from caravana.models.scenarios import load_scenario
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


def wait_for(seen, told=str, seconds=180):
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

    command = f"'{CARAVANA}' accept '{operation.folder}' p.json --lang en; echo decided $?; sleep 300"
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


def press(keys, operation, folder):
    """Give keys to `accept` in a terminal, all at once; return what it showed and what it left in the file."""
    terminal, side_of_command = pty.openpty()
    os.write(terminal, keys)
    shown = folder / "shown.txt"
    with shown.open("wb") as sink:
        command = subprocess.Popen(
            [CARAVANA, "accept", operation.folder, "p.json", "--lang", "en"], cwd=folder,
            stdin=side_of_command, stdout=sink, stderr=subprocess.STDOUT,
        )  # fmt: skip
    os.close(side_of_command)
    try:
        assert command.wait(timeout=240) == 0, shown.read_text(encoding="utf-8")
    finally:
        command.kill()
        command.wait()
        os.close(terminal)
    return shown.read_text(encoding="utf-8"), decided_in(folder / "p.json")


def decided_in(file):
    return [one.get("accepted") for one in json.loads(file.read_text(encoding="utf-8"))["texts"][0]["proposals"]]


def test_keys_that_come_at_once_are_all_heard(operation, tmp_path):
    before, observers = recorded(operation), sides(operation).count("observer")
    # An arrow, a function key and `x` have no effect; what follows `c` is its line, not keys.
    shown, decided = press(b"\x1b[B\x1bOPnx2cside=observer\naq", operation, tmp_path)
    assert recorded(operation) == before + 2
    assert sides(operation).count("observer") == observers + 1
    assert decided[:3] == [None, True, True]
    assert f"{decided.count(None)} undecided" in shown
    # What was changed keeps its number, and is in no doubt of the reader's any more.
    changed = [line for line in shown.splitlines() if line.lstrip().startswith("1  ") and "observer" in line]
    assert changed
    assert not any("doubt" in line for line in changed)
    assert "\n  0  " not in shown
    assert ".0 " not in next(line for line in shown.splitlines() if "qualifier=" in line)


def test_next_leaves_undecided_and_asks_the_next_time(operation, tmp_path):
    before = recorded(operation)
    _, decided = press(b"dnaq", operation, tmp_path)
    rest = len(decided) - 3
    assert decided[:3] == [False, None, True]
    shown, decided = press(b"a" + b"d" * rest, operation, tmp_path)
    assert decided == [False, True, True] + [False] * rest
    assert recorded(operation) == before + 2
    assert "recorded already" in shown
    shown, _ = press(b"", operation, tmp_path)
    assert "every proposal is decided" in shown


def test_one_comes_back_and_takes_a_decision_back(operation, tmp_path):
    before = recorded(operation)
    # Two accepted, the second taken back, the first dropped after all, both passed over then.
    _, decided = press(b"aappnupdnq", operation, tmp_path)
    assert decided[:2] == [False, None]
    assert recorded(operation) == before


def test_what_changed_is_kept_and_what_cannot_be_recorded_is_not_accepted(operation, tmp_path):
    content = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    content["texts"][0]["proposals"][0]["caravan"] = "another"
    (tmp_path / "p.json").write_text(json.dumps(content), encoding="utf-8")
    before = recorded(operation)
    shown, decided = press(b"acdate=\nncside=observer\nnq", operation, tmp_path)
    assert "it is of another caravan" in shown
    assert decided[:2] == [None, None]
    one, two = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))["texts"][0]["proposals"][:2]
    assert (one["date"], two["side"]) == (None, "observer")
    press(b"ccaravan=this\ncdate=2021-11-20\naaq", operation, tmp_path)
    assert recorded(operation) == before + 2


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


def test_next_on_a_page_leaves_undecided_what_it_changed(operation, tmp_path, browser):
    browser.get((tmp_path / "p.html").as_uri())
    for key in "naapunpc":
        ActionChains(browser).send_keys(key).perform()
    field = browser.execute_script(
        "const f=rows[at].querySelector('[data-field=side]');f.value='observer';"
        "f.dispatchEvent(new Event('input',{bubbles:true}));return f.dataset.field"
    )
    decided = browser.execute_script("return JSON.stringify({texts: data.texts})")
    (tmp_path / "p.json").write_text(decided, encoding="utf-8")
    assert decided_in(tmp_path / "p.json")[:3] == [None, True, None]
    third = json.loads(decided)["texts"][0]["proposals"][2]
    assert (field, third["side"]) == ("side", "observer")
    before = recorded(operation)
    _, after = press(b"aaq", operation, tmp_path)
    assert after[:3] == [True, True, True]
    assert recorded(operation) == before + 3


def test_a_row_of_another_caravan_is_made_this_ones_on_the_page(operation, tmp_path):
    content = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    content["texts"][0]["proposals"][0]["caravan"] = "another"
    page = decision_page(content["texts"], [""], load_scenario("tapachula-2021"), load_language("es"))
    assert page.count('<select data-field="caravan">') == 1
    assert '<option value="another" selected>otra caravana</option><option value="this">esta caravana</option>' in page
