"""Links, pipes, devices and sockets in the place of every kind of input, and of what a command is to write.

A try puts one of them in the place of a file or a folder, links with a whole copy of it as their target, and gives the
command.  It is *outside* where what a link leads to was changed, removed, or taken for an input; it counts as a
traceback where the command waits, or does not refuse in a line.

::

    python -m benchmarks.attacks.run --only links
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attacks.children import import_everything, run_command
from benchmarks.attacks.commands import _NEEDS, _calibrate, _run, lay_out
from benchmarks.attacks.damage import SCENARIO
from benchmarks.attacks.strikes import MOST_LINES, Count, contents

if TYPE_CHECKING:
    from benchmarks.attacks.figures import Figures

KINDS = ("link", "pipe", "device", "socket")
PATIENCE = 30.0
RUN = (
    "run/manifest.json", "run/blocks/00000/people.parquet", "run/blocks/00001/digests.json", "run/scenario/places.csv",
    "run/scenario/scenario.toml", "run/blocks", "run/scenario", "run/blocks/00000",
)  # fmt: skip
POSTERIOR = ("posterior/plan.json", "posterior/posterior.npz", "posterior/diagnostics.json")
BEGUN = ("posterior/plan.json", "posterior/blocks", "posterior/searches", "posterior/blocks/000-000.npz",
         "posterior/ways.npz")  # fmt: skip
SCENARIO_FILES = ("camps/scenario.toml", "camps/places.csv", "camps/links.csv")
INSTANCE = ("instance/input_csv/locations.csv", "instance/source_data/Near.csv")
OUTPUTS = ("page.html", "run/report.html", "run/export-internal.xlsx", "run/export-internal.parquet",
           "run/needs-2021-11-18.xlsx", "drafts", "there")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """A command, what lies in its folder, and the places of its inputs."""

    words: tuple[str, ...]
    needs: tuple[str, ...]
    places: tuple[str, ...]


READERS = (
    Reader(("report", "run"), ("run",), (*RUN, "run/report.html")),
    Reader(("verify", "run"), ("run",), RUN),
    Reader(("score", "run"), ("run",), RUN),
    Reader(("sensitivity", "run"), ("run",), RUN),
    Reader(("export", "run", "--format", "xlsx"), ("run",), (*RUN, "run/export-internal.xlsx")),
    Reader(("export", "run", "--format", "geoparquet"), ("run",), (*RUN[:2], "run/export-internal.parquet")),
    Reader(_NEEDS, ("run",), (*RUN, "run/needs-2021-11-18.xlsx")),
    Reader(_run(SCENARIO, "run"), ("run",), RUN),
    Reader(_run(SCENARIO, "led", "--posterior", "posterior"), ("posterior",), POSTERIOR),
    Reader(_calibrate(SCENARIO, "posterior"), ("posterior",), BEGUN),
    Reader(("check", "camps"), ("camps",), SCENARIO_FILES),
    Reader(("run", "camps", "--members", "64", "--workers", "1", "--out", "there"), ("camps",),
           (*SCENARIO_FILES, "there")),
    Reader(("import", "flee", "instance", "there"), ("instance",), (*INSTANCE, "there")),
    Reader(("read", "article.txt", SCENARIO, "--out", "drafts"), ("article.txt",), ("article.txt", "drafts")),
    Reader(("report", "run", "--out", "page.html"), ("run",), ("page.html",)),
)  # fmt: skip


def put(kind: str, path: Path, elsewhere: Path) -> None:
    """Put a link, a pipe, a device or a socket in the place of a file or folder; a link leads to a copy of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        shutil.move(path, elsewhere / path.name)
    else:
        (elsewhere / path.name).write_bytes(b"precious")
    if kind == "link":
        path.symlink_to(elsewhere / path.name)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        before = Path.cwd()
        os.chdir(path.parent)  # the name of a socket is short
        try:
            with socket.socket(socket.AF_UNIX) as one:
                one.bind(path.name)
        finally:
            os.chdir(before)


def attack(reader: Reader, place: str, kind: str, source: Path, home: Path) -> dict[str, str]:
    """Give a command with something else in the place of an input; return what was wrong, by kind."""
    work, elsewhere = home / "work", home / "elsewhere"
    work.mkdir(parents=True)
    elsewhere.mkdir()
    for name in reader.needs:
        (shutil.copytree if (source / name).is_dir() else shutil.copy)(source / name, work / name)
    put(kind, work / place, elsewhere)
    before = contents(elsewhere)
    done = run_command(list(reader.words), home, patience=PATIENCE)
    wrong = {}
    if contents(elsewhere) != before:
        wrong["outside"] = f"what lies elsewhere was changed, status {done.status}"
    is_input = place not in OUTPUTS and place != "article.txt"
    if done.status == 0 and is_input and (work / place).is_symlink():
        # What a run mends of its own it puts in the place of the link.
        wrong["outside"] = "what the link leads to was taken for an input"
    last = done.err.strip()[-300:]
    lines = len((done.err + done.out).strip().splitlines())
    # What verifies a run names every file that is not as it was.
    most = 60 if reader.words[0] == "verify" else MOST_LINES
    if not done.clean or (done.status and not 1 <= lines <= most):
        wrong["tracebacks"] = f"status {done.status} after {done.seconds:.1f} s: {last}"
    shutil.rmtree(home)
    return wrong


def campaign(*, every: int = 1) -> Figures:
    """Put each kind in the place of each input (or of every so many)."""
    count = Count("links, pipes, devices")
    import_everything()
    cases = [(reader, place, kind) for reader in READERS for place in reader.places for kind in KINDS]
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        home = Path(name).resolve()
        source = lay_out(home / "source")
        for reader, place, kind in cases[::every]:
            where = f"{' '.join(reader.words[:4])}, {kind} as {place}"
            count.add(where, **attack(reader, place, kind, source, home / "try"))
    return count.figures()
