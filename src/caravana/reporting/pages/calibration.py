"""The page of a calibration: people by day under the reports, and what moved from its prior; one file, no network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.atomic import write_whole
from caravana.inference.caravan.diagnostics import figures, side_words, summary_lines
from caravana.inference.displacement.calibration import summary_lines as camp_summary
from caravana.inference.posterior.folder import read_posterior
from caravana.language.language import load_language
from caravana.reporting import svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from markupsafe import Markup

    from caravana.language.language import Code, Language

WIDE, HIGH, EDGE = 860, 320, 56


def calibration_lines(report: Mapping[str, Any], words: Language) -> list[str]:
    """Say in a few lines, in a language, what was learned: of a caravan or of camps, by what was counted."""
    return (summary_lines if "turnout" in report else camp_summary)(report, words)


def write_calibration(folder: Path, *, language: Code = "en") -> Path:
    """Write the page of a finished calibration into its folder, as ``calibration.html``.

    Parameters
    ----------
    folder
        Of the calibration.
    language
        ``en`` or ``es``.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    caravana.errors.RunError
        If the folder is foreign, corrupt or unfinished.
    caravana.errors.CaravanaError
        If the file cannot be written.
    """
    kept, words = read_posterior(folder), load_language(language)
    title = words.text("calibration.title", scenario=kept.plan.scenario, until=kept.plan.until)
    page = draw_page(kept.diagnostics, title=title, words=words)
    return write_whole(folder / "calibration.html", page.encode("utf-8"))


def draw_page(report: Mapping[str, Any], *, title: str, words: Language) -> str:
    """Return a whole HTML page of a calibration's diagnostics (from ``diagnostics.json``)."""
    summary = "".join(f"<p>{escape(line)}</p>" for line in calibration_lines(report, words))
    walking = ""
    if "persons" in report:
        walking = f"<h2>{escape(words.text('calibration.walking_head'))}</h2>{draw_walking(report, words)}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        summary,
        _who_said_what(report, words) if "disputed" in report else "",
        walking,
        f"<h2>{escape(words.text('calibration.moved_head'))}</h2>",
        draw_marginals(report["parameters"], words),
    ]
    style = (
        "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}svg{max-width:100%;height:auto}"
        "td,th{padding:.15rem .8rem .15rem 0;text-align:left}"
    )
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    return f'<!doctype html><html lang="{words.code}"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _who_said_what(report: Mapping[str, Any], words: Language) -> str:
    """A table of the numbers asked most: at departure, at the peak, and on days of which sides differ."""
    say = words.text

    def row(what: str, cells: Sequence[str]) -> str:
        return f'<tr><th scope="row">{escape(what)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'

    def persons(what: str, levels: Mapping[str, float], said: str) -> str:
        low, middle, high = (words.number(levels[level]) for level in ("q05", "q50", "q95"))
        return row(what, (middle, say("calibration.to", low=low, high=high), said))

    first = next(iter(report["persons"]), "")
    rows = [
        persons(say("calibration.set_out_on", day=first), report["turnout"], ""),
        persons(say("calibration.peak_on", day=report["peak_on"]), report["peak"], ""),
    ]
    for day in report["disputed"]:
        said = "; ".join(
            f"{side_words(side, words)} {figures(low, high, words)}" for side, (low, high) in day["said"].items()
        )
        rows.append(persons(day["date"], day, said))
    for side, levels in report["side_bias"].items():
        low, middle, high = (words.decimal(levels[level], digits=2) for level in ("q05", "q50", "q95"))
        cells = (f"\u00d7{middle}", say("calibration.to", low=low, high=high), say("calibration.over_truth"))
        rows.append(row(side_words(side, words), cells))
    titles = ("", *(say(f"calibration.{name}") for name in ("likeliest", "nine_in_ten", "reported")))
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in titles)
    return (
        f"<h2>{escape(say('calibration.who_head'))}</h2>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def draw_walking(report: Mapping[str, Any], words: Language) -> str:
    """Draw the 90% band and the middle of the true number, with the reported figures as marks by side."""
    dates = list(report["persons"])
    levels = np.array([[report["persons"][d][q] for q in ("q05", "q50", "q95")] for d in dates])
    reports = [r for r in report["reports"] if r["what"] in svg.SIDES]
    ends = [x for r in reports for x in (r["reported_low"], r["reported_high"]) if x is not None]
    top = 1.05 * max([float(levels.max()), *ends, 1.0])
    xs = [EDGE + i * (WIDE - EDGE - 10) / max(1, len(dates) - 1) for i in range(len(dates))]

    def y(value: float) -> float:
        return float(HIGH - 40 - value / top * (HIGH - 60))

    low, middle, high = ([y(v) for v in column] for column in levels.T)
    band = svg.points([*xs, *reversed(xs)], [*high, *reversed(low)])
    parts = [
        svg.element("polygon", points=band, fill="#999", fill_opacity=".35"),
        svg.element("polyline", points=svg.points(xs, middle), fill="none", stroke="#222", stroke_width=2),
    ]
    parts += [
        svg.side_mark(r["what"], xs[dates.index(r["date"])], y(float(r["reported_low"] or r["reported_high"])))
        for r in reports if r["date"] in dates
    ]  # fmt: skip
    parts += [svg.words(words.number(v), EDGE - 6, y(v) + 4, text_anchor="end") for v in np.linspace(0, top, 5)]
    parts += [svg.words(dates[i][5:], xs[i], HIGH - 20, text_anchor="middle") for i in range(0, len(dates), 7)]
    for k, side in enumerate(svg.SIDES):
        at = EDGE + 12 + 150 * k
        parts += [svg.side_mark(side, at, 8), svg.words(side_words(side, words), at + 10, 12)]
    return _figure(parts, HIGH, words.text("calibration.band"))


def draw_marginals(parameters: Mapping[str, Mapping[str, Any]], words: Language) -> str:
    """Draw a bar for each identified parameter: its posterior on its prior's scale (prior: 0 give or take 1)."""
    shown = [(name, row) for name, row in parameters.items() if row["identified"]]
    if not shown:
        return f"<p>{escape(words.text('calibration.none_moved'))}</p>"
    shown.sort(key=lambda item: -abs(item[1]["shift"]))
    left, step = 230, 24

    def x(score: float) -> float:
        return left + (min(max(score, -3.5), 3.5) + 3.5) / 7 * (WIDE - left - 20)

    parts = [svg.upright(x(0), 0, step * len(shown), stroke="#888")]
    for i, (name, row) in enumerate(shown):
        spread = float(np.sqrt(row["variance_left"]))
        low, high = x(row["shift"] - 1.645 * spread), x(row["shift"] + 1.645 * spread)
        at = i * step + step / 2
        unit = words.texts.get(f"answers.input_unit.{row['unit']}", row["unit"])
        label = f"{name} {words.figure(row['q50'])} {unit}"[:34]
        parts += [
            svg.words(label, left - 8, at + 4, text_anchor="end"),
            svg.across(low, high, at, stroke="#0072b2", stroke_width=8),
            svg.dot(x(row["shift"]), at, fill="#222"),
        ]
    return _figure(parts, step * len(shown) + 8, words.text("calibration.bars"))


def _figure(parts: Sequence[Markup], high: float, label: str) -> str:
    drawn = svg.picture(
        parts, wide=WIDE, high=high, label=label, width=WIDE, height=svg.number(high), font_size=12,
        font_family="sans-serif",
    )  # fmt: skip
    return f"<figure>{drawn}<figcaption>{escape(label)}</figcaption></figure>"
