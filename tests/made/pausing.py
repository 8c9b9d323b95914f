"""Processes of the day that stop a block half-way, or spoil it; importable by workers."""

import os
import tempfile
import time
from pathlib import Path

from caravana.models.base import Process, insert
from caravana.models.caravan.order import ORDER
from caravana.models.caravan.state import Outcome

WISH, NOTE = "pause-in-block-1", "paused-in-block-1"
PAUSE_SECONDS = 60


def pause(state, world, draws, today, stream, /):
    """Where it is wished for, stop once in the middle of block 1: note this process's number and wait for its end."""
    folder = Path(tempfile.gettempdir())
    if stream.block == 1 and today.day == 2 and (folder / WISH).exists() and not (folder / NOTE).exists():
        part = folder / f"{NOTE}.part"
        part.write_text(str(os.getpid()))
        part.rename(folder / NOTE)
        time.sleep(PAUSE_SECONDS)
    return Outcome()


def spoil(state, world, draws, today, stream, /):
    """Fail in block 1."""
    if stream.block == 1:
        raise ZeroDivisionError("block 1 is spoilt")
    return Outcome()


PAUSING = insert(ORDER, Process("pause", pause), after="advance")
SPOILING = insert(ORDER, Process("spoil", spoil), after="advance")
