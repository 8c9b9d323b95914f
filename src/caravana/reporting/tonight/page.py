"""The page of tonight: one file, both languages in it, for a screen, a phone and two sheets of paper."""

from __future__ import annotations

import base64
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Literal

from caravana.atomic import write_whole
from caravana.language.language import load_language
from caravana.models.registry import model_of
from caravana.reporting import html
from caravana.reporting.tonight import public
from caravana.reporting.tonight.changed import changed_section
from caravana.reporting.tonight.coming import coming_section
from caravana.reporting.tonight.needs import needs_section
from caravana.reporting.tonight.news import end_of, ended_section
from caravana.reporting.tonight.people import people_section, together_section, weights_of
from caravana.reporting.tonight.reported import reported_section
from caravana.reporting.tonight.right import right_section
from caravana.reporting.tonight.triggers import alert_lines, triggers_section
from caravana.reporting.tonight.weeks import (
    camp_needs_section,
    camps_changed_section,
    camps_reported_section,
    camps_right_section,
    weeks_section,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from markupsafe import Markup

    from caravana.language.language import Language
    from caravana.reporting.sections import Section
    from caravana.reporting.tonight.facts import Tonight

    MakeSection = Callable[[Tonight, Language], Section | None]

Audience = Literal["internal", "public"]
SECTIONS: Mapping[str, tuple[MakeSection, ...]] = {
    "caravan": (
        ended_section, coming_section, people_section, together_section, needs_section, changed_section, right_section,
        triggers_section, reported_section,
    ),
    "displacement": (
        weeks_section, camp_needs_section, camps_changed_section, camps_right_section, triggers_section,
        camps_reported_section,
    ),
}  # fmt: skip
"""What the page says of each family, in order: the coming days first."""
PAIRED = ("people", "together")
LINKS = ("report", "compare", "money", "evidence", "needs", "sensitivity")
FONTS = (("CaminoSans-Regular.woff2", 400), ("CaminoSans-Semibold.woff2", 600))


def other_language(language: str) -> str:
    """The language to switch to."""
    return "en" if language.startswith("es") else "es"


def sections_of(facts: Tonight, language: Language, audience: Audience) -> list[Section]:
    """The sections of a page, those that there is nothing for left out."""
    families = public.SECTIONS if audience == "public" else SECTIONS
    makers = families.get(model_of(facts.scenario).family, families["displacement"])
    shown = [section for make in makers if (section := make(facts, language)) is not None]
    # Both languages stand in one page: no two elements may have one name.
    return [replace(section, key=f"{section.key}-{language.code}") for section in shown]


def faces() -> Markup:
    """The page's own type, in the page."""
    rules = []
    for name, weight in FONTS:
        data = (resources.files("caravana.reporting") / "fonts" / name).read_bytes()
        rules.append(
            f"@font-face{{font-family:'Camino Sans';font-weight:{weight};font-display:block;"
            f"src:url(data:font/woff2;base64,{base64.b64encode(data).decode('ascii')}) format('woff2')}}"
        )
    return html.safe("\n".join(rules))


def _weights(facts: Tonight, language: Language) -> list[str]:
    """What each forecaster weighs, a line a quantity."""
    return [
        language.text(
            "tonight.weights", quantity=language.texts.get(f"tonight.target.{quantity}", quantity),
            list=", ".join(
                f"{language.texts.get(f'tonight.forecaster.{name}', name)} {language.number(100 * w)}"
                for name, w in weights.items() if w >= 0.005
            ),
        )
        for quantity, weights in weights_of(facts).items()
    ]  # fmt: skip


def words_about(facts: Tonight, language: Language, audience: Audience) -> dict[str, str]:
    """Title, evening, mark and footer of page and brief."""
    own = facts.name == facts.scenario.title
    title = language.choose(facts.scenario.title, facts.scenario.title_es) if own else facts.name
    open_to_all = audience == "public"
    return {
        "lang": language.code, "title": title,
        "evening": "" if open_to_all else language.text(
            "tonight.evening" if end_of(facts) is None else "tonight.evening_ended", day=language.day_long(facts.origin)
        ),
        "mark": language.text("tonight.mark.public" if open_to_all else "mark.internal"),
        "note": language.text("tonight.mark.public_note" if open_to_all else "mark.note"),
        "footer": language.text("tonight.footer", version=facts.version, scenario=facts.scenario.name),
    }  # fmt: skip


def _said(facts: Tonight, language: Language, audience: Audience) -> dict[str, object]:
    """One language's part of the page."""
    links = [(facts.links[k], language.text(f"tonight.link.{k}")) for k in LINKS if k in facts.links]
    open_to_all = audience == "public"
    return {
        **words_about(facts, language, audience), "lang": language, "t": language.text,
        "sections": sections_of(facts, language, audience), "weights": [] if open_to_all else _weights(facts, language),
        "links": [] if open_to_all else links, "triggers": alert_lines(facts, language),
    }  # fmt: skip


def render_tonight(facts: Tonight, *, language: str = "en", audience: Audience = "internal") -> str:
    """Render the page.

    Parameters
    ----------
    facts
        What it is made from.
    language
        Shown first: ``en``, ``es``, ``es-MX`` (numbers as in Mexico) or ``es-ES``; the page switches to the other.
    audience
        ``internal``; or ``public``, by the rules of :mod:`caravana.reporting.tonight.public`.

    Raises
    ------
    caravana.errors.UsageError
        If there are no words in the language, or nothing may be published yet.
    """
    first = load_language(language)
    both = [first, load_language(other_language(language))]
    return html.environment().get_template("tonight/page.html.j2").render(
        parts=[_said(facts, each, audience) for each in both], first=first, paired=PAIRED,
        css=faces() + "\n" + html.style(("tonight/tonight.css",)), script=html.script(("tonight/tonight.js",)),
    )  # fmt: skip


def write_tonight(
    facts: Tonight, path: Path, *, language: str = "en", audience: Audience = "internal"
) -> Path:  # fmt: skip
    """Write the page of :func:`render_tonight`; whole or not at all."""
    return write_whole(path, render_tonight(facts, language=language, audience=audience).encode())
