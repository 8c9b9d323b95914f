"""The displacement report looked at in headless Chromium, as wide as a laptop and as narrow as a phone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from tests.made.chromium import MARKS, NARROW, WIDE, press, show
from tests.made.displacement_run import make_run, make_scenario

from caravana.language.language import load_language
from caravana.reporting.report import write_report
from caravana.scenario.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

    from caravana.run import Run

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = MARKS


@pytest.fixture(scope="module")
def pages(displaced: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {code: write_report(displaced, path=folder / f"{code}.html", language=code) for code in ("en", "es")}  # type: ignore[arg-type]


@pytest.fixture
def look(browser: Chrome, pages: dict[str, Path]) -> Callable[..., Chrome]:
    def open_page(language: str = "en", width: int = WIDE) -> Chrome:
        return show(browser, pages[language], width)

    return open_page


def choose(browser: Chrome, day: int) -> None:
    browser.execute_script(
        "const s = document.getElementById('day'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))", day
    )


def state(browser: Chrome) -> dict[str, Any]:
    """What a reader sees of the chosen day."""
    found: dict[str, Any] = browser.execute_script("""
        const radius = (kind) => [...document.querySelectorAll(`#map ${kind}`)].map((c) => Number(c.getAttribute('r')));
        const cells = (row) => [...row.children].map((c) => c.textContent);
        const rows = (id) => [...document.querySelectorAll(`#${id} tbody tr`)].map(cells);
        return {
          day: Number(document.getElementById('day').value),
          name: document.querySelector('#day-name .wide').textContent,
          answer: document.getElementById('answer').textContent,
          discs: radius('.camp-disc'), rooms: radius('.room'), tallies: radius('.tally'),
          flows: [...document.querySelectorAll('#map .flow')].map((f) =>
            [f.querySelector('title').textContent, Number(f.getAttribute('stroke-width'))]),
          active: document.querySelectorAll('#map .burst:not(.quiet)').length,
          closed: document.getElementById('closed').hidden ? '' : document.getElementById('closed').textContent,
          camps: rows('camps'), links: rows('links'),
          cursor: Number(document.querySelector('#total .cursor').getAttribute('x1')),
          stamp: document.querySelector('#map .stamp').textContent,
        }""")
    return found


def test_the_map_and_the_rules_of_thumb_are_drawn(look: Callable[..., Chrome]) -> None:
    browser = look()
    assert browser.execute_script("return document.querySelectorAll('.chart').length") == 6
    assert browser.execute_script("return document.querySelectorAll('#map .land').length") > 3
    assert browser.execute_script("return document.querySelectorAll('#map .land:not(.away)').length") == 1
    # The rules of thumb are told apart by their dashes.
    dashes = browser.execute_script("""
        return [...document.querySelectorAll('#error .rule')].map((l) => getComputedStyle(l).strokeDasharray)""")
    assert len(set(dashes)) == len(dashes) == 4


def test_the_slider_moves_everything(look: Callable[..., Chrome]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = look()
    before = state(browser)
    assert before["name"] == "Tuesday 27 March 2012"
    browser.execute_script("document.getElementById('day').focus()")
    press(browser, Keys.ARROW_RIGHT)
    after = state(browser)
    assert after["stamp"] == "28 Mar 2012"
    assert after["cursor"] > before["cursor"]
    press(browser, Keys.HOME)
    first = state(browser)
    assert first["closed"] == "Closed that day: The border between Homeland and Southland."
    assert first["active"] == 1
    press(browser, Keys.END)
    last = state(browser)
    assert last["closed"] == ""
    assert last["discs"][0] > 2 * first["discs"][0]
    assert last["answer"] != first["answer"]
    assert last["camps"][0][0].startswith("West Camp")
    assert last["camps"][0][3].startswith("2,100")
    # Nobody counts the far camp, and its room is not known.
    assert last["camps"][2][3:] == ["–", "–", "–"]


def test_needs_are_those_of_the_people_in_each_camp(look: Callable[..., Chrome]) -> None:
    browser = look("es")
    choose(browser, 70)
    rows = browser.execute_script("""
        const cells = (row) => [...row.children].map((c) => c.textContent);
        return [...document.querySelectorAll('#camp-needs tbody tr')].map(cells)""")
    low, high = browser.execute_script("""
        const data = JSON.parse(document.getElementById('data').textContent);
        return [0, 4].map((k) => data.charts['camp-0'].q[k][70])""")
    assert [r[0] for r in rows] == ["Todos los campamentos", "West Camp", "South Camp", "Far Camp"]
    spanish = load_language("es")
    # 15 litres a head, 2100 kcal a head (in millions), one toilet to 20 people, rounded up.
    assert rows[1][2] == spanish.span(15 * low, 15 * high)
    assert rows[1][3] == spanish.span(2100 * low, 2100 * high)
    assert rows[1][5] == spanish.span(math.ceil(low / 20), math.ceil(high / 20))


def test_circles_have_the_area_of_people_and_room(look: Callable[..., Chrome]) -> None:
    browser = look()
    choose(browser, 45)
    seen = state(browser)
    people = browser.execute_script("""
        const charts = JSON.parse(document.getElementById('data').textContent).charts;
        return ['camp-0', 'camp-1'].map((c) => charts[c].q[2][45])""")
    west, south = seen["discs"][:2]
    assert (west / south) ** 2 == pytest.approx(people[0] / people[1], rel=0.03)
    # Rings of one scale with the discs: capacity 3,000, and 2,100 counted that day.
    assert (seen["rooms"][0] / west) ** 2 == pytest.approx(3000 / people[0], rel=0.03)
    assert (seen["tallies"][0] / west) ** 2 == pytest.approx(2100 / people[0], rel=0.03)


def test_arcs_are_as_wide_as_people_are_many(look: Callable[..., Chrome]) -> None:
    browser = look()
    choose(browser, 30)
    seen = state(browser)
    widths = dict(seen["flows"])
    assert widths["Old Town → Crossroads: 60 a day"] == pytest.approx(
        5 * widths["Crossroads → West Camp: 12 a day"], rel=0.06
    )
    assert [row[2] for row in seen["links"]] == ["60", "12", "3"]
    # There and back lie apart: an arc is no straight line.
    assert all("Q" in d for d in browser.execute_script(
        "return [...document.querySelectorAll('#map .flow')].map((f) => f.getAttribute('d'))"
    ))  # fmt: skip


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_table_wider_than_its_frame_says_so(look: Callable[..., Chrome], width: int) -> None:
    browser = look("en", width)
    browser.execute_script("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    tables = browser.execute_script("""
        return [...document.querySelectorAll('.scroll')].map((box) =>
          [box.scrollWidth > box.clientWidth + 1, box.previousElementSibling.textContent,
           box.previousElementSibling.checkVisibility()])""")
    assert all(text == "Scroll the table sideways for the rest." for _, text, _ in tables)
    assert all(beyond == told for beyond, _, told in tables)
    assert any(beyond for beyond, *_ in tables) == (width == NARROW)


def test_a_line_that_leaves_its_picture_has_an_arrow_and_its_highest_number(look: Callable[..., Chrome]) -> None:
    browser = look()
    assert browser.execute_script("return document.querySelectorAll('#total .leaves').length") == 1
    assert browser.execute_script("return document.querySelector('#total .direct').textContent") == (
        "7,200, beyond the picture"
    )


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose map is full of towns, so that few names of countries have room."""
    towns = tuple(
        Place(id=f"t{i}-{j}", name=f"Town {i} {j}", country="Homeland", lat=12.6 + 0.55 * i, lon=-6.5 + 1.2 * j)
        for i in range(9) for j in range(9)
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("crowded")
    run = make_run(folder / "run", members=2, days=20, places=(*make_scenario().places, *towns))
    return write_report(run, path=folder / "page.html")


@pytest.mark.parametrize("zoomed", [0, 1, 2])
def test_names_of_countries_keep_off_places(browser: Chrome, crowded: Path, zoomed: int) -> None:
    show(browser, crowded, WIDE)
    choose(browser, 19)
    for _ in range(zoomed):
        browser.execute_script("document.querySelectorAll('#map .zoom button')[0].click()")
    met = browser.execute_script("""
        const box = (e) => e.getBoundingClientRect();
        const meet = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
        const names = [...document.querySelectorAll('#map text.country')];
        const kinds = '#map .camp-disc, #map .burst, #map .node, #map .place-name, #map .zoom, #map .stamp';
        const others = [...document.querySelectorAll(kinds)];
        return names.flatMap((n) => others.filter((o) => meet(box(n), box(o)))
          .map((o) => `${n.textContent}: ${o.textContent}${o.getAttribute('class')}`))""")
    assert met == []


def test_countries_with_room_are_named(look: Callable[..., Chrome]) -> None:
    names = look().execute_script(
        "return [...document.querySelectorAll('#map text.country')].map((n) => n.textContent)"
    )
    assert {"Mali", "Burkina Faso"} <= set(names)


@pytest.mark.parametrize("far", [(60, 30), (300, -30)])
def test_a_map_that_is_dragged_lies_where_the_pointer_let_go(look: Callable[..., Chrome], far: tuple[int, int]) -> None:
    from selenium.webdriver import ActionChains

    browser = look()
    choose(browser, 12)
    svg = browser.find_element("css selector", "#map svg")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", svg)

    def land() -> list[float]:
        at: list[float] = browser.execute_script("""
            const b = document.querySelector('#map .land:not(.away)').getBoundingClientRect();
            return [b.left, b.top]""")
        return at

    def moved() -> list[float]:
        return [now - then for now, then in zip(land(), before, strict=True)]

    before = land()
    half = [distance // 2 for distance in far]
    ActionChains(browser).move_to_element(svg).click_and_hold().move_by_offset(*half).perform()
    assert moved() == pytest.approx(half, abs=0.3)
    # Another day drawn meanwhile lies on the same ground.
    disc = "const b = document.querySelector('#map .camp-disc').getBoundingClientRect(); return b.left + b.width / 2"
    here = browser.execute_script(disc)
    choose(browser, 13)
    assert browser.execute_script(disc) == pytest.approx(here, abs=0.3)
    rest = [whole - first for whole, first in zip(far, half, strict=True)]
    ActionChains(browser).move_by_offset(*rest).release().perform()
    assert moved() == pytest.approx(far, abs=0.3)
    assert browser.execute_script("return document.querySelector('#map svg').style.transform") == ""
