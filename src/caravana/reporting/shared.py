"""Sections that the report of any family of models has: the model card, and how to read the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.reporting import html
from caravana.reporting.model_card.card import card_of
from caravana.reporting.model_card.learned import learned as learned_of
from caravana.reporting.sections import Section

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.answers import Answers


def learned(answers: ReportAnswers[Answers], language: Language) -> Section | None:
    """What a calibration learned; None for a run from the priors."""
    return learned_of(answers.facts, language)


def card(answers: ReportAnswers[Answers], language: Language) -> Section:
    """The model card, folded away."""
    return Section(
        "card", language.text("card.head.report_head"), (language.text("card.head.report_lead"),), prose=True,
        figure=html.fragment("card", language, card=card_of(answers.facts, language)),
    )  # fmt: skip


def read(answers: ReportAnswers[Answers], language: Language) -> Section:  # noqa: ARG001 - a section like any other
    """How to read the page."""
    lines = tuple(language.text(f"read.{name}") for name in ("runs", "limits", "keys"))
    return Section("read", language.text("read.head"), lines, prose=True)
