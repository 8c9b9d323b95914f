"""What drives the outcomes, as one HTML file that opens offline: a panel an outcome, and a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from caravana.atomic import write_whole
from caravana.language.language import load_language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from caravana.language.language import Code, Language
    from caravana.run import Run
    from caravana.studies.sensitivity import Drivers, Effect

SHOWN = 8
"""Inputs in a panel."""
LEFT, WIDTH, ROW, TOP = 170, 300, 24, 8
"""Pixels: room for names, for an index of 1, between inputs, above the first."""
CLEAR = 0.1
"""Rank correlation from which on an outcome is said to rise or fall with an input."""
TICKS = ((0.0, 0), (0.25, 2), (0.5, 1), (1.0, 0))
"""Indices on the axis, and the digits they are written with."""
DATED = ("position", "headcount")


@dataclass(frozen=True, slots=True)
class Mark:
    """One input in a panel: where its dot and bar are, pixels."""

    name: str
    meaning: str
    y: int
    dot: float
    low: float
    high: float
    told: bool
    words: str


def write_sensitivity(
    run: Run, found: Sequence[Drivers], *, on: dt.date, path: Path | None = None, language: Code = "en"
) -> Path:
    """Write the page.

    Parameters
    ----------
    run
        The run that was asked.
    found
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
    words = load_language(language)
    environment = Environment(
        loader=PackageLoader("caravana.reporting"), autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    scenario = run.scenario
    page = environment.get_template("sensitivity.html.j2").render(
        lang=words, t=words.text, title=words.choose(scenario.title, scenario.title_es),
        members=words.number(len(run.member_ids)), panels=[_panel(run, d, words, on) for d in found],
        footer=words.text(
            "footer.line", version=run.manifest["caravana"], run=Path(run.path).name, scenario=scenario.name,
            hash=run.manifest["plan"]["scenario_hash"][:12],
        ),
    )  # fmt: skip
    return write_whole(Path(run.path) / "sensitivity.html" if path is None else path, page.encode("utf-8"))


def _at(share: float) -> float:
    return round(LEFT + WIDTH * min(1.0, max(0.0, share)), 1)


def way(effect: Effect, language: Language) -> str:
    """Say which way an outcome goes with an input, and what the input may be mistaken for."""
    key = "turns" if abs(effect.direction) < CLEAR else "rises" if effect.direction > 0 else "falls"
    told = language.text(f"sensitivity.page.{key}")
    if effect.or_else:
        told += "; " + language.text("sensitivity.page.or_else", names=language.listed(effect.or_else))
    return told


def _panel(run: Run, drivers: Drivers, words: Language, on: dt.date) -> dict[str, Any]:
    meanings = {p.name: words.choose(p.description, p.description_es) for p in run.scenario.parameters}
    shown = [e for e in drivers.effects if e.told] or list(drivers.effects[:3])
    marks = [
        Mark(e.name, meanings.get(e.name, ""), TOP + ROW * i + ROW // 2, _at(e.index), _at(e.low), _at(e.high), e.told,
             way(e, words) if e.told else "")
        for i, e in enumerate(shown[:SHOWN])
    ]  # fmt: skip
    name = words.texts.get(f"sensitivity.outcome.{drivers.key}", drivers.key)
    dated = f" ({words.text('sensitivity.page.on', day=words.day(on))})" if drivers.key in DATED else ""
    share = words.text(
        "sensitivity.page.explained", share=f"{words.number(100 * drivers.explained)} %",
        members=words.number(drivers.members),
    )  # fmt: skip
    return {
        "name": name + dated,
        "none": not any(e.told for e in drivers.effects),
        "note": " ".join([share, *([words.text("sensitivity.page.by_rank")] if drivers.by_rank else [])]),
        "marks": marks, "height": TOP + ROW * len(marks) + 24, "base": TOP + ROW * len(marks),
        "floor": _at(drivers.floor), "ticks": [(_at(x), words.number(x, digits=digits)) for x, digits in TICKS],
        "left": LEFT, "right": LEFT + WIDTH,
        "rows": [
            (m.name, m.meaning, words.number(e.index, digits=2),
             f"{words.number(e.low, digits=2)}\u2013{words.number(e.high, digits=2)}", m.words)
            for m, e in zip(marks, shown, strict=False)
        ],
    }  # fmt: skip
