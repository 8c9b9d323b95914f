"""The errors caravana raises on purpose, one line each."""

from __future__ import annotations


class CaravanaError(Exception):
    """Base of every error whose message is meant for the user.

    Examples
    --------
    >>> import caravana as cv
    >>> try:
    ...     cv.load_scenario("nowhere")
    ... except cv.CaravanaError as error:
    ...     print(type(error).__name__)
    ScenarioError
    """


class ScenarioError(CaravanaError):
    """A scenario that cannot be used; its faults are listed in the message.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.load_scenario("nowhere")
    Traceback (most recent call last):
    caravana.errors.ScenarioError: ...
    """


class RunError(CaravanaError):
    """A run folder that is missing, foreign or incomplete.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.open_run("nowhere")
    Traceback (most recent call last):
    caravana.errors.RunError: ...
    """


class InterruptedRunError(CaravanaError):
    """A run that Ctrl-C ended; the message says what is kept and how to go on."""


class ProcessError(CaravanaError):
    """A process of the day that failed; the message names it and the day."""


class InvariantError(CaravanaError):
    """The engine lost, made or split a person; the run is stopped.

    Examples
    --------
    >>> import caravana as cv
    >>> issubclass(cv.InvariantError, cv.CaravanaError)
    True
    """


class WriteError(CaravanaError):
    """A file or folder that the system did not let be written: no space, not permitted, a disk that fails."""


class UsageError(CaravanaError):
    """A request that cannot be met as it was put.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.simulate("tapachula-2021", members=0)
    Traceback (most recent call last):
    caravana.errors.UsageError: ...
    """


class InputError(UsageError):
    """A file of the user's that is not what it should be; the message says where, and what was expected."""


class CaravanaWarning(UserWarning):
    """What was done otherwise than may have been meant: an input that was not used, a world in which nobody moves.

    Examples
    --------
    >>> import caravana as cv
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", cv.CaravanaWarning)
    ...     scenario = cv.load_scenario("tapachula-2021")
    """


class UnusedInputWarning(CaravanaWarning):
    """Inputs that a run had no use for, or that leave it without anybody who moves.

    Examples
    --------
    >>> import caravana as cv
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", cv.UnusedInputWarning)
    ...     scenario = cv.load_scenario("tapachula-2021")
    """


class RenamedWarning(CaravanaWarning, FutureWarning):
    """A name that is read still, and is another one now.

    Examples
    --------
    >>> import caravana as cv
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", cv.RenamedWarning)
    ...     scenario = cv.load_scenario("tapachula-2021")
    """


class IntegrityWarning(CaravanaWarning):
    """Files of a run that are not as they were written and are mended, or that cannot be verified.

    Examples
    --------
    >>> import caravana as cv
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", cv.IntegrityWarning)
    ...     scenario = cv.load_scenario("tapachula-2021")
    """
