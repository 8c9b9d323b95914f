"""What drives the outcomes, as one HTML file that opens offline: a panel an outcome, and a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_whole
from caravana.language.language import load_language
from caravana.language.names import outcome_name
from caravana.reporting import html, svg
from caravana.reporting.page import footer
from caravana.results.answers import read_answers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from caravana.language.language import Code, Language
    from caravana.results.answers import Answers
    from caravana.run import Run
    from caravana.scenario.model import Scenario
    from caravana.studies.sensitivity import Drivers, Index

SHOWN = 8
"""Inputs in a panel."""
LEFT, WIDTH, ROW, TOP = 170, 300, 24, 8
"""Pixels: room for names, for an index of 1, between inputs, above the first."""
CLEAR = 0.1
"""Rank correlation from which on an outcome is said to rise or fall with an input."""
TICKS = ((0.0, 0), (0.25, 2), (0.5, 1), (1.0, 0))
"""Indices on the axis, and the digits they are written with."""
DATED = ("position", "headcount")


def write_sensitivity(
    run: Run, drivers: Sequence[Drivers], *, on: dt.date, path: Path | None = None, language: Code = "en"
) -> Path:
    """Write the page.

    Parameters
    ----------
    run
        The run that was asked.
    drivers
        Its outcomes' drivers.
    on
        The day of those outcomes that are of one day.
    path
        Where to write it; ``sensitivity.html`` in the run folder by default.
    language
        ``en`` or ``es``.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown.
    caravana.errors.CaravanaError
        If the file cannot be written.
    """
    page = render_sensitivity(read_answers(run), drivers, on=on, words=load_language(language))
    return write_whole(Path(run.path) / "sensitivity.html" if path is None else path, page.encode("utf-8"))


def render_sensitivity(results: Answers, drivers: Sequence[Drivers], *, on: dt.date, words: Language) -> str:
    """The page's HTML.

    Parameters
    ----------
    results
        What the run says of itself.
    drivers, on
        As for :func:`write_sensitivity`.
    words
        Whose words to use.
    """
    scenario = results.scenario
    return html.environment().get_template("sensitivity.html.j2").render(
        lang=words, t=words.text, title=words.choose(scenario.title, scenario.title_es),
        members=words.number(len(results.members)), panels=[_panel(scenario, d, words, on) for d in drivers],
        footer=footer(results, words),
    )  # fmt: skip


def _at(share: float) -> float:
    return round(LEFT + WIDTH * min(1.0, max(0.0, share)), 1)


def way(effect: Index, language: Language) -> str:
    """Say which way an outcome goes with an input, and what the input may be mistaken for."""
    key = "turns" if abs(effect.direction) < CLEAR else "rises" if effect.direction > 0 else "falls"
    way_words = language.text(f"sensitivity.page.{key}")
    if effect.or_else:
        way_words += "; " + language.text("sensitivity.page.or_else", names=language.listed(effect.or_else))
    return way_words


def _panel(scenario: Scenario, drivers: Drivers, words: Language, on: dt.date) -> dict[str, Any]:
    """One outcome: its picture, and the same as a table."""
    shown = ([e for e in drivers.effects if e.above_floor] or list(drivers.effects[:3]))[:SHOWN]
    meanings = {p.name: words.choose(p.description, p.description_es) for p in scenario.parameters}
    name = outcome_name(drivers.key, words, places={p.id: p.name for p in scenario.places})
    dated = f" ({words.text('sensitivity.page.on', day=words.day(on))})" if drivers.key in DATED else ""
    share = words.text(
        "sensitivity.page.explained", share=f"{words.number(100 * drivers.explained)} %",
        members=words.number(drivers.members),
    )  # fmt: skip
    return {
        "name": name + dated,
        "none": not any(e.above_floor for e in drivers.effects),
        "note": " ".join([share, *([words.text("sensitivity.page.by_rank")] if drivers.by_rank else [])]),
        "picture": _picture(name + dated, shown, meanings, drivers.floor, words),
        "rows": [
            (e.name, meanings.get(e.name, ""), words.number(e.index, digits=2),
             f"{words.number(e.low, digits=2)}\u2013{words.number(e.high, digits=2)}",
             way(e, words) if e.above_floor else "")
            for e in shown
        ],
    }  # fmt: skip


def _picture(name: str, effects: Sequence[Index], meanings: Mapping[str, str], floor: float, words: Language) -> Markup:
    """A dot and a bar an input, on an axis from 0 to 1; a broken line where idle inputs come by chance."""
    base = TOP + ROW * len(effects)
    parts: list[Markup] = []
    for x, digits in TICKS:
        parts.append(svg.upright(_at(x), 4, base, class_="axis"))
        label = words.number(x, digits=digits)
        parts.append(svg.words(label, _at(x), base + 16, class_="tick", text_anchor="middle"))
    parts.append(svg.upright(_at(floor), 4, base, class_="floor"))
    for i, effect in enumerate(effects):
        y, kind = TOP + ROW * i + ROW // 2, "told" if effect.above_floor else "idle"
        mark = (
            svg.words(effect.name, LEFT - 8, y + 4, text_anchor="end"),
            svg.across(_at(effect.low), _at(effect.high), y, class_=f"bar {kind}"),
            svg.dot(_at(effect.index), y, class_=kind),
        )
        parts.append(svg.group(mark, title=meanings.get(effect.name, "")))
    said = ", ".join(f"{e.name} {words.number(e.index, digits=2)}" for e in effects)
    return svg.picture(parts, wide=LEFT + WIDTH + 30, high=base + 24, label=f"{name}: {said}")
