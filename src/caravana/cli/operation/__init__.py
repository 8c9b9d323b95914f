"""The commands of an operation: ``new``, ``observe``, ``update``, ``brief``."""
