"""The key by which a run's public numbers are rounded: drawn once, kept with the run, read by its owner only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.atomic import write_whole
from caravana.errors import CaravanaError
from caravana.received import read_ordinary_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEY_FILE = "release.key"
_BYTES = 32


@dataclass(frozen=True)
class ReleaseKey:
    """A secret from which draws are made: the same name gives the same draw, and no draw tells another.

    Attributes
    ----------
    secret
        32 bytes that nobody can guess.
    """

    secret: bytes = field(repr=False)

    def draw(self, name: str) -> float:
        """A number from 0 to below 1."""
        digest = hashlib.blake2b(name.encode(), key=self.secret, digest_size=8).digest()
        return (int.from_bytes(digest, "big") >> 11) * 2.0**-53

    def members(self, ids: Sequence[int]) -> list[int]:
        """As many of some members as there are, drawn one by one: some are there twice or more, and some are not."""
        return sorted(ids[int(self.draw(f"member|{n}") * len(ids))] for n in range(len(ids)))


def new_key() -> ReleaseKey:
    """Draw a key."""
    return ReleaseKey(secrets.token_bytes(_BYTES))


def key_of(folder: Path) -> ReleaseKey:
    """The key of a run folder; drawn, and kept there, where it has none yet.

    It is neither in the scenario nor worked out from the seed, so whoever has both cannot make it.  It stays the same,
    so that releases of the same run say the same: with another draw each time, the mean of many would be the truth.

    Raises
    ------
    caravana.errors.CaravanaError
        If the file is no key, or cannot be written.
    """
    path = folder / KEY_FILE
    if not path.exists() and not path.is_symlink():
        key = new_key()
        write_whole(path, (key.secret.hex() + "\n").encode(), private=True)
        return key
    text = read_ordinary_text(path).strip()
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise CaravanaError(
            f"{path}: expected {_BYTES} bytes as {2 * _BYTES} hexadecimal digits. Restore it from a copy; without it"
            " this run's releases would say other numbers than before, from which the true ones can be worked out"
        )
    return ReleaseKey(secret)
