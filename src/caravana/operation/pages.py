"""The pages of an operation: what the page of tonight and the brief say, read from the ledger alone.

So whatever is shown was frozen when it was issued, and the same evening gives the same page whenever it is written.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from caravana.atomic import make_folder, write_together
from caravana.errors import UsageError
from caravana.inference.displacement.outlook import CAMPS, TOTAL
from caravana.inference.scoring.useful_lead import useful_lead
from caravana.operation.exchange import compare_models
from caravana.operation.known import ENDED, followed, is_of, read_known, standing
from caravana.operation.triggers.states import trigger_states
from caravana.reporting.tonight.facts import Tonight
from caravana.reporting.tonight.news import end_of
from caravana.reporting.tonight.page import render_tonight
from caravana.results.supplies import load_profile, load_stock
from caravana.version import __version__

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.results.supplies import Stock, Supply
    from caravana.scenario.model import Scenario

PAGE = "tonight.html"
LEADS_OF = {
    "position": "position_km", "headcount": "persons", "together": "together",
    CAMPS: "camp_persons", TOTAL: "total_persons",
}  # fmt: skip
"""Targets of the page by what a forecast calls them where it says how far ahead it is worth reading."""
SUPPLIES, STOCK = "supplies.csv", "stock.csv"
"""Files of the office's own in the operation's folder: a profile of supplies, and what there is."""
BEHIND = {
    "report": "report.html", "compare": "compare.html", "evidence": "evidence.html", "needs": "needs.html",
    "sensitivity": "sensitivity.html",
}  # fmt: skip
"""Pages of a simulated world that are linked where they lie in the operation's folder."""


def last_evening(ledger: OperationLedger, on: dt.date | None = None) -> dt.date:
    """Return the last evening that there is something to say of, by a day.

    A forecast was issued on it, or the caravan of which there were forecasts was known to have ended.

    Raises
    ------
    UsageError
        If no forecast was issued.
    """
    issued = ledger.issued()
    evenings = [day for day in issued["issued_on"] if on is None or day <= on]
    if not evenings:
        raise UsageError("no forecast has been issued" + (f" by {on}" if on else "") + "; `caravana update` issues one")
    reports = standing(ledger.reports(on))
    of_it = (reports["caravan"] == issued["subject"].iloc[-1]) | reports["caravan"].isna()
    last: dt.date = max([*evenings, *reports.loc[of_it & (reports["kind"] == ENDED), "known_on"]])
    return last


def tonight_of(operation: Operation, ledger: OperationLedger, on: dt.date) -> Tonight:
    """Read what the page of an evening says.

    Parameters
    ----------
    operation, ledger
        Whose.
    on
        The evening: nothing recorded or issued for a later day is in it.

    Raises
    ------
    CaravanaError
        If triggers, series, or the office's own supplies or stock cannot be read.
    """
    reports = ledger.reports(on)
    world = read_known(operation, ledger, on, reports=reports)
    quantiles, chances = ledger.quantiles(), ledger.chances()
    scores = ledger.scores(on)
    issued = ledger.issued()
    subject = followed(operation, world.scenario)
    issued = issued[(issued["issued_on"] <= on) & ((issued["subject"] == subject) | (subject is None))]
    # Of an evening that was forecast anew the last counts, as everywhere on the page: each night is one case.
    scores = scores[scores["forecast_id"].isin(issued.groupby("issued_on")["forecast_id"].last())]
    exact = _last_exact(ledger, issued)
    supplies = _supplies(operation.folder)
    of_it = is_of(reports, world.scenario, subject)
    quantiles, chances, scores = (_of_subject(frame, subject) for frame in (quantiles, chances, scores))
    return Tonight(
        name=operation.name, scenario=world.scenario, origin=on, reports=reports[of_it].reset_index(drop=True),
        quantiles=quantiles[quantiles["issued_on"] <= on].reset_index(drop=True),
        chances=chances[chances["issued_on"] <= on].reset_index(drop=True), scores=scores, supplies=supplies,
        aside=_by_caravan(standing(reports[~of_it]), world.scenario),
        stock=_stock(operation.folder, supplies, world.scenario), weights=_weights(exact),
        branches=tuple(exact.get("branches", ())),
        useful=useful_days(exact, scores), triggers=trigger_states(operation, ledger, on),
        others=compare_models(ledger, on), links=_links(operation), version=__version__,
    )  # fmt: skip


def headline_of(page: Path) -> str:
    """The first sentence of a page that was written, in its first language, as plain text; "" where it has none."""
    said = re.search(r'<p class="headline">(.*?)</p>', page.read_text(encoding="utf-8"), re.DOTALL)
    return "" if said is None else " ".join(html.unescape(re.sub(r"<[^>]+>", "", said[1])).split())


def write_page(operation: Operation, ledger: OperationLedger, on: dt.date, *, language: str = "en") -> Path:
    """Write the page of an evening to ``pages/``, under its date and as the latest; nothing else is touched.

    Of a caravan that has ended any later evening is the latest too: no forecast stands that its page would hide.
    """
    facts = tonight_of(operation, ledger, on)
    content = render_tonight(facts, language=language).encode()
    make_folder(operation.pages)
    path = operation.pages / f"tonight-{on}.html"
    files = {path: content}
    last = last_evening(ledger)
    if on == last or (on > last and end_of(facts) is not None):
        files[operation.pages / PAGE] = content
    write_together(files)
    return path


def useful_days(exact: Mapping[str, Any], scores: pd.DataFrame) -> dict[str, int]:
    """How many days ahead each target is worth forecasting.

    Parameters
    ----------
    exact
        What the last forecast keeps: its own word, as `caravana forecast` gives it, in which this record's past
        forecasts count.
    scores
        What was scored so far, for a forecast that says nothing of it.
    """
    if "useful_lead" in exact:
        leads = exact["useful_lead"]
        return {target: int(leads[name]) for name, target in LEADS_OF.items() if leads.get(name) is not None}
    cases = pd.DataFrame({
        "quantity": scores["target"], "horizon": scores["horizon_days"].astype(int),
        "score": scores["crps"].astype(float), "naive": scores["naive_crps"].astype(float),
    })  # fmt: skip
    return useful_lead(cases) if len(cases) else {}


def _of_subject(frame: pd.DataFrame, subject: str | None) -> pd.DataFrame:
    """Rows of the caravan that is followed, and of what each side would say of it; of a displacement all."""
    if subject is None:
        return frame
    return frame[frame["location"].astype(str).str.split(":").str[0] == subject].reset_index(drop=True)


def _by_caravan(reports: pd.DataFrame, scenario: Scenario) -> dict[str, int]:
    """How many reports there are of each caravan, by its id."""
    counted = reports["caravan"].fillna(scenario.caravans[0].id if scenario.caravans else "").value_counts()
    return {str(caravan): int(n) for caravan, n in counted.items()}


def _last_exact(ledger: OperationLedger, issued: pd.DataFrame) -> dict[str, Any]:
    """What the last forecast keeps beside its quantiles; nothing where none was issued."""
    if issued.empty:
        return {}
    exact: dict[str, Any] = json.loads(ledger.frozen(str(issued["forecast_id"].iloc[-1])))["exact"]
    return exact


def _weights(exact: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """What the forecasters of a forecast weighed; nothing where it does not say."""
    return {str(quantity): dict(by_name) for quantity, by_name in exact.get("weights", {}).items()}


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
