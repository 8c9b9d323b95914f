"""The command line: ``caravana COMMAND``, one file a command."""

import sys

from caravana.interrupts import InterruptWatch, raise_those_of_finalizers

# All that a command needs first is imported here, which takes a moment: a Ctrl-C in it ends as any other does.
with InterruptWatch() as _watch:
    try:
        with raise_those_of_finalizers():
            from caravana.cli.main import app, main
    except BaseException:
        if not _watch.came:
            raise
    if _watch.came:
        sys.stderr.write("caravana: interrupted before it began; the same command begins again\n")
        raise SystemExit(130)

__all__ = ["app", "main"]
