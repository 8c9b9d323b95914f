"""The compiled loops of the walk; where what is compiled is kept, :mod:`caravana.compiled` says."""

from caravana.compiled import keep_own

keep_own()
