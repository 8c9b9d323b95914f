"""Executes the scripts that are shown as pages, and keeps each as a notebook with what it printed and drew.

::

    .venv/bin/python tools/gallery.py              those whose script is another than when it was last executed
    .venv/bin/python tools/gallery.py --all        all (some minutes)
    .venv/bin/python tools/gallery.py 02_change    one
    .venv/bin/python tools/gallery.py --check      all, two at a time: does what is kept still come out?

A script (``docs/gallery/*.py``, ``docs/notebooks/*.py``, in jupytext's percent form) and its executed notebook lie
side by side; ``tools/docs_gallery.py`` makes the pages of the notebooks when the docs are built.  A notebook keeps the
digest of the script that it was executed from, and a test refuses one whose script has changed.  ``.ci/run`` checks
that each still runs, prints the same (numbers to four digits: the last ones are the machine's) and draws the same.
"""

from __future__ import annotations

import argparse
import ast
import base64
import hashlib
import io
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "docs" / "gallery", ROOT / "docs" / "notebooks")
LONGEST_SECONDS = 600
OTHER_COLOUR, OTHER_PIXELS = 64, 0.0005
"""By how much of 255 a pixel is of another colour, and the share of such pixels that a same picture may have."""
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


def told(notebook: Any) -> list[list[str | bytes]]:
    """What each cell of code printed, showed and drew: texts with numbers of four digits, and pictures."""
    cells: list[list[str | bytes]] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cells.append([])
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                cells[-1].append(base64.b64decode(data["image/png"]))
            else:
                text = output.get("text", data.get("text/plain", ""))
                cells[-1].append(re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.4g}", text))
    return cells


def share_of_other_pixels(picture: bytes, other: bytes) -> float:
    """Share of the pixels that are plainly of another colour; all where the sizes differ."""
    one, two = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float) for png in (picture, other))
    if one.shape != two.shape:
        return 1.0
    return float((np.abs(one - two).max(axis=-1) > OTHER_COLOUR).mean())


def same(kept: str | bytes, again: str | bytes) -> bool:
    """Whether an output is the one that is kept."""
    if isinstance(kept, bytes) and isinstance(again, bytes):
        return share_of_other_pixels(kept, again) <= OTHER_PIXELS
    return kept == again


def differences(kept: Any, again: Any) -> list[str]:
    """Where a notebook that was executed again says another thing than the one that is kept; a line a cell."""
    was, now = told(kept), told(again)
    if len(was) != len(now):
        return [f"{len(now)} cells, kept are {len(was)}"]
    shown = [[["a picture" if isinstance(one, bytes) else one for one in cell] for cell in told] for told in (was, now)]
    return [
        f"cell {k + 1}: {shown[1][k]!r}, kept is {shown[0][k]!r}"
        for k, (a, b) in enumerate(zip(was, now, strict=True))
        if len(a) != len(b) or not all(map(same, a, b))
    ]


def check(script: Path) -> list[str]:
    """Execute a script; return what is wrong with it or with what is kept of it."""
    if not is_current(script):
        return ["the script has changed since its notebook was kept: run tools/gallery.py"]
    try:
        again = execute(script)
    except CellExecutionError as error:
        return [str(error)]
    return differences(nbformat.read(script.with_suffix(".ipynb"), as_version=4), again)


def check_all(chosen: list[Path]) -> None:
    """Check scripts, two at a time; end with status 1 if one says another thing."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for script, wrong in zip(chosen, pool.map(check, chosen), strict=True):
            print(f"{script.stem}: {'as kept' if not wrong else chr(10).join(wrong)}", flush=True)
            failed += [script.stem] if wrong else []
    if failed:
        sys.exit(f"not as kept: {', '.join(failed)}")
    print(f"{len(chosen)} executed, all as kept")


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
    parser.add_argument("--check", action="store_true", help="compare with what is kept, and keep nothing")
    given = parser.parse_args()
    every = given.all or (given.check and not given.names)
    chosen = [s for s in scripts() if every or s.stem in given.names or (not given.names and not is_current(s))]
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if given.check:
        check_all(chosen)
        return
    for script in chosen:
        began = time.perf_counter()
        nbformat.write(execute(script), script.with_suffix(".ipynb"))
        print(f"{script.stem}: {time.perf_counter() - began:.0f} s", flush=True)
    print(f"{len(chosen)} executed, {len(scripts()) - len(chosen)} as they were")


if __name__ == "__main__":
    main()
