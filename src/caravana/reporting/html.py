"""Pages that are one file: their templates, scripts, style and data, with nothing to fetch."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language


@cache
def environment() -> Environment:
    """The templates' environment: everything escaped, nothing undefined passed over."""
    return Environment(
        loader=PackageLoader("caravana.reporting"), autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def embedded(data: Mapping[str, Any]) -> Markup:
    """JSON that can stand inside a script element whatever its strings hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return safe(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _asset(name: str) -> str:
    return (resources.files("caravana.reporting") / "templates" / name).read_text("utf-8")


def style(names: Sequence[str]) -> Markup:
    """Style sheets of the package, one after the other."""
    return safe("\n".join(map(_asset, names)))


def script(names: Sequence[str]) -> Markup:
    """Scripts of the package in a scope of their own."""
    return safe("(() => {\n'use strict';\n" + "\n".join(map(_asset, names)) + "})();")


def fragment(name: str, language: Language, **values: object) -> Markup:
    """A part of a page from its template, with the language's words at hand."""
    return safe(environment().get_template(f"{name}.html.j2").render(t=language.text, lang=language, **values))


def safe(text: str) -> Markup:
    """Mark a text as HTML: only for what this package wrote itself and has escaped."""
    return Markup(text)  # noqa: S704 - catalogues and templates of our own; values are escaped by `format`


def named(name: str, small: str) -> Markup:
    """A name with a small word after it."""
    return Markup("{} <small>{}</small>").format(name, small)


def verdict(kind: str, bold: str, rest: str) -> Markup:
    """The paragraph that says first how a forecast stands: words in bold, then the rest; its kind gives it a colour."""
    strong = Markup("<strong>{}</strong> ").format(bold) if bold else ""
    return Markup('<p class="verdict {}" id="verdict">{}{}</p>').format(kind, strong, rest)
