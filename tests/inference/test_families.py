"""Options of backtests: a family takes them, or refuses them in one line."""

from __future__ import annotations

import pytest

from caravana.errors import UsageError
from caravana.inference.families import ANY_MODEL, BACKTESTS, read_settings


def test_a_family_refuses_the_options_that_it_does_not_take() -> None:
    with pytest.raises(UsageError, match="'places' does not take the option set"):
        ANY_MODEL.refuse({"members": 32, "settings": {"total": "given"}}, family="places")
    ANY_MODEL.refuse({"members": 32, "settings": {}}, family="places")


def test_what_can_be_set_of_a_caravans_forecasts_is_named() -> None:
    assert read_settings({"draws": "60", "memory": "0.9"}) == {"draws": 60, "memory": 0.9}
    with pytest.raises(UsageError, match="total: of a caravan's forecasts can be set: draws, particles, memory"):
        read_settings({"total": "given"})
    with pytest.raises(UsageError, match="draws=many: expected a number"):
        read_settings({"draws": "many"})


def test_options_left_out_are_refused_by_none() -> None:
    for family, test in BACKTESTS.items():
        test.refuse({"members": None, "settings": {}}, family=family)


@pytest.mark.parametrize("family", BACKTESTS)
def test_families_of_ours_take_both(family: str) -> None:
    BACKTESTS[family].refuse({"members": 32, "settings": {"total": "given"}}, family=family)
