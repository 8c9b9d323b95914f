"""Near names: the ratio of letters in one order, and what is offered."""

import itertools

import pytest

from caravana.models.scenarios import load_scenario
from caravana.operation.naming import names_of
from caravana.spelling import NEAR, likeness, likeness_of_parts, near_names


def longest_common(one, other):
    """Length of the longest common subsequence, by the table that everyone knows."""
    row = [0] * (len(other) + 1)
    for letter in one:
        before = row[:]
        for at, its in enumerate(other, 1):
            row[at] = before[at - 1] + 1 if letter == its else max(row[at - 1], before[at])
    return row[-1]


def test_likeness_is_the_share_of_letters_in_one_order():
    words = ["", "a", "tapachula", "tapachla", "huixtla", "huehuetán", "aaaa", "aaab", "x" * 70, "x" * 69 + "y", "né"]
    for one, other in itertools.product(words, repeat=2):
        together = len(one) + len(other)
        expected = 200 * longest_common(one, other) / together if together else 100
        assert likeness(one, other) == pytest.approx(expected), (one, other)
        for least in (min(100, expected + 1e-6), NEAR):
            assert likeness(one, other, least=least) == (pytest.approx(expected) if expected >= least else 0)


def test_words_that_one_name_lacks_count_little():
    assert likeness_of_parts("san pedro", "san pedro tapanatepec") == pytest.approx(90)
    assert likeness_of_parts("huixtla de la frontera", "huixtla") == pytest.approx(90)
    assert likeness_of_parts("huixtla", "huixtla") == 100
    assert likeness_of_parts("", "huixtla") == 0


def test_the_nearest_is_first_and_far_names_are_not_offered():
    known = ["walk_km", "walk_hours", "Walk-KM", "turnout"]
    assert near_names("walk_kn", known) == ["walk_km", "Walk-KM"]
    assert near_names("walk_kn", known, most=1) == ["walk_km"]
    assert near_names("xyz", known) == []
    assert near_names("w" * 201, known) == []


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("Tapanatpec", "San Pedro Tapanatepec (tapanatepec)"),
        ("huixtal", "Huixtla (huixtla)"),
        ("municipio de Huixtla", "Huixtla (huixtla)"),
    ],
)
def test_places_are_offered_for_a_slip_a_part_and_words_too_many(written, offered):
    names = names_of(load_scenario("tapachula-2021"))
    assert names.near(written)[0] == offered


def test_no_place_is_offered_for_what_is_far_from_all():
    assert names_of(load_scenario("tapachula-2021")).near("washington") == []
