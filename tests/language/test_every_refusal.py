"""Every refusal that a command can make is in the Spanish catalogue: read from the code itself."""

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
    from collections.abc import Iterator, Mapping

NAMES = re.compile(r"'?x\d+'?|--\w+|scenario\.toml|rules:")
ENGLISH = re.compile(
    r"(?<![-=`])\b(the|of|is|are|to|and|not|for|with|expected|from|that|which|it|has|have|days|there|must|given|take|than)\b"
)
ES = load_language("es")
ROOT = Path(caravana.__file__).parent
ERRORS = {
    "UsageError", "ScenarioError", "InputError", "CaravanaError", "WriteError", "RunError", "ProcessError",
    "InvariantError", "InterruptedRunError",
}  # fmt: skip
#: Rooms whose refusals only Python asks for, or that are said as part of a longer line.
IN_PYTHON = (
    "plotting/", "scenario/graphs.py", "scenario/geometries.py", "scenario/writing.py", "models/scenarios.py",
)  # fmt: skip
#: A place of a text that is one of a few words, each with a text of its own in Spanish.
WORDS = {
    "done": "corrected",
    "missing": "was not made",
    "said": "activated",
    "did_you_mean": " (did you mean 'x'?)",
    "meant": " (did you mean 'x'?)",
}


def filled(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """A text of the code with something in each of its places; None where it is put together of other texts."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [filled(side, constants) for side in (node.left, node.right)]
        return None if None in sides else "".join(map(str, sides))
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for number, value in enumerate(node.values):
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
            continue
        assert isinstance(value, ast.FormattedValue)
        source = ast.unparse(value.value)
        known = constants.get(source) or next((w for name, w in WORDS.items() if source.startswith(name)), None)
        quoted = value.conversion == ord("r") or source.startswith(("shown", "repr"))
        parts.append(known or (f"'x{number}'" if quoted else f"x{number}"))
    return "".join(parts)


def refusals() -> Iterator[tuple[str, str]]:
    """Each error that is raised with a text of its own: where, and the text."""
    for path in sorted(ROOT.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        if where.startswith(IN_PYTHON):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        module = texts_of(tree.body)
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            constants = {**module, **texts_of(list(ast.walk(function)), module)}
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ERRORS and node.args:
                    text = filled(node.args[0], constants)
                    # What holds nothing but values and names of ours has no words to put into Spanish.
                    if text is not None and re.search(r"[a-z]{3}", NAMES.sub("", text)):
                        yield f"{where}:{node.lineno}", text


def texts_of(nodes: list[ast.AST] | list[ast.stmt], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Names that stand for a text."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = filled(node.value, known or {}) if isinstance(node.value, (ast.Constant, ast.JoinedStr)) else None
            if text is not None:
                found[node.targets[0].id] = text
    return found


CASES = sorted(set(refusals()))


def test_the_code_is_read():
    assert len(CASES) > 300
    assert any("is no operation: it has no operation.toml" in text for _, text in CASES)


@pytest.mark.parametrize("text", sorted({text for _, text in CASES}))
def test_every_refusal_is_said_in_spanish(text):
    where = ", ".join(place for place, other in CASES if other == text)
    said = message_words(text, ES)
    assert said != text, where
    assert not ENGLISH.findall(NAMES.sub("", said)), f"{where}: {said}"


@pytest.mark.parametrize(
    "line",
    [
        "p.csv: line 2, horizon: '-1'; expected a whole number of days, 0 to 3660",
        "p.csv: line 2, output_type_id: '1.5'; expected a level between 0 and 1",
        "p.csv: line 5, location: ''; expected a place",
        "p.csv: line 5, target: ''; expected a target",
        "p.csv: line 5, value: 'many'; expected a number",
        "p.csv: line 5, origin_date: 'x'; expected a date such as 2021-11-01",
        "p.csv: and 3 more",
        "s.csv: line 3, known_on: 'x'; expected a date",
        "s.csv: line 3, series: expected a name",
        "s.csv: line 3, known_on: 2021-01-01; expected the date, 2021-01-02, or later",
        "s.csv: columns a, b; expected series, date, value, known_on",
        "op/operation.toml: triggers.x: expected a table",
        "op/operation.toml: triggers.x: expected either 'all' or 'any', a list of conditions",
        "op/operation.toml: triggers.x.all: expected a list of at least one condition",
        "op/operation.toml: triggers.x.all[1]: expected a table whose kind is one of above, below",
        "op/operation.toml: triggers.x.outcome: expected a table with series and figure",
        "op/operation.toml: triggers.x.all[1].figure: 'x'; expected a number",
        "op/operation.toml: triggers.x.all[1].periods: 1.5; expected a whole number",
        "op/operation.toml: triggers.x.name: 3; expected text",
        "op/operation.toml: triggers.x.all[1].ahead: 'q'; expected one of next-day, next-week",
        "op/operation.toml: triggers.x.all[1].chance: 3; expected between 0 and 1",
        "op/operation.toml: triggers.x.all[1].periods: 99; expected 1 to 12",
        "stock.csv, row 2, quantity: '1.500': expected a number without dots between thousands: 1500",
        "stock.csv: no column item; unknown column itm (it may have item, quantity)",
        "proposals.json: text 1: expected an object with proposals",
        "proposals.json: text 1, published: expected a date such as 2021-11-05",
    ],
)
def test_no_line_of_a_file_s_faults_keeps_an_english_word(line):
    said = message_words(line, ES)
    english = (
        "expected|line|columns?|more|whole|number|table|list|object|place|date|level|name|between|text|later|unknown|or"
    )
    own = re.sub(
        r"stock.csv, row 2, quantity|origin_date|x[.]name|series, date, value, known_on|item, quantity", "", said
    )
    assert not re.findall(rf"\b({english})\b", own), said


OFFERED = {
    "walk_kmm is no parameter of here (did you mean 'walk_km'?)":
        "walk_kmm no es un parámetro de here (¿quiso decir 'walk_km'?)",
    "walk_kmm is no parameter of here": "walk_kmm no es un parámetro de here",
    "no policy 'x' (did you mean 'y'?) in here; it has y, z":
        "no hay ninguna medida 'x' (¿quiso decir 'y'?) en here; tiene y, z",
    "a.txt cannot be read: No such file or directory":
        "a.txt no se puede leer: no existe ese archivo ni esa carpeta",
    "Blocks of members": "Bloques de simulaciones",
}  # fmt: skip


@pytest.mark.parametrize(("english", "spanish"), OFFERED.items())
def test_a_name_that_may_have_been_meant_is_offered_in_spanish(english, spanish):
    assert message_words(english, load_language("es")) == spanish
    assert message_words(english, load_language("en")) == english
