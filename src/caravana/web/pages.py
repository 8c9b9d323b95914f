"""Pages from their templates: what all have in common, with the words of the visitor's language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from caravana.web.access.roles import Role

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.web.access.signing_in import Visitor
    from caravana.web.desk import Desk

ROOMS = (
    ("tonight", "/", Role.READER), ("report", "/report", Role.PLANNER), ("world", "/world", Role.PLANNER),
    ("jobs", "/jobs", Role.READER), ("record", "/record", Role.READER), ("release", "/release", Role.READER),
)  # fmt: skip
"""Pages with their addresses and the role that sees them, in the order of the menu."""


@cache
def environment() -> Environment:
    """The templates' environment: everything escaped, nothing undefined passed over."""
    return Environment(
        loader=PackageLoader("caravana.web"), autoescape=select_autoescape(["html", "j2"]), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def render_page(
    name: str, *, desk: Desk, visitor: Visitor | None, language: Language, path: str, **values: Any
) -> str:  # fmt: skip
    """Render a page.

    Parameters
    ----------
    name
        Of its template.
    desk, visitor, language
        Whose, for whom, in which language.
    path
        Its address, for the menu and the switch of language.
    values
        What it shows.
    """
    role = Role.ANYONE if visitor is None else visitor.role
    menu = [
        {"key": key, "path": to, "here": to == path, "words": language.text(f"web.menu.{key}")}
        for key, to, needed in ROOMS if role >= needed
    ]  # fmt: skip
    template = environment().get_template(f"{name}.html.j2")
    return template.render(
        t=language.text, lang=language, name=name, menu=menu, visitor=visitor, shared=desk.shared, path=path, role=role,
        operation=desk.operation.name if role > Role.ANYONE else "", other="en" if language.code == "es" else "es",
        words=language.under("web.script"), csrf="" if visitor is None else visitor.csrf, **values,
    )  # fmt: skip
