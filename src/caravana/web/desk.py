"""What every request works with: the operation, its ledger, what the pages keep, and what was read before."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from caravana.models.scenarios import load_scenario
from caravana.operation.drafts import bounds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from caravana.operation.drafts import Bounds
    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.scenario.model import Scenario
    from caravana.web.guard.door import Address
    from caravana.web.store.tables import Store

T = TypeVar("T")
MOST_KEPT, FEW_KEPT = 64, 8


class KeptAnswers:
    """Answers that are the same as long as what they are made from is: the last used are kept."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of a key, made where it is not there; made once, also where several ask at the same time."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    held: T = self._kept[key]
                    return held
            answer = make()
            with self._lock:
                self._kept[key] = answer
                self._making.pop(key, None)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return answer


@dataclass(frozen=True)
class Desk:
    """What a request works with.

    Attributes
    ----------
    operation, ledger, store
        Whose pages these are.
    address
        Where they are.
    shared
        Whether people sign in; otherwise whoever sits at this machine may do everything.
    here
        The session of whoever sits here, where nobody signs in: made anew whenever the server starts.
    kept
        What was read before, for as long as no forecast is issued or scored.
    kept_reports
        What was read of reports, for as long as none comes in: apart, for it changes often and is to push nothing out.
    tiles
        A base map of the user's own (PMTiles), if given.
    ending
        Set when the server is ended: what waits for something else stops waiting.
    """

    operation: Operation
    ledger: OperationLedger
    store: Store
    address: Address
    shared: bool = False
    here: str = ""
    tiles: Path | None = None
    kept: KeptAnswers = field(default_factory=KeptAnswers)
    kept_reports: KeptAnswers = field(default_factory=lambda: KeptAnswers(FEW_KEPT))
    ending: threading.Event = field(default_factory=threading.Event)

    def today(self) -> dt.date:
        """Today, where this machine is."""
        return dt.datetime.now().astimezone().date()

    def scenario(self) -> Scenario:
        """The operation's scenario as its folder has it now."""
        folder = self.operation.scenario
        marks = tuple(
            (path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.iterdir())
        )  # fmt: skip
        return self.kept.get(("scenario", marks), lambda: load_scenario(folder))

    def bounds(self, caravan: str | None = None) -> Bounds:
        """What reports of a caravan, the scenario's first where none is named, are held against today.

        Raises
        ------
        UsageError
            If there is no such caravan.
        """
        scenario, today = self.scenario(), self.today()
        return self.kept.get(
            ("bounds", id(scenario), today, caravan), lambda: bounds_of(scenario, today=today, caravan=caravan)
        )
