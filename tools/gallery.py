"""Executes the scripts that are shown as pages, and keeps each as a notebook with what it printed and drew.

::

    .venv/bin/python tools/gallery.py              those whose script is another than when it was last executed
    .venv/bin/python tools/gallery.py --all        all (some minutes)
    .venv/bin/python tools/gallery.py 02_change    one

A script (``docs/gallery/*.py``, ``docs/notebooks/*.py``, in jupytext's percent form) and its executed notebook lie
side by side; ``tools/docs_gallery.py`` makes the pages of the notebooks when the docs are built.  A notebook keeps the
digest of the script that it was executed from, and a test refuses one whose script has changed.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "docs" / "gallery", ROOT / "docs" / "notebooks")
LONGEST_SECONDS = 600
SHOWN_TYPES = ("image/png", "text/html", "text/plain", "text/markdown")
DRAWN = "%config InlineBackend.figure_formats = ['png']\n%config InlineBackend.rc = {'figure.dpi': 80}\n"


def scripts() -> list[Path]:
    """Every script that is shown, in order."""
    return [path for folder in FOLDERS for path in sorted(folder.glob("*.py"))]


def digest(script: Path) -> str:
    """Digest of a script's text."""
    return hashlib.sha256(script.read_bytes()).hexdigest()[:16]


def is_current(script: Path) -> bool:
    """Whether the notebook beside a script was executed from it as it is."""
    notebook = script.with_suffix(".ipynb")
    return notebook.exists() and nbformat.read(notebook, as_version=4).metadata.get("script") == digest(script)


def execute(script: Path) -> Any:
    """Execute a script in an empty folder, cell by cell; return the notebook with what came out.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = jupytext.read(script, fmt="py:percent")
    set_up = nbformat.v4.new_code_cell(f"%matplotlib inline\n{DRAWN}")
    notebook.cells.insert(0, set_up)
    with tempfile.TemporaryDirectory(prefix="caravana-gallery-") as folder:
        client = NotebookClient(
            notebook, timeout=LONGEST_SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        done = client.execute()
    del done.cells[0]
    return tidy(done, script, Path(folder))


def tidy(notebook: Any, script: Path, folder: Path) -> Any:
    """Keep of a notebook what is shown: no times, no paths of the machine, the same names of cells each time."""
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        kept = []
        for output in cell.outputs:
            if output.output_type == "stream":
                # Progress and warnings are for the one who waits.
                if output.name == "stdout" and output.text.strip():
                    kept.append(nbformat.v4.new_output("stream", name="stdout", text=clean(output.text, folder)))
                continue
            data = {kind: clean(value, folder) for kind, value in output.data.items() if kind in SHOWN_TYPES}
            kept.append(nbformat.v4.new_output("display_data", data=data))
        cell.outputs = kept
        hide_last(cell)
    notebook.metadata = nbformat.NotebookNode(
        {"script": digest(script), "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    return notebook


def hide_last(cell: Any) -> None:
    """Leave out the text of an object that was drawn: ``<Axes: ...>`` under its own picture says nothing."""
    if any("image/png" in output.get("data", {}) for output in cell.outputs):
        cell.outputs = [output for output in cell.outputs if "image/png" in output.get("data", {}) or not axes(output)]


def axes(output: Any) -> bool:
    """Whether an output is the text of axes or a figure."""
    return re.match(r"<(Axes|Figure|GeoAxes)\b", str(output.get("data", {}).get("text/plain", ""))) is not None


def clean(text: Any, folder: Path) -> Any:
    """A text without the paths of this machine."""
    return text.replace(str(folder), ".").replace(str(ROOT), ".") if isinstance(text, str) else text


def names_used(script: Path) -> set[str]:
    """Names of the package that a script reaches for through ``cv.``."""
    tree = ast.parse(script.read_text("utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cv"
    }


def main() -> None:
    """Execute what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="scripts without their ending (default: those that have changed)")
    parser.add_argument("--all", action="store_true", help="every script")
    given = parser.parse_args()
    chosen = [s for s in scripts() if given.all or s.stem in given.names or (not given.names and not is_current(s))]
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    for script in chosen:
        began = time.perf_counter()
        nbformat.write(execute(script), script.with_suffix(".ipynb"))
        print(f"{script.stem}: {time.perf_counter() - began:.0f} s", flush=True)
    print(f"{len(chosen)} executed, {len(scripts()) - len(chosen)} as they were")


if __name__ == "__main__":
    main()
