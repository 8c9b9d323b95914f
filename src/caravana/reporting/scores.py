"""Scores of a run as lines of text, by the family that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.language.names import rule_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language


def score_lines(scores: Mapping[str, Any], words: Language) -> list[str]:
    """Return the scores of a run as lines in a language.

    Parameters
    ----------
    scores
        What :func:`caravana.inference.run_scores.score_run` gives.
    words
        Of the language.
    """
    return next((lines for name, lines in LINES.items() if name in scores), place_lines)(scores, words)


def displacement_lines(scores: Mapping[str, Any], words: Language) -> list[str]:
    """Return the scores of a displacement run as lines: each with its 90% interval over members."""
    say = words.text
    if scores["err"] is None:
        key = "no_day" if scores["camps"] else "no_camps"
        return [say(f"scored.{key}"), *area_lines(scores["areas"], words)]
    lines = [say("scored.from", first=scores["scored_from"], n=scores["days"])]
    for name in ("err", "resc", "mase7", "mase30", "within_factor_2"):
        one = scores[name]
        ends = {end: words.decimal(one[end], digits=3) for end in ("mean", "low", "high") if one["mean"] is not None}
        lines.append(f"{name}: {say('scored.range', **ends) if ends else say('scored.undefined')}")
    number, share = scores["counts_scored"], scores["coverage_90"]
    covered = say("scored.none")
    if share is not None:
        covered = say("scored.dated", share=f"{share:.0%}", held=f"{share * number:.0f}", n=number)
    lines.append(say("scored.counts_within", covered=covered))
    lines.append(say("scored.days_within", share=f"{scores['coverage_90_days']:.0%}"))
    lines += [
        say("scored.middle", name=name, value=words.decimal(one, digits=3)) for name, one in scores["middle"].items()
    ]
    for name, one in scores["baselines"].items():
        lines += _baseline_lines(name, one, words)
    return lines + area_lines(scores["areas"], words)


def _baseline_lines(name: str, one: Mapping[str, Any], words: Language) -> list[str]:
    """The error of a naive rule, and over which days."""
    say, rule = words.text, rule_words(name, words).replace("_", " ")
    value = say("scored.undefined") if one["err"] is None else words.decimal(one["err"], digits=3)
    if one.get("run"):
        there = ", ".join(f"{key} {words.decimal(one['run'][key]['mean'], digits=3)}" for key in ("err", "resc"))
        value += " " + say("scored.rule_from", day=one["first_day"], there=there)
    lines = [say("scored.rule_err", rule=rule, value=value)]
    if "whole" in one:
        lines.append(say("scored.rule_whole", rule=rule, value=words.decimal(one["whole"], digits=3)))
    return lines


def area_lines(areas: Sequence[Mapping[str, Any]], words: Language) -> list[str]:
    """Return the scores by area as lines; admin units only where there are several."""
    units = [one for one in areas if one["of"] == "camps"]
    lines = []
    for one in areas:
        if one["of"] == "camps" and len(units) < 2:
            continue
        what = words.text("scored.camps" if one["of"] == "camps" else "scored.assessments", n=one["counts"])
        held = "" if one["coverage_90"] is None else words.text("scored.area_within", share=f"{one['coverage_90']:.0%}")
        area, value = one["area"] or words.text("scored.all_places"), words.decimal(one["err"], digits=3)
        lines.append(words.text("scored.area", area=area, what=what, value=value) + held)
    return lines


def caravan_lines(scores: Mapping[str, Any], words: Language) -> list[str]:
    """Return the coverage of a caravan's run as lines."""
    cover, lines = scores["coverage"], []
    for name in ("position", "headcount"):
        share, number = cover[name], cover[f"{name}_of"]
        covered = words.text("scored.no_observation")
        if share is not None:
            covered = words.text("scored.within", held=f"{share * number:.0f}", n=number)
        lines.append(f"{words.text(f'scored.{name}')}: {covered}")
    return lines


def place_lines(scores: Mapping[str, Any], words: Language) -> list[str]:
    """Return the scores of counts at places, of a run of any other model, as lines."""
    say = words.text
    if scores["crps"] is None:
        return [say("scored.no_places")]
    lines = [
        say("scored.crps", value=words.number(scores["crps"], digits=1), n=scores["counts_scored"]),
        f"err: {words.decimal(scores['err'], digits=3)}",
        say("scored.counts_within", covered=f"{scores['coverage_90']:.0%}"),
    ]
    for name, one in scores["baselines"].items():
        own, run = (
            {"crps": words.number(each["crps"], digits=1), "err": words.decimal(each["err"], digits=3)}
            for each in (one, one["run"])
        )
        there = say("scored.place_there", n=one["counts"], **run)
        rule = rule_words(name, words).replace("_", " ")
        lines.append(f"{rule}: crps {own['crps']}, err {own['err']} ({there})")
    return lines


LINES = {"coverage": caravan_lines, "resc": displacement_lines}
"""How scores are printed, by a score that only their family has; any other by :func:`place_lines`."""
