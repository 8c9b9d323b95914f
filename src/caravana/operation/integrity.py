"""Whether an operation is as it was written: its ledger, the forecasts frozen in it, their files, what was given out.

The ledger has the digest of every forecast in two places, beside it and in the journal, and of every publication; the
journal names both, so that a row that is gone is missed.  Every act in the journal has the digests of the rows that it
added, in whatever table.  What an earlier version recorded has none: there the database's own check tells damage.
As with a run, a digest is no signature.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.ensemble.integrity import Damage, Inspection
from caravana.operation.ledger.auditing import audit_ledger
from caravana.operation.ledger.schema import FORECASTS, JOURNAL, RELEASES, REPORTS
from caravana.operation.releasing import digest_of_files

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger

CHANGED, MISSING = "is not as it was written", "is missing"
ROWS_CHANGED = "in the ledger are not as they were written"
OF_FORECASTS = ("forecasts", "quantiles", "chances")
KEPT = ["location", "target", "target_date", "horizon_days", "quantile", "value"]
"""Columns of a quantile, in the order in which a frozen forecast has them."""


@dataclass(frozen=True, slots=True)
class OperationLook:
    """What a look at an operation showed.

    Attributes
    ----------
    ledger, files
        What is and what is not as it was written, in the ledger and beside it.
    reports
        How many versions of reports the ledger holds.
    forecasts, releases
        How many are held against their digests.
    unverified
        How many acts an earlier version recorded: their rows have no digests.
    """

    ledger: Inspection
    files: Inspection
    reports: int
    forecasts: int
    releases: int
    unverified: int


def inspect_operation(operation: Operation, ledger: OperationLedger) -> OperationLook:
    """Look whether an operation is as it was written.

    Raises
    ------
    CaravanaError
        If the ledger cannot be read.
    """
    audit = audit_ledger(ledger)
    # No more of each row than is needed: in the rest there may be what no row can have, which the audit names.
    issued = ledger.rows_of(FORECASTS, "forecast_id", "hash")
    hashes = dict(sorted((row["forecast_id"], row["hash"]) for row in issued))
    released = sorted({(row["path"], row["hash"]) for row in ledger.rows_of(RELEASES, "path", "hash")})
    broken = [Damage(ledger.database.name, what) for what in ledger.database.damages()]
    acts = ledger.rows_of(JOURNAL)
    of_forecasts = {subject for table, subject in audit.changed if table in OF_FORECASTS}
    changed = of_forecasts | set(_changed(ledger, acts, hashes))
    broken += [Damage(f"forecast {name}", CHANGED) for name in hashes if name in changed]
    sound = len(hashes) - sum(one.path.startswith("forecast ") for one in broken)
    missing: set[str] = set()
    lost_rows = {"issue": ("forecast ", hashes), "release": ("", {path for path, _ in released})}
    for act, (what, held) in lost_rows.items():
        lost_names = sorted({str(row["subject"]) for row in acts if row["act"] == act} - set(held))
        broken += [Damage(f"{what}{name}", MISSING) for name in lost_names]
        missing |= set(lost_names)
    broken += [
        Damage(f"rows of {table}" + (f" ({subject})" if subject else ""), ROWS_CHANGED)
        for table, subject in audit.changed
        if not (table in OF_FORECASTS and subject in hashes) and subject not in missing
    ]
    files = [_look(operation.forecasts / f"{name}.json", operation.folder, wanted) for name, wanted in hashes.items()]
    files += [_look_at_release(operation.folder, path, wanted) for path, wanted in released]
    lost = tuple(damage for damage in files if damage is not None)
    return OperationLook(
        Inspection(sound, tuple(broken), ()),
        Inspection(len(files) - len(lost), lost, ()),
        len(ledger.rows_of(REPORTS, "seq")),
        len(hashes),
        len(released),
        audit.unverified,
    )


def _changed(ledger: OperationLedger, acts: list[dict[str, Any]], hashes: dict[str, str]) -> list[str]:
    """Forecasts whose content, quantiles or digests in the ledger are not those that were issued."""
    noted = {row["subject"]: str(row["content"]) for row in acts if row["act"] == "issue"}
    out = []
    for name, wanted in hashes.items():
        content = ledger.frozen(name)
        whole = hashlib.sha256(content.encode()).hexdigest() == wanted and wanted in noted.get(name, "")
        if not whole or _quantiles(ledger, name) != sorted(map(tuple, json.loads(content)["quantiles"])):
            out.append(name)
    return out


def _quantiles(ledger: OperationLedger, name: str) -> list[tuple[object, ...]] | None:
    """Quantiles of a forecast as a frozen one has them; None where one of them is what none can be."""
    try:
        frame = ledger.quantiles(name)[KEPT].astype({"target_date": str})
        return sorted(frame.itertuples(index=False, name=None))
    except (TypeError, ValueError):
        return None


def _look(path: Path, folder: Path, wanted: str) -> Damage | None:
    """What is wrong with the file of a forecast; None where nothing is."""
    name = str(path.relative_to(folder))
    if not path.is_file():
        return Damage(name, MISSING)
    return None if hashlib.sha256(path.read_bytes()).hexdigest() == wanted else Damage(name, CHANGED)


def _look_at_release(folder: Path, path: str, wanted: str) -> Damage | None:
    """What is wrong with the files of a publication; None where nothing is."""
    home = folder / path
    if not home.is_dir():
        return Damage(path, MISSING)
    names = [file.name for file in home.iterdir() if file.is_file()]
    return None if digest_of_files(home, names) == wanted else Damage(path, CHANGED)
