"""Words that stand in one catalogue with both languages side by side."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from caravana.language.language import Language, load_language

if TYPE_CHECKING:
    from caravana.language.language import Code


def read_catalogue(name: str) -> dict[str, dict[str, str]]:
    """Return dotted key to texts by language, of ``catalogues/<name>.toml``."""
    path = resources.files("caravana.language") / "catalogues" / f"{name}.toml"
    sections = tomllib.loads(path.read_text("utf-8"))
    return {f"{section}.{key}": texts for section, rows in sections.items() for key, texts in rows.items()}


def language_with(code: Code, name: str, *, prefix: str) -> Language:
    """Return the report's language with a catalogue's texts added, under ``<prefix>.``.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown.
    """
    base = load_language(code)
    return Language(
        code, {**base.texts, **{f"{prefix}.{key}": texts[code] for key, texts in read_catalogue(name).items()}}
    )
