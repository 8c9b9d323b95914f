"""What a campaign of attacks came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one campaign.

    Attributes
    ----------
    campaign
        Its name.
    tries
        How often it attacked.
    lost
        Tries after which something finished was gone, or an input was changed.
    silent
        Tries that changed what is said, or took more time or memory than they may, without a word.
    outside
        Tries that wrote or removed something outside the folder.
    tracebacks
        Tries that ended in an error that is not meant for the user.
    """

    campaign: str
    tries: int
    lost: int
    silent: int
    outside: int
    tracebacks: int
