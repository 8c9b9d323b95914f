"""Who gives a figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from caravana.importers.articles.linking.contexts import clause_of
from caravana.importers.articles.linking.frames import ADJACENT, ArticleSetting, Previous
from caravana.importers.articles.quantities import QuantityInText
from caravana.importers.articles.speakers import Attribution, speakers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.scenario.vocabulary import Side

ELLIPSIS = re.compile(
    r"\s*(?:\([\w ]+\)\s*)?(?:,|:|-|\u2013|,? at|,? en cambio,?|,? por su parte,?|,? in turn,?)\s*(?:de|"
    r"en|a|at|que|con|of|only|solo|son|eran|hasta)?\s*"
)
AFTERWARDS = re.compile(
    r"\s*(?:\w+\s+){0,3}?,?\s*(?:according to|in the words of|segun|para|de acuerdo con|a decir de|"
    r"conforme a|for|by the count of)\s+(?:the |el |la |los |las |own |un |una |datos (?:de|del) )*"
)
_ITS = re.compile(r";\s*(?:its|their|his|her|sus?)\b")


def speaker_of(
    folded: str,
    quantity: QuantityInText | None,
    said: Sequence[Attribution],
    previous: Previous,
    setting: ArticleSetting,
) -> tuple[str, Side, str]:
    """Role, side and verb of whoever gives a figure."""
    if quantity is not None and (beside := speaker_beside(folded, quantity, said, setting)) is not None:
        return beside
    if quantity is not None:
        first, last = clause_of(folded, quantity.start, quantity.end)
        said = [a for a in said if first <= a.start < last] or said
    if not said:
        return setting.role, setting.side, ""
    at = quantity.start if quantity else 0
    if quantity and not _ITS.search(folded[:at]):
        said = [a for a in said if ";" not in folded[min(at, a.end) : max(at, a.start)]]
    if not said:
        return setting.role, setting.side, ""
    known = [a for a in said if a.role]
    pick = min(known or said, key=lambda a: min(abs(a.start - at), abs(a.end - at)))
    role, side = (pick.role, pick.side) if pick.role else previous
    if side in {"own", ""}:
        return setting.role, setting.side, pick.verb
    return role, cast("Side", side), pick.verb


def speaker_beside(
    folded: str, quantity: QuantityInText, said: Sequence[Attribution], setting: ArticleSetting
) -> tuple[str, Side, str] | None:
    """The speaker of a clause without a verb of its own: ``los organizadores, en mas de 4.000``."""
    first, last = clause_of(folded, quantity.start, quantity.end)
    named = speakers(folded, setting.words)
    before = [k for k in named if first <= k[0] and k[1] <= quantity.start]
    if before:
        start, end, speaker = before[-1]
        gap = folded[end : quantity.start]
        spoken = any(start - 40 <= a.start < quantity.start and a.start >= end for a in said)
        if not spoken and ELLIPSIS.fullmatch(gap) and speaker.side not in {"own", ""}:
            return speaker.role, cast("Side", speaker.side), ""
    after = [k for k in named if quantity.end <= k[0] < last]
    if after:
        start, _, speaker = after[0]
        if AFTERWARDS.fullmatch(folded[quantity.end : start]) and speaker.side not in {"own", ""}:
            return speaker.role, cast("Side", speaker.side), ""
    return None


def whoever_treats(folded: str, quantity: QuantityInText, setting: ArticleSetting) -> tuple[str, Side, str] | None:
    """The speaker of ``Doctors treated 64``: whoever treats is who counts."""
    treated = setting.words.happened["medical_consultations"].search(folded)
    doers = [k for k in speakers(folded, setting.words) if treated and k[1] <= treated.start() < quantity.start]
    if not doers or not doers[-1][2].treats or treated is None or treated.start() - doers[-1][1] > ADJACENT:
        return None
    return doers[-1][2].role, cast("Side", doers[-1][2].side), ""
