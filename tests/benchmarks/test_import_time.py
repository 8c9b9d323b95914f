"""What a first use does not wait for: the import reads next to nothing, and no name brings the heaviest libraries."""

import subprocess
import sys

import pytest

HEAVY = ("scipy.stats", "scipy.optimize", "matplotlib", "numba", "arviz", "geopandas", "networkx")
LOADED = "import sys, caravana as cv; {use}; print([one for one in {heavy!r} if one in sys.modules])"


def loaded(use, heavy):
    code = LOADED.format(use=use, heavy=heavy)
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_import_brings_no_library_at_all():
    assert loaded("None", ("numpy", "pandas", "pydantic", "xarray", "duckdb", *HEAVY)) == "[]"


@pytest.mark.parametrize("names", [("load_scenario", "simulate", "forecast", "backtest", "calibrate")])
def test_names_of_every_day_bring_no_tables(names):
    use = "; ".join(f"cv.{name}" for name in names)
    assert loaded(use, ("pandas", "xarray", "duckdb", *HEAVY)) == "[]"


def test_no_name_brings_the_heaviest():
    assert loaded("[getattr(cv, name) for name in cv.__all__]", HEAVY) == "[]"
