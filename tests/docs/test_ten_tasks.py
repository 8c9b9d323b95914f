"""The ten tasks of a researcher: sixty lines at most, public names only; those that take a moment are run here.

All ten are executed by ``tools/gallery.py --check``, in ``.ci/run``.
"""

import ast
import runpy
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

import caravana as cv

GALLERY = sorted((Path(__file__).parents[2] / "docs" / "gallery").glob("[0-9]*.py"))
QUICK = ("02", "05", "06", "08")
LIBRARIES = {"caravana", "pandas", "matplotlib.pyplot"}


def code_lines(path):
    return [line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]


def test_ten_tasks_take_sixty_lines_at_most():
    assert len(GALLERY) == 10
    assert sum(len(code_lines(path)) for path in GALLERY) <= 60


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_only_public_names_are_used(path):
    tree = ast.parse(path.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= LIBRARIES
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert {one.attr for one in attributes if getattr(one.value, "id", "") == "cv"} <= set(cv.__all__)
    assert not [one.attr for one in attributes if one.attr.startswith("_")]


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_a_page_begins_with_a_heading_and_ends_with_a_picture(path):
    text = path.read_text("utf-8")
    assert text.startswith("# %% [markdown]\n# # ")
    assert code_lines(path)[-1].startswith("ax = ")


@pytest.mark.parametrize("path", [path for path in GALLERY if path.stem[:2] in QUICK], ids=lambda path: path.stem)
def test_a_quick_one_runs_and_draws(path, tmp_path, monkeypatch):
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    axes = np.ravel(np.asarray(runpy.run_path(str(path))["ax"], dtype=object))
    assert all(isinstance(one, Axes) and one.has_data() for one in axes)
    plt.close("all")
