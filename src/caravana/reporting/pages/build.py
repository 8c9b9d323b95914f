"""The page of what was built from files: a map, the decisions, and what a person should look at first."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from caravana.atomic import write_text
from caravana.errors import UsageError
from caravana.importers.build.report import REPORT
from caravana.importers.remarks import Remark
from caravana.language.language import load_language
from caravana.models.scenarios import load_scenario
from caravana.received import read_ordinary_text
from caravana.reporting import html
from caravana.reporting.pages.build_map import COLOURS, draw_conflict, draw_map, months_of, places_in_conflict
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.importers.remarks import Group
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

PAGE = "build.html"
STYLES = ("report.css", "whatif.css", "build.css")
NAMED = 8


def write_build_page(folder: str | Path, *, language: str = "en") -> Path:
    """Write the page of a scenario that was built, beside it, from the scenario as it is now and its report.

    Parameters
    ----------
    folder
        The scenario folder, with its ``build_report.json``.
    language
        ``en`` or ``es``.

    Returns
    -------
    pathlib.Path
        The page.

    Raises
    ------
    UsageError
        If the folder has no report of a build, or there is no catalogue for the language.
    ScenarioError
        If the scenario has faults.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.write_build_page("nowhere")
    Traceback (most recent call last):
    ...
    caravana.errors.UsageError: ...
    """
    path = Path(folder) / REPORT
    try:
        report = json.loads(read_ordinary_text(path))
    except OSError as error:
        why = f"{error.strerror}; was this scenario built by caravana build?"
        raise UsageError(f"{path} cannot be read: {why}") from None
    except ValueError as error:
        raise UsageError(f"{path}: expected the report of a build in JSON; found {error}") from None
    return write_text(Path(folder) / PAGE, render_build(load_scenario(Path(folder)), report, language=language))


def render_build(scenario: Scenario, report: Mapping[str, Any], *, language: str = "en") -> str:
    """Return the page.

    Parameters
    ----------
    scenario
        What was built, perhaps changed since.
    report
        The content of its ``build_report.json``.
    language
        ``en`` or ``es``.
    """
    words = load_language(language)
    months, listed, _ = months_of(scenario)
    fallbacks = {json.dumps(one, sort_keys=True) for one in report["fallbacks"]}
    return html.environment().get_template("build.html.j2").render(
        t=words.text, lang=words, version=__version__, css=html.style(STYLES),
        title=words.text("build.page.title", name=words.choose(scenario.title, scenario.title_es)),
        meta=words.text(
            "build.page.meta", places=words.number(report["places"]), camps=words.number(report["camps"]),
            links=words.number(len(scenario.links)), counts=words.number(report["counts"]), version=report["version"],
            start=_day(report["start"], words), end=_day(report["end"], words),
        ),
        look=_said(report["look_first"], "look_first", words),
        map=draw_map(scenario, set(report["unconnected"]), words),
        legend=_legend(scenario, report, words), parts=_parts(scenario, report, words), detour=_detour(report, words),
        kinds=_kinds(scenario, words), crossings=_crossings(scenario, words),
        conflict=draw_conflict(scenario, words),
        conflict_lead=words.text("build.page.conflict_lead", number=len(listed)) if months else "",
        decisions=_said(report["decisions"], "decision", words),
        assumptions=[
            {"text": text, "fallback": json.dumps(one, sort_keys=True) in fallbacks}
            for one, text in zip(
                report["assumptions"], _said(report["assumptions"], "assumption", words), strict=True
            )
        ],
        files=[
            {"part": words.text(f"build.part.{part}"), "name": one["name"], "digest": one["sha256"][:12]}
            for part, one in report["files"].items()
        ],
        licence=words.text("build.page.licence") if any(link.source == "osm" for link in scenario.links) else "",
    )  # fmt: skip


def _day(text: str, words: Language) -> str:
    return words.day_year(dt.date.fromisoformat(text))


def _said(rows: Sequence[Mapping[str, Any]], group: Group, words: Language) -> list[str]:
    """Remarks in the page's language, from their keys and values."""
    return [Remark(group, row["key"], row["values"]).text(words) for row in rows]


def _parts(scenario: Scenario, report: Mapping[str, Any], words: Language) -> str:
    if not report["unconnected"]:
        return words.text("build.page.parts")
    names = {place.id: place.name for place in scenario.places}
    apart = [names.get(place, place) for place in report["unconnected"]]
    shown = ", ".join(apart[:NAMED]) + (" …" if len(apart) > NAMED else "")
    return words.text("build.page.parts_many", parts=report["components"], number=len(apart), names=shown)


def _detour(report: Mapping[str, Any], words: Language) -> str:
    detour = report["detour"]
    if detour["median"] is None or not detour["pairs"]:
        return ""
    median, worst = (words.number(100 * detour[name], digits=1) for name in ("median", "worst"))
    return words.text("build.page.detour", median=median, worst=worst, pairs=words.number(detour["pairs"]))


def _kinds(scenario: Scenario, words: Language) -> list[dict[str, str]]:
    rows = []
    for kind in COLOURS:
        links = [link for link in scenario.links if link.kind == kind]
        if links:
            rows.append({
                "kind": words.text(f"build.kind.{kind}"), "links": words.number(len(links)),
                "km": words.number(sum(link.km for link in links)),
            })  # fmt: skip
    return rows


def _crossings(scenario: Scenario, words: Language) -> list[dict[str, str]]:
    policies = {policy.place_ids: policy.id for policy in scenario.policies if policy.lever == "close"}
    return [
        {
            "name": link.name,
            "kind": words.text(f"build.kind.{link.kind}"),
            "status": words.text(f"build.page.{link.status}"),
            "policy": policies.get((link.from_id, link.to_id), ""),
        }
        for link in scenario.links
        if link.name
    ]


def _legend(scenario: Scenario, report: Mapping[str, Any], words: Language) -> list[tuple[Markup, str]]:
    """Marks of what is on the map, and their words."""
    rows: list[tuple[Markup, str]] = []
    for kind in dict.fromkeys(link.kind for link in scenario.links):
        dash = "5 4" if kind == "straight" else "none"
        line = Markup('<line x1="0" y1="7" x2="26" y2="7" stroke="{}" stroke-width="3" stroke-dasharray="{}"/>')
        rows.append((_mark(line.format(COLOURS[kind], dash)), words.text(f"build.kind.{kind}")))
    kinds = {place.kind for place in scenario.places}
    if kinds & {"camp", "idpcamp"}:
        square = Markup('<rect x="7" y="1" width="12" height="12" fill="#00785a"/>')
        rows.append((_mark(square), words.text("build.page.camp")))
    rows.append((_mark(Markup('<circle cx="13" cy="7" r="5" fill="#14212b"/>')), words.text("build.page.place")))
    if places_in_conflict(scenario):
        rows.append((_mark(Markup('<circle cx="13" cy="7" r="5" fill="#c8500a"/>')), words.text("build.page.fought")))
    if report["unconnected"]:
        ring = Markup('<circle cx="13" cy="7" r="5.5" fill="none" stroke="#d00000" stroke-width="2.5"/>')
        rows.append((_mark(ring), words.text("build.page.apart")))
    return rows


def _mark(inside: Markup) -> Markup:
    return Markup('<svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">{}</svg>').format(inside)
