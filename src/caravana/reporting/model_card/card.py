"""The model card of a run: what it is for, what it rests on, how it stood, what it must not be used for.

Every statement carries a number of this run.  The card is made once, as sections of paragraphs,
items and tables, and written as Markdown; the report shows the same sections as HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from caravana.atomic import write_whole
from caravana.language.language import load_language
from caravana.reporting.model_card import caravan, displacement, places
from caravana.reporting.model_card.facts import read_facts
from caravana.reporting.model_card.learned import learned
from caravana.reporting.model_card.parameters import parameters
from caravana.reporting.model_card.standing import coverage_section, misuse, skill
from caravana.results.by_unit.run import in_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caravana.language.language import Code, Language
    from caravana.reporting.model_card.facts import Facts
    from caravana.reporting.sections import Section
    from caravana.run import Run

    MakeSection = Callable[[Facts, Language], Section | None]

CARD_FILE = "model_card.md"


@dataclass(frozen=True, slots=True)
class Card:
    """A model card."""

    title: str
    line: str
    sections: tuple[Section, ...]


CARD: Mapping[str, tuple[MakeSection, ...]] = {
    "caravan": (
        caravan.purpose, caravan.data, learned, caravan.assumptions, skill, caravan.coverage, caravan.limits, misuse,
    ),
    "displacement": (
        displacement.purpose, displacement.data, learned, displacement.assumptions, parameters, skill,
        displacement.coverage, displacement.limits, misuse,
    ),
}  # fmt: skip
"""The sections of a card, in order, by the family of the run's model."""
ANY_MODEL: tuple[MakeSection, ...] = (
    places.purpose, caravan.data, learned, caravan.assumptions, skill, coverage_section, places.limits, misuse,
)  # fmt: skip
"""The sections of the card of any other family."""


def make_card(run: Run, *, language: Code = "en") -> Card:
    """Return the model card of a run.

    Parameters
    ----------
    run
        An opened run, of any model, with or without observations.
    language
        ``en`` or ``es``.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown.
    """
    words = load_language(language)
    return card_of(read_facts(run), words)


def card_of(facts: Facts, words: Language) -> Card:
    """The model card of a run that has been asked for its facts."""
    results = facts.results
    scenario, plan = results.scenario, results.plan
    sections = (make(facts, words) for make in CARD.get(facts.family, ANY_MODEL))
    return Card(
        title=words.text("card.head.title", title=words.choose(scenario.title, scenario.title_es)),
        line=words.text(
            "card.head.line", run=Path(results.folder).name, scenario=scenario.name, hash=plan["scenario_hash"][:12],
            rules=scenario.rules, seed=plan["seed"], version=results.version,
        ),
        sections=tuple(section for section in sections if section is not None),
    )  # fmt: skip


def write_model_card(run: Run, *, path: Path | None = None, language: Code = "en") -> Path:
    """Write the model card of a run as Markdown: whole or not at all.

    Parameters
    ----------
    run
        An opened run.
    path
        Where to write it; ``model_card.md`` in the run folder by default.
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
    run = in_units(run)
    environment = Environment(
        loader=PackageLoader("caravana.reporting"), autoescape=False,  # noqa: S701 - Markdown; values are escaped by `md`
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["md"] = _markdown
    page = environment.get_template("model_card.md.j2").render(card=make_card(run, language=language))
    return write_whole(Path(run.path) / CARD_FILE if path is None else path, page.encode("utf-8"))


def _markdown(text: str) -> str:
    """Keep a text on its line and out of Markdown's and HTML's way."""
    flat = " ".join(str(text).split())
    return flat.replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")
