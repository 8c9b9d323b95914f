"""What an extra installs is named in one line when it is asked for and not there."""

import subprocess
import sys

import pytest

import caravana as cv
from caravana.language.language import load_language
from caravana.reporting.tonight.brief import find_typst


@pytest.mark.parametrize(("code", "words"), [("en", "is not installed"), ("es", "no está instalado")])
def test_a_brief_without_typst_says_what_to_install_in_the_planners_language(monkeypatch, code, words):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(cv.UsageError, match=words) as refused:
        find_typst(load_language(code))
    assert "pip install 'caravana[pdf]'" in str(refused.value)


def test_the_rules_of_flee_without_numba_say_what_to_install():
    code = """
import sys
sys.modules["numba"] = None
from caravana.errors import UsageError
from caravana.models.registry import find_model
assert find_model("camp-shares").order
try:
    find_model("flee").order
except UsageError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'caravana[displacement]'" in done.stdout
