"""What the displacement report's charts draw: fans over time against the UN's counts, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.displacement.tested import dated_counts
from caravana.reporting.charts import SHAPES, fan, plain, readouts
from caravana.results.displacement import people_levels
from caravana.results.members import quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.reporting.displacement.skill import Skill
    from caravana.results.displacement import Counts, Displaced

    Floats = NDArray[np.float64]

UN_SHAPES = {"un": SHAPES["agency"]}
FITS = 1.6
"""A line (capacity, registered total) up to so many times the rest of a picture is drawn in it."""
RULE_STYLES = ("rule-a", "rule-b", "rule-c", "rule-d")
"""Line styles of the rules of thumb, told apart by their dashes."""


def _top(levels: Floats, others: Sequence[Floats], guide: float) -> float:
    most = max([1.0, float(np.nanmax(levels))] + [float(x.max()) for x in others if x.size])
    return max(most, guide if guide <= FITS * most else 0.0) * 1.05


def un_total(displaced: Displaced) -> tuple[Floats, Floats] | None:
    """Low and high of the UN's counts added up over camps, by day; None where there are none."""
    if not displaced.counted:
        return None
    ranges = [displaced.counts[displaced.camps[k]].by_day(displaced.days) for k in displaced.counted]
    low, high = (np.sum([pair[end] for pair in ranges], axis=0) for end in (0, 1))
    return low, high


def registered(displaced: Displaced) -> Floats | None:
    """The total as registered at the time, by day, where it differs from the counts of camps by more than 2%."""
    both = un_total(displaced)
    if displaced.total is None or both is None:
        return None
    low, high = displaced.total.by_day(displaced.days)
    differs = np.abs((low + high) / 2 - (both[0] + both[1]) / 2) > 0.02 * both[1]
    return (low + high) / 2 if differs.any() else None


def total_chart(displaced: Displaced, language: Language) -> dict[str, Any]:
    """People in the camps that the UN counts, and its counts added up."""
    people = displaced.in_counted_camps if displaced.counted else displaced.in_all_camps
    levels = people_levels(people)
    both, other = un_total(displaced), registered(displaced)
    lines = []
    top = _top(levels, both or (), float(other.max()) if other is not None else 0.0)
    if both is not None:
        lines.append({"class": "un-line", "values": plain(both[0])})
        if (both[1] > both[0]).any():
            lines.append({"class": "un-line", "values": plain(both[1])})
    if other is not None:
        # Where it is out of reach the line leaves the picture; an arrow says that it does, and up to where it goes.
        lines.append({
            "class": "registered-line", "values": plain(np.where(other <= top, other, np.nan)),
            "leaves": leaving(other, top),
            "words": language.text("displacement.total.leaves", n=language.rounded(float(other.max()))),
        })  # fmt: skip
    return {
        "label": language.text("displacement.total.label"), "q": fan(levels), "top": top, "lines": lines, "wide": True,
        "readout": readouts(levels, language, nothing=""),
    }  # fmt: skip


def leaving(values: Floats, top: float) -> list[int]:
    """The last days on which a line lies within a picture, before it leaves it through the top."""
    within_picture = values <= top
    return [int(day) for day in np.flatnonzero(within_picture[:-1] & ~within_picture[1:])]


def away_chart(displaced: Displaced, language: Language) -> dict[str, Any]:
    """Displaced people who are in no camp: on the road, in towns, in conflict zones."""
    levels = people_levels(displaced.everybody - displaced.in_all_camps)
    return {
        "label": language.text("displacement.total.away_label"), "q": fan(levels), "wide": True,
        "top": _top(levels, (), 0.0), "readout": readouts(levels, language, nothing=""),
    }  # fmt: skip


def count_marks(displaced: Displaced, counts: Counts, language: Language) -> list[dict[str, Any]]:
    """The UN's counts of one camp within the run, as marks; a corrected one is hollow."""
    out = []
    for day, low, high, corrected in zip(counts.days, counts.low, counts.high, counts.corrected, strict=True):
        if not 0 <= day < displaced.days:
            continue
        date = displaced.date(int(day))
        amount = language.span(low, high) if high > low else language.number(low)
        key = "mark_corrected" if corrected else "mark"
        out.append({
            "day": int(day), "side": "un", "low": round(float(low)), "high": round(float(high)),
            "open": "corrected" if corrected else "", "shift": 0,
            "words": language.text(f"displacement.camps.{key}", date=language.day_year(date), n=amount),
            "short": amount, "when": language.day_short(date),
        })  # fmt: skip
    return out


def camp_charts(displaced: Displaced, language: Language) -> dict[str, dict[str, Any]]:
    """By camp: the fan of people in it, the UN's counts, its capacity."""
    charts = {}
    for k, i in enumerate(displaced.camps):
        levels = displaced.camp_levels(k)
        marks = count_marks(displaced, displaced.counts[i], language) if i in displaced.counts else []
        capacity = float(displaced.place(k).capacity or 0)
        top = _top(levels, [np.array([m["high"] for m in marks], dtype=np.float64)], capacity)
        charts[f"camp-{k}"] = {
            "label": displaced.place(k).name.replace("_", " "), "q": fan(levels), "top": top, "observed": marks,
            "lines": [{"class": "capacity-line", "level": capacity}] if 0 < capacity <= top else [],
            "readout": readouts(levels, language, nothing=""),
        }  # fmt: skip
    return charts


def within(displaced: Displaced, camp: int) -> tuple[int, int]:
    """How many of a camp's counts meet the band of 9 in 10 runs, and of how many.

    Counts that the run was given are no test of it, and not among them.
    """
    dated = dated_counts(displaced.scenario, (displaced.place(camp).id,), days=displaced.days)
    inside = dated.inside(displaced.in_camps[camp][:, :, None].astype(np.float64))
    return int(inside.sum()), len(inside)


def error_chart(skill: Skill, language: Language) -> dict[str, Any]:
    """Differences for every 100 people counted: the mean over members and its bands, and the rules of thumb."""
    levels = quantiles(100 * skill.err)
    levels[2] = 100 * skill.err.mean(axis=0)
    drawn = [values[~np.isnan(values)] * 100 for values in skill.rules.values()]
    # A day on which next to nobody was counted has errors without measure: the scale is of the other days.
    usual = float(np.quantile(levels[-1], 0.98))
    top = max([usual, 10.0] + [float(np.quantile(x, 0.98)) for x in drawn if x.size]) * 1.08
    # What is out of reach leaves the picture; it is not drawn along its edge.
    lines = [
        {"class": f"rule {style}", "values": plain(np.where(100 * values <= top, 100 * values, np.nan), digits=1)}
        for style, values in zip(RULE_STYLES, skill.rules.values(), strict=False)
    ]
    if skill.spreads:
        middle = np.where(100 * skill.middle <= top, 100 * skill.middle, np.nan)
        lines.append({"class": "middle-of-runs", "values": plain(middle, digits=1)})
    return {
        "label": language.text("displacement.error.label"), "q": fan(levels, digits=1), "top": top, "lines": lines,
        "wide": True,
        "readout": [
            language.text("displacement.error.readout", span=language.span(levels[0, d], levels[-1, d]))
            for d in range(levels.shape[1])
        ],
    }  # fmt: skip
