"""Runs every snippet of the documentation and of the README, page by page, in an empty folder.

Fences and what becomes of them:

- ``python``: executed; the blocks of a page share one namespace.
- ``python title="name.py"`` (any language): written to that file, for later blocks to use.
- ``bash``: executed, and must end with status 0 (or with N, where a line ends in ``# exit N``); ``caravana`` is that of
  ``tests/made/commands.py``, which begins at once.
- ``output``: each line must be in what the last executed block printed, in order; ``...`` stands for anything.
- ``toml``, ``json``: must parse.
- ``console``: commands for the project's own folder; each ``make`` target named must exist.
- ``text``, ``csv``: shown only.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.made.commands import quick_folder

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```\s*$", re.MULTILINE | re.DOTALL)
KNOWN = {"python", "bash", "output", "toml", "json", "console", "text", "csv"}


@dataclass(frozen=True)
class Snippet:
    """One fenced block: where it is, its language, the file it is to be written to, its text."""

    where: str
    language: str
    title: str
    body: str


def read_snippets(page):
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        info = match["info"].strip()
        language = info.split(" ", 1)[0].strip("{}.")
        title = re.search(r'title="([^"]+)"', info)
        body = re.sub(rf"^{match['indent']}", "", match["body"], flags=re.MULTILINE)
        line = text.count("\n", 0, match.start()) + 1
        found.append(Snippet(f"{page.name}:{line}", language, title[1] if title else "", body))
    return found


SNIPPETS = {page.relative_to(ROOT).as_posix(): read_snippets(page) for page in PAGES if page.exists()}
EXECUTED = [name for name, found in SNIPPETS.items() if any(s.language in {"python", "bash"} for s in found)]


class Session:
    """One Python process that executes a page's python blocks, and a shell beside it."""

    DRIVER = (
        "import io, json, sys, traceback, contextlib\n"
        "if __name__ == '__main__':\n"
        "    names = {'__name__': 'page'}\n"
        "    for line in sys.stdin:\n"
        "        where, body = json.loads(line)\n"
        "        out, fault = io.StringIO(), ''\n"
        "        with contextlib.redirect_stdout(out):\n"
        "            try:\n"
        "                exec(compile(body, where, 'exec'), names)\n"
        "            except BaseException:\n"
        "                fault = traceback.format_exc()\n"
        "        print(json.dumps([out.getvalue(), fault]), flush=True)\n"
    )

    def __init__(self, folder):
        self.folder = folder
        driver = folder / ".driver.py"
        driver.write_text(self.DRIVER, encoding="utf-8")
        path = f"{quick_folder()}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        self.environ = {
            **os.environ,
            "PATH": path,
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "PYTHONPATH": str(folder),
        }
        self.python = subprocess.Popen(
            [sys.executable, str(driver)],
            cwd=folder,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run_python(self, snippet):
        self.python.stdin.write(json.dumps([snippet.where, snippet.body]) + "\n")
        self.python.stdin.flush()
        answer = self.python.stdout.readline()
        assert answer, f"{snippet.where}: the Python process ended"
        printed, fault = json.loads(answer)
        assert not fault, f"{snippet.where}:\n{fault}"
        return printed

    def run_bash(self, snippet):
        printed = ""
        for line in join_continued(snippet.body):
            expected = re.search(r"#\s*exit (\d+)\s*$", line)
            done = subprocess.run(
                ["bash", "-c", line],
                cwd=self.folder,
                env=self.environ,
                text=True,
                capture_output=True,
                check=False,
            )
            said = f"{snippet.where}: {line}\n{done.stdout}{done.stderr}"
            assert done.returncode == (int(expected[1]) if expected else 0), said
            printed += done.stdout + done.stderr
        return printed

    def close(self):
        self.python.stdin.close()
        self.python.stdout.close()
        self.python.wait(timeout=60)


def join_continued(body):
    """The commands of a bash block: one a line, a backslash at the end carries on."""
    joined = body.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def squeeze(text):
    """Text with every run of white space as one space: a terminal's width is not under test."""
    return re.sub(r"\s+", " ", text).strip()


def check_output(snippet, printed):
    """Each line of the block is in the printed text, after the line before it."""
    lines = [re.escape(squeeze(line)) for line in snippet.body.splitlines() if line.strip()]
    pattern = ".*?".join(line.replace(re.escape("..."), ".*?") for line in lines)
    assert re.search(pattern, squeeze(printed)), f"{snippet.where}: not what was printed:\n{printed}"


@pytest.mark.slow
@pytest.mark.parametrize("name", EXECUTED)
def test_snippets_run_and_print_what_the_page_says(name, tmp_path):
    session = Session(tmp_path)
    printed = ""
    try:
        for snippet in SNIPPETS[name]:
            if snippet.title:
                target = tmp_path / snippet.title
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(snippet.body, encoding="utf-8")
            elif snippet.language == "python":
                printed = session.run_python(snippet)
            elif snippet.language == "bash":
                printed = session.run_bash(snippet)
            elif snippet.language == "output":
                check_output(snippet, printed)
    finally:
        session.close()


@pytest.mark.parametrize("name", list(SNIPPETS))
def test_every_fence_has_a_known_language_and_parses(name):
    for snippet in SNIPPETS[name]:
        assert snippet.language in KNOWN, f"{snippet.where}: a fence of language {snippet.language!r} is never run"
        if snippet.language == "toml":
            tomllib.loads(snippet.body)
        if snippet.language == "json":
            json.loads(snippet.body)


@pytest.mark.parametrize("name", list(SNIPPETS))
def test_make_targets_named_in_the_docs_exist(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for snippet in SNIPPETS[name]:
        if snippet.language == "console":
            named = set(re.findall(r"^(?:\$ )?make ([a-z]+)", snippet.body, re.MULTILINE))
            assert named <= targets, f"{snippet.where}: no such make target: {named - targets}"
