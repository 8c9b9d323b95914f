"""Names of rows and columns that add up others: a total is of all, a subtotal of some; neither is a place."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from caravana.importers.arabic import in_english

Sum = Literal["all", "part"]
"""What is added up: everything, or a part."""
_WHAT = (
    r"general|generale|final|finale|nacional|national|overall|global|idps?|pdis?|individuals|individus|personas|persons"
    r"|people|personnes|desplazados|deplaces|geral|pessoas|deslocad[oa]s|\d+|sites?|camps?|sitios|campamentos|locations"
)
_ALL = re.compile(
    rf"(?:(?:grand|gran) )?total(?:s|es)?(?: (?:{_WHAT}))*|sum(?:a|e|as|es|me|mes)?|somme|overall|ensemble"
    r"|all (?:camps|sites|locations)|all|todos|todas|tous(?: les (?:sites|camps))?"
)
_NO_SITES = frozenset({"all", "todos", "todas", "tous"})
_PART = re.compile(r"(?:sub|sous) ?total(?:s|es)?\b.*|total(?:s|es)?\b.+")


def _plain(name: str) -> str:
    """A name in small letters, without accents and marks."""
    letters = unicodedata.normalize("NFKD", in_english(name[:200])).casefold()
    plain = "".join(mark for mark in letters if not unicodedata.combining(mark))
    return " ".join(re.sub(r"[^\w]+|_", " ", plain).split())


def sum_of(name: str) -> Sum | None:
    """Say whether a name is that of a sum of all (``Total``, ``TOTAL IDPs:``), of a part (``Subtotal North``), or none.

    Parameters
    ----------
    name
        As it stands in the file: accents, case and marks do not count.
    """
    plain = _plain(name)
    return "all" if _ALL.fullmatch(plain) else "part" if _PART.fullmatch(plain) else None


def is_sure(name: str) -> bool:
    """Say whether a name of a sum is no place's: *Suma* or *Ensemble* may be a site's, *Todos* is none."""
    plain = _plain(name)
    return " " in plain or plain.startswith("total") or plain in _NO_SITES
