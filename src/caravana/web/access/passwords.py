"""Passwords: kept as Argon2id hashes; a wrong name takes as long to refuse as a wrong password."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from caravana.errors import UsageError

SHORTEST, LONGEST = 12, 256
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$s01jfggSa9tj3c84aSrdEQ$o/ouCw5dieckuvK89TEK4R0ZDSrU68A7NajUBc7+jXw"
"""A hash of the library's own cost that no password has: it is held against what is given with a name that is not
there, so that the time to answer does not say which names are."""


def hash_password(password: str) -> str:
    """Return what is kept of a password.

    Raises
    ------
    UsageError
        If it is too short, or longer than anybody types.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"the password has {len(password)} characters: expected {SHORTEST} to {LONGEST}")
    return PasswordHasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept; as much work where none was."""
    try:
        PasswordHasher().verify(kept or NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
