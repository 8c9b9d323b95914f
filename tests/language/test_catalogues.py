"""The catalogues: both languages of every text, the same named places, and nothing that nobody writes."""

from __future__ import annotations

import ast
import re
import string
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import caravana
from caravana.language.language import CATALOGUES, LANGUAGES, load_language, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(caravana.__file__).parent
HOLE = "[^.]+"
"""What a value put into a key may be: one part of it."""
WHOLE = ("supplies",)
"""Parts of the catalogues that are handed on as a table of tables, and read by the last name of a key."""


BY_ENGLISH = ("help",)
"""Parts whose texts are looked up by their English, which the commands have."""
SAID_BY_TYPER = ("Show this message and exit.",)


def named_places(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_text_has_both_languages_and_the_same_named_places(name: str) -> None:
    catalogue = read_catalogue(name)
    assert catalogue
    for key, texts in catalogue.items():
        assert set(texts) == set(LANGUAGES), key
        assert named_places(texts["en"]) == named_places(texts["es"]), key


def test_every_catalogue_is_loaded_and_no_key_stands_in_two() -> None:
    files = {path.stem for path in (PACKAGE / "language" / "catalogues").iterdir()}
    assert files == set(CATALOGUES)
    assert sum(len(read_catalogue(name)) for name in CATALOGUES) == len(load_language("en").texts)


def _constants(tree: ast.AST) -> Iterator[str]:
    """Strings of a module, as patterns; what is put into an f-string is a hole."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else HOLE for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield re.escape(node.value)


def _of_template(text: str) -> Iterator[str]:
    """Keys of a template: ``t("key")``, ``t("start." ~ value)``, ``t("one" if x else "other")``."""
    for start, joined in re.findall(r"[\"']([a-z_][\w.]*)[\"'](\s*~)?", text):
        yield re.escape(start) + (HOLE if joined else "")


def _of_script(text: str) -> Iterator[str]:
    """Keys of a script of the pages, which are handed what is under ``web.script``."""
    for plain, filled in re.findall(r'"([\w.]+)"|`([\w.]+\$\{[^}]+\})`', text):
        key = re.escape(plain) if plain else re.escape(filled.split("${")[0]) + HOLE
        yield re.escape("web.script.") + key


@cache
def written() -> tuple[str, ...]:
    patterns: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        patterns |= set(_constants(ast.parse(path.read_text("utf-8"))))
    for path in PACKAGE.rglob("*.j2"):
        patterns |= set(_of_template(path.read_text("utf-8")))
    for path in (PACKAGE / "web" / "static").glob("*.js"):
        patterns |= set(_of_script(path.read_text("utf-8")))
    return tuple(patterns)


@cache
def keys_written() -> re.Pattern[str]:
    # A pattern that begins with a hole could be any key: it vouches for none.
    return re.compile("|".join(p for p in written() if re.match(r"[a-z_]+(\\\.|$)", p)))


@cache
def said_by_commands() -> str:
    """Every constant of the command line, docstrings included, words apart by one space."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (PACKAGE / "cli").rglob("*.py")]
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return "\n".join(" ".join(text.split()) for text in constants if isinstance(text, str))


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_text_is_unused(name: str) -> None:
    last = {p for p in written() if re.fullmatch(r"\w+", p)}
    tables = {key.split(".")[1] for key in read_catalogue(name) if key.startswith(WHOLE) and key.count(".") == 2}
    unused = []
    for key in read_catalogue(name):
        top, _, rest = key.partition(".")
        if top in BY_ENGLISH:
            english = " ".join(read_catalogue(name)[key]["en"].split())
            used = english in said_by_commands() or english in SAID_BY_TYPER
        elif top in WHOLE:
            used = rest.split(".")[0] in last if rest.split(".")[0] in tables else _by_last_name(rest)
        else:
            used = keys_written().fullmatch(key) is not None
        if not used:
            unused.append(key)
    assert unused == []


def _by_last_name(name: str) -> bool:
    return any(re.fullmatch(p, name) for p in written() if p != HOLE and len(p) > 2)


def test_a_text_that_nobody_writes_is_found() -> None:
    assert keys_written().fullmatch("meta.line")
    assert not keys_written().fullmatch("meta.nobody")
    assert not keys_written().fullmatch("whatif.nobody.writes")
