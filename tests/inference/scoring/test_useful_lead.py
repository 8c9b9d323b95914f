"""Useful lead: the days ahead up to which a forecast beats the best naive rule, at every horizon before."""

from __future__ import annotations

import pandas as pd
import pytest

from caravana.inference.scoring.useful_lead import useful_lead


def cases(*rows: tuple[str, int, float, float]) -> pd.DataFrame:
    """Rows of quantity, horizon, score and the naive rule's score."""
    return pd.DataFrame(rows, columns=["quantity", "horizon", "score", "naive"])


def test_ends_before_the_first_horizon_that_loses() -> None:
    table = cases(("km", 14, 1.0, 9.0), ("km", 1, 1.0, 2.0), ("km", 3, 1.9, 2.0), ("km", 7, 2.0, 2.0))
    assert useful_lead(table) == {"km": 3}


def test_is_none_where_the_nearest_day_loses() -> None:
    assert useful_lead(cases(("km", 1, 2.0, 1.0), ("km", 3, 1.0, 2.0))) == {"km": 0}


def test_means_over_cases_decide_and_quantities_are_apart() -> None:
    table = cases(("a", 1, 3.0, 1.0), ("a", 1, 1.0, 5.0), ("b", 1, 3.0, 1.0), ("b", 1, 1.0, 1.5))
    assert useful_lead(table) == {"a": 1, "b": 0}


def test_rows_weigh_what_they_are_worth() -> None:
    table = cases(("a", 7, 3.0, 1.0), ("a", 7, 1.0, 1.5))
    assert useful_lead(table.assign(weight=[1.0, 10.0])) == {"a": 7}
    assert useful_lead(table.assign(weight=[1.0, 2.0])) == {"a": 0}


def test_a_rule_that_is_right_to_rounding_is_not_beaten() -> None:
    assert useful_lead(cases(("a", 1, 0.0, 1e-15))) == {"a": 0}


def test_scores_that_are_none_are_passed_over() -> None:
    assert useful_lead(cases(("a", 1, 1.0, 2.0), ("a", 3, float("nan"), 2.0), ("b", 1, float("inf"), 2.0))) == {
        "a": 1,
        "b": 0,
    }


def test_refuses_a_table_without_a_column_and_a_horizon_of_none() -> None:
    with pytest.raises(ValueError, match="no naive"):
        useful_lead(cases(("a", 1, 1.0, 2.0)).drop(columns="naive"))
    with pytest.raises(ValueError, match="horizon of 0 days"):
        useful_lead(cases(("a", 0, 1.0, 2.0)))
