"""The brief: the page of tonight on two sheets of paper as PDF, and its map and chart as pictures for a slide.

It is set by Typst from what the page's own sections say, so that paper and screen cannot tell two things; with the
package's own type and nothing from the network.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
from importlib import resources
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from caravana.atomic import write_together
from caravana.errors import UsageError
from caravana.language.language import load_language
from caravana.reporting.tonight.page import sections_of, words_about

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path
    from types import ModuleType

    from caravana.language.language import Language
    from caravana.reporting.sections import Section
    from caravana.reporting.tonight.facts import Tonight
    from caravana.reporting.tonight.page import Audience

PAIRED = ("people", "together")
SLIDES = {"map": ("coming", "weeks"), "chart": ("right",)}
"""Pictures for a slide, and the sections that they are of."""
UNSEEN = {"night", "past"}
"""Classes of what a picture shows on a screen only when it is chosen."""
INLINE = {"p", "b", "strong", "em", "small", "span", "th", "td", "li", "a", "h2", "h3", "caption", "figcaption"}
BLOCKS = {"card", "was"}
BESIDE_THE_MAP = ((), ("branch",), ("branch", "past"), ("branch", "past", "key"))
"""Classes of what a slide leaves out where it does not fit, one step after another."""
PIXELS_AN_INCH = 150.0


def write_brief(
    facts: Tonight, folder: Path, *, language: str = "es", audience: Audience = "internal"
) -> tuple[Path, ...]:  # fmt: skip
    """Write the brief and its pictures; all of them or none.

    Parameters
    ----------
    facts
        As of the page.
    folder
        Where to: ``brief-DATE-LANGUAGE.pdf``, ``map-...png``, ``chart-...png``; public ones say so in their names.
    language
        ``en``, ``es``, ``es-MX`` (numbers as in Mexico) or ``es-ES``.
    audience
        ``internal`` or ``public``, which has no map.

    Returns
    -------
    tuple of Path
        What was written, the PDF first.

    Raises
    ------
    caravana.errors.UsageError
        If there are no words in the language, nothing may be published yet, or Typst is not installed.
    """
    words = load_language(language)
    find_typst(words)
    sections = sections_of(facts, words, audience)
    about = words_about(facts, words, audience)
    ending = f"{facts.origin.isoformat()}-{words.code}" + ("-public" if audience == "public" else "")
    files = {folder / f"brief-{ending}.pdf": compile_part("brief", about, as_nodes(sections, words), facts.origin)}
    if audience == "internal":
        for part, keys in SLIDES.items():
            shown = [s for s in sections if s.key.rpartition("-")[0] in keys]
            if shown:
                nodes = slide_nodes(shown[0], part, words)
                files[folder / f"{part}-{ending}.png"] = compile_slide(part, about, nodes, facts.origin)
    folder.mkdir(parents=True, exist_ok=True)
    write_together(files)
    return tuple(files)


def find_typst(words: Language) -> ModuleType:
    """Import Typst, which the extra ``pdf`` installs.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    try:
        return importlib.import_module("typst")
    except ImportError:
        raise UsageError(words.text("brief.typst")) from None


def compile_part(part: str, about: dict[str, Any], nodes: Sequence[Any], origin: dt.date) -> bytes:
    """Set one part: ``brief`` as PDF, ``map`` and ``chart`` as PNG.  The same content gives the same bytes."""
    pages = _typeset(part, about, nodes, origin)
    if len(pages) != 1:
        raise TypeError(f"{part}: one file was expected, {len(pages)} pages came out")
    return pages[0]


def compile_slide(part: str, about: dict[str, Any], nodes: Sequence[Any], origin: dt.date) -> bytes:
    """Set a slide; what does not fit on it is left out: where the road parts, then the last nights, then notes."""
    for left_out in BESIDE_THE_MAP:
        pages = _typeset(part, about, without(nodes, left_out), origin)
        if len(pages) == 1:
            return pages[0]
    # A slide shows its first page: the rest stands in the brief.
    return pages[0]


def without(nodes: Sequence[Any], classes: Collection[str]) -> list[Any]:
    """The same nodes, but those of some classes, however deep they lie."""
    return [
        {**node, "children": without(node["children"], classes)} if isinstance(node, dict) else node
        for node in nodes
        if not (isinstance(node, dict) and node["class"] in classes)
    ]


def _typeset(part: str, about: dict[str, Any], nodes: Sequence[Any], origin: dt.date) -> list[bytes]:
    """Set one part: its pages as pictures, or the one file of all."""
    import typst

    root = resources.files("caravana.reporting")
    content = json.dumps({**about, "part": part, "nodes": nodes}, ensure_ascii=False)
    with resources.as_file(root / "fonts") as fonts:
        # One file of bytes, or a list of them where there are several pages: the stubs know the first alone.
        output: Any = typst.compile(
            (root / "templates" / "tonight" / "brief.typ").read_bytes(),
            format="pdf" if part == "brief" else "png",
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)]),
            ignore_system_fonts=True,
            sys_inputs={"content": content},
            ppi=PIXELS_AN_INCH,
            timestamp=dt.datetime.combine(origin, dt.time(), tzinfo=dt.UTC),
        )
    return [output] if isinstance(output, bytes) else list(output or [])


def as_nodes(sections: Iterable[Section], language: Language) -> list[Any]:
    """Sections as nodes for the template; the two that stand side by side on the page do so here."""
    nodes: list[Any] = []
    pair: list[Any] = []
    for section in sections:
        node = section_node(section, language)
        if section.key.rpartition("-")[0] in PAIRED:
            pair.append(node)
            continue
        if pair:
            nodes.append({"tag": "div", "class": "pair", "colour": "", "children": pair})
            pair = []
        nodes.append(node)
    return nodes


def section_node(section: Section, language: Language) -> dict[str, Any]:
    """One section as a node: heading, first words, figure.  Its folded table is the screen's alone."""
    plain = section.key.removesuffix(f"-{language.code}")
    head = Markup("") if plain in SLIDES["map"] else Markup("<h2>{}</h2>").format(section.head)
    paragraphs = Markup("").join(Markup('<p class="lead">{}</p>').format(p) for p in section.paragraphs)
    body = Markup('<section class="{}">{}{}{}</section>').format(plain, head, paragraphs, section.figure)
    return to_node(ET.fromstring(str(body)))  # noqa: S314 - the page's own markup, escaped where it was written


def slide_nodes(section: Section, part: str, language: Language) -> list[Any]:
    """What a slide shows of a section: sentence and map side by side with the cards, or heading and charts."""
    node = section_node(section, language)
    if part == "map":
        return [c for c in node["children"] if isinstance(c, dict) and c["class"] in {"headline", "first"}]
    kept = [c for c in node["children"] if isinstance(c, dict) and (c["tag"] in {"h2", "p"} or c["class"] == "pair")]
    return kept[:4]


def to_node(element: ET.Element) -> dict[str, Any]:
    """An element of the page as a plain value; a picture as its text."""
    kind = element.get("class", "")
    style = element.get("style", "")
    node: dict[str, Any] = {"tag": element.tag, "class": kind, "colour": style.partition("--c:")[2].strip("; ")}
    if element.tag == "svg":
        element.set("xmlns", "http://www.w3.org/2000/svg")
        element.tail = None
        for group in [element, *element.iter()]:
            for part in [c for c in group if set(c.get("class", "").split()).issuperset(UNSEEN)]:
                group.remove(part)
        return {**node, "children": [], "svg": ET.tostring(element, encoding="unicode")}
    children: list[Any] = [_text(element.text)]
    for child in element:
        tail = child.tail
        children += [to_node(child), _text(tail)]
    # Blanks between blocks are of the template's lines, not of what is said.
    lines = element.tag in INLINE and kind not in BLOCKS
    return {**node, "children": [c for c in children if (c if lines or not isinstance(c, str) else c.strip())]}


def _text(text: str | None) -> str:
    """Text with blanks as a page shows them; "" where there is nothing but a line's end."""
    if not text or (not text.strip() and "\n" in text):
        return ""
    joined = " ".join(text.split(" ")).replace("\n", " ")
    while "  " in joined:
        joined = joined.replace("  ", " ")
    return joined
