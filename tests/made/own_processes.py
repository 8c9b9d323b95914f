"""Processes of one's own, in a module that a worker can import."""

from __future__ import annotations

import os

import numpy as np

from caravana import Move, Outcome, Process, Status


def look_on(state, world, draws, today, stream):
    """Draw at random, and do nothing."""
    stream.at(0).random(1000)
    stream.at(1).standard_normal(7)
    return Outcome()


def take_too_many(state, world, draws, today, stream):
    """Send home more parties than wait at the origin, in the second block, on the third day."""
    if stream.block != 1 or today.day != 2:
        return Outcome()
    kind = np.arange(len(world.size))
    source = world.cells(np.full(kind.size, 5), world.origin, kind, Status.waiting)
    target = world.cells(np.full(kind.size, 5), world.border, kind, Status.returned)
    return Outcome(moves=(Move("returned", source, target, state.cells[source] + 1),))


def change_kind(state, world, draws, today, stream):
    """Let a party of the first kind become one of the last, which is larger."""
    source = world.cells(np.array([0]), world.origin, 0, Status.waiting)
    target = world.cells(np.array([0]), world.origin, len(world.size) - 1, Status.waiting)
    return Outcome(moves=(Move("grown", source, target, np.array([1])),))


def write_down(state, world, draws, today, stream):
    """Write to the counts, which is the engine's business."""
    state.cells[0] = 5
    return Outcome()


def die(state, world, draws, today, stream):
    """End the worker in the second block, as a lack of memory would."""
    if stream.block == 1:
        os._exit(9)
    return Outcome()


def own(act) -> Process:
    """Return a process under the one name that all of these share."""
    return Process("own", act)
