"""What the entries of a run's manifest are: it may have been received, or written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

MOST_COUNTED = 2**63
"""What a whole number of a manifest stays below: the largest seed, and far more members than any run has."""

Entry = tuple[Callable[[object], bool], str, bool]
"""What an entry must be, in words too, and whether a manifest of any version has it."""


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_COUNTED


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(_is_count(one) for one in value)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _are_digests(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


PLAN_ENTRIES: Mapping[str, Entry] = {
    "scenario": (_is_text, "text", True),
    "seed": (_is_count, "a whole number", True),
    "first": (_is_date, "a date", True),
    "last": (_is_date, "a date", True),
    "scenario_hash": (_is_text, "text", False),
    "rules": (_is_text, "text", False),
    "model": (_is_text, "text", False),
    "family": (_is_text, "text", False),
    "posterior": (_is_text, "text", False),
    "settings": (_is_table, "a table", False),
    "taken": (_are_digests, "a table of words", False),
    "policies": (_are_texts, "a list of texts", False),
    "order": (_are_texts, "a list of texts", False),
}
"""Entries of a plan."""
ENTRIES: Mapping[str, Entry] = {
    "members": (_is_count, "a whole number", False),
    "block": (lambda value: _is_count(value) and value != 0, "a whole number above 0", False),
    "blocks_done": (_are_counts, "a list of whole numbers", False),
    "blocks_failed": (_are_counts, "a list of whole numbers", False),
    "files": (_are_digests, "a table of digests", False),
    "unverified": (_are_texts, "a list of texts", False),
    "piece": (_is_text, "text", False),
    "versions": (_are_digests, "a table of texts", False),
}
"""Entries of a manifest beside its plan."""


def odd_entries(manifest: Mapping[str, Any]) -> list[str]:
    """Say what in a manifest is not as any version writes it."""
    odd = []
    for prefix, table, entries in (("plan.", manifest["plan"], PLAN_ENTRIES), ("", manifest, ENTRIES)):
        for name, (fits, words, needed) in entries.items():
            if name not in table and needed:
                odd.append(f"{prefix}{name} is missing")
            elif name in table and not fits(table[name]):
                odd.append(f"{prefix}{name} is not {words}")
    if not odd and manifest["plan"]["last"] < manifest["plan"]["first"]:
        odd.append("plan.last is before plan.first")
    if not odd and "members" in manifest and "block" not in manifest:
        odd.append("block is missing")
    return odd
