"""The library of scores, without what it compiles when it is imported.

scoringrules (0.10) compiles loops for its numba backend on import, some 3 s of the processor in every process, and
scores here ask for its NumPy backend alone.  It is written to go without them where numba is missing.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

NAME = "scoringrules"
COMPILED = "_gufunc*.py"
"""Its modules of compiled loops."""


def rules() -> ModuleType:
    """Return scoringrules, imported when a score is asked for; only its NumPy backend may be asked for.

    Whoever imports it beside us gets it whole: what was left out is left out of our copy alone.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    try:
        # Somebody has imported it already, and has waited.
        return importlib.import_module(NAME) if NAME in sys.modules else _without_loops()
    except ImportError:
        raise UsageError(f"scores need {NAME}: pip install {NAME}") from None


@functools.cache
def _without_loops() -> ModuleType:
    """Import it as where numba is missing, and forget that it was imported."""
    spec = importlib.util.find_spec(NAME)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(NAME)
    folder = Path(next(iter(spec.submodule_search_locations)))
    left_out = [".".join((NAME, *file.relative_to(folder).with_suffix("").parts)) for file in folder.rglob(COMPILED)]
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]
    try:
        return importlib.import_module(NAME)
    finally:
        for name in [name for name in sys.modules if name == NAME or name.startswith(f"{NAME}.")]:
            del sys.modules[name]
