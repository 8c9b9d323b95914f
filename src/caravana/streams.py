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


class Pool:
    """Generators that are named anew instead of made anew.

    Making a Philox generator takes some 30 us (it asks the system for entropy that a named stream
    has no use for), giving one another name takes 4.  Within one process on one day every sub-step
    has a generator of its own; the next process is handed the same ones under other names.
    """

    def __init__(self) -> None:
        self._generators: list[np.random.Generator] = []
        self._taken = 0
        self._counter, self._key = np.zeros(4, np.uint64), np.zeros(2, np.uint64)
        self._state = {
            "bit_generator": "Philox", "state": {"counter": self._counter, "key": self._key},
            "buffer": np.zeros(4, np.uint64), "buffer_pos": 4, "has_uint32": 0, "uinteger": 0,
        }  # fmt: skip

    def put_back(self) -> None:
        """Take all generators back: whoever held one is done with it."""
        self._taken = 0

    def take(self, key: tuple[int, int], counter: tuple[int, int, int]) -> np.random.Generator:
        """Return a generator at the beginning of the named stream."""
        if self._taken == len(self._generators):
            self._generators.append(np.random.Generator(np.random.Philox(0)))
        generator = self._generators[self._taken]
        self._taken += 1
        self._key[0], self._key[1] = key
        # Philox steps the lowest word, so 2**64 draws fit before two names could meet.
        self._counter[1], self._counter[2], self._counter[3] = counter
        generator.bit_generator.state = self._state
        return generator


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
    pool
        Where generators are taken from; without one they are made.
    """

    seed: int
    block: int
    process: int
    day: int
    pool: Pool | None = None

    def at(self, substep: int) -> np.random.Generator:
        """Return the generator of one sub-step; asking twice gives the same numbers twice."""
        pool = Pool() if self.pool is None else self.pool
        return pool.take((self.seed, self.block), (substep, self.day, self.process))


def stream(seed: int, block: int, process: str, day: int, substep: int = 0) -> np.random.Generator:
    """Return the generator named by (seed, block, process, day, sub-step)."""
    return Stream(seed, block, process_key(process), day).at(substep)
