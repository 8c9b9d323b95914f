"""What a model card states of a caravan alone: its road, and how wide its bands are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.reporting.model_card import inputs
from caravana.reporting.model_card.standing import coverage_section, limits_section, unseen_words, width_words
from caravana.reporting.sections import Section
from caravana.results.caravan import route_of

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.model_card.facts import Facts


def purpose(facts: Facts, words: Language) -> Section:
    """What the run is for."""
    results = facts.results
    route = route_of(results.scenario, results.scenario.caravans[0].id)
    about = inputs.title_and_days(results, words)
    places, length = words.number(len(route.ids)), words.number(float(route.km[-1]))
    return Section(
        "purpose", words.text("card.purpose.head"),
        (words.text("card.purpose.caravan", **about, places=places, km=length), inputs.members_words(results, words)),
    )  # fmt: skip


def data(facts: Facts, words: Language) -> Section:
    """What was observed, by side and date."""
    return inputs.data_section(facts, words, drawn=inputs.drawn_words(facts.results, words))


def assumptions(facts: Facts, words: Language) -> Section:
    """What rests on assumptions and on contested claims."""
    return inputs.assumptions_section(facts, words)


def coverage(facts: Facts, words: Language) -> Section:
    """How positions and headcounts stand against the bands."""
    return coverage_section(facts, words, after=width_words(facts, words))


def limits(facts: Facts, words: Language) -> Section:
    """What the run cannot say."""
    return limits_section(facts, words, record=unseen_words(facts, words))
