"""What a campaign of attacks comes to, as every campaign reports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """The outcome of one campaign; all that was hoped for is that the four after `tries` are nought.

    Parameters
    ----------
    campaign
        Its name, as ``make attacks`` prints it.
    tries
        How often something was attacked.
    lost
        Tries after which something finished was gone, or the same command did not come to the same end again.
    silent
        Tries whose results were wrong without a sign, or that ended well though they had failed.
    outside
        Tries in which something outside the folder was read as input, written, removed or executed.
    tracebacks
        Tries that ended with a traceback, or not in time, where one line was promised.
    """

    campaign: str
    tries: int
    lost: int = 0
    silent: int = 0
    outside: int = 0
    tracebacks: int = 0

    @property
    def held(self) -> bool:
        """Whether all that is promised held."""
        return not (self.lost or self.silent or self.outside or self.tracebacks)
