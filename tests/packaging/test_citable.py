"""What is cited, deposited and packaged elsewhere is valid by others' tools, and says what the project says."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.prefix) / "checks" / "bin" / "python"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONDA_NAMES = {"duckdb": "python-duckdb"}
"""Packages that conda-forge has under another name."""


@pytest.fixture(scope="module")
def found():
    if not PYTHON.exists():
        pytest.skip("no environment of others' validators: make checks")
    tool = ROOT / "tools" / "validate_files.py"
    done = subprocess.run([PYTHON, tool], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_citation_is_valid_and_a_broken_one_is_seen(found):
    assert found["citation"] == ""
    assert "author" in found["broken citation"]


def test_the_recipe_renders_and_a_broken_one_is_seen(found):
    assert found["recipe"] == ""
    assert "requirement" in found["broken recipe"]


def test_the_recipe_needs_what_the_core_needs(found):
    core = {re.sub(r"([\w.-]+)(.*)", r"\1 \2", line) for line in PROJECT["dependencies"]}
    core = {" ".join([CONDA_NAMES.get(name, name), bound]) for name, bound in (line.split() for line in core)}
    assert set(found["requirements"]["run"]) == core | {f"python {PROJECT['requires-python']}"}
    assert found["requirements"]["run_constraints"] == ["numba >=0.61"]
    assert PROJECT["optional-dependencies"]["displacement"] == ["numba>=0.61"]


def test_citation_recipe_and_project_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    recipe = yaml.safe_load((ROOT / "packaging" / "conda" / "recipe.yaml").read_text("utf-8"))
    assert citation["version"] == recipe["context"]["version"] == PROJECT["version"]
    assert citation["license"] == recipe["about"]["license"] == PROJECT["license"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_every_python_that_is_claimed_is_a_level():
    claimed = {c.rsplit(" ", 1)[1] for c in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", c)}
    levels = (ROOT / "tools" / "levels.py").read_text("utf-8")
    assert claimed >= {"3.11", "3.12", "3.13"}
    assert [version for version in claimed if f'"{version}"' not in levels] == []
