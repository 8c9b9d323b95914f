"""What `import caravana` and `caravana --help` load: structure, not seconds."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "pandas", "xarray", "scipy", "duckdb", "numba", "distributed", "jinja2", "xlsxwriter", "geographiclib",
}  # fmt: skip
NOT_FOR_HELP = HEAVY | {"pydantic", "sqlalchemy", "numpy"}
"""What takes half of the time in which a command of the command line begins, and no help needs."""
LOADED = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"


def modules_after(code):
    done = subprocess.run([sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_no_heavy_library():
    assert not modules_after("import caravana") & HEAVY


@pytest.mark.parametrize(("arguments", "kept_out"), [(["--help"], NOT_FOR_HELP), (["run", "--help"], HEAVY)])
def test_asking_for_help_loads_no_heavy_library(arguments, kept_out):
    code = f"""
import sys
sys.argv = ["caravana", *{arguments!r}]
from caravana.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert not modules_after(code) & kept_out


def test_public_names_are_listed_and_there():
    code = "import caravana as cv; print([name for name in cv.__all__ if not hasattr(cv, name)])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
