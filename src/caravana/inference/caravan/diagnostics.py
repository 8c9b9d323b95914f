"""What a calibration learned: effective draws, marginals against priors, fit to each report, numbers by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.likelihood import FEW, FLOW_NOISE, TAIL
from caravana.inference.priors import headcount_priors
from caravana.inference.reports import SIDES
from caravana.inference.weights import effective_size
from caravana.language.language import load_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import CaravanReports, ReportedFigure
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

LEVELS = (0.05, 0.5, 0.95)
LEARNED = 0.1
"""Divergence of the posterior from the prior (nats) from which a parameter counts as identified..."""
SURE = 6.0
"""...provided that it is this many times what so few effective members would show by chance."""
REPLICATES = 20
DISPUTED = 1.0 / 3.0
"""Sides whose figures of one day are this far apart (share of the larger) dispute each other."""


def diagnose(
    scenario: Scenario,
    record: CaravanReports,
    posterior: Mapping[str, NDArray[Any]],
    *,
    prior_z: Floats,
    weight: Floats,
    names: Sequence[str],
    effective_ways: float,
) -> dict[str, Any]:
    """Summarise a calibration.

    Parameters
    ----------
    scenario, record
        What was calibrated, and the evidence used.
    posterior : mapping of str to ndarray
        The draws kept, with ``persons`` and ``cards`` of shape (draws, days).
    prior_z : ndarray, shape (members, parameters)
        Normal scores of all members simulated.
    weight : ndarray, shape (members,)
        Sum to one.
    names : sequence of str
        Parameters of the columns of ``prior_z``.
    effective_ways : float
        Effective draws of the advance.

    Returns
    -------
    dict
    """
    parameters = _marginals(scenario, posterior, prior_z=prior_z, weight=weight, names=names)
    persons = np.asarray(posterior["persons"], float)
    dates = [record.date(day + 1).isoformat() for day in range(persons.shape[1])]
    biases = {side: _levels(posterior[f"bias_{side}"]) for side in SIDES}
    checks = _checks(record, posterior)
    inside = [check["inside90"] for check in checks]
    out: dict[str, Any] = {
        "members": int(weight.size),
        "effective_members": round(effective_size(weight), 1),
        "effective_ways": round(effective_ways, 1),
        "distinct_draws": len(np.unique(persons, axis=0)),
        "parameters": parameters,
        "not_identified": [name for name, row in parameters.items() if not row["identified"]],
        "side_bias": biases,
        "prior_side_bias": _prior_biases(),
        "press_copies_organisers": _levels(posterior["copy_share"]),
        "turnout": _levels(persons[:, 0]),
        "peak": _levels(persons.max(axis=1)),
        "peak_on": dates[int(np.median(persons.argmax(axis=1)))],
        "disputed": _disputed(record, persons, dates),
        "persons": {date: _levels(persons[:, i]) for i, date in enumerate(dates)},
        "reports": checks,
        "reports_inside90": round(float(np.mean(inside)), 3) if inside else None,
    }
    out["summary"] = summary_lines(out, load_language("en"))
    return out


def _disputed(record: CaravanReports, persons: Floats, dates: Sequence[str]) -> list[dict[str, Any]]:
    """Days of which sides differ: what each said, and how many there most likely were."""
    by_day: dict[str, dict[str, list[ReportedFigure]]] = {}
    for count in record.counts:
        if count.date.isoformat() in dates and count.report.of == "persons":
            by_day.setdefault(count.date.isoformat(), {}).setdefault(count.report.side, []).append(count.report)
    out = []
    for date, by_side in sorted(by_day.items()):
        said = {side: _ends(reports) for side, reports in by_side.items()}
        highest = max((low for low, _ in said.values() if low is not None), default=0.0)
        lowest = min((high for _, high in said.values() if high is not None), default=highest)
        if len(said) > 1 and highest - lowest >= DISPUTED * highest:
            out.append({"date": date, "said": said, **_levels(persons[:, dates.index(date)])})
    return out


def _ends(reports: Sequence[ReportedFigure]) -> tuple[float | None, float | None]:
    """Least and most of a side's figures of one day; None where it is open at that end."""
    lows, highs = [r.low for r in reports if r.low is not None], [r.high for r in reports if r.high is not None]
    open_up = any(r.high is None and r.low is not None and r.low >= max(highs, default=0.0) for r in reports)
    return min(lows) if len(lows) == len(reports) else None, None if open_up else max(highs, default=None)


def figures(low: float | None, high: float | None, words: Language) -> str:
    """A side's figures of one day in words."""
    if high is None:
        return words.text("calibration.or_more", n=words.number(low or 0))
    if low is None:
        return words.text("calibration.up_to", n=words.number(high))
    ends = {"low": words.number(low), "high": words.number(high)}
    return ends["low"] if low == high else words.text("calibration.to", **ends)


def side_words(side: str, words: Language) -> str:
    """A side; in English by its name in the files."""
    return side if words.code == "en" else words.texts.get(f"side.{side}", side)


def _marginals(
    scenario: Scenario,
    posterior: Mapping[str, NDArray[Any]],
    *,
    prior_z: Floats,
    weight: Floats,
    names: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """Each parameter's posterior against its prior, and whether the difference is more than chance would show."""
    effective = effective_size(weight)
    mean = weight @ prior_z
    variance = weight @ (prior_z - mean) ** 2
    divergence = 0.5 * (mean**2 + variance - 1.0) - 0.5 * np.log(np.maximum(variance, 1e-6))
    units = {p.name: p.unit for p in scenario.parameters}
    return {
        name: {
            "unit": units.get(name, ""),
            **_levels(posterior[name]),
            "shift": round(float(mean[i]), 3),
            "variance_left": round(float(variance[i]), 3),
            "identified": bool(divergence[i] > max(SURE / effective, LEARNED)),
        }
        for i, name in enumerate(names)
    }


def _prior_biases() -> dict[str, dict[str, float]]:
    """What the sides' biases were taken to be before any report."""
    scores = (-1.645, 0.0, 1.645)
    return {
        side: {
            f"q{round(100 * level):02d}": round(float(np.exp(centre + spread * score)), 3)
            for level, score in zip(LEVELS, scores, strict=True)
        }
        for side, (centre, spread) in ((s, headcount_priors()[f"bias_{s}"]) for s in SIDES)
    }


def summary_lines(report: Mapping[str, Any], words: Language) -> list[str]:
    """Say in a few lines what was learned."""
    say, number = words.text, words.number

    def span(row: Mapping[str, float]) -> str:
        return say("calibration.span", **{level: number(row[level]) for level in ("q05", "q50", "q95")})

    def factor(row: Mapping[str, float]) -> str:
        return say(
            "calibration.span", **{level: words.decimal(row[level], digits=2) for level in ("q05", "q50", "q95")}
        )

    sides = "; ".join(f"{side_words(side, words)} x{factor(row)}" for side, row in report["side_bias"].items())
    effective, ways = (words.decimal(report[name], digits=1) for name in ("effective_members", "effective_ways"))
    lines = [
        say("calibration.effective", n=effective, of=report["members"], ways=ways, kept=report["distinct_draws"]),
        say("calibration.set_out", turnout=span(report["turnout"]), peak=span(report["peak"]), day=report["peak_on"]),
        say("calibration.sides", parts=sides),
    ]
    for day in report["disputed"]:
        said = "; ".join(
            f"{side_words(side, words)} {figures(low, high, words)}" for side, (low, high) in day["said"].items()
        )
        lines.append(say("calibration.disputed", day=day["date"], span=span(day), said=said))
    dates = list(report["persons"])
    shown = dict.fromkeys([*dates[::7], dates[-1]])
    lines.append(say("calibration.walking", parts="; ".join(f"{day} {span(report['persons'][day])}" for day in shown)))
    if report["reports_inside90"] is not None:
        inside = f"{report['reports_inside90']:.0%}"
        lines.append(say("calibration.inside", share=inside, n=len(report["reports"])))
    identified = [name for name, row in report["parameters"].items() if row["identified"]]
    names = ", ".join(identified) or say("calibration.none")
    return [*lines, say("calibration.identified", names=names, n=len(report["not_identified"]))]


def _reported_flow(series: Floats, rng: np.random.Generator) -> Floats:
    """What would be told of people detained or treated on a day."""
    noise = FLOW_NOISE * rng.standard_t(TAIL, (REPLICATES, series.size))
    return np.asarray(np.maximum((series + FEW) * np.exp(np.clip(noise, -3.0, 3.0)) - FEW, 0.0).ravel())


def _levels(values: NDArray[Any]) -> dict[str, float]:
    cut = np.quantile(np.asarray(values, float), LEVELS)
    return {f"q{round(100 * level):02d}": float(f"{value:.4g}") for level, value in zip(LEVELS, cut, strict=True)}


def _checks(record: CaravanReports, posterior: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Posterior predictive check of each figure: the band of what its side would have said."""
    rng = np.random.default_rng(29)
    days = np.asarray(posterior["persons"]).shape[1]
    out = []
    for count in (*record.counts, *record.others):
        report = count.report
        day = report.day - 1
        if not 0 <= day < days or (report.low is None and report.high is None):
            continue
        series = np.asarray(posterior[report.of], float)[:, day]
        if report.cards:
            predicted = series
        elif report.is_flow:
            predicted = _reported_flow(series, rng)
        else:
            noise = posterior["report_noise"] * rng.standard_t(TAIL, (REPLICATES, series.size))
            bias = np.broadcast_to(posterior[f"bias_{report.side}"], noise.shape)
            if report.side == "press":
                copied = rng.random(noise.shape) < posterior["copy_share"]
                bias = np.where(copied, posterior["bias_organisers"], bias)
            predicted = (series * bias * np.exp(np.clip(noise, -3.0, 3.0))).ravel()
        low, middle, high = np.quantile(predicted, LEVELS)
        inside = (report.high is None or low <= report.high) and (report.low is None or report.low <= high)
        out.append(
            {
                "id": count.id,
                "date": count.date.isoformat(),
                "what": report.side if report.of == "persons" else report.of,
                "reported_low": report.low,
                "reported_high": report.high,
                "q05": round(float(low)),
                "q50": round(float(middle)),
                "q95": round(float(high)),
                "inside90": bool(inside),
            }
        )
    return out
