"""What every campaign of attacks comes to: one row of figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """The figures of one campaign.

    Attributes
    ----------
    campaign
        Its name.
    tries
        How often something was tried.
    lost, silent, outside, tracebacks
        In how many tries something was lost, went wrong without a sign, reached outside, or ended in a traceback.
    """

    campaign: str
    tries: int
    lost: int
    silent: int
    outside: int
    tracebacks: int
