"""A run in pieces: jobs of an array that know nothing of each other, and what puts their blocks together.

A piece is a run folder of its own, inside the run's folder or anywhere else, with a share of the run's blocks.  Blocks
are dealt like cards, so pieces are of one size but for one block.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.atomic import folder_beside
from caravana.ensemble.away import versions
from caravana.ensemble.crate import write_crate
from caravana.ensemble.integrity import (
    DIGESTS,
    MANIFEST,
    SCENARIO,
    block_path,
    blocks_present,
    digest_of,
    inspect_block,
    inspect_scenario,
    read_manifest,
    write_manifest,
)
from caravana.ensemble.store import (
    PIECES,
    Plan,
    blocks_done,
    finish,
    keep_block,
    prepare,
    read_failures,
    write_failures,
)
from caravana.errors import RunError, UsageError
from caravana.received import is_real_folder
from caravana.scenario.folders import load_scenario
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_PIECES = 100_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One of so many shares of a run's blocks, numbered from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def blocks(self, every: Sequence[int]) -> list[int]:
        """Return the blocks of the piece, out of every block of the run.

        Raises
        ------
        UsageError
            If there are more pieces than blocks.
        """
        if self.of > len(every):
            blocks = "one block" if len(every) == 1 else f"{len(every)} blocks"
            raise UsageError(f"--piece {self}: the run has {blocks} of members, so {len(every)} pieces at most")
        return list(every[self.number - 1 :: self.of])

    def folder(self, run: Path) -> Path:
        """Return where the piece of a run goes."""
        return run / PIECES / f"{self.number:05d}-of-{self.of:05d}"


def read_piece(text: str) -> Piece:
    """Return the piece that a text such as ``3/40`` names.

    Raises
    ------
    UsageError
        If it names none.
    """
    number, sign, of = text.partition("/")
    if not sign or not all(one.isascii() and one.isdigit() for one in (number, of)):
        raise UsageError(f"--piece {text}: expected NUMBER/OF, such as 3/40 for the third of 40")
    piece = Piece(int(number), int(of))
    if not 1 <= piece.number <= piece.of <= MOST_PIECES:
        raise UsageError(f"--piece {text}: expected a number from 1 to the number of pieces, at most {MOST_PIECES}")
    return piece


def begin_piece(folder: Path, piece: Piece, *, members: int, size: int) -> None:
    """Write into a piece's manifest what it is a piece of: it can be merged though its job was ended.

    Parameters
    ----------
    folder, piece
        The piece's own run folder, and which it is.
    members, size
        Members of the whole run, and of a block.
    """
    about = {"members": members, "block": size, "piece": str(piece), "versions": versions()}
    write_manifest(folder, {**read_manifest(folder), **about})


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    Attributes
    ----------
    members
        Members of the run.
    added
        Blocks that were put into the run now.
    missing
        Blocks that no piece has.
    damaged
        What is wrong with blocks of pieces, in words.
    """

    members: int
    added: tuple[int, ...]
    missing: tuple[int, ...]
    damaged: tuple[str, ...]


def merge_pieces(run: Path, sources: Iterable[Path] = ()) -> Merged:
    """Put the blocks of pieces into their run's folder, each held against its digests.

    Pieces that lie in the run's folder are moved and go when they are empty; others are copied.  What is there already
    stays, so that the same call goes on after an interrupt, or when more pieces are done.

    Parameters
    ----------
    run
        The run folder; made if it is not there yet.
    sources
        Folders of pieces that lie elsewhere.

    Raises
    ------
    RunError
        If there is no piece, or two are not of the same run.
    """
    inside = sorted(p for p in (run / PIECES).glob("*-of-*") if is_real_folder(p)) if (run / PIECES).is_dir() else []
    homes = [*inside, *sources]
    begun = [home for home in homes if home not in inside or (home / MANIFEST).exists()]
    if not begun and (run / MANIFEST).exists() and (whole := read_manifest(run)).get("complete"):
        # An earlier merge put everything in its place, and was ended before it had tidied up or written its report.
        _sweep(inside)
        return Merged(int(whole["members"]), (), (), ())
    if not begun:
        raise RunError(f"{run} has no pieces; `caravana run SCENARIO --piece 1/40 --out {run}` makes the first of 40")
    manifests = {home: read_manifest(home) for home in begun}
    first = _reference(manifests)
    for home, manifest in manifests.items():
        if inspect_scenario(home, manifest).damages:
            raise RunError(f"{home} is damaged: its scenario is not as it was written; run its piece again")
    scenario = load_scenario(begun[0] / SCENARIO, declared_by={})
    plan = _plan_of(first)
    broken = prepare(run, plan, scenario, version=__version__)
    wanted = range(-(-int(first["members"]) // int(first["block"])))
    added, damaged = [], []
    for home in begun:
        for block in sorted(blocks_present(home).intersection(wanted)):
            if block in blocks_done(run) and block not in broken:
                continue
            look = inspect_block(home, block, plan=digest_of(first["plan"]), unverified=())
            if look.damages:
                damaged.append(f"{home}: {', '.join(map(str, look.damages))}")
                continue
            _adopt(home, run, block)
            broken.pop(block, None)
            added.append(block)
    done = blocks_done(run)
    failures = [one for home in begun for one in read_failures(home) if one.block not in done]
    write_failures(run, failures)
    wall = sum(float(manifest.get("wall_seconds", 0.0)) for manifest in manifests.values())
    finish(run, members=int(first["members"]), block=int(first["block"]), failures=failures, wall_seconds=wall)
    write_crate(run)
    _clear(inside, manifests, done, every=wanted)
    missing = tuple(block for block in wanted if block not in done)
    return Merged(int(first["members"]), tuple(added), missing, tuple(damaged))


def _plan_of(manifest: dict[str, Any]) -> Plan:
    """Return the plan of a manifest as a value."""
    try:
        return Plan(**manifest["plan"])
    except TypeError:
        raise RunError("a piece's plan is of another version of caravana; run the piece again") from None


def _reference(manifests: dict[Path, dict[str, Any]]) -> dict[str, Any]:
    """Return the first manifest, having held all others against it."""
    (home, first), *others = manifests.items()
    shared = ("plan", "members", "block", "versions")
    for other, manifest in [(home, first), *others]:
        if "piece" not in manifest:
            raise RunError(f"{other} is no piece of a run: it was not made with --piece")
        odd = [name for name in shared if manifest.get(name) != first.get(name)]
        if odd:
            raise RunError(f"{other} and {home} are not pieces of one run (they differ in {', '.join(odd)})")
    return first


def _adopt(home: Path, run: Path, block: int) -> None:
    """Give a block of a piece its place in the run, whole or not at all."""
    source, target = block_path(home, block), block_path(run, block)
    names = sorted(path.name for path in source.iterdir() if path.suffix == ".parquet" or path.name == DIGESTS)
    ours = home.parent == run / PIECES
    with folder_beside(target) as part:
        for name in names:
            # Linked where that can be, and never moved: what is ended halfway leaves the piece as it was.
            try:
                os.link(source / name, part / name, follow_symlinks=False)
            except OSError:
                shutil.copyfile(source / name, part / name, follow_symlinks=False)
        keep_block(part, run, block)
    if ours:
        shutil.rmtree(source)


def _clear(inside: list[Path], manifests: dict[Path, dict[str, Any]], done: set[int], *, every: Sequence[int]) -> None:
    """Remove pieces of a run's own folder whose blocks are all in the run."""
    pieces = {home: read_piece(str(manifests[home]["piece"])) for home in inside if home in manifests}
    # What an earlier merge could not remove of a piece has no manifest any more: its folder's name says which it was.
    of = {piece.of for piece in pieces.values()}
    names = {
        Piece(number, total).folder(Path()).name: Piece(number, total) for total in of for number in range(1, total + 1)
    }
    pieces |= {home: names[home.name] for home in inside if home not in manifests and home.name in names}
    for home, piece in pieces.items():
        if done.issuperset(piece.blocks(every)):
            # Without its manifest it is no piece any more, so that what a kill leaves of it is not taken for one.
            (home / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(home)
        elif home in manifests:
            # What it has given away is not missing there.
            left = sorted(blocks_present(home))
            write_manifest(home, {**read_manifest(home), "blocks_done": left})
    _remove_if_empty(inside)


def _sweep(inside: list[Path]) -> None:
    """Remove what an earlier merge left of pieces that it had put in their place."""
    for home in inside:
        shutil.rmtree(home)
    _remove_if_empty(inside)


def _remove_if_empty(inside: list[Path]) -> None:
    if inside and not any(inside[0].parent.iterdir()):
        inside[0].parent.rmdir()
