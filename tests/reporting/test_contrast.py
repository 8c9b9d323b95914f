"""Colours of the pages are told from what they stand on: the ratios of WCAG 2.2, AA, from the style sheets themselves.

A ratio is (L1 + 0.05) / (L2 + 0.05) of the relative luminances; text wants 4.5, lines and marks that carry meaning 3.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import caravana
from caravana.reporting.tonight import changed, ground, people
from caravana.reporting.tonight import map as night_map

ROOT = Path(caravana.__file__).parent
TEMPLATES = ROOT / "reporting" / "templates"
TEXT, MARK = 4.5, 3.0
HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
#: Style sheets of pages: the schemes that each declares, and whether text may lie on any ground in it; in the others
#: bars and swatches are grounds as well, and text is held against the paper alone.
SHEETS = {
    TEMPLATES / "tonight" / "tonight.css": (1, True),
    TEMPLATES / "sensitivity.html.j2": (2, True),
    TEMPLATES / "report.css": (1, False),
    ROOT / "web" / "static" / "pages.css": (1, False),
}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def schemes_of(sheet: str) -> list[dict[str, str]]:
    """Custom properties of each scheme: the light one, and the dark one where there is one."""
    roots = re.findall(r":root\s*\{([^}]*)\}", sheet)
    schemes: list[dict[str, str]] = []
    for root in roots:
        colours = {name: value for name, value in re.findall(r"(--[\w-]+):\s*([^;}]+)", root) if HEX.fullmatch(value)}
        if colours:
            schemes.append({**(schemes[0] if schemes else {}), **colours})
    return schemes


def rules_of(sheet: str, scheme: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    """Selector, colour of text and ground of each rule that sets either, on the screen."""
    screen = re.sub(r"/\*.*?\*/", "", sheet.partition("@media print")[0], flags=re.DOTALL)
    rules = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", screen):
        said = {}
        for name, given in re.findall(r"(?:^|[;\s])(color|background(?:-color)?):\s*([^;]+)", body):
            value = re.sub(r"var\((--[\w-]+)\)", lambda m: scheme.get(m[1], m[0]), given.strip())
            if HEX.fullmatch(value):
                said[name.partition("-")[0]] = value
        if said:
            rules.append((selector.strip(), said.get("color"), said.get("background")))
    return rules


def faint_pairs(sheet: str, scheme: dict[str, str], *, anywhere: bool = True) -> list[str]:
    """Rules whose text is not told from its ground: its own, or else the paper, or any that the page has."""
    rules = rules_of(sheet, scheme)
    grounds = {scheme[name] for name in ("--paper", "--page", "--faint") if name in scheme}
    grounds |= {back for _, colour, back in rules if anywhere and back and not colour}
    assert grounds
    pairs = [(selector, colour, back) for selector, colour, back in rules if colour and back]
    pairs += [
        (selector, colour, back) for (selector, colour, own), back in product(rules, grounds) if colour and not own
    ]
    return [f"{s}: {c} on {b}: {ratio(c, b):.2f}" for s, c, b in pairs if ratio(c, b) < TEXT]


def test_ratios_are_those_of_the_standard():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777", "#fff") == pytest.approx(4.48, abs=0.005)
    assert ratio("#767676", "#fff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_text_of_a_page_is_told_from_its_ground_in_every_scheme(path):
    sheet = path.read_text("utf-8")
    schemes = schemes_of(sheet)
    count, anywhere = SHEETS[path]
    assert len(schemes) == count
    for scheme in schemes:
        assert faint_pairs(sheet, scheme, anywhere=anywhere) == []


def test_faint_text_is_seen():
    sheet = ":root { --ink: #999; --paper: #fff; } p { color: var(--ink); }"
    assert faint_pairs(sheet, schemes_of(sheet)[0]) == ["p: #999 on #fff: 2.85"]


GROUNDS = (ground.SEA, ground.LAND, ground.HOME)


@pytest.mark.parametrize("colour", [ground.INK, ground.SOFT, ground.LAND_NAME, night_map.SEEN, night_map.COMING[0]])
def test_names_on_the_map_are_told_from_land_and_sea(colour):
    # Names of towns and figures have a halo of paper besides.
    assert all(ratio(colour, back) >= TEXT for back in (*GROUNDS, ground.PAPER))


def test_names_of_seas_are_told_from_the_sea():
    assert ratio(ground.SEA_NAME, ground.SEA) >= TEXT


@pytest.mark.parametrize("night", range(3))
def test_each_coming_night_is_told_from_what_it_lies_on(night):
    """By its band or by the edge about it."""
    for back in GROUNDS:
        assert max(ratio(night_map.COMING[night], back), ratio(night_map.EDGES[night], back)) >= MARK


def test_what_came_is_told_from_land_and_sea_and_medians_from_their_bands():
    assert all(ratio(night_map.SEEN, back) >= MARK for back in GROUNDS)
    for band in (people.BAND, people.INNER):
        assert ratio(night_map.COMING[0], band) >= MARK
    for band in (changed.GREY_BAND, changed.GREY_INNER):
        assert ratio("#55636d", band) >= MARK


def test_the_brief_has_the_colours_of_the_page():
    """What Typst sets is told apart as on the page: each colour of the brief stands in the page's style sheet."""
    brief = set(HEX.findall((TEMPLATES / "tonight" / "brief.typ").read_text("utf-8")))
    page = set(HEX.findall((TEMPLATES / "tonight" / "tonight.css").read_text("utf-8")))
    assert len(brief) >= 6
    assert brief <= page
