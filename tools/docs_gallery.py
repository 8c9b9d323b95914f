"""MkDocs hook: makes pages of the executed notebooks that ``tools/gallery.py`` keeps, and a page that shows them all.

What is seen is what the code beside it drew: each page is the script's cells with their outputs.  The notebook itself
and the script can be downloaded from its page.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

DOCS = Path(__file__).parents[1] / "docs"
GALLERY = "gallery"
FOLDERS = (GALLERY, "notebooks")
OPENING = """# Gallery

Ten tasks of a researcher, each with its code: what a page shows was drawn by the lines on it, which are {lines} lines
of code together (`tools/gallery.py` executes them). All names are public: see [Python](../reference/python.md).

"""


@dataclass(frozen=True)
class Rendered:
    """A notebook as a page: its title, first paragraph, text in Markdown, and pictures by name."""

    name: str
    title: str
    about: str
    text: str
    pictures: dict[str, bytes]
    lines: int


def render(path: Path) -> Rendered:
    """Make a page of an executed notebook."""
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    lines = 0
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        lines += sum(1 for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#"))
        parts.append(f"```python\n{cell.source}\n```")
        parts += [shown for output in cell.outputs if (shown := show(output, path.stem, pictures))]
    text = "\n\n".join(parts)
    title, _, about = parts[0].removeprefix("# ").partition("\n")
    saved = f"[Script]({path.stem}.py){{ download }} · [Notebook]({path.stem}.ipynb){{ download }}"
    return Rendered(path.stem, title, about.strip(), f"{text}\n\n{saved}\n", pictures, lines)


def show(output: Any, name: str, pictures: dict[str, bytes]) -> str:
    """One output as Markdown; a picture is put among `pictures`."""
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```"
    data = output.data
    if "image/png" in data:
        file = f"{name}-{len(pictures) + 1}.png"
        pictures[file] = base64.b64decode(data["image/png"])
        return f"![What the code above draws]({file})"
    if "text/html" in data:
        inside = re.sub(r"<style.*?</style>", "", data["text/html"], flags=re.DOTALL)
        return '<div class="shown">' + re.sub(r"\n\s*", "\n", inside).strip() + "</div>"
    return f"```text\n{data['text/plain'].rstrip()}\n```"


def overview(pages: list[Rendered]) -> str:
    """The page with every task and its picture."""
    items = []
    for page in pages:
        picture = next(reversed(page.pictures), None)
        seen = f"[![{page.title}]({picture}){{ width=360 }}]({page.name}.md)\n\n" if picture else ""
        items.append(f"## [{page.title}]({page.name}.md)\n{page.about}\n\n{seen}")
    return OPENING.format(lines=sum(page.lines for page in pages)) + "\n".join(items)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages and their pictures to what MkDocs builds."""
    for folder in FOLDERS:
        pages = [render(path) for path in sorted((DOCS / folder).glob("*.ipynb"))]
        for page in pages:
            files.append(File.generated(config, f"{folder}/{page.name}.md", content=page.text))
            for name, picture in page.pictures.items():
                files.append(File.generated(config, f"{folder}/{name}", content=picture))
        if folder == GALLERY:
            files.append(File.generated(config, f"{GALLERY}/index.md", content=overview(pages)))
    return files
