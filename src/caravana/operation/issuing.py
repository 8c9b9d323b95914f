"""Issues forecasts: frozen with what they were made from, and the same bytes whenever they are made again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from caravana.atomic import make_folder, write_text
from caravana.errors import CaravanaError, UsageError
from caravana.inference.families import issuing_of
from caravana.inference.issued import IssuedForecast
from caravana.models.registry import model_of
from caravana.models.scenarios import scenario_hash
from caravana.operation.known import ENDED, followed, is_of
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.inference.past import PastForecasts
    from caravana.operation.folder import Operation
    from caravana.operation.known import KnownWorld
    from caravana.operation.ledger import OperationLedger

FORMAT = 2
"""Of what is frozen.  Format 1 had the distributions of camps as digits; it is read as well."""
#: What a frozen forecast keeps of each report that it was made from.
KEPT_OF_A_REPORT = (
    "id", "revision", "date", "known_on", "caravan", "kind", "place", "km_past", "low", "high", "qualifier", "side",
    "speaker", "inferred",
)  # fmt: skip


@dataclass(frozen=True)
class Issue:
    """A forecast in the ledger.

    Attributes
    ----------
    forecast_id, hash
        Its id, and the SHA-256 of what is frozen.
    new
        Whether this call issued it.
    """

    forecast_id: str
    hash: str
    new: bool


def issue_forecast(
    operation: Operation, ledger: OperationLedger, world: KnownWorld, *, past: PastForecasts | None = None
) -> Issue:
    """Issue the forecast of an evening, or return the one that was issued from the same inputs.

    A replay leaves in `past` what its next evening may take again.

    Raises
    ------
    UsageError
        If nothing can be forecast from what was known, or the caravan was reported to have ended.
    """
    subject = followed(operation, world.scenario)
    ends = world.reports[(world.reports["kind"] == ENDED) & is_of(world.reports, world.scenario, subject)]
    if len(ends) and world.scenario.caravans:
        first = ends.iloc[0]
        raise UsageError(f"{first['caravan']} ended on {first['date']}: nothing is left to forecast")
    settings = operation.forecast
    issuing = issuing_of(world.scenario)
    horizon = settings.horizon or issuing.horizon
    request = {"horizon": horizon, "seed": settings.seed, "members": settings.members, "caravan": settings.caravan}
    inputs = {"scenario": scenario_hash(world.scenario), **request}
    key = _sha(_canonical(inputs))
    issued = ledger.issued()
    held = issued[(issued["issued_on"] == world.on) & (issued["inputs"] == key)]
    if len(held):
        return Issue(str(held["forecast_id"].iloc[0]), str(held["hash"].iloc[0]), new=False)
    forecast = issuing.issue(
        world.scenario, world.on, horizon=horizon, seed=settings.seed, members=settings.members,
        caravan=settings.caravan, past=past,
    )  # fmt: skip
    family = model_of(world.scenario).family
    content = freeze(forecast, family=family, inputs={**inputs, "reports": _reports(world)})
    row = {
        "issued_on": world.on, "family": family, "subject": forecast.subject, "horizon": forecast.horizon,
        "version": __version__, "inputs": key, "hash": _sha(content), "content": content,
    }  # fmt: skip
    quantiles, chances = ([vars_of(one) for one in rows] for rows in (forecast.quantiles, forecast.chances))
    return Issue(ledger.issue(row, quantiles, chances), _sha(content), new=True)


def freeze(forecast: IssuedForecast, *, family: str, inputs: Mapping[str, Any]) -> str:
    """Write a forecast as the JSON that is frozen: keys in order, one line, the same bytes whenever it is the same."""
    return _canonical(
        {
            "format": FORMAT,
            "version": __version__,
            "family": family,
            "subject": forecast.subject,
            "issued_on": forecast.origin,
            "horizon": forecast.horizon,
            "seed": forecast.seed,
            "inputs": inputs,
            "quantiles": [list(vars_of(one).values()) for one in forecast.quantiles],
            "exact": forecast.exact,
        }
    )


def thaw(content: str) -> IssuedForecast:
    """Read of a frozen forecast what its scores are made from; its quantiles are in the ledger.

    Raises
    ------
    CaravanaError
        If it is of a format of a later version.
    """
    held = json.loads(content)
    if held["format"] > FORMAT:
        raise CaravanaError(
            f"the forecast of {held['issued_on']} is frozen in format {held['format']}; this caravana reads formats up "
            f"to {FORMAT}"
        )
    return IssuedForecast(
        subject=held["subject"],
        origin=dt.date.fromisoformat(held["issued_on"]),
        horizon=held["horizon"],
        seed=held["seed"],
        quantiles=(),
        chances=(),
        exact=held["exact"],
    )


def write_frozen(operation: Operation, ledger: OperationLedger, *, of_day: dt.date | None = None) -> list[Path]:
    """Write each frozen forecast that has no file, or another content there, to ``forecasts/``; return those written.

    Every file that is there is read to know: with `of_day` only those of forecasts of that day.

    Raises
    ------
    CaravanaError
        If the folder cannot be written.
    """
    written = []
    try:
        make_folder(operation.forecasts)
    except OSError as error:
        raise CaravanaError(f"cannot write {operation.forecasts}: {error.strerror}") from None
    issued = ledger.issued()
    for row in (issued if of_day is None else issued[issued["issued_on"] == of_day]).itertuples():
        path = operation.forecasts / f"{row.forecast_id}.json"
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == row.hash:
            continue
        written.append(write_text(path, ledger.frozen(str(row.forecast_id))))
    return written


def vars_of(row: Any) -> dict[str, Any]:
    """Fields of a row, by name."""
    return {each.name: getattr(row, each.name) for each in fields(row)}


def _reports(world: KnownWorld) -> list[list[Any]]:
    """What was known: the reports, as values in the order of :data:`KEPT_OF_A_REPORT`."""
    rows = world.reports[list(KEPT_OF_A_REPORT)].astype(object)
    return [list(row) for row in rows.where(rows.notna(), None).itertuples(index=False)]


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
