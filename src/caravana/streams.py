"""Random streams as pure functions of keys: no generator outlives the step that asked for it.

A stream is named by (seed, block, process, day, sub-step).  Philox is counter-based, so the
name is written straight into its key and counter: the same name gives the same numbers whatever
ran before, on which worker, in which order.

Reference: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np


def process_key(name: str) -> int:
    """Return the 64-bit number that stands for a process's name (stable between versions)."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Stream:
    """The streams of one process on one day in one block.

    Parameters
    ----------
    seed, block
        What the Philox key is made of; ``seed`` is a non-negative 64-bit integer.
    process
        The process's key, from :func:`process_key`.
    day
        Day index, 0 or more.
    """

    seed: int
    block: int
    process: int
    day: int

    def at(self, substep: int) -> np.random.Generator:
        """Return the generator of one sub-step; asking twice gives the same numbers twice."""
        key = np.array([self.seed, self.block], dtype=np.uint64)
        # Philox steps the lowest word, so 2**64 draws fit before two names could meet.
        counter = np.array([0, substep, self.day, self.process], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key, counter=counter))


def stream(seed: int, block: int, process: str, day: int, substep: int = 0) -> np.random.Generator:
    """Return the generator named by (seed, block, process, day, sub-step)."""
    return Stream(seed, block, process_key(process), day).at(substep)
