"""Whatever a command refuses has Spanish: every message that is raised is looked for in the catalogues."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import caravana
from caravana.language.faults import message_words
from caravana.language.language import load_language

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(caravana.__file__).parent
OWN = re.compile(r"(?:[A-Z]\w+)?(?:Usage|Input|Scenario|Run|Write|Process|Invariant|InterruptedRun)Error")
"""Errors whose message is a line for whoever gave the command."""
IN_PYTHON = (
    "plotting/", "scenario/graphs.py", "scenario/geometries.py", "scenario/writing.py",
    "models/scenarios.py", "web/serving.py",
)  # fmt: skip
"""Rooms whose refusals only Python asks for, or that are said as part of a longer line or put together before."""
VALUE = "X1"
WORDS = {"{done}": "corrected"}
"""Values that are words, which single messages have."""
NAMES = re.compile(rf"{VALUE}|--\w+|scenario\.toml|rules:")


def raised() -> Iterator[tuple[str, str]]:
    """Where a message is raised, and the message with values put in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        where = str(path.relative_to(PACKAGE))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
                continue
            text = _text_of(node.exc.args[0])
            if OWN.fullmatch(ast.unparse(node.exc.func)) and text and not where.startswith(IN_PYTHON):
                yield f"{where}:{node.lineno}", text


def _text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_part_of(part) for part in node.values)
    return None


def _part_of(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = ast.unparse(part).removeprefix("f").strip("'\"")
    return "" if "did_you_mean" in value or value == "{meant}" else WORDS.get(value, VALUE)


def test_every_refusal_has_spanish() -> None:
    spanish = load_language("es")
    messages = dict(raised())
    assert len(messages) > 250
    # What holds nothing but values is another error's message, which is looked for where it is raised.
    worded = {where: text for where, text in messages.items() if re.search(r"[a-z]{3}", NAMES.sub("", text))}
    lacking = {where: text for where, text in worded.items() if message_words(text, spanish) == text}
    assert lacking == {}


OFFERED = {
    "walk_kmm is no parameter of here (did you mean 'walk_km'?)":
        "walk_kmm no es un parámetro de here (¿quiso decir 'walk_km'?)",
    "walk_kmm is no parameter of here": "walk_kmm no es un parámetro de here",
    "no policy 'x' (did you mean 'y'?) in here; it has y, z":
        "no hay ninguna política 'x' (¿quiso decir 'y'?) en here; tiene y, z",
    "a.txt cannot be read: No such file or directory":
        "a.txt no se puede leer: no existe ese archivo ni esa carpeta",
    "Blocks of members": "Bloques de simulaciones",
}  # fmt: skip


@pytest.mark.parametrize(("english", "spanish"), OFFERED.items())
def test_a_name_that_may_have_been_meant_is_offered_in_spanish(english: str, spanish: str) -> None:
    assert message_words(english, load_language("es")) == spanish
    assert message_words(english, load_language("en")) == english
