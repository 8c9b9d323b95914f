"""The page of a calibration: people by day under the reports, and what moved from its prior; one file, no network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.caravan.diagnostics import figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH, EDGE = 860, 320, 56
COLOURS = {
    "authorities": "#0072b2", "organisers": "#d55e00", "press": "#009e73", "agency": "#cc79a7", "observer": "#56b4e9",
}  # fmt: skip
MARKS = {"authorities": "s", "organisers": "^", "press": "o", "agency": "d", "observer": "+"}


def draw_page(report: Mapping[str, Any], *, title: str) -> str:
    """Return a whole HTML page of a calibration's diagnostics (from ``diagnostics.json``)."""
    said = "".join(f"<p>{escape(line)}</p>" for line in report["summary"])
    walking = ""
    if "persons" in report:
        walking = f"<h2>People walking, by day, and what each side reported</h2>{draw_walking(report)}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        said,
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
    told = [r for r in report["reports"] if r["what"] in COLOURS]
    figures = [x for r in told for x in (r["reported_low"], r["reported_high"]) if x is not None]
    top = 1.05 * max([float(levels.max()), *figures, 1.0])

    def x(i: float) -> float:
        return EDGE + i * (WIDE - EDGE - 10) / max(1, len(dates) - 1)

    def y(value: float) -> float:
        return float(HIGH - 40 - value / top * (HIGH - 60))

    there = [f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(levels[:, 2])]
    back = [f"{x(i):.1f},{y(v):.1f}" for i, v in reversed(list(enumerate(levels[:, 0])))]
    middle = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(levels[:, 1]))
    marks = [
        _mark(r["what"], x(dates.index(r["date"])), y(float(r["reported_low"] or r["reported_high"])))
        for r in told
        if r["date"] in dates
    ]
    ticks = [
        f'<text x="{EDGE - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:,.0f}</text>' for v in np.linspace(0, top, 5)
    ]
    days = [
        f'<text x="{x(i):.1f}" y="{HIGH - 20}" text-anchor="middle">{dates[i][5:]}</text>'
        for i in range(0, len(dates), 7)
    ]
    key = [
        f'{_mark(side, EDGE + 12 + 150 * k, 8)}<text x="{EDGE + 22 + 150 * k}" y="12">{side}</text>'
        for k, side in enumerate(COLOURS)
    ]
    band = f'<polygon points="{" ".join([*there, *back])}" fill="#999" fill-opacity=".35"/>'
    line = f'<polyline points="{middle}" fill="none" stroke="#222" stroke-width="2"/>'
    return _svg([band, line, *marks, *ticks, *days, *key], HIGH, "Band: 9 in 10 of the true number; marks: reports")


def draw_marginals(parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """Draw a bar for each identified parameter: its posterior on its prior's scale (prior: 0 give or take 1)."""
    shown = [(name, row) for name, row in parameters.items() if row["identified"]]
    if not shown:
        return "<p>None is identified: all keep their priors.</p>"
    shown.sort(key=lambda item: -abs(item[1]["shift"]))
    left, step = 230, 24

    def x(score: float) -> float:
        return left + (min(max(score, -3.5), 3.5) + 3.5) / 7 * (WIDE - left - 20)

    rows = [f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="0" y2="{step * len(shown)}" stroke="#888"/>']
    for i, (name, row) in enumerate(shown):
        spread = float(np.sqrt(row["variance_left"]))
        low, high = x(row["shift"] - 1.645 * spread), x(row["shift"] + 1.645 * spread)
        at = i * step + step / 2
        words = f"{name} {row['q50']:g} {row['unit']}"
        rows.append(f'<text x="{left - 8}" y="{at + 4}" text-anchor="end">{escape(words[:34])}</text>')
        rows.append(f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{at}" y2="{at}" stroke="#0072b2" stroke-width="8"/>')
        rows.append(f'<circle cx="{x(row["shift"]):.1f}" cy="{at}" r="5" fill="#222"/>')
    return _svg(rows, step * len(shown) + 8, "Bars: 9 in 10 of the posterior, in standard deviations of the prior")


def _mark(side: str, x: float, y: float) -> str:
    """Each side has a shape as well as a colour."""
    colour = COLOURS.get(side, "#222")
    shapes = {
        "s": f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>',
        "^": f'<polygon points="{x:.1f},{y - 5:.1f} {x + 5:.1f},{y + 4:.1f} {x - 5:.1f},{y + 4:.1f}" fill="{colour}"/>',
        "o": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>',
        "d": f'<polygon points="{x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 5:.1f},{y:.1f}"'
        f' fill="{colour}"/>',
        "+": f'<path d="M{x - 5:.1f} {y:.1f}h10M{x:.1f} {y - 5:.1f}v10" stroke="{colour}" stroke-width="2.5"/>',
    }
    return shapes[MARKS.get(side, "o")]


def _svg(parts: Sequence[str], high: float, label: str) -> str:
    box = f'viewBox="0 0 {WIDE} {high:g}" width="{WIDE}" height="{high:g}"'
    inside = "".join(parts)
    svg = f'<svg {box} role="img" aria-label="{escape(label)}" font-size="12" font-family="sans-serif">{inside}</svg>'
    return f"<figure>{svg}<figcaption>{escape(label)}</figcaption></figure>"
