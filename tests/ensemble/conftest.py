"""Ensembles of the bundled scenario over its first days, and what one member of a run is, table by table."""

from __future__ import annotations

import pandas as pd
import pytest

import caravana as cv

SCENARIO, SEED, UNTIL = "tapachula-2021", 1, "2021-10-29"
TABLES = ("people", "caravans", "flows", "payments", "reports", "parameters")


def one_member(run, member: int) -> dict[str, pd.DataFrame]:
    """Return all rows of one member, in an order of their own."""
    out = {}
    for table in TABLES:
        frame = run.query(f"SELECT * FROM {table} WHERE member = {member}")
        out[table] = frame.sort_values(list(frame.columns)).reset_index(drop=True)
    return out


def assert_same(first: dict[str, pd.DataFrame], second: dict[str, pd.DataFrame]) -> None:
    """Compare to the last bit: values are equal, not close."""
    assert len(first["people"])
    for table in TABLES:
        pd.testing.assert_frame_equal(first[table], second[table], check_exact=True, obj=table)


@pytest.fixture(scope="session")
def simulate(tmp_path_factory):
    """Simulate into a folder of its own."""

    def run(**options):
        folder = tmp_path_factory.mktemp("runs") / "run"
        return cv.simulate(
            **{"scenario": SCENARIO, "seed": SEED, "until": UNTIL, "out": folder, "workers": 1, **options}
        )

    return run


@pytest.fixture(scope="session")
def sixty_four(simulate):
    """Return a run of one block in this process."""
    return simulate(members=64)
