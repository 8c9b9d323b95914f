"""Contested claims weighed, in words and as a page with a figure: one HTML file, English or Spanish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.evidence.taken import rows_of
from caravana.evidence.weighing import ANSWERS, SLIGHT
from caravana.language.language import load_language
from caravana.language.names import speaker_words
from caravana.reporting import html, svg
from caravana.reporting.pages.comparison import STYLES
from caravana.reporting.pages.comparison_words import place_name
from caravana.results.outcomes import destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from caravana.evidence.weighing import Weighing, Weight
    from caravana.language.language import Language

LEFT, PANEL, GAP, STEP, TOP = 300, 160, 24, 30, 66
LABEL_LETTERS = 44


def answer_label(weighing: Weighing, key: str, words: Language) -> str:
    """Return what a headline answer is called."""
    place = place_name(weighing.scenario, destination(weighing.scenario))
    return words.text(f"whatif.answer.{key}", place=place, date=words.day(weighing.on))


def _why(weighing: Weighing, weight: Weight, taken: str, words: Language) -> str:
    rows = rows_of(weighing.scenario, weight.claim.id, taken)
    return next((words.choose(r.why, r.why_es) for r in rows if r.why or r.why_es), taken)


def sentence(weighing: Weighing, weight: Weight, words: Language) -> str:
    """Return in one sentence what a claim does to the answers."""
    key = weight.strongest
    if weight.how == "none":
        return words.text("whatif.weigh.none")
    if weight.how == "too_few":
        return words.text("whatif.weigh.too_few", true=weight.members[0], false=weight.members[1])
    if key is None or weight.strength < SLIGHT:
        return words.text("whatif.weigh.slight")
    shift = weight.shifts[key]
    shown: dict[str, Any] = {
        "answer": answer_label(weighing, key, words), "true": words.rounded(shift.true),
        "false": words.rounded(shift.false), "true_why": _why(weighing, weight, "true", words),
    }  # fmt: skip
    if weight.how == "picked":
        return words.text("whatif.weigh.picked", n=weight.members[0], of=weight.members[1], **shown)
    higher = shift.true >= shift.false
    share = shift.share_higher if higher else 1 - shift.share_higher
    return words.text(
        "whatif.weigh.runs", false_why=_why(weighing, weight, "false", words),
        word=words.text("whatif.weigh.higher" if higher else "whatif.weigh.lower"), chance=words.chance(share), **shown,
    )  # fmt: skip


def _groups(weights: Sequence[Weight]) -> list[list[Weight]]:
    """Return claims that say the same together: one row of the figure each."""
    groups: dict[tuple[float, ...], list[Weight]] = {}
    for w in weights:
        if w.shifts:
            key = tuple(x for s in w.shifts.values() for x in (s.true, s.false))
            groups.setdefault(tuple(0.0 if np.isnan(x) else x for x in key), []).append(w)
    return list(groups.values())


def _panel(weighing: Weighing, key: str, groups: Sequence[Sequence[Weight]], x0: float, words: Language) -> list[str]:
    """Return one answer's panel: its name, the open range as a band, and both readings of each claim."""
    values = weighing.open[key]
    low, high = (float(values.quantile(q)) for q in (0.05, 0.95))
    shifts = [g[0].shifts.get(key) for g in groups]
    ends = [x for s in shifts if s is not None for x in (s.true, s.false) if not np.isnan(x)]
    start, stop = min([low, *ends]), max([high, *ends])
    span = (stop - start) or 1.0

    def at(value: float) -> float:
        return x0 + (value - start) / span * PANEL

    lines = _wrapped(answer_label(weighing, key, words))
    parts: list[str] = [svg.words(line, x0, 13 + 15 * n, class_="soft") for n, line in enumerate(lines)]
    ticks = f"{words.rounded(low)} \u2026 {words.rounded(high)}"
    parts += [
        svg.words(ticks, x0, TOP - 6, class_="soft"),
        svg.bar(at(low), at(high), TOP, thick=STEP * len(groups), class_="open-band"),
    ]
    for i, shift in enumerate(shifts):
        if shift is None or np.isnan(shift.true) or np.isnan(shift.false):
            continue
        y, a, b = TOP + i * STEP + STEP / 2, at(shift.false), at(shift.true)
        parts += [svg.across(a, b, y, class_="join"), svg.dot(a, y, class_="false"), svg.dot(b, y, class_="true")]
    return parts


def figure(weighing: Weighing, words: Language) -> Markup:
    """Return the figure: a row a claim, a panel an answer, both readings on the open answer's range."""
    groups = _groups(weighing.weights)
    parts: list[str] = []
    for i, group in enumerate(groups):
        text = f"{', '.join(w.claim.id for w in group)}: {speaker_words(group[0].claim.speaker_role, words)}"
        short = text if len(text) <= LABEL_LETTERS else text[: LABEL_LETTERS - 1] + "\u2026"
        said = words.choose(group[0].claim.claim, group[0].claim.claim_es)
        parts.append(svg.words(short, 0, TOP + i * STEP + STEP / 2 + 5, title=said))
    for j, key in enumerate(ANSWERS):
        parts += _panel(weighing, key, groups, LEFT + j * (PANEL + GAP), words)
    wide, high = LEFT + len(ANSWERS) * (PANEL + GAP), TOP + STEP * len(groups) + 6
    return svg.picture(parts, wide=wide, high=high, label=words.text("whatif.weigh.title"))


def _wrapped(text: str, letters: int = 25, lines: int = 3) -> list[str]:
    """Return a label in short lines."""
    out = [""]
    for word in text.split():
        if out[-1] and len(out[-1]) + 1 + len(word) > letters and len(out) < lines:
            out.append("")
        out[-1] = f"{out[-1]} {word}".strip()
    return out


def rows(weighing: Weighing, words: Language) -> list[dict[str, str]]:
    """Return every contested claim, strongest first: who said what and when, and what it does."""
    out = []
    for w in weighing.weights:
        claim = w.claim
        said = f", {words.day(claim.date_said)}" if claim.date_said else ""
        out.append({
            "id": claim.id, "claim": words.choose(claim.claim, claim.claim_es),
            "said": f"{speaker_words(claim.speaker_role, words)}{said}",
            "by": words.listed(claim.disputed_by), "does": sentence(weighing, w, words), "how": w.how,
        })  # fmt: skip
    return out


def render(weighing: Weighing, *, version: str, language: str = "en") -> str:
    """Return the page of a weighing.

    Parameters
    ----------
    weighing
        The claims, weighed.
    version
        Of caravana, for the page's foot.
    language
        ``en`` or ``es``.
    """
    words = load_language(language)
    lines = rows(weighing, words)
    return html.environment().get_template("claims.html.j2").render(
        t=words.text, lang=words, version=version, css=html.style(STYLES), figure=figure(weighing, words),
        meta=words.text(
            "whatif.weigh.meta", members=words.number(weighing.members), seed=weighing.seed, version=version,
            scenario=weighing.scenario.name,
        ),
        moving=[r for r in lines if r["how"] != "none"], still=[r for r in lines if r["how"] == "none"],
    )  # fmt: skip
