"""Makes the wheel and the source archive in ``dist`` as a package index would show them: ``make release``.

The one place for the project's public address is ``url`` in ``CITATION.cff``: where the pages of ``make docs`` can be
read by everybody.  It is left out as long as there is none.  With an address the links of the README go to those pages,
and the metadata (so the RO-Crate of a run as well) name it; without one the README keeps the words of its links, as
nothing on an index lies beside it.  The tree is left as it is: a copy of what git tracks is built.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")
PAGES = {".md": ".html", ".ipynb": ".html"}
"""Endings of what ``mkdocs`` makes pages of, and theirs."""


def address_of(citation: str) -> str:
    """Return the public address that the citation file names, without a slash at its end; empty where none is."""
    address = str(yaml.safe_load(citation).get("url", "")).rstrip("/")
    if address and not re.fullmatch(r"https://[^\s/]+(?:/\S+)?", address):
        sys.exit(f"CITATION.cff: url {address!r}: expected https://...")
    return address


def public_readme(readme: str, address: str) -> str:
    """Return the README with every link that is relative in it leading to a page under an address, or to none.

    Parameters
    ----------
    readme : str
        Links name files of the tree.
    address : str
        Where the pages are; empty: links become their words, and pictures go.
    """

    def replace(link: re.Match[str]) -> str:
        target, _, anchor = link["target"].partition("#")
        if "://" in target:
            return link[0]
        if not address:
            return "" if link["picture"] else link["words"]
        if not target.startswith("docs/"):
            sys.exit(f"README.md: {target}: a link leads into docs/, whose pages the address has")
        page = Path(target.removeprefix("docs/"))
        page = page.with_suffix(PAGES.get(page.suffix, page.suffix))
        return f"{link['picture']}[{link['words']}]({address}/{page.as_posix()}{'#' + anchor if anchor else ''})"

    return re.sub(r"\n{3,}", "\n\n", LINK.sub(replace, readme))


def with_urls(pyproject: str, address: str) -> str:
    """Return the project's file with ``[project.urls]`` where there is an address."""
    if not address:
        return pyproject
    pages = {"Homepage": "index", "Documentation": "tasks", "Benchmark": "benchmark"}
    urls = "".join(f'{name} = "{address}/{page}.html"\n' for name, page in pages.items())
    return pyproject.replace("[project.scripts]", f"[project.urls]\n{urls}\n[project.scripts]", 1)


def release(out: Path) -> list[Path]:
    """Build both from a copy of the tree; return them."""
    with tempfile.TemporaryDirectory(prefix="caravana-release-") as temporary:
        copy = Path(temporary) / "caravana"
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy / name)
        project, readme = copy / "pyproject.toml", copy / "README.md"
        address = address_of((copy / "CITATION.cff").read_text("utf-8"))
        readme.write_text(public_readme(readme.read_text("utf-8"), address), encoding="utf-8")
        project.write_text(with_urls(project.read_text("utf-8"), address), encoding="utf-8")
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(copy)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(out.glob("caravana-*"))


if __name__ == "__main__":
    print(*release(ROOT / "dist"), sep="\n")
