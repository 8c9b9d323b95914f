"""The model card's words: one catalogue with both languages side by side."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from caravana.outputs.language import Language, load_language

if TYPE_CHECKING:
    from caravana.outputs.language import Code

CATALOGUE = "model_card.toml"


def read_catalogue() -> dict[str, dict[str, str]]:
    """Return dotted key to texts by language."""
    path = resources.files("caravana.outputs") / "catalogues" / CATALOGUE
    sections = tomllib.loads(path.read_text("utf-8"))
    return {f"{section}.{key}": texts for section, rows in sections.items() for key, texts in rows.items()}


def card_language(code: Code) -> Language:
    """Return the report's language with the card's texts added, under ``card.``."""
    base = load_language(code)
    return Language(code, {**base.texts, **{f"card.{key}": texts[code] for key, texts in read_catalogue().items()}})
