"""Releases where several have accounts, in a real browser: a second person signs, corrections; past evenings opened."""

import datetime as dt
import shutil

import pytest
from tests.made import chromium
from tests.made.served import served
from tests.made.web import EVENING, PASSWORD

from caravana.language.language import load_language
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.operation.update import update_operation
from caravana.web.store.accounts import add_account
from caravana.web.store.tables import Store

pytestmark = [*chromium.MARKS, pytest.mark.slow]
CARD = "document.querySelectorAll('article.release')[{n}]"
PURPOSE = {"en": "For the meeting of shelters on Monday", "es": "Para la reunión de albergues del lunes"}


@pytest.fixture(scope="module")
def url(evening, password_hash, tmp_path_factory):
    folder = shutil.copytree(evening.folder, tmp_path_factory.mktemp("second") / "op")
    operation = open_operation(folder)
    with open_ledger(operation) as ledger:
        update_operation(operation, ledger, on=EVENING + dt.timedelta(1))
        for name in ("rosa", "raul"):
            add_account(Store(ledger), name, "releaser", password_hash)
    with served(folder, "--shared") as url:
        yield url


def ready(browser):
    chromium.wait_for(browser, "return document.documentElement.dataset.ready === 'true'")


def sign_in(browser, url, name, code):
    """Sign out whoever is there, and in again, by keyboard."""
    browser.get(f"{url}release?lang={code}")
    ready(browser)
    if found := browser.find_elements("id", "sign-out"):
        found[0].send_keys("\ue007")
        chromium.wait_for(browser, "return location.pathname === '/sign-in'")
        ready(browser)
    browser.find_element("id", "name").send_keys(name)
    browser.find_element("id", "password").send_keys(f"{PASSWORD}\ue007")
    chromium.wait_for(browser, "return document.getElementById('sign-out')")
    browser.get(f"{url}release?lang={code}")
    ready(browser)


def ask_for(browser, code, **more):
    before = browser.execute_script("return document.querySelectorAll('article.release').length")
    for name, value in more.items():
        browser.execute_script("document.getElementById(arguments[0]).value = arguments[1]", name, value)
    browser.find_element("id", "purpose").send_keys(f"{PURPOSE[code]}\ue007")
    chromium.wait_for(browser, f"return document.querySelectorAll('article.release').length > {before}", seconds=60)


def state(browser, n=0):
    return browser.execute_script(f"return {CARD.format(n=n)}.querySelector('h2 span').textContent")


def press(browser, key, code, n=0):
    words = load_language(code).text(f"web.script.{key}")
    script = (
        f"[...{CARD.format(n=n)}.querySelectorAll('button')].find((one) => one.textContent === arguments[0]).focus()"
    )
    browser.execute_script(script, words)
    chromium.press(browser, "\ue007")


def says(code, name):
    return load_language(code).text(f"web.release.{name}")


def test_a_second_person_signs_and_a_correction_supersedes_in_both_languages(browser, url):
    browser.get(url)
    assert browser.current_url.endswith("/sign-in")
    sign_in(browser, url, "rosa", "en")
    ask_for(browser, "en")
    assert state(browser) == says("en", "waiting")
    press(browser, "sign_release", "en")
    chromium.wait_for(browser, "return document.querySelector('#said.fault')")
    assert browser.find_element("id", "said").text == says("en", "second_person")
    assert state(browser) == says("en", "waiting"), "nobody signs their own"
    sign_in(browser, url, "raul", "es")
    press(browser, "sign_release", "es")
    chromium.wait_for(browser, f"return {CARD.format(n=0)}.querySelector('.good')")
    assert state(browser) == says("es", "public")
    first = browser.find_element("css selector", "article.release h2").text.split(" ")[0]
    ask_for(browser, "es", corrects=first, correction="El nombre del camino estaba mal")
    assert (state(browser), state(browser, 1)) == (says("es", "waiting"), says("es", "public"))
    sign_in(browser, url, "rosa", "en")
    press(browser, "sign_release", "en")
    chromium.wait_for(browser, f"return {CARD.format(n=0)}.querySelector('.good')")
    assert (state(browser), state(browser, 1)) == (says("en", "public"), says("en", "superseded"))
    new = browser.find_element("css selector", "article.release").text
    assert f"{first}: El nombre del camino estaba mal" in new
    assert new.split(" ")[0] in browser.find_elements("css selector", "article.release")[1].text


@pytest.mark.parametrize("code", ["en", "es"])
def test_a_past_evening_is_opened_from_the_record_as_it_was_known(browser, url, code):
    sign_in(browser, url, "raul", code)
    browser.get(f"{url}record?lang={code}")
    ready(browser)
    link = browser.find_element("css selector", f"#issued a[href='/?on={EVENING}']")
    link.send_keys("\ue007")
    chromium.wait_for(browser, "return location.pathname === '/'")
    ready(browser)
    words = load_language(code)
    assert words.text("web.tonight.as_known") in browser.find_element("css selector", ".kicker").text
    assert words.day_long(EVENING) in browser.find_element("css selector", ".kicker").text
    first = browser.find_element("css selector", "#nights li").get_attribute("data-day")
    assert first == f"{EVENING + dt.timedelta(1)}"
    page = browser.find_element("css selector", ".links a").get_attribute("href")
    browser.get(page)
    assert words.day_long(EVENING) in browser.find_element("tag name", "body").text
