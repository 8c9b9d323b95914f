"""The command line: ``caravana run``, ``check``, ``report``, ``score``, ``scenarios``."""

from caravana.cli.main import app, main

__all__ = ["app", "main"]
