"""What a model card states of a run of any model: how many places and people there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.reporting.model_card import inputs
from caravana.reporting.model_card.standing import limits_section, unseen_words
from caravana.reporting.sections import Section

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.model_card.facts import Facts


def purpose(facts: Facts, words: Language) -> Section:
    """What the run is for."""
    results = facts.results
    about = inputs.title_and_days(results, words)
    first = words.text("card.purpose.places", **about, places=words.number(len(results.scenario.places)))
    return Section("purpose", words.text("card.purpose.head"), (first, inputs.members_words(results, words)))


def limits(facts: Facts, words: Language) -> Section:
    """What the run cannot say."""
    return limits_section(facts, words, record=unseen_words(facts, words))
