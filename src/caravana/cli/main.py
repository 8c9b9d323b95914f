"""The commands, and what becomes of errors: one clear message and a documented exit status.

Exit statuses: 0 done, 1 failed, 2 usage, 3 invalid scenario, 4 quality gate failed, 130 interrupted.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli import (
    backtest,
    calibrate,
    check,
    compare,
    evidence,
    export,
    forecast,
    import_scenario,
    needs,
    report,
    run,
    score,
    sensitivity,
    verify,
)
from caravana.cli.articles import accept, read
from caravana.cli.console import library_line, say
from caravana.cli.ensemble import merge, prepare
from caravana.cli.operation import accounts, brief, exchange, new, observe, serve, triggers, update
from caravana.cli.scenario import build
from caravana.cli.spoken import SpokenCommand, SpokenGroup
from caravana.errors import (
    CaravanaError,
    CaravanaWarning,
    InputError,
    InterruptedRunError,
    ScenarioError,
    UsageError,
)
from caravana.interrupts import InterruptWatch, raise_those_of_finalizers
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

FAILED, USAGE, INVALID, INTERRUPTED = 1, 2, 3, 130
HOW_TO_GO_ON = "caravana: interrupted; the same command begins again, or goes on from what is kept"
OWN_WARNINGS = (CaravanaWarning,)
"""Warnings that are meant for the user: a line each, whatever Python is told of warnings."""

app = typer.Typer(
    name="caravana",
    cls=SpokenGroup,
    help="Simulate and forecast people on the move: who will be where, when, needing what, how surely.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain text: square brackets in a help line are what they look like.
    rich_markup_mode=None,
    epilog="Exit statuses: 0 done, 1 failed, 2 usage, 3 invalid scenario, 4 quality gate failed, 130 interrupted.",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"caravana {__version__}")
        raise typer.Exit


@app.callback()
def choose(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and end.")
    ] = False,
) -> None:
    """Simulate and forecast people on the move: who will be where, when, needing what, how surely."""


app.command("new", cls=SpokenCommand)(new.new)
app.command("observe", cls=SpokenCommand)(observe.observe)
app.command("brief", cls=SpokenCommand)(brief.brief)
app.command("update", cls=SpokenCommand)(update.update)
app.command("serve", cls=SpokenCommand)(serve.serve)
app.command("accounts", cls=SpokenCommand)(accounts.accounts)
app.command("build", cls=SpokenCommand)(build.build)
app.command("run", cls=SpokenCommand)(run.run)
app.command("report", cls=SpokenCommand)(report.report)
app.command("forecast", cls=SpokenCommand)(forecast.forecast)
app.command("backtest", cls=SpokenCommand)(backtest.backtest)
app.command("calibrate", cls=SpokenCommand)(calibrate.calibrate)
app.command("compare", cls=SpokenCommand)(compare.compare)
app.command("evidence", cls=SpokenCommand)(evidence.evidence)
app.command("score", cls=SpokenCommand)(score.score)
app.command("check", cls=SpokenCommand)(check.check)
app.command("scenarios", cls=SpokenCommand)(check.scenarios)
app.command("sensitivity", cls=SpokenCommand)(sensitivity.sensitivity)
app.command("needs", cls=SpokenCommand)(needs.needs)
app.command("export", cls=SpokenCommand)(export.export)
app.command("verify", cls=SpokenCommand)(verify.verify)
app.command("merge", cls=SpokenCommand)(merge.merge)
app.command("prepare", cls=SpokenCommand)(prepare.prepare)
app.command("read", cls=SpokenCommand)(read.read)
app.command("accept", cls=SpokenCommand)(accept.accept)
app.command("exchange", cls=SpokenCommand)(exchange.exchange)
app.command("triggers", cls=SpokenCommand)(triggers.triggers)
app.add_typer(import_scenario.app, name="import")


def _say_once(shown: Callable[..., None]) -> Callable[..., None]:
    """Return what says warnings as lines for the user, each once: our own as they are, a library's with its name.

    Whoever asks Python for warnings (``-W``, ``PYTHONWARNINGS``) is shown a library's as Python shows them.
    """
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], filename: str, *where: Any) -> None:
        if sys.warnoptions and not issubclass(category, OWN_WARNINGS):
            shown(message, category, filename, *where)
            return
        line = str(message)
        if not issubclass(category, OWN_WARNINGS):
            line = library_line(line, category.__name__, filename)
        if line not in said:
            said.add(line)
            say(line)

    return show


def _flush() -> bool:
    """Write out what is waiting to be; return whether somebody read it to the end.

    Where nobody does, what is left goes nowhere: Python would complain of it when it ends.
    """
    heard = True
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            heard = False
    return heard


def main() -> None:
    """Run the command line and turn errors meant for the user into a message and a status."""
    try:
        status = _run_watched()
    except KeyboardInterrupt:
        # In the few steps before anything watches for it.
        status = INTERRUPTED
        with contextlib.suppress(BrokenPipeError):
            say(HOW_TO_GO_ON)
    # Not sys.exit() in the midst of it: the message is out, and half-closed pipes must not add a traceback.
    raise SystemExit(status)


def _run_watched() -> int:
    """Run the command while Ctrl-C is watched for; return its status, with what there is to say said."""
    status = FAILED
    with InterruptWatch() as watch:
        try:
            with raise_those_of_finalizers():
                status = _run_command()
            # The command is done: a late Ctrl-C must not add a traceback.  Here, where one that comes now is caught.
            watch.only_note()
        except BrokenPipeError:
            status = FAILED
        except KeyboardInterrupt:
            watch.came = True
        except Exception:
            # In the midst of a query or an import an interrupt comes out as another error.
            if not watch.came:
                raise
        watch.only_note()
        if watch.came and status != INTERRUPTED:
            status = INTERRUPTED
            with contextlib.suppress(BrokenPipeError):
                say(HOW_TO_GO_ON)
        status = status if _flush() else FAILED
        # Nor one of Python's own end.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    return status


def _run_command() -> int:
    """Run the command; return its status, with an error's line said."""
    message, status = "", FAILED
    try:
        with warnings.catch_warnings():
            for category in OWN_WARNINGS:
                warnings.simplefilter("always", category)
            warnings.showwarning = _say_once(warnings.showwarning)
            app(standalone_mode=True)
    except SystemExit as left:
        # Of an interrupt that no command has spoken of, Typer makes the status 130 without a word.
        if isinstance(left.code, int) and left.code != INTERRUPTED:
            return left.code
        if left.code is None:
            return 0
        message, status = HOW_TO_GO_ON, INTERRUPTED
    except InterruptedRunError as error:
        message, status = str(error), INTERRUPTED
    except (ScenarioError, InputError) as error:
        message, status = str(error), INVALID
    except UsageError as error:
        message, status = f"caravana: {error}", USAGE
    except CaravanaError as error:
        message = f"caravana: {error}"
    except BrokenPipeError:
        return FAILED
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        message = f"caravana: {error.strerror or error}{where}"
    say(message)
    return status
