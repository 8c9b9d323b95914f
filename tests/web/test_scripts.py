"""A script in every field of every form: it stays text wherever it comes out, and runs where nothing forbids it."""

import shutil

import pytest
from tests.made import chromium
from tests.made.served import served
from tests.made.web import EVENING

pytestmark = [*chromium.MARKS, pytest.mark.slow]
SCRIPT = "<img src=x onerror='window.ran = true'>"
FORMS = {
    "report": {
        "sighting": {"date": f"{EVENING}", "place": "mapastepec", "persons": "900", "known_on": f"{EVENING}"},
        "pasted": {"text": "HUIXTLA, 20 November 2021 - About 2,300 migrants slept in Huixtla, organisers said."},
    },
    "world": {
        "change": {"change": "office", "place_id": "huixtla"},
        "compare": {"name": "a-policy", "members": "2"},
    },
    "jobs": {"ask": {"kind": "run", "members": "2"}},
    "release": {"publish": {"purpose": "For the meeting of shelters", "lang": "en"}},
}
"""Forms by their page, with what they are filled in with, so that one field alone is at fault."""
FIELDS = """return [...document.getElementById(arguments[0]).elements].filter(
    (one) => one.name && one.type !== 'file').map((one) => one.name)"""
SEND = """
    const [id, base, name, script] = arguments;
    const form = document.getElementById(id);
    form.noValidate = true;
    const put = (part, value) => {
      if (part.tagName === 'SELECT') part.add(new Option(value, value));
      part.value = value;
      part.dispatchEvent(new Event('change', {bubbles: true}));
    };
    for (const [key, value] of Object.entries(base)) put(form.elements[key], value);
    const part = form.elements[name];
    if (part.tagName === 'INPUT') part.type = 'text';
    part.closest('[hidden]')?.removeAttribute('hidden');
    put(part, script);
    form.requestSubmit();"""
IDLE = "return !document.querySelector('[aria-busy]')"
MADE = "return document.querySelectorAll('img[src=x]').length"


@pytest.fixture(scope="module")
def url(evening, tmp_path_factory):
    folder = shutil.copytree(evening.folder, tmp_path_factory.mktemp("scripts") / "op")
    with served(folder) as url:
        yield url


def open_page(browser, address):
    browser.get(address)
    chromium.wait_for(browser, "return document.documentElement.dataset.ready === 'true'")


def broken(browser):
    """What our policy kept from running: nothing was to come so far."""
    return [e["message"] for e in browser.get_log("browser") if "Content Security Policy" in e["message"]]


def test_a_script_in_every_field_stays_text_on_every_page(browser, url):
    sent = []
    for page, forms in FORMS.items():
        open_page(browser, f"{url}{page}?lang=en")
        present = browser.execute_script("return [...document.forms].map((one) => one.id)")
        assert set(present) == set(forms), "every form is tried"
        for form, base in forms.items():
            for name in browser.execute_script(FIELDS, form):
                browser.execute_script(SEND, form, base, name, SCRIPT)
                chromium.wait_for(browser, IDLE)
                assert browser.execute_script(MADE) == 0, (page, form, name)
                sent.append((form, name))
                if name == "lang":
                    open_page(browser, f"{url}{page}")
                    continue
                browser.execute_script("document.getElementById(arguments[0]).reset()", form)
    assert len(sent) > 30
    for page in ("", *FORMS, "record"):
        open_page(browser, f"{url}{page}")
        assert browser.execute_script(MADE) == 0, page
    # It did come in: among the reports, the changes and the publications it stands as it was written.
    held = "".join(
        browser.execute_async_script("""
        const done = arguments[0];
        Promise.all(['/api/reports', '/api/changes', '/api/releases'].map((path) => fetch(path).then((a) => a.text())))
          .then(done);""")
    )
    assert held.count("onerror=") >= 3
    browser.get(f"{url}api/record/evenings/{EVENING}?lang=en")
    assert browser.execute_script(MADE) == 0, "nor in the page of an evening, which runs scripts of its own"
    assert broken(browser) == []


def test_the_same_text_runs_where_neither_escaping_nor_policy_keeps_it_from_it(browser, url):
    """The positive control, once with our policy alone and once without."""
    put = "document.body.insertAdjacentHTML('beforeend', arguments[0])"
    open_page(browser, f"{url}jobs")
    browser.execute_script(put, SCRIPT)
    chromium.wait_for(browser, "return performance.getEntriesByType('resource').some((one) => one.name.endsWith('/x'))")
    assert browser.execute_script(MADE) == 1
    assert browser.execute_script("return window.ran") is None
    assert broken(browser)
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    open_page(browser, f"{url}jobs")
    browser.execute_script(put, SCRIPT)
    chromium.wait_for(browser, "return window.ran === true")
