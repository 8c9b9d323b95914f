"""The folder of an operation: its settings, its scenario, where its ledger is.

An operation is a folder with ``operation.toml``, the folder ``scenario`` of whoever is on the move, the ledger
(``ledger.sqlite``, unless an office keeps it in PostgreSQL), and what is written from the ledger: ``forecasts/``,
a frozen forecast a file, and ``pages/``.  Everything but the first two can be written anew.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from caravana.errors import ScenarioError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE = "operation.toml"
LEDGER_FILE = "ledger.sqlite"
FORMAT = 1
SEED = 1


@dataclass(frozen=True)
class ForecastSettings:
    """How the operation forecasts: table ``[forecast]`` of ``operation.toml``.

    Attributes
    ----------
    horizon
        Days ahead; what is usual of the model where None.
    seed
        Of all randomness.
    members
        Members of a forecast (of a caravan: particles of its headcount); the model's own number where None.
    caravan
        Which caravan of the scenario; its first where None.
    """

    horizon: int | None = None
    seed: int = SEED
    members: int | None = None
    caravan: str | None = None


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes
    ----------
    folder
        Its folder.
    name
        What it is called, as people wrote it.
    scenario
        Folder of its scenario; its reports are in the ledger.
    database
        URL of the ledger's database.
    forecast
        How it forecasts.
    triggers
        What ``[triggers]`` of ``operation.toml`` declares, as read.
    """

    folder: Path
    name: str
    scenario: Path
    database: str
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    triggers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name as a database takes it: what its tables lie under where several offices share one."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return "op_" + (re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "unnamed")

    @property
    def forecasts(self) -> Path:
        """Folder of the frozen forecasts, a file each."""
        return self.folder / "forecasts"

    @property
    def pages(self) -> Path:
        """Folder of the pages."""
        return self.folder / "pages"


def is_operation(path: str | Path) -> bool:
    """Whether a path is the folder of an operation."""
    return (Path(path) / SETTINGS_FILE).is_file()


def open_operation(path: str | Path) -> Operation:
    """Read an operation's settings.

    Raises
    ------
    UsageError
        If there is no operation.
    ScenarioError
        If its settings have faults; all are listed, one a line.
    """
    folder = Path(path)
    file = folder / SETTINGS_FILE
    if not file.is_file():
        raise UsageError(f"{path} is no operation: it has no {SETTINGS_FILE} (`caravana new` makes one)")
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{file}: expected valid TOML; {error}") from None
    faults = [*_faults(content, KEYS, ""), *_faults(content.get("forecast", {}), FORECAST_KEYS, "forecast.")]
    database = content.get("database", "")
    if not faults and database:
        faults += _database_faults(database)
    if faults:
        raise ScenarioError("\n".join(f"{file}: {fault}" for fault in faults))
    return Operation(
        folder=folder,
        name=content["name"],
        scenario=folder / content.get("scenario", "scenario"),
        database=database or f"sqlite:///{(folder / LEDGER_FILE).resolve()}",
        forecast=ForecastSettings(**content.get("forecast", {})),
        triggers=content.get("triggers", {}),
    )


KEYS: Mapping[str, tuple[type, bool, str]] = {
    "format": (int, True, f"the number {FORMAT}"),
    "name": (str, True, "what the operation is called, as text"),
    "scenario": (str, False, "the folder of the scenario, as text"),
    "database": (str, False, "the URL of a database, as text"),
    "forecast": (dict, False, "a table [forecast]"),
    "triggers": (dict, False, "tables [triggers.NAME]"),
}
FORECAST_KEYS: Mapping[str, tuple[type, bool, str]] = {
    "horizon": (int, False, "a number of days, 1 to 60"),
    "seed": (int, False, "a whole number, 0 or more"),
    "members": (int, False, "a whole number, 2 or more"),
    "caravan": (str, False, "the id of a caravan, as text"),
}
BOUNDS = {"format": (FORMAT, FORMAT), "horizon": (1, 60), "seed": (0, 2**63 - 1), "members": (2, 10**6)}


def _faults(content: Mapping[str, Any], keys: Mapping[str, tuple[type, bool, str]], under: str) -> list[str]:
    """Return what is wrong with the keys of a table."""
    if not isinstance(content, dict):
        return []  # the key that holds it is at fault
    faults = [f"key {under}{key}: expected one of {', '.join(keys)}" for key in content if key not in keys]
    for key, (kind, required, expected) in keys.items():
        value = content.get(key)
        if value is None:
            faults += [f"key {under}{key} is missing: expected {expected}"] * required
            continue
        low, high = BOUNDS.get(key, (None, None))
        fits = isinstance(value, kind) and not isinstance(value, bool) and value != ""
        if not fits or (low is not None and high is not None and not low <= value <= high):
            faults.append(f"key {under}{key}, value {value!r}: expected {expected}")
    return faults


def _database_faults(text: str) -> list[str]:
    """Return what is wrong with the address of a database."""
    try:
        url = make_url(text)
    except ArgumentError:
        return ["key database: expected an address such as postgresql://host/name"]
    if url.get_backend_name() not in ("postgresql", "sqlite"):
        return [f"key database, value {url.get_backend_name()!r}: expected postgresql://... or sqlite:///..."]
    if url.password is not None:
        return ["key database holds a password: leave it out, and put it into ~/.pgpass of whoever runs this"]
    return []
