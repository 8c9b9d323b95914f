"""Takes what a person decided on a text's proposals into the ledger: each with its sentence, its source and by whom."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_json
from caravana.errors import ScenarioError, UsageError
from caravana.operation.doubts import doubts_of
from caravana.operation.drafts import DraftReport, UnfitReportError, fill_in, remarks_on
from caravana.operation.known import standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from caravana.language.language import Language
    from caravana.operation.drafts import Bounds
    from caravana.operation.ledger import OperationLedger

CHANGEABLE = ("kind", "low", "high", "qualifier", "place", "date", "side", "caravan")
"""Parts of a proposal that a person may change."""
THIS = "this"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST = 20 * 2**20


@dataclass(frozen=True)
class Decided:
    """A proposal that a person accepted, and where it stands.

    Attributes
    ----------
    number
        Of the proposal in its text, from 1.
    text
        What the text was called.
    digest
        SHA-256 of the text.
    published
        When the text was published.
    values
        The proposal as it was accepted.
    """

    number: int
    text: str
    digest: str
    published: dt.date
    values: Mapping[str, Any]


def read_proposals(path: Path) -> list[dict[str, Any]]:
    """The texts of a file of proposals, as ``read --json`` or the page wrote it.

    Raises
    ------
    UsageError
        If there is no such file.
    ScenarioError
        If it is no such file.
    """
    return check_proposals(_content_of(path), str(path))


def _content_of(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST:
            raise ScenarioError(f"{path}: larger than proposals are ({_MOST // 2**20} MB)")
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path}: expected JSON; {type(error).__name__}") from None


def keep_decisions(path: Path, texts: Sequence[dict[str, Any]]) -> None:
    """Write texts with what was decided back to the file they were read from, in the form that it has.

    Raises
    ------
    caravana.errors.WriteError
        If it cannot be written.
    """
    content = _content_of(path)
    if isinstance(content, list):
        content = list(texts)
    elif "texts" in content:
        content["texts"] = list(texts)
    else:
        content = texts[0]
    write_json(path, content)


def check_proposals(content: Any, name: str) -> list[dict[str, Any]]:
    """The texts of proposals as ``accept`` takes them, where they are such.

    Parameters
    ----------
    content
        What was given.
    name
        What it is called in messages.

    Raises
    ------
    ScenarioError
        With every fault.
    """
    texts = content.get("texts", [content]) if isinstance(content, dict) else content
    faults = [] if isinstance(texts, list) else ["expected an object, or a list of them"]
    for n, text in enumerate(texts if isinstance(texts, list) else [], start=1):
        if not isinstance(text, dict) or not isinstance(text.get("proposals"), list):
            faults.append(f"text {n}: expected an object with proposals")
            continue
        if not _DIGEST.fullmatch(str(text.get("sha256", ""))):
            faults.append(f"text {n}, sha256: expected 64 hexadecimal digits")
        if _date(text.get("published")) is None:
            faults.append(f"text {n}, published: expected a date such as 2021-11-05")
        faults += [
            f"text {n}, proposal {k}: expected an object"
            for k, one in enumerate(text["proposals"], start=1)
            if not isinstance(one, dict)
        ]
    if faults:
        raise ScenarioError("\n".join(f"{name}: {fault}" for fault in faults))
    return list(texts)


def accepted_of(texts: Sequence[Mapping[str, Any]]) -> list[Decided]:
    """What of some texts a person accepted: ``accepted`` is true, and nothing else is."""
    out = []
    for text in texts:
        day = _date(text["published"]) or dt.date.min
        name = str(text.get("name") or text.get("source", ""))[:80]
        out += [
            Decided(n, name, str(text["sha256"]), day, one)
            for n, one in enumerate(text["proposals"], start=1)
            if one.get("accepted") is True
        ]
    return out


def record_accepted(
    ledger: OperationLedger, bounds: Bounds, decided: Sequence[Decided], language: Language
) -> list[dict[str, Any]]:
    """Record accepted proposals; return the id of each, whether it is new, and what is to be said of it.

    A proposal of a text that is in the ledger already is passed over, whoever accepted it.

    Raises
    ------
    ScenarioError
        If any cannot be recorded; all faults are listed, and none is recorded.
    """
    rows, faults = [], []
    for one in decided:
        try:
            rows.append(_row(one, bounds, language, who=ledger.who))
        except UnfitReportError as error:
            faults.append(f"{one.text or one.digest[:12]}, {language.text('reader.proposal')} {one.number}: {error}")
    if faults:
        raise ScenarioError("\n".join(faults))
    there = set(ledger.reports()["id"])
    fresh = list({row["id"]: row for row in rows if row["id"] not in there}.values())
    new = {name for name, is_new in ledger.add_reports(fresh, act="accept") if is_new}
    held = standing(ledger.reports())
    doubts = doubts_of(ledger, rows, bounds, language)
    return [
        {"id": row["id"], "new": row["id"] in new, "remarks": [*doubted, *remarks_on(row, bounds, held, language)]}
        for row, doubted in zip(rows, doubts, strict=True)
    ]


def fault_in(text: Mapping[str, Any], number: int, bounds: Bounds, language: Language) -> str:
    """Why an accepted proposal of a text could not be recorded, "" if it could."""
    one = next(decided for decided in accepted_of([text]) if decided.number == number)
    try:
        _row(one, bounds, language, who="")
    except UnfitReportError as error:
        return str(error)
    return ""


def _row(one: Decided, bounds: Bounds, language: Language, *, who: str) -> dict[str, Any]:
    values = one.values
    day = _date(values.get("date"))
    if day is None:
        raise UnfitReportError(language.text("reader.no_date"))
    if values.get("caravan", THIS) != THIS:
        raise UnfitReportError(language.text("reader.other_caravan"))
    low, high = (_number(values.get(end), end, language) for end in ("low", "high"))
    kind, start = str(values.get("kind")), _number(values.get("start"), "start", language) or 0.0
    sentence = " ".join(str(values.get("sentence", "")).split())
    planned = values.get("qualifier") == "planned"
    draft = DraftReport(
        id=f"read-{one.digest[:12]}-{start:.0f}-{kind.replace('_', '-')}", date=day, kind=kind,
        place=values.get("place") or None, low=low, high=high, qualifier=values.get("qualifier"),
        side=str(values.get("side", "press")), speaker=str(values.get("speaker") or values.get("side", "press")),
        known_on=one.published if planned else max(one.published, day), source=f"sha256:{one.digest}",
        note=f"{language.text('reader.accepted_by', who=who)}; \u201c{sentence}\u201d",
    )  # fmt: skip
    return fill_in(draft, bounds, language)


def _date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _number(value: Any, name: str, language: Language) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UnfitReportError(language.text("reader.no_number", name=name, value=str(value)[:40])) from None
