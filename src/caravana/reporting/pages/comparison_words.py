"""The answer to a comparison in words that a newspaper reader understands, in English or Spanish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.evidence.ledger import contested
from caravana.language.language import EN_DASH
from caravana.language.names import speaker_words
from caravana.results.outcomes import destination

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.results.outcomes import Scope
    from caravana.scenario.model import Claim, Scenario
    from caravana.studies.compare import Comparison, Difference

MONEY_CLAIM = "money_to_smugglers"
"""Topic of the claims that the money question is about."""
WORDED_OUTCOMES = (
    "deaths", "injuries", "detentions", "in_care", "arrivals", "accepted_cards", "days_on_road", "smugglers_per_1000",
)  # fmt: skip
BEYOND_FIRST = ("call", "cards_issued")
"""Levers that act on people beyond those who set out with the first caravan: their answer is of everyone."""
CLEAR = 0.6
"""Share of runs that agree on a direction before an outcome is put into words."""


def policy_title(comparison: Comparison, words: Language) -> str:
    """Return the policies' titles, listed, as they stand within a sentence."""
    titles = [words.choose(p.title, p.title_es) for p in comparison.policies]
    return words.listed([t[:1].lower() + t[1:] for t in titles])


def place_name(scenario: Scenario, place_id: str) -> str:
    """Return a place's name, and its state where the name does not say it."""
    place = next(p for p in scenario.places if p.id == place_id)
    name = place.name.partition(" (")[0].partition(",")[0]
    return f"{name} ({place.state})" if place.state and place.state not in name else name


def parameter_words(name: str, scenario: Scenario, words: Language) -> str:
    """Return a parameter in plain words: the catalogue's, or the scenario's description in this language."""
    own = words.texts.get(f"whatif.parameter.{name}")
    described = next(
        (words.choose(p.description, p.description_es) for p in scenario.parameters if p.name == name), name
    )
    return own or _lower(described.rstrip("."))


def outcome_label(comparison: Comparison, key: str, words: Language) -> str:
    """Return what an outcome is called."""
    return outcome_words(key, comparison.scenario, words)


def outcome_words(key: str, scenario: Scenario, words: Language) -> str:
    """Return what an outcome of a scenario is called, of a changed world too."""
    if f"whatif.changed.{key}" in words.texts:
        return words.text(f"whatif.changed.{key}")
    return words.text(f"whatif.outcome.{key}", place=place_name(scenario, destination(scenario)))


def signed(value: float | None, words: Language) -> str:
    """Return a difference with its sign; a dash where too few runs leave none."""
    if value is None:
        return EN_DASH
    if abs(value) < 0.005:
        return "0"
    return ("+" if value > 0 else "\u2212") + words.rounded(abs(value))


def often(effect: Difference, words: Language) -> str:
    """Return how often an outcome is lower or higher, whichever is more often."""
    if effect.share_lower == effect.share_higher == 0:
        return words.text("whatif.page.same")
    if effect.share_lower > effect.share_higher:
        return words.text("whatif.page.lower", chance=words.chance(effect.share_lower))
    return words.text("whatif.page.higher", chance=words.chance(effect.share_higher))


def _range(difference: Mapping[str, float], words: Language) -> str:
    low, high = difference["low"], difference["high"]
    if low < 0 < high:
        form, verdict, ends = "range", "open", (-low, high)
    elif high <= 0:
        form, verdict, ends = "range_less", "less", (-high, -low)
    else:
        form, verdict, ends = "range_more", "more", (low, high)
    low_words, high_words = (words.rounded(x) for x in ends)
    said = words.text(f"whatif.caravan.{verdict}")
    return words.text(f"whatif.caravan.{form}", low=low_words, high=high_words, verdict=said)


def tells(difference: Mapping[str, float | None], *, share: float) -> bool:
    """Whether a difference can be told from chance.

    Parameters
    ----------
    difference
        Its quantiles over the pairs of runs.
    share
        Of the pairs that agree on a direction, the larger.
    """
    low, high = difference["low"], difference["high"]
    return share >= CLEAR or (low is not None and high is not None and not low <= 0 <= high)


def effect_tells(effect: Difference) -> bool:
    """Whether what a policy does to an outcome can be told from chance."""
    return tells(effect.difference, share=max(effect.share_lower, effect.share_higher))


def about_receipts(comparison: Comparison, receipts: Mapping[str, Any], words: Language) -> list[str]:
    """Return the answer to whether the caravan enriches smugglers, a few sentences."""
    first, last = words.day_year(comparison.days[0]), words.day(comparison.days[1])
    # What could be chance is in the table, and not in the sentence.
    firm = [d for d in receipts["decided_by"] if d["beyond_chance"]] or receipts["decided_by"]
    names = [parameter_words(d["parameter"], comparison.scenario, words) for d in firm]
    lower = receipts["share_lower"]
    noise = not tells(receipts["difference"], share=max(lower, 1 - lower))
    return [
        *([words.text("whatif.page.no_difference")] if noise else []),
        words.text(
            "whatif.caravan.with_", date=first, last=last,
            with_usd=words.rounded(receipts["with_caravan"]["median"]),
            without_usd=words.rounded(receipts["without_caravan"]["median"]),
        ),
        words.text("whatif.caravan.lowers", chance=words.chance(receipts["share_lower"])),
        _range(receipts["difference"], words),
        words.text("whatif.caravan.why", names="; ".join(names)),
    ]  # fmt: skip


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def main_scope(comparison: Comparison) -> Scope:
    """Return whom the answer is about: everyone where a policy reaches beyond those who set out."""
    return "everyone" if any(p.lever in BEYOND_FIRST for p in comparison.policies) else "set_out"


def about_outcomes(comparison: Comparison, words: Language) -> list[str]:
    """Return a line for each outcome on whose direction most runs agree, harm first."""
    scope = main_scope(comparison)
    lines = []
    for effect in comparison.effects(scope):
        share = max(effect.share_lower, effect.share_higher)
        if effect.outcome.key not in WORDED_OUTCOMES or share < CLEAR:
            continue
        lower = effect.share_lower > effect.share_higher
        line = words.text(
            "whatif.generic.line",
            outcome=outcome_label(comparison, effect.outcome.key, words),
            word=words.text("whatif.page.less" if lower else "whatif.page.more"),
            chance=words.chance(share),
            low=signed(effect.difference["low"], words),
            high=signed(effect.difference["high"], words),
            middle=signed(effect.difference["median"], words),
        )
        lines.append(line)
    if not lines:
        return [words.text("whatif.generic.none")]
    return [words.text(f"whatif.scope.{scope}") + ":", *lines]


def unsettled_claim(scenario: Scenario) -> Claim | None:
    """Return the claim about money that no comparison here settles: the most disputed one."""
    about = [c for c in scenario.claims if c.topic == MONEY_CLAIM and contested(c)]
    # Of the authorities' claims the last says it most plainly: that the money *really* goes there.
    return max(about, key=lambda c: (c.speaker_side == "authorities", len(c.disputed_by), c.id), default=None)


def not_settled(comparison: Comparison, words: Language) -> dict[str, Any]:
    """Return the claim that the answer leaves open, and why."""
    scenario = comparison.scenario
    claim = unsettled_claim(scenario)
    if claim is None or not any(p.lever == "no_caravan" for p in comparison.policies):
        n = sum(map(contested, scenario.claims))
        return {"claim": None, "why": words.text("whatif.generic.claim", n=n)}
    said = words.day_year(claim.date_said) if claim.date_said else ""
    roles = {c.id: c.speaker_role for c in scenario.claims}
    # A reader of newspapers knows who speaks, not which claim has which number.
    by = words.listed(dict.fromkeys(speaker_words(roles.get(x, x), words) for x in claim.disputed_by))
    speaker = speaker_words(claim.speaker_role, words)
    why = words.text("whatif.caravan.claim", id=claim.id, speaker=speaker, said=said, by=by)
    return {"claim": claim.id, "why": why}


def headline(comparison: Comparison, receipts: Mapping[str, Any], words: Language) -> dict[str, Any]:
    """Return the question, the answer and what it does not settle.

    Returns
    -------
    dict
        ``question``, ``answer`` (sentences) and ``not_settled`` (``claim`` and ``why``).
    """
    policies = policy_title(comparison, words)
    if any(p.lever == "no_caravan" for p in comparison.policies):
        question = words.text("whatif.caravan.question")
        answer = about_receipts(comparison, receipts, words)
    else:
        question = words.text("whatif.generic.question", policies=policies)
        answer = about_outcomes(comparison, words)
    return {"question": question, "answer": answer, "not_settled": not_settled(comparison, words)}
