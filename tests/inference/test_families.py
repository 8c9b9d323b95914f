"""Options of backtests: a family takes them, or refuses them in one line."""

from __future__ import annotations

import pytest

from caravana.errors import UsageError
from caravana.inference.families import ANY_MODEL, BACKTESTS


def test_a_family_refuses_the_options_that_it_does_not_take() -> None:
    given = {"members": 32, "settings": {"total": "given"}}
    with pytest.raises(UsageError, match="'caravan' does not take --members or --set"):
        BACKTESTS["caravan"].refuse(given, family="caravan")
    with pytest.raises(UsageError, match="'places' does not take --members"):
        ANY_MODEL.refuse({"members": 32, "settings": {}}, family="places")


def test_options_left_out_are_refused_by_none() -> None:
    for family, test in BACKTESTS.items():
        test.refuse({"members": None, "settings": {}}, family=family)


def test_displacement_takes_both() -> None:
    BACKTESTS["displacement"].refuse({"members": 32, "settings": {"total": "given"}}, family="displacement")
