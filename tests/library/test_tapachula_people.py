"""Kinds of party in `tapachula-2021`: their shares of parties give the reported shares of persons."""

from fractions import Fraction

import pytest

from caravana.scenario.model import PERSON_KINDS

PARTIES = {
    "lone-man": 759,
    "lone-woman": 95,
    "lone-minor": 30,
    "lone-pregnant": 10,
    "older-or-disabled": 26,
    "expecting-couple": 30,
    "mother-and-child": 120,
    "family-of-four": 165,
}
"""Parties among 2,000 persons, from which the shares in the file are rounded to six digits."""


def shares_of_persons(weights):
    persons = [sum(share * kind.composition[i] for kind, share in weights) for i in range(len(PERSON_KINDS))]
    return {name: part / sum(persons) for name, part in zip(PERSON_KINDS, persons, strict=True)}


def test_the_sum_behind_the_shares(scenario):
    """600 children, 40 pregnant, 380 other women, 26 older or disabled and 954 men make 2,000."""
    kinds = {kind.id: kind for kind in scenario.kinds}
    assert list(kinds) == list(PARTIES)
    exact = shares_of_persons([(kinds[name], Fraction(count)) for name, count in PARTIES.items()])
    assert exact == {
        "men": Fraction(954, 2000),
        "women": Fraction(380, 2000),
        "pregnant": Fraction(40, 2000),
        "children": Fraction(600, 2000),
        "older": Fraction(26, 2000),
    }
    total = sum(PARTIES.values())
    for name, count in PARTIES.items():
        assert kinds[name].share == pytest.approx(count / total, abs=2e-6)


def test_shares_of_persons_are_those_reported(scenario):
    share = shares_of_persons([(kind, kind.share) for kind in scenario.kinds])
    assert sum(kind.share for kind in scenario.kinds) == pytest.approx(1, abs=1e-9)
    assert share["children"] == pytest.approx(0.30, abs=1e-4)  # reported .17 to .36, best .30
    assert share["pregnant"] == pytest.approx(0.02, abs=1e-4)
    assert share["women"] + share["pregnant"] == pytest.approx(0.21, abs=1e-4)  # register of 2018: 1,500 of 7,125
    assert 0.003 <= share["older"] <= 0.02  # 12 wheelchairs in about 4,000, the rest assumed


def test_every_kind_of_person_has_a_kind_of_party_alone(scenario):
    alone = {kind.composition for kind in scenario.kinds if sum(kind.composition) == 1}
    assert len(alone) == len(PERSON_KINDS)


def test_labels_in_both_languages(scenario):
    for kind in scenario.kinds:
        assert kind.label
        assert kind.label_es
        assert kind.label != kind.label_es


def test_shares_agree_with_the_record(scenario, record):
    share = shares_of_persons([(kind, kind.share) for kind in scenario.kinds])
    rows = {row["name"]: row for row in record("parameters.csv") + record("other-caravans/parameters.csv")}
    assert share["children"] == pytest.approx(float(rows["share_minors"]["best"]), abs=1e-3)
    assert share["pregnant"] == pytest.approx(float(rows["share_pregnant"]["best"]), abs=1e-3)
    women = float(rows["share_women_2018_register"]["best"])
    assert share["women"] + share["pregnant"] == pytest.approx(women, abs=1e-3)
