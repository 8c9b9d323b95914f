"""What objects of lower layers offer and higher layers do.

A run can be plotted and a scenario be made from tables, but the layers that plot and check stand above those that hold
runs and scenarios.  Such a method is declared, documented and typed where its object is, and calls :func:`bound`; what
does the work is named in the package's root, which knows every layer already, and is imported when it is first called.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from caravana.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes


def bound(name: str) -> Callable[..., Any]:
    """Return what the package's root binds to a method, such as ``Run.to_dataframe``."""
    root = importlib.import_module(__name__.partition(".")[0])
    home, _, attribute = root.BOUND[name].partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(f"{root.__name__}.{home}"), attribute)
    return function


def require_library(name: str, extra: str) -> Any:
    """Return a library of an extra.

    Parameters
    ----------
    name, extra : str
        What it is imported as, and the extra that installs it.

    Raises
    ------
    UsageError
        If it is not installed; the message says how to.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError(f"{name} is not installed: pip install 'caravana[{extra}]'") from None


class RunPlots:
    """The pictures of a run, ``run.plot``: each is drawn with matplotlib (extra ``plot``) and returns its axes.

    Parameters
    ----------
    run : Run
        The run.
    """

    def __init__(self, run: Any) -> None:
        self._run = run

    def __repr__(self) -> str:
        """Name the pictures there are."""
        return "run.plot: .map(day=), .headcount(), .fan(), .arrivals()"

    def __call__(self, *, ax: Axes | None = None) -> Axes:
        """Draw the headcount by day, as :meth:`headcount` does: the picture to begin with."""
        return self.headcount(ax=ax)

    def map(self, day: dt.date | str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw where people are on a day: a disc a place.

        Of a caravan its area is the share of members in which it sleeps there; of any other model the middle number of
        people over members.

        Parameters
        ----------
        day : datetime.date or str, optional
            Which day, such as ``"2021-11-05"`` (default: the last simulated).
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        UsageError
            If the day is none of the run, or no place has coordinates.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> run.plot.map("2021-10-24").get_title()
        'Where Caravan of 23 October sleeps on 24 October 2021'
        """
        axes: Axes = bound("Run.plot.map")(self._run, day, ax=ax)
        return axes

    def headcount(self, *, ax: Axes | None = None) -> Axes:
        """Draw how many people there are by day, with the bands that hold 5 and 9 in 10 members, and what was counted.

        Of a caravan it is those who walk with it, while it is together; of a displacement those in all camps; of any
        other model all people.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> run.plot.headcount().get_ylabel()
        'persons'
        """
        axes: Axes = bound("Run.plot.headcount")(self._run, ax=ax)
        return axes

    def fan(
        self, place: str | Sequence[str] | None = None, *, status: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw how many people are at places by day, with the bands that hold 5 and 9 in 10 members.

        Parameters
        ----------
        place : str or sequence of str, optional
            Ids of one place or several, summed (default: the place that fills most, origins and conflict zones apart;
            of a caravan one of its road).
        status : str, optional
            Count people of one status only (default: of all).
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        UsageError
            If a place or status is not the run's; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> run.plot.fan("huixtla").get_title()
        'People in Huixtla'
        """
        axes: Axes = bound("Run.plot.fan")(self._run, place, status=status, ax=ax)
        return axes

    def arrivals(self, place: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw by when people will have arrived: the share of members by day, of a caravan at the stops of its road.

        Parameters
        ----------
        place : str, optional
            Id of one place (default: of a caravan its largest stops; else the places that fill most).
        ax : matplotlib.axes.Axes, optional
            Where to draw (default: a figure of its own).

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        UsageError
            If the place is not the run's; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> run.plot.arrivals("huixtla").get_ylabel()
        'share of members'
        """
        axes: Axes = bound("Run.plot.arrivals")(self._run, place, ax=ax)
        return axes
