"""On another processor the numbers are the same but for rounding: no draw hangs on how it rounds or sorts."""

import ast
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.made.displacement_run import make_scenario

import caravana as cv

SOURCES = Path(cv.__file__).parent
# The linear algebra, the mathematical functions and the sorting as a processor of 2008 would do them.
OLDER = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR X86_V3"}
WORDS = ("-c", "from caravana.cli import main; main()")
here_and_there = pytest.mark.skipif(
    platform.machine() not in {"x86_64", "AMD64"}, reason="names kinds of processor that this one is not"
)


def both(cwd, *words):
    """What a command prints here, and what it would on an older processor."""
    said = []
    for env in ({}, OLDER):
        done = subprocess.run(
            [sys.executable, *WORDS, *words],
            capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **env},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout))
    return said


def numbers(card, name=""):
    if isinstance(card, dict):
        for key in sorted(card):
            yield from numbers(card[key], f"{name}.{key}")
    elif isinstance(card, list):
        for index, one in enumerate(card):
            yield from numbers(one, f"{name}.{index}")
    elif isinstance(card, int | float):
        yield name, float(card)


def same_but_for_rounding(here, there):
    names, given = zip(*numbers(here), strict=True)
    others, found = zip(*numbers(there), strict=True)
    assert names == others
    assert len(names) > 100
    np.testing.assert_allclose(found, given, rtol=1e-6, atol=1e-9)


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    path = tmp_path_factory.mktemp("land") / "homeland"
    cv.write_scenario(make_scenario(days=40, rules="camp-shares"), path)
    return path.parent


@here_and_there
def test_a_caravan_is_forecast_alike(tmp_path):
    same_but_for_rounding(
        *both(tmp_path, "forecast", "tapachula-2021", "--origin", "2021-11-03", "--horizon", "3", "--json")
    )


@here_and_there
def test_a_displacement_is_forecast_alike(land):
    words = ("forecast", "homeland", "--on", "2012-03-21", "--horizon", "7", "--members", "8", "--json")
    same_but_for_rounding(*both(land, *words))


def calls(name):
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield f"{path.relative_to(SOURCES)}:{node.lineno}", {k.arg: ast.unparse(k.value) for k in node.keywords}


def test_what_is_equal_keeps_its_order():
    # Other kinds of sorting leave the order of equal numbers to the processor.
    found = dict(calls("argsort"))
    assert len(found) > 10
    assert {where for where, given in found.items() if given.get("kind") != "'stable'"} == set()
