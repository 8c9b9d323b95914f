"""The report: one HTML file that opens from a USB stick with no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_whole
from caravana.inference.scoring.run_scores import score_run
from caravana.language.language import NARROW_SPACE, Language, load_language
from caravana.reporting import html as one_file
from caravana.reporting.caravan import tables
from caravana.reporting.caravan.charts import headcount_chart, side_charts, status_charts, track_chart
from caravana.reporting.caravan.map import map_data, short_name
from caravana.reporting.caravan.sections import parts
from caravana.reporting.caravan.sentences import answers, assumed
from caravana.reporting.charts import SHAPES
from caravana.reporting.displacement.report import render_dispersal
from caravana.reporting.html import safe
from caravana.reporting.model_card.card import make_card
from caravana.reporting.model_card.learned import learned
from caravana.reporting.warnings import failed_blocks
from caravana.results.caravan import area_of, arrivals, hubs, nights, reported, statuses
from caravana.results.members import as_simulated
from caravana.results.needs import daily_needs, load_standards

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from caravana.language.language import Code
    from caravana.results.caravan import Nights
    from caravana.results.needs import Standard
    from caravana.run import Run
    from caravana.scenario.model import Scenario

SCRIPTS = ("drawing.js", "ground.js", "clock.js", "map.js", "charts.js", "page.js")
CARAVAN = "caravan"
"""The rule set of caravans; every other one is a displacement, with a page of its own."""
STOCKS = ("caravan", "detained", "in_care")


@dataclass(frozen=True)
class _Asked:
    """What the run was asked, once, for every part of the page."""

    run: Run
    scenario: Scenario
    where: Nights
    centres: list[int]
    people: Mapping[str, NDArray[np.float64]]
    reports: Mapping[str, NDArray[np.float64]]
    standards: Sequence[Standard]


def _ask(run: Run, standards: Sequence[Standard] | None) -> _Asked:
    scenario, where = as_simulated(run), nights(run)
    return _Asked(
        run=run,
        scenario=scenario,
        where=where,
        centres=hubs(scenario, where.route),
        people=statuses(run, where),
        reports=reported(run, where),
        standards=load_standards() if standards is None else tuple(standards),
    )


def write_report(
    run: Run,
    *,
    path: Path | None = None,
    language: Code = "en",
    standards: Sequence[Standard] | None = None,
    scores: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Write the report of a run.

    Parameters
    ----------
    run
        An opened run: of a caravan, or of a displacement over a network.
    path
        Where to write it; ``report.html`` in the run folder by default.
    language
        ``en`` or ``es``.
    standards
        A profile for the needs; the bundled Sphere profile by default.
    scores
        What :func:`caravana.inference.scoring.run_scores.score_run` gives, to state the coverage; asked for by default.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown, the run has no caravan or no finished member, or `path` is no place for a file.
    caravana.errors.CaravanaError
        If the file cannot be written.
    """
    target = Path(run.path) / "report.html" if path is None else Path(path)
    page = render_report(run, language=language, standards=standards, scores=scores)
    return write_whole(target, page.encode())


def render_report(
    run: Run,
    *,
    language: Code = "en",
    standards: Sequence[Standard] | None = None,
    scores: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """The report's HTML; parameters and errors as for :func:`write_report`."""
    if run.scenario.rules != CARAVAN:
        return render_dispersal(run, language=language, standards=standards, scores=scores)
    words = load_language(language)
    asked = _ask(run, standards)
    first_day = opening_day(asked.where)
    data = _data(asked, words)
    shown, by_group = parts(run, asked.where, words, day=first_day)
    data["groups"] = by_group
    context = _context(asked, words, score_run(run) if scores is None else scores) | shown
    context["sides_note"] = next((c["note"] for k, c in data["charts"].items() if k.startswith("side-")), "")
    first_needs = {item: amounts[first_day] for item, amounts in data["needs"].items()}
    for row in context["standards"]:
        row["range"], row["middle"] = first_needs.get(row["item"]) or ("\u2013", "\u2013")
    return one_file.environment().get_template("report.html.j2").render(
        **context, learned=learned(run, language=language), card=make_card(run, language=language),
        card_head=words.text("card.head.report_head"),
        card_lead=words.text("card.head.report_lead"), t=words.text, lang=words, first_day=first_day,
        days_n=len(run.days),
        day_long=data["days_long"][first_day], day_short=data["days_short"][first_day],
        first_short=data["days_short"][0], last_short=data["days_short"][-1],
        answer=safe(data["answers"][first_day]), stops_rows=safe(data["stops"][first_day]),
        needs_given=data["needs_given"][first_day], data=one_file.embedded(data), css=one_file.style(["report.css"]),
        script=one_file.script(SCRIPTS),
    )  # fmt: skip


def opening_day(where: Nights) -> int:
    """The day the report opens on: a third of the way in, where the picture says most."""
    return int(where.place.shape[1]) // 3


def _data(asked: _Asked, language: Language) -> dict[str, Any]:
    """What the page's script reads: every number and sentence by day."""
    scenario, where = asked.scenario, asked.where
    days: list[dt.date] = [d.date() for d in asked.run.days]
    area = area_of(scenario, where.route, asked.centres)
    needs = daily_needs(asked.run, standards=asked.standards, where=where)
    charts: dict[str, Any] = {
        "headcount": headcount_chart(scenario, where, language),
        "track": track_chart(scenario, where, language),
        **{f"side-{k}": v for k, v in side_charts(scenario, where, asked.reports, language).items()},
        **{f"status-{k}": v for k, v in status_charts(asked.people, language).items()},
    }
    return {
        "days": [d.isoformat() for d in days],
        "days_short": [language.day_short(d) for d in days],
        "days_long": [language.day_long(d) for d in days],
        "number": {"group": "," if language.code == "en" else NARROW_SPACE, "four_plain": language.code == "es"},
        "words": {
            "play": language.text("day.play"), "pause": language.text("day.pause"),
            "map_label": language.text("map.label"), "recorded": language.text("map.recorded"),
            "zoom_in": language.text("map.zoom_in"), "zoom_out": language.text("map.zoom_out"),
            "zoom_fit": language.text("map.zoom_fit"), "together_strip": language.text("headcount.together"),
        },
        "shapes": SHAPES,
        "map": map_data(scenario, where, area, language),
        "charts": charts,
        "answers": [str(a) for a in answers(scenario, where, area, language)],
        "stops": [str(s) for s in tables.stop_rows(scenario, where, area, language)],
        "needs": tables.need_amounts(asked.run, needs, language),
        "needs_given": [
            language.text("needs.given", chance=language.chance(float(share))) if share else language.text("needs.none")
            for share in where.together.mean(axis=0)
        ],
    }  # fmt: skip


def _context(asked: _Asked, language: Language, scores: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the page shows without its script."""
    run, scenario, where, manifest = asked.run, asked.scenario, asked.where, asked.run.manifest
    first, last = run.days[0].date(), run.days[-1].date()
    version = manifest["caravana"]
    end = next(p for p in scenario.places if p.id == where.route.ids[-1])
    reached = arrivals(run, where)
    main, every = tables.arrival_rows(run, reached, asked.centres, language)
    passes = reached.loc[reached["place"] == end.id, "passes"]
    chance = language.chance(float(passes.iloc[0]) if len(passes) else 0.0)
    return {
        "title": language.choose(scenario.title, scenario.title_es),
        "version": version,
        "meta": language.text(
            "meta.line", members=language.number(len(where.members)), first=language.day_year(first),
            last=language.day_year(last), seed=manifest["plan"]["seed"], version=version, scenario=scenario.name,
        ),
        "warnings": _warnings(run, where, language),
        "sides": tables.side_rows(scenario, where.caravan, list(asked.reports), language),
        "observed": tables.observed_rows(scenario, where.caravan, language),
        "arrival_lead": language.text("arrival.lead", place=short_name(end), chance=chance),
        "arrivals_main": main, "arrivals_all": every,
        "standards": tables.need_rows(asked.standards, language),
        "statuses": [
            {"key": k, "label": language.text(f"status.{k}"), "what": _status_what(k, language)} for k in asked.people
        ],
        "status_rows": tables.status_rows(run, asked.people, language),
        "assumed": assumed(run, where, language, scores),
        "contested": tables.claim_rows(scenario, language),
        "inputs": tables.input_rows(run, language),
        "footer": language.text(
            "footer.line", version=version, run=Path(run.path).name, scenario=scenario.name,
            hash=manifest["plan"]["scenario_hash"][:12],
        ),
    }  # fmt: skip


def _status_what(status: str, language: Language) -> str:
    if status == "ahead":
        return language.text("status.ahead_what")
    return language.text("status.stock" if status in STOCKS else "status.flow")


def _warnings(run: Run, where: Nights, language: Language) -> list[str]:
    out = []
    if n := failed_blocks(run):
        out.append(language.text("warn.failed", n=n))
    if run.manifest.get("complete") is False:
        out.append(language.text("warn.incomplete", members=language.number(len(where.members))))
    return out
