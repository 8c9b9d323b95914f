"""What a first use does not wait for: the import reads next to nothing, and no public name brings a heavy library."""

import subprocess
import sys

HEAVY = ("scipy.stats", "scipy.optimize", "matplotlib", "numba", "arviz", "geopandas", "networkx")
LOADED = "import sys, caravana as cv; {use}; print([one for one in {heavy!r} if one in sys.modules])"


def loaded(use, heavy):
    code = LOADED.format(use=use, heavy=heavy)
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_import_brings_no_library_at_all():
    assert loaded("None", ("numpy", "pandas", "pydantic", "xarray", "duckdb", *HEAVY)) == "[]"


def test_no_name_brings_tables_nor_the_heaviest():
    """Tables, databases and solvers are read by the call that needs them, not by the name that offers it."""
    assert loaded("[getattr(cv, name) for name in cv.__all__]", ("pandas", "xarray", "duckdb", "scipy", *HEAVY)) == "[]"


def test_no_method_of_a_run_brings_a_solver():
    homes = "[importlib.import_module('caravana.' + home.partition(':')[0]) for home in cv.BOUND.values()]"
    assert loaded(f"import importlib; {homes}", ("pandas", "xarray", "duckdb", "scipy", *HEAVY)) == "[]"
