"""What an officer sees on the pages, in a real browser: nothing is cut off or says nothing, names beside discs."""

import shutil

import pytest
from tests.made import chromium
from tests.made.served import served

pytestmark = [*chromium.MARKS, pytest.mark.slow]
PAGES = ("", "report", "world", "jobs", "record", "release")
CUT = """return [...document.querySelectorAll('main *')].filter((one) => {
    const style = getComputedStyle(one);
    return ['auto', 'scroll', 'hidden'].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1
      && one.checkVisibility() && !one.closest('.nights, .map, thead, select, input');
}).map((one) => one.id || one.className)"""
DISCS = """
    const { DrawnMap } = await import('/static/drawnmap.js');
    const holder = document.createElement('div');
    holder.style.cssText = 'position: fixed; inset: 0; width: 1100px; height: 700px; background: white; z-index: 99';
    const room = document.createElement('div');
    room.append(holder);
    document.body.append(room);
    const camp = (id, x, most) => [{id, name: id, at: [x, 0.5], capacity: 9000},
      {id, low: most / 2, middle: most * 0.8, high: most, words: '10 000 people (9000-12 000)', last: ''}];
    const camps = [camp('Small', 0.8, 2000), camp('Large', 0.3, 90000), camp('Middle', 1.6, 30000)];
    const map = new DrawnMap(holder);
    map.setLayers(['camps']);
    map.setDay({areas: [], stops: [], camps: camps.map((one) => one[1])});
    const none = {land: [], roads: [], places: [], crossings: []};
    map.setWorld({...none, camps: camps.map((one) => one[0]), frame: [0, 0, 2, 1]});
    map.paint();
    const boxes = (what) => [...holder.querySelectorAll(what)].map((one) => one.getBoundingClientRect());
    const names = [...holder.querySelectorAll('text.name')].map((one) => one.firstChild.textContent);
    // Inside a disc: where its middle is nearer to the nearest point of the words than its radius.
    const over = boxes('text.name').filter((words) => boxes('circle.outer').some((disc) => {
      const [x, y, r] = [disc.x + disc.width / 2, disc.y + disc.height / 2, disc.width / 2];
      const [dx, dy] = [Math.max(words.left - x, 0, x - words.right), Math.max(words.top - y, 0, y - words.bottom)];
      return Math.hypot(dx, dy) < r * 0.7;
    })).length;
    room.remove();
    return [names, over];"""


@pytest.fixture(scope="module")
def url(evening, tmp_path_factory):
    folder = shutil.copytree(evening.folder, tmp_path_factory.mktemp("looks") / "op")
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = chromium.start(tmp_path_factory.mktemp("profile"))
    yield made
    made.quit()


def open_page(browser, url, page, *, width):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"{url}{page}?lang=es")
    chromium.wait_for(browser, "return document.documentElement.dataset.ready === 'true'", seconds=60)


@pytest.mark.parametrize("width", [1280, 768, 360])
def test_nothing_is_cut_off_on_any_page(browser, url, width):
    for page in PAGES:
        open_page(browser, url, page, width=width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        assert browser.execute_script(CUT) == [], page


def test_the_page_that_one_is_on_is_seen_in_the_menu(browser, url):
    seen = """const [one, all] = ['.top nav [aria-current]', '.top nav'].map((x) => document.querySelector(x)
        .getBoundingClientRect()); return one.left >= all.left - 1 && one.right <= all.right + 1"""
    for page in PAGES:
        open_page(browser, url, page, width=360)
        assert browser.execute_script(seen), page


def test_layers_that_have_nothing_to_show_are_not_offered(browser, url):
    open_page(browser, url, "", width=1280)
    labels = "[...document.querySelectorAll('#layers label')]"
    offered = f"return {labels}.filter((one) => !one.hidden).map((one) => one.control.name)"
    # On a road there are no camps; each layer that is offered has its box.
    assert browser.execute_script(offered) == ["area", "stops", "reports", "needs"]


def test_what_was_done_over_and_over_is_one_line(browser, url):
    open_page(browser, url, "record", width=1280)
    acts = browser.execute_script(
        "return [...document.querySelectorAll('#acts tbody tr')].map((row) => row.textContent)"
    )
    (imported,) = [line for line in acts if "importó" in line]
    assert "(×8)" in imported
    assert "obs-" in imported or "…" in imported
    assert "T" not in browser.find_element("css selector", "#acts tbody td").text


def test_what_was_wrong_is_asked_where_something_is_corrected(browser, url):
    open_page(browser, url, "release", width=1280)
    asked = "const field = document.getElementById('correction'); return [field.checkVisibility(), field.required]"
    assert browser.execute_script(asked) == [False, False]
    browser.execute_script("""
        const list = document.getElementById('corrects');
        list.append(new Option('public-1', 'public-1'));
        list.value = 'public-1';
        list.dispatchEvent(new Event('change', {bubbles: true}));""")
    assert browser.execute_script(asked) == [True, True]


def test_what_went_wrong_is_gone_once_something_else_is_asked_for(browser, url):
    open_page(browser, url, "report", width=1280)
    attempted = """
        const { ask, attempt, Refused } = await import('/static/common.js');
        const said = () => document.getElementById('said').textContent;
        await attempt(null, async () => { throw new Refused('no such place'); });
        const first = said();
        await attempt(null, async () => {});
        return [first, said()];"""
    assert browser.execute_script(attempted) == ["no such place", ""]


def test_numbers_on_a_phone_have_their_heads(browser, url):
    shown = """const { sheet, el } = await import('/static/common.js');
        const cell = el('td', {class: 'n'}, '27');
        const row = el('tr', {}, cell, el('td', {class: 'n'}));
        const table = sheet([el('th', {}, 'Score'), el('th', {}, 'Naive')], [row]);
        document.body.append(table);
        const said = [...row.children].map((one) => getComputedStyle(one, '::before').content);
        table.remove();
        return said;"""
    open_page(browser, url, "record", width=360)
    assert browser.execute_script(shown)[0].replace('" ', "").replace('"', "") in ("Score: ", "Score:")
    open_page(browser, url, "record", width=1280)
    assert browser.execute_script(shown)[0] == "none"


def test_names_of_camps_keep_clear_of_their_discs(browser, url):
    open_page(browser, url, "jobs", width=1280)
    browser.set_script_timeout(120)
    names, over = browser.execute_async_script(f"(async () => {{ {DISCS} }})().then(arguments[arguments.length - 1])")
    assert names == ["Large", "Middle", "Small"]
    assert over == 0
