"""What is said of a run before it starts, and of one of its pieces when that is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from caravana.cli.console import give, say
from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.run import Run
    from caravana.scenario.model import Scenario

LIBRARIES = 300e6
"""Bytes of a worker that has imported what it needs and holds no block (docs/scale.md)."""


def memory_of_worker(
    scenario: Scenario, *, until: str | None, rules: str | None, settings: Mapping[str, object]
) -> float:
    """Return what a worker process takes at its largest, in bytes; 0 where the model does not say."""
    from caravana.models.registry import model_of
    from caravana.simulation import last_day

    model = model_of(scenario, rules=rules)
    configured, _ = model.configure(scenario, settings)
    arrays = model.memory(configured, days=configured.day_of(last_day(configured, until)) + 1)
    return LIBRARIES + arrays if arrays else 0.0


def memory_line(scenario: Scenario, *, until: str | None, rules: str | None, settings: Mapping[str, object]) -> str:
    """Say how much memory a worker needs."""
    needed = memory_of_worker(scenario, until=until, rules=rules, settings=settings)
    unknown = "How much memory a worker needs is not known of this model"
    return f"A worker needs about {needed / 1e9:.1f} GB of memory" if needed else unknown


def tell_plan(
    scenario: Scenario, *, members: int, until: str | None, rules: str | None, settings: Mapping[str, object],
    piece: str | None, json: bool,
) -> None:  # fmt: skip
    """Say what a run takes, and how it can be split, without simulating anything."""
    from caravana.ensemble.pieces import read_piece
    from caravana.models.registry import model_of

    if members < 1:
        raise UsageError(f"members must be 1 or more, not {members}")
    size = model_of(scenario, rules=rules).block_size(scenario)
    blocks = -(-members // size)
    share = None if piece is None else read_piece(piece).blocks(range(blocks))
    needed = memory_of_worker(scenario, until=until, rules=rules, settings=settings)
    if json:
        content: dict[str, Any] = {
            "scenario": scenario.name, "members": members, "blocks": blocks, "members_a_block": size,
            "most_pieces": blocks, "memory_of_a_worker_mb": round(needed / 1e6) or None,
        }  # fmt: skip
        give(content if share is None else {**content, "piece": piece, "blocks_of_the_piece": share})
        return
    say(f"{scenario.name}: {members} members in blocks of {size}; workers or pieces at most: {blocks}")
    if share is not None:
        say(f"Blocks in piece {piece}: {len(share)}")
    say(memory_line(scenario, until=until, rules=rules, settings=settings))


def tell_piece(finished: Run, run: Path, piece: str, *, json: bool, quiet: bool) -> None:
    """Say what came of a piece; end with 1 if a block of it failed."""
    import typer

    for failure in finished.failures:
        say(f"Block {failure.block} failed: {failure.error}")
    if json:
        give(
            {
                "run": str(run),
                "piece": piece,
                "folder": str(finished.path),
                "blocks_done": finished.manifest["blocks_done"],
                "blocks_failed": finished.manifest["blocks_failed"],
                "complete": finished.manifest["complete"],
                "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
        )
    say(f"Piece {piece} is done: {len(finished.manifest['blocks_done'])} blocks in {finished.path}", quiet=quiet)
    say(f"When all pieces are: caravana merge {run}", quiet=quiet)
    if finished.failures:
        raise typer.Exit(1)
