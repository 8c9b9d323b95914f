"""The command line: ``caravana COMMAND``, one file a command."""

from caravana.cli.main import app, main

__all__ = ["app", "main"]
