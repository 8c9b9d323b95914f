"""Roles, from the one that may least: each may do what the one before it may."""

from __future__ import annotations

import re
from enum import IntEnum


class Role(IntEnum):
    """What somebody may do.

    ``ANYONE`` sees the page to sign in; a ``READER`` sees; a ``PLANNER`` reports, changes the world, asks for jobs; a
    ``RELEASER`` gives out what is public, and signs.
    """

    ANYONE = 0
    READER = 1
    PLANNER = 2
    RELEASER = 3


NAMES = {"reader": Role.READER, "planner": Role.PLANNER, "releaser": Role.RELEASER}
"""Roles that an account may have, by what they are called."""
NAME_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What an account may be called: a name within the office, which stands in the record."""
