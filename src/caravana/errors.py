"""The errors caravana raises on purpose, one line each."""

from __future__ import annotations


class CaravanaError(Exception):
    """Base of every error whose message is meant for the user."""


class ScenarioError(CaravanaError):
    """A scenario that cannot be used; its faults are listed in the message."""


class RunError(CaravanaError):
    """A run folder that is missing, foreign or incomplete."""


class InterruptedRunError(CaravanaError):
    """A run that Ctrl-C ended; the message says what is kept and how to go on."""


class ProcessError(CaravanaError):
    """A process of the day that failed; the message names it and the day."""


class InvariantError(CaravanaError):
    """The engine lost, made or split a person; the run is stopped."""


class WriteError(CaravanaError):
    """A file or folder that the system did not let be written: no space, not permitted, a disk that fails."""


class UsageError(CaravanaError):
    """A request that cannot be met as it was put."""


class InputError(UsageError):
    """A file of the user's that is not what it should be; the message says where, and what was expected."""


class CaravanaWarning(UserWarning):
    """What was done otherwise than may have been meant: an input that was not used, a world in which nobody moves."""


class UnusedInputWarning(CaravanaWarning):
    """Inputs that a run had no use for, or that leave it without anybody who moves."""


class RenamedWarning(CaravanaWarning, FutureWarning):
    """A name that is read still, and is another one now."""


class IntegrityWarning(CaravanaWarning):
    """Files of a run that are not as they were written and are mended, or that cannot be verified."""
