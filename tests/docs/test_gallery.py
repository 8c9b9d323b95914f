"""The gallery and the notebooks: what is shown came from the code beside it."""

import copy
import re
from pathlib import Path

import nbformat
import pytest
from tests.made.tools import load_tool

import caravana

ROOT = Path(__file__).parents[2]
MOST_LINES = 60
"""Lines of user code of the ten tasks together."""


gallery, pages = load_tool("gallery"), load_tool("docs_gallery")
SCRIPTS = gallery.scripts()
TASKS = [script for script in SCRIPTS if script.parent.name == "gallery"]


def test_there_are_ten_tasks_and_a_notebook():
    assert len(TASKS) == 10
    assert len(SCRIPTS) > len(TASKS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_is_kept_was_executed_from_the_script_as_it_is(script):
    assert gallery.is_current(script), f"{script.name} has changed: run tools/gallery.py"
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    assert str(ROOT) not in script.with_suffix(".ipynb").read_text("utf-8")


@pytest.mark.parametrize("script", TASKS, ids=lambda script: script.stem)
def test_every_task_has_its_picture_and_only_public_names(script):
    page = pages.render(script.with_suffix(".ipynb"))
    assert page.pictures
    assert page.title
    assert page.about
    assert "![" not in page.about
    assert all(picture.startswith(b"\x89PNG") for picture in page.pictures.values())
    assert gallery.names_used(script) <= set(caravana.__all__)
    assert not re.search(r"from caravana|import caravana\.", script.read_text("utf-8"))


def test_the_tasks_are_sixty_lines_together():
    assert sum(pages.render(script.with_suffix(".ipynb")).lines for script in TASKS) <= MOST_LINES


def test_a_changed_script_is_seen(tmp_path):
    copy = tmp_path / TASKS[1].name
    copy.write_text(TASKS[1].read_text("utf-8") + "\n", encoding="utf-8")
    copy.with_suffix(".ipynb").write_bytes(TASKS[1].with_suffix(".ipynb").read_bytes())
    assert not gallery.is_current(copy)


DRAWING = """# %%
import matplotlib.pyplot as plt
print(2 / 3)

# %%
axes = plt.figure().subplots()
axes
"""


def test_what_a_script_prints_and_draws_is_kept_and_another_outcome_is_seen(tmp_path):
    script = tmp_path / "drawing.py"
    script.write_text(DRAWING, encoding="utf-8")
    assert gallery.check(script)[0].startswith("the script has changed")
    notebook = gallery.execute(script)
    (printed,), (picture,) = gallery.told(notebook)
    assert printed == "0.6667\n"
    assert gallery.share_of_other_pixels(picture, picture) == 0
    assert gallery.differences(notebook, copy.deepcopy(notebook)) == []
    script.write_text(DRAWING.replace("subplots()", "subplots().plot([0, 1])"), encoding="utf-8")
    (found,) = gallery.differences(notebook, gallery.execute(script))
    assert found.startswith("cell 2: ")
    other = copy.deepcopy(notebook)
    other.cells[0].outputs[0].text = "0.66661\n"
    other.cells[1].outputs = []
    assert [line.partition(":")[0] for line in gallery.differences(notebook, other)] == ["cell 1", "cell 2"]
    del other.cells[1]
    assert gallery.differences(notebook, other) == ["1 cells, kept are 2"]
