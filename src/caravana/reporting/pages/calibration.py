"""The page of a calibration: people by day under the reports, and what moved from its prior; one file, no network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.atomic import write_whole
from caravana.inference.caravan.diagnostics import figures
from caravana.inference.posterior.folder import read_posterior
from caravana.reporting import svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from markupsafe import Markup

WIDE, HIGH, EDGE = 860, 320, 56


def write_calibration(folder: Path) -> Path:
    """Write the page of a finished calibration into its folder, as ``calibration.html``.

    Parameters
    ----------
    folder
        Of the calibration.

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
    kept = read_posterior(folder)
    title = f"Calibration of {kept.plan.scenario} to what was published by {kept.plan.until}"
    return write_whole(folder / "calibration.html", draw_page(kept.diagnostics, title=title).encode("utf-8"))


def draw_page(report: Mapping[str, Any], *, title: str) -> str:
    """Return a whole HTML page of a calibration's diagnostics (from ``diagnostics.json``)."""
    summary = "".join(f"<p>{escape(line)}</p>" for line in report["summary"])
    walking = ""
    if "persons" in report:
        walking = f"<h2>People walking, by day, and what each side reported</h2>{draw_walking(report)}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        summary,
        _who_said_what(report) if "disputed" in report else "",
        walking,
        "<h2>How far each parameter moved from its prior</h2>",
        draw_marginals(report["parameters"]),
    ]
    style = (
        "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}svg{max-width:100%;height:auto}"
        "td,th{padding:.15rem .8rem .15rem 0;text-align:left}"
    )
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _who_said_what(report: Mapping[str, Any]) -> str:
    """A table of the numbers asked most: at departure, at the peak, and on days of which sides differ."""

    def row(what: str, levels: Mapping[str, float], said: str) -> str:
        cells = (f"{levels['q50']:,.0f}", f"{levels['q05']:,.0f} to {levels['q95']:,.0f}", escape(said))
        return f'<tr><th scope="row">{escape(what)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'

    first = next(iter(report["persons"]), "")
    rows = [
        row(f"Set out, {first}", report["turnout"], ""),
        row(f"Peak, about {report['peak_on']}", report["peak"], ""),
    ]
    for day in report["disputed"]:
        said = "; ".join(f"{side} {figures(*ends)}" for side, ends in day["said"].items())
        rows.append(row(day["date"], day, said))
    for side, levels in report["side_bias"].items():
        cells = (f"\u00d7{levels['q50']:.2f}", f"{levels['q05']:.2f} to {levels['q95']:.2f}", "over the truth")
        rows.append(f'<tr><th scope="row">{side}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    head = "".join(f'<th scope="col">{word}</th>' for word in ("", "Most likely", "9 in 10", "Reported"))
    return (
        "<h2>How many there were, given who said what</h2>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def draw_walking(report: Mapping[str, Any]) -> str:
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
    parts += [svg.words(f"{v:,.0f}", EDGE - 6, y(v) + 4, text_anchor="end") for v in np.linspace(0, top, 5)]
    parts += [svg.words(dates[i][5:], xs[i], HIGH - 20, text_anchor="middle") for i in range(0, len(dates), 7)]
    for k, side in enumerate(svg.SIDES):
        parts += [svg.side_mark(side, EDGE + 12 + 150 * k, 8), svg.words(side, EDGE + 22 + 150 * k, 12)]
    return _figure(parts, HIGH, "Band: 9 in 10 of the true number; marks: reports")


def draw_marginals(parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """Draw a bar for each identified parameter: its posterior on its prior's scale (prior: 0 give or take 1)."""
    shown = [(name, row) for name, row in parameters.items() if row["identified"]]
    if not shown:
        return "<p>None is identified: all keep their priors.</p>"
    shown.sort(key=lambda item: -abs(item[1]["shift"]))
    left, step = 230, 24

    def x(score: float) -> float:
        return left + (min(max(score, -3.5), 3.5) + 3.5) / 7 * (WIDE - left - 20)

    parts = [svg.upright(x(0), 0, step * len(shown), stroke="#888")]
    for i, (name, row) in enumerate(shown):
        spread = float(np.sqrt(row["variance_left"]))
        low, high = x(row["shift"] - 1.645 * spread), x(row["shift"] + 1.645 * spread)
        at = i * step + step / 2
        label = f"{name} {row['q50']:g} {row['unit']}"[:34]
        parts += [
            svg.words(label, left - 8, at + 4, text_anchor="end"),
            svg.across(low, high, at, stroke="#0072b2", stroke_width=8),
            svg.dot(x(row["shift"]), at, fill="#222"),
        ]
    return _figure(parts, step * len(shown) + 8, "Bars: 9 in 10 of the posterior, in standard deviations of the prior")


def _figure(parts: Sequence[Markup], high: float, label: str) -> str:
    drawn = svg.picture(
        parts, wide=WIDE, high=high, label=label, width=WIDE, height=svg.number(high), font_size=12,
        font_family="sans-serif",
    )  # fmt: skip
    return f"<figure>{drawn}<figcaption>{escape(label)}</figcaption></figure>"
