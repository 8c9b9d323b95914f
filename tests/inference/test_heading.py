"""Whether a caravan is on its way back, from the order of its nights."""

import pytest

from caravana.inference.heading import LIKELY, chance_of_way_back


def test_who_goes_on_or_rests_or_is_silent_is_not_on_its_way_back():
    assert chance_of_way_back({1: 20.0, 2: 45.0, 3: 45.0, 4: 45.0, 40: 60.0, 41: 80.0}, until=90) == {}


def test_one_night_behind_is_doubted_and_a_second_leaves_little_doubt():
    nights = {1: 20.0, 2: 45.0, 3: 70.0, 4: 45.0, 5: 20.0}
    chances = chance_of_way_back(nights, until=6)
    assert set(chances) == {5, 6}
    assert 0.2 < chances[5] < LIKELY
    assert chances[6] > 0.9


def test_a_night_further_on_takes_it_back():
    chances = chance_of_way_back({1: 20.0, 2: 45.0, 3: 26.0, 4: 60.0}, until=5)
    assert set(chances) == {4}


def test_a_few_km_behind_are_no_way_back_and_later_nights_do_not_matter_to_earlier_days():
    assert chance_of_way_back({1: 20.0, 2: 45.0, 3: 40.0}, until=4) == {}
    early = chance_of_way_back({1: 20.0, 2: 70.0, 3: 45.0}, until=4)
    assert early[4] == pytest.approx(chance_of_way_back({1: 20.0, 2: 70.0, 3: 45.0, 4: 20.0}, until=5)[4])
