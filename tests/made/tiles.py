"""A base map of one tile, as a user would give it: PMTiles of one colour."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 256
HEAD, VERSION = b"PMTiles", 3
PLAIN, PNG = 1, 2


def png(colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * SIDE) * SIDE
    about = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", about) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_tiles(path: Path, colour: tuple[int, int, int]) -> Path:
    """Write the whole world in one colour."""
    tile, meta = png(colour), b"{}"
    size = b"".join(bytes([n & 127 | 128 * (n > 127), n >> 7][: 1 + (n > 127)]) for n in (len(tile),))
    directory = bytes([1, 0, 1]) + size + bytes([1])  # one entry: tile 0, once, so long, at the beginning
    root = 127
    at = (root, len(directory), root + len(directory), len(meta), 0, 0, root + len(directory) + len(meta), len(tile))
    head = HEAD + bytes([VERSION]) + struct.pack("<11Q", *at, 1, 1, 1)
    head += bytes([1, PLAIN, PLAIN, PNG, 0, 0]) + struct.pack("<4i", -1800000000, -850000000, 1800000000, 850000000)
    head += bytes([0]) + struct.pack("<2i", 0, 0)
    path.write_bytes(head + directory + meta + tile)
    return path
