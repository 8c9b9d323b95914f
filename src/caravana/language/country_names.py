"""Countries as a report's language names them, where a scenario names them in English."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language

SHORT = {"car": "central african republic", "drc": "dr congo", "rc": "congo"}
"""Abbreviations that instances of Flee have for countries, and what they stand for."""


def country_names() -> dict[str, str]:
    """Spanish name of each country by its English one, in small letters, short forms included."""
    world = json.loads((resources.files("caravana.reporting") / "geography" / "world.json").read_text("utf-8"))
    names = {str(c["name"]).lower(): str(c["name_es"]) for c in world["countries"] if c["name"] and c["name_es"]}
    return names | {short: names[whole] for short, whole in SHORT.items() if whole in names}


def country_in(name: str, names: Mapping[str, str], language: Language) -> str:
    """A scenario's country in a language; as the scenario has it, without underscores, where no list does."""
    written = name.replace("_", " ").strip()
    return names.get(written.lower(), written) if language.code == "es" else written
