"""The core stays light, and what is said about its weight is what the lock brings."""

import json
import re
import tomllib
from pathlib import Path

from benchmarks import install_size

ROOT = Path(__file__).parents[2]
HEAVY = {"numba", "llvmlite", "typst", "matplotlib", "geopandas", "arviz", "pyarrow", "polars", "distributed"}


def test_the_core_is_within_what_is_promised_and_has_nothing_heavy():
    found = install_size.measure()
    assert 200 < found["core_mb"] <= install_size.PROMISED_MB
    assert not set(found["core"]) & HEAVY
    assert found["extras"]["displacement"]["mb"] > 100


def test_the_results_that_the_docs_show_are_of_the_packages_of_the_lock():
    kept = json.loads(install_size.KEPT.read_text("utf-8"))
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "core.txt").read_text("utf-8"), re.MULTILINE))
    runner = {"pytest", "iniconfig", "pluggy", "packaging", "pygments"}
    assert set(kept["core"]) - locked == set()
    assert locked - set(kept["core"]) <= runner | {"setuptools"}


def test_what_a_requirement_leads_to_is_followed_to_its_end():
    assert {"xarray", "pandas", "numpy", "python-dateutil", "six"} - install_size.needed_by(["xarray"]) <= {"six"}


def test_every_extra_for_users_is_weighed():
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    assert set(install_size.SHOWN_EXTRAS) == extras - {"dev", "docs"}
