"""The compiled loops of the walk; they need numba, which the extra ``displacement`` installs.

Where what is compiled is kept, :mod:`caravana.compiled` says.
"""

from importlib.util import find_spec

from caravana.errors import UsageError

if find_spec("numba") is None:
    raise UsageError(
        "the rules flee and walk are compiled by numba, which is not installed: pip install 'caravana[displacement]'"
        " (camp-shares and caravans run without)"
    )

from caravana.compiled import keep_own

keep_own()
