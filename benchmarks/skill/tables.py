"""The tables of the docs, in Markdown, from ``results.json`` alone: the hook of the docs draws them from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WANTED = {"1": 0.15, "3": 0.20, "7": 0.25, "14": 0.25}
"""Skill of positions over the best naive rule that was asked for, by horizon."""
WANTED_FIGURES = 0.05
QUANTITIES = ("position", "headcount")
BANDS = (0.85, 0.95)
WANTED_TOGETHER = 0.1
MINUS = "\u2212"
FEW = 8
BIAS_DAYS, BIAS_KM = 7, 10
CAMP_DAYS = (7, 14, 30, 60)
"""Horizons of displacement."""
WANTED_CAMPS = {
    "total_forecast": {"7": 0.75, "14": 0.70, "30": 0.55, "60": 0.45},
    "total_given": {"7": 0.75, "14": 0.65, "30": 0.55, "60": 0.50},
}
WORST_CAMP, LEAST_HELD, WANTED_WHOLE, WHOLE_HELD = 1.05, 0.75, 0.65, 0.8
CAMP_TABLES = {
    "total_forecast": "Total forecast",
    "total_given": "Total given",
    "sum_forecast": "Sum over camps",
}
ROWS = (("skill", "skill"), ("90% bands hold", "coverage90"), ("bias", "bias"), ("cases", "n"))


def caravan_table(results: Mapping[str, Any]) -> str:
    """Skill, bands, bias and cases by horizon; chances to be together and of halts."""
    lines = ["| pooled, each caravan left out | 1 day | 3 days | 7 days | 14 days |", "|---|---|---|---|---|"]
    for quantity, unit in (("position", "km"), ("headcount", "persons")):
        for what, key in ROWS:
            cells = [_cell(row, key) for row in results[quantity].values()]
            label = f"{what}, {unit}" if key == "bias" else what
            lines.append(f"| {quantity}: {label} | " + " | ".join(cells) + " |")
    cells = [f"{row['under_base']:.0%} under the base rate" for row in results["together"].values()]
    lines.append("| still together: Brier score | " + " | ".join([*cells, ""]) + " |")
    lines.append(f"| halts: Brier score | {results['halts']['under_base']:.0%} under the plain share | | | |")
    branches = results["branches"]["under_base"]
    lines.append(f"| branches of the road: Brier score | {branches:.0%} under the plain share | | | |")
    return "\n".join(lines)


def misses(results: Mapping[str, Any]) -> str:
    """What was asked for and is not met, one line each."""
    lines = [*_skill_misses(results), *_band_misses(results), *_instance_misses(results), *_chance_misses(results)]
    return "\n".join(lines) or "Nothing."


def _skill_misses(results: Mapping[str, Any]) -> list[str]:
    wanted = {"position": WANTED, "headcount": dict.fromkeys(WANTED, WANTED_FIGURES)}
    return [
        f"- Skill of {quantity}s at {horizon} days: {_figure(row['skill'])}, "
        f"{wanted[quantity][horizon]:.2f} was asked for."
        for quantity in QUANTITIES
        for horizon, row in results[quantity].items()
        if row["skill"] is None or row["skill"] < wanted[quantity][horizon]
    ]


def _band_misses(results: Mapping[str, Any]) -> list[str]:
    lines = [
        f"- Positions at {horizon} days are {_whole(row['bias'])} km off in the mean, {BIAS_KM} was asked for."
        for horizon, row in results["position"].items()
        if int(horizon) <= BIAS_DAYS and abs(row["bias"]) > BIAS_KM
    ]
    return lines + [
        f"- 90% bands of {quantity}s at {horizon} days hold {row['coverage90']:.2f}."
        for quantity in QUANTITIES
        for horizon, row in results[quantity].items()
        if not BANDS[0] <= row["coverage90"] <= BANDS[1]
    ]


def _instance_misses(results: Mapping[str, Any]) -> list[str]:
    lines = []
    for quantity in QUANTITIES:
        low = [
            f"{caravan} at {horizon} days {_figure(row['skill'])} (of {row['n']})"
            for caravan, rows in results["instances"][quantity].items()
            for horizon, row in rows.items()
            if row["n"] >= FEW and row["skill"] is not None and row["skill"] < 0.0
        ]
        if low:
            lines.append(f"- Skill of {quantity}s of one caravan with {FEW} cases or more under 0: {'; '.join(low)}.")
    return lines


def _chance_misses(results: Mapping[str, Any]) -> list[str]:
    return [
        f"- Still together at {horizon} days: {row['under_base']:.0%} under the base rate, 10% was asked for."
        for horizon, row in results["together"].items()
        if row["under_base"] < WANTED_TOGETHER
    ]


def _figure(value: float | None) -> str:
    """Three decimals, so that what is missed by little is seen to be missed; a real minus."""
    return "none" if value is None else f"{value:.3f}".replace("-", MINUS)


def _whole(value: float) -> str:
    return f"{value:.0f}".replace("-", MINUS)


def _cell(row: Mapping[str, Any], key: str) -> str:
    if not row or row[key] is None:
        return "none"
    if key == "skill" and row["low"] is not None:
        return f"{row[key]:.2f} ({row['low']:.2f} to {row['high']:.2f})".replace("-", MINUS)
    return (f"{row[key]:.2f}" if key in {"skill", "coverage90"} else f"{row[key]:.0f}").replace("-", MINUS)


def camp_tables(results: Mapping[str, Any]) -> str:
    """Displacement, by instance: ratio to the best naive rule, share of counts in the 90% band, cases; whole runs."""
    out = []
    for key, what in CAMP_TABLES.items():
        by = results["displacement"][key]
        out += [f"| {what} | " + " | ".join(f"{h} days" for h in CAMP_DAYS) + " |", "|---" * (len(CAMP_DAYS) + 1) + "|"]
        pooled = {name: row for name, row in by.items() if name != "instances"}
        for name, rows in {**by["instances"], "**all, geometric mean**": pooled}.items():
            out.append(f"| {name} | " + " | ".join(_camp_cell(rows.get(str(h))) for h in CAMP_DAYS) + " |")
        out.append("")
    out += ["| whole run | err | Flee's | ratio | 90% bands hold | of |", "|---|---|---|---|---|---|"]
    runs = results["whole_runs"]
    for name, row in runs.items():
        figures = (
            f"{row['err']:.3f} | {row['err_flee']:.3f} | {row['ratio']:.2f} | {row['coverage90']:.0%} | {row['n']}"
        )
        out.append(f"| {name} | {figures} |")
    mean = sum(row["ratio"] for row in runs.values()) / len(runs)
    return "\n".join([*out, f"| **mean** | | | {mean:.2f} | | |"])


def camp_misses(results: Mapping[str, Any]) -> str:
    """What was asked for of displacement and is not met, one line each."""
    lines = []
    for key, wanted in WANTED_CAMPS.items():
        by = results["displacement"][key]
        for horizon, most in wanted.items():
            ratio = by[horizon]["ratio"]
            if ratio is None or ratio > most:
                lines.append(f"- {CAMP_TABLES[key]}, {horizon} days: {_figure(ratio)}, {most:.2f} was asked for.")
        lines += [
            f"- {CAMP_TABLES[key]}, {horizon} days: 90% bands hold {_figure(by[horizon]['coverage90'])} of all counts."
            for horizon in wanted
            if not BANDS[0] <= by[horizon]["coverage90"] <= BANDS[1]
        ]
        worst = [
            (name, horizon, row)
            for name, rows in by["instances"].items()
            for horizon, row in rows.items()
            if row["n"] >= FEW
        ]
        lines += [
            f"- {CAMP_TABLES[key]}, {name} at {horizon} days: {_figure(row['ratio'])} of the best naive rule."
            for name, horizon, row in worst
            if row["ratio"] is not None and row["ratio"] > WORST_CAMP
        ]
        lines += [
            f"- {CAMP_TABLES[key]}, {name} at {horizon} days: 90% bands hold {row['coverage90']:.0%} of {row['n']}."
            for name, horizon, row in worst
            if row["coverage90"] < LEAST_HELD
        ]
    runs = results["whole_runs"]
    mean = sum(row["ratio"] for row in runs.values()) / len(runs)
    if mean > WANTED_WHOLE:
        lines.append(f"- Whole runs: {mean:.2f} of Flee's error, {WANTED_WHOLE:.2f} was asked for.")
    lines += [
        f"- Whole run of {name}: {row['ratio']:.2f} of Flee's error, 90% bands hold {row['coverage90']:.0%}."
        for name, row in runs.items()
        if row["ratio"] > 1.0 or row["coverage90"] < WHOLE_HELD
    ]
    return "\n".join(lines) or "Nothing."


def _camp_cell(row: Mapping[str, Any] | None) -> str:
    if not row:
        return ""
    ratio = "none" if row["ratio"] is None else f"{row['ratio']:.2f}"
    return f"{ratio} {row['coverage90']:.0%} ({row['n']})"
