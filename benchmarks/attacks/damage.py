"""Damage done to a finished run, one piece at a time: what is seen, and what changes results without a sign.

Each try flips one bit of a file, cuts a file, removes or exchanges a table or a block, or empties a block, opens the
run as every command does, and puts back what it broke.  A try is *silent* where the run opens without a word and its
results are others than before.

::

    python -m benchmarks.attacks.damage --tries 1000
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attacks.figures import Figures

import caravana as cv

if TYPE_CHECKING:
    from collections.abc import Callable

SCENARIO, UNTIL = "tapachula-2021-11-18", "2021-11-19"


def make_runs(folder: Path, *, members: int = 128) -> tuple[Path, Path]:
    """Simulate a short run, and another of another seed to take foreign blocks from."""
    for name, seed in (("run", 1), ("other", 2)):
        cv.simulate(SCENARIO, members=members, seed=seed, until=UNTIL, out=folder / name, workers=1)
    return folder / "run", folder / "other"


def fingerprint(folder: Path) -> str:
    """Return a digest of all that a run says: its tables, its scenario and its members."""
    run = cv.open_run(folder)
    tables = {name: run.query(f'SELECT * FROM "{name}" ORDER BY ALL').to_csv() for name in run.tables}
    said = [tables, run.scenario.model_dump_json(), run.member_ids.tolist(), run.manifest["plan"], run.members]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Target:
    """A copy of a run to damage, another run to take foreign parts from, and the chance that chooses."""

    folder: Path
    other: Path
    chance: random.Random

    def file(self) -> Path:
        """Return a file: each byte as likely as any other in half of the tries, each file in the others."""
        files = [p for p in sorted(self.folder.rglob("*")) if p.is_file()]
        weights = [p.stat().st_size for p in files] if self.chance.random() < 0.5 else None
        return self.chance.choices(files, weights=weights)[0]

    def one(self, pattern: str) -> Path:
        """Return one of the paths of a pattern."""
        return self.chance.choice(sorted(self.folder.glob(pattern)))

    def twin(self, path: Path) -> Path:
        """Return what has the same part in another block, or in another run."""
        inside = path.relative_to(self.folder / "blocks")
        pattern = str(Path("blocks", "*", *inside.parts[1:]))
        twins = [*self.folder.glob(pattern), *self.other.glob(pattern)]
        return self.chance.choice(sorted(t for t in twins if t != path))


def flip_bit(target: Target) -> Path:
    """Flip one bit of a file."""
    path = target.file()
    content = bytearray(path.read_bytes())
    content[target.chance.randrange(len(content))] ^= 1 << target.chance.randrange(8)
    path.write_bytes(content)
    return path


def cut_file(target: Target) -> Path:
    """Cut the end off a file."""
    path = target.file()
    content = path.read_bytes()
    path.write_bytes(content[: target.chance.randrange(len(content))])
    return path


def remove_table(target: Target) -> Path:
    """Remove a table, or a block's digests."""
    path = target.one("blocks/*/*.*")
    path.unlink()
    return path


def exchange_table(target: Target) -> Path:
    """Put another block's table, or another run's, in the place of one."""
    path = target.one("blocks/*/*.*")
    shutil.copy(target.twin(path), path)
    return path


def exchange_block(target: Target) -> Path:
    """Put another block, or another run's, in the place of one, digests and all."""
    path = target.one("blocks/*")
    for file in target.twin(path).iterdir():
        shutil.copy(file, path / file.name)
    return path


def remove_block(target: Target) -> Path:
    """Remove a block."""
    path = target.one("blocks/*")
    shutil.rmtree(path)
    return path


def empty_block(target: Target) -> Path:
    """Remove all files of a block."""
    path = target.one("blocks/*")
    for file in path.iterdir():
        file.unlink()
    return path


def cut_scenario(target: Target) -> Path:
    """Remove the last line of a table of the scenario."""
    path = target.one("scenario/*.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    return path


def exchange_manifest(target: Target) -> Path:
    """Put the manifest of another run in the place of this one's."""
    return Path(shutil.copy(target.other / "manifest.json", target.folder / "manifest.json"))


KINDS: dict[str, Callable[[Target], Path]] = {
    "bit flipped": flip_bit, "file cut": cut_file, "table removed": remove_table, "table exchanged": exchange_table,
    "block exchanged": exchange_block, "block removed": remove_block, "block emptied": empty_block,
    "scenario cut": cut_scenario, "manifest exchanged": exchange_manifest,
}  # fmt: skip


def damage(run: Path, other: Path, *, tries: int, seed: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """Damage copies of a run, half of the tries by a flipped bit.

    Returns
    -------
    tuple
        Tries by kind, those seen by kind, and the silent ones, each in words.
    """
    before = fingerprint(run)
    chance = random.Random(seed)  # noqa: S311 - damage need not be unguessable, but the same again
    tried: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    silent = []
    others = [kind for kind in KINDS if kind != "bit flipped"]
    with tempfile.TemporaryDirectory(prefix="caravana-") as home:
        for number in range(tries):
            kind = "bit flipped" if number % 2 == 0 else others[number // 2 % len(others)]
            copy = Path(home) / "run"
            shutil.copytree(run, copy)
            path = KINDS[kind](Target(copy, other, chance))
            tried[kind] += 1
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    after = fingerprint(copy)
            except (cv.CaravanaError, cv.IntegrityWarning):
                seen[kind] += 1
            else:
                if after != before:
                    silent.append(f"{kind}: {path.relative_to(copy)}")
            shutil.rmtree(copy)
    return tried, seen, silent


def campaign(*, tries: int = 1000, seed: int = 1) -> Figures:
    """Damage a short run over and over."""
    with tempfile.TemporaryDirectory(prefix="caravana-") as home:
        tried, _, silent = damage(*make_runs(Path(home)), tries=tries, seed=seed)
    for what in silent:
        print(f"SILENT damage: {what}", file=sys.stderr)
    return Figures("damage", sum(tried.values()), silent=len(silent))


def main() -> None:
    """Damage a run and print what was seen; end with 1 if anything was silent."""
    options = argparse.ArgumentParser(description="Damage a finished run and see what is noticed.")
    options.add_argument("--tries", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="caravana-") as home:
        run, other = make_runs(Path(home))
        tried, seen, silent = damage(run, other, tries=chosen.tries, seed=chosen.seed)
    for kind, number in tried.items():
        print(f"{kind:<26}{number:>6} tries{seen[kind]:>6} refused{number - seen[kind]:>6} without effect or silent")
    for what in silent:
        print("SILENT", what)
    print(f"tries {sum(tried.values())} silent {len(silent)}")
    raise SystemExit(1 if silent else 0)


if __name__ == "__main__":
    main()
