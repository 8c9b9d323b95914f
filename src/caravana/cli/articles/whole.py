"""What a person says of a text as a whole, from the words of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from caravana.cli.options import read_date
from caravana.errors import UsageError
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from caravana.importers.articles.linking.whole import KnownText
    from caravana.scenario.model import Scenario


def read_known(scenario: Scenario, voice: str | None, tells_of: str | None, at: str | None) -> KnownText:
    """What is known of a text, every fault told at once.

    Parameters
    ----------
    scenario
        Its places are those that may be named.
    voice, tells_of, at
        As given: a side, a day, the id of a place.

    Raises
    ------
    caravana.errors.UsageError
        If there is no such side, day or place.
    """
    from caravana.importers.articles.linking.whole import KnownText
    from caravana.scenario.vocabulary import Side

    sides, places = get_args(Side), [place.id for place in scenario.places]
    day, faults = None, []
    if voice is not None and voice not in sides:
        faults.append(f"--voice: {voice!r} is none of {', '.join(sides)}{did_you_mean(voice, sides)}")
    try:
        day = None if tells_of is None else read_date(tells_of, "--tells-of")
    except UsageError as fault:
        faults.append(str(fault))
    if at is not None and at not in places:
        faults.append(f"--at: the scenario has no place {at!r}{did_you_mean(at, places)}")
    if faults:
        raise UsageError("\n".join(faults))
    return KnownText(cast("Side | None", voice), day, at)
