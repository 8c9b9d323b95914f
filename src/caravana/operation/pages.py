"""The pages of an operation: what the page of tonight and the brief say, read from the ledger alone.

So whatever is shown was frozen when it was issued, and the same evening gives the same page whenever it is written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from caravana.atomic import make_folder, write_together
from caravana.errors import UsageError
from caravana.inference.scoring.useful_lead import useful_lead
from caravana.operation.known import read_known
from caravana.reporting.tonight.facts import Tonight
from caravana.reporting.tonight.page import render_tonight
from caravana.results.supplies import load_profile, load_stock
from caravana.version import __version__

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.reporting.tonight.facts import TriggerState
    from caravana.results.supplies import Stock, Supply
    from caravana.scenario.model import Scenario

PAGE = "tonight.html"
SUPPLIES, STOCK = "supplies.csv", "stock.csv"
"""Files of the office's own in the operation's folder: a profile of supplies, and what there is."""
BEHIND = {
    "report": "report.html", "compare": "compare.html", "evidence": "evidence.html", "needs": "needs.html",
    "sensitivity": "sensitivity.html",
}  # fmt: skip
"""Pages of a simulated world that are linked where they lie in the operation's folder."""


def last_evening(ledger: OperationLedger, on: dt.date | None = None) -> dt.date:
    """Return the last evening that a forecast was issued on, by a day.

    Raises
    ------
    UsageError
        If none was.
    """
    issued = ledger.issued()["issued_on"]
    evenings = [day for day in issued if on is None or day <= on]
    if not evenings:
        raise UsageError("no forecast has been issued" + (f" by {on}" if on else "") + "; `caravana update` issues one")
    last: dt.date = max(evenings)
    return last


def tonight_of(
    operation: Operation, ledger: OperationLedger, on: dt.date, *, triggers: tuple[TriggerState, ...] = ()
) -> Tonight:  # fmt: skip
    """Read what the page of an evening says.

    Parameters
    ----------
    operation, ledger
        Whose.
    on
        The evening: nothing recorded or issued for a later day is in it.
    triggers
        How each stands.

    Raises
    ------
    UsageError
        If the office's own supplies or stock cannot be read.
    """
    world = read_known(operation, ledger, on)
    quantiles, chances = ledger.quantiles(), ledger.chances()
    scores = ledger.scores(on)
    issued = ledger.issued()
    issued = issued[issued["issued_on"] <= on]
    supplies = _supplies(operation.folder)
    return Tonight(
        name=operation.name, scenario=world.scenario, origin=on, reports=ledger.reports(on),
        quantiles=quantiles[quantiles["issued_on"] <= on].reset_index(drop=True),
        chances=chances[chances["issued_on"] <= on].reset_index(drop=True), scores=scores, supplies=supplies,
        stock=_stock(operation.folder, supplies, world.scenario), weights=_weights(ledger, issued),
        useful=useful_days(scores), triggers=triggers, links=_links(operation), version=__version__,
    )  # fmt: skip


def write_page(operation: Operation, ledger: OperationLedger, on: dt.date, *, language: str = "en") -> Path:
    """Write the page of an evening to ``pages/``, under its date and as the latest; nothing else is touched."""
    content = render_tonight(tonight_of(operation, ledger, on), language=language).encode()
    make_folder(operation.pages)
    path = operation.pages / f"tonight-{on}.html"
    files = {path: content}
    if on == last_evening(ledger):
        files[operation.pages / PAGE] = content
    write_together(files)
    return path


def useful_days(scores: pd.DataFrame) -> dict[str, int]:
    """How many days ahead each target is worth forecasting, by what was scored; without what nothing was scored of."""
    cases = pd.DataFrame({
        "quantity": scores["target"], "horizon": scores["horizon_days"].astype(int),
        "score": scores["crps"].astype(float), "naive": scores["naive_crps"].astype(float),
    })  # fmt: skip
    return useful_lead(cases) if len(cases) else {}


def _weights(ledger: OperationLedger, issued: pd.DataFrame) -> dict[str, dict[str, float]]:
    """What the forecasters of the last forecast weighed; nothing where it does not say."""
    if issued.empty:
        return {}
    weights = json.loads(ledger.frozen(str(issued["forecast_id"].iloc[-1])))["exact"].get("weights", {})
    return {str(quantity): dict(by_name) for quantity, by_name in weights.items()}


def _supplies(folder: Path) -> tuple[Supply, ...]:
    own = folder / SUPPLIES
    return load_profile(own if own.is_file() else None)


def _stock(folder: Path, supplies: tuple[Supply, ...], scenario: Scenario) -> tuple[Stock, ...]:
    own = folder / STOCK
    if not own.is_file():
        return ()
    return load_stock(own, supplies, {key.casefold(): p.id for p in scenario.places for key in (p.name, p.id)})


def _links(operation: Operation) -> dict[str, str]:
    """Pages that lie in the operation's folder, as seen from its pages."""
    return {key: f"../{name}" for key, name in BEHIND.items() if (operation.folder / name).is_file()}
