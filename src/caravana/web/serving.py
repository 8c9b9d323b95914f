"""Serves an operation's pages until it is ended: where it listens, what runs beside it."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.errors import CaravanaError, UsageError
from caravana.operation.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from caravana.operation.folder import Operation
    from caravana.web.desk import Desk

LOCAL = ("127.0.0.1", "::1", "localhost")
PARTS = ("fastapi", "uvicorn", "python_multipart", "argon2")
"""Modules of the extra: the pages, what serves them, what reads files that are sent, what passwords are kept by."""
EXTRA = "caravana serve needs FastAPI and what belongs to it: install caravana with its extra 'web'"
IN_A_CLONE = "in a clone of the project: .venv/bin/pip install '.[web]'"
QUEUE = 128
"""Connections that may wait to be taken."""
READ_AGAIN = 2.0
"""Seconds between two looks at whether the ledger says something else of the evening."""


@dataclass(frozen=True)
class ServeSettings:
    """How pages are served.

    Attributes
    ----------
    port
        Port; 0 for one that is free.
    listen
        Address of this machine to listen at; another than its own only with `shared`.
    shared
        Whether people sign in.
    public_url
        The address that browsers see, where a proxy stands before.
    jobs
        How many jobs may run at a time; by the cores where None.
    memory_mb
        Megabytes that a job may use; no limit of ours where None.
    scheduler
        Address of a Dask scheduler for what can run there.
    tiles
        A PMTiles file for the base map.
    """

    port: int = 8720
    listen: str = "127.0.0.1"
    shared: bool = False
    public_url: str | None = None
    jobs: int | None = None
    memory_mb: int | None = None
    scheduler: str | None = None
    tiles: Path | None = None


def need_the_extra() -> None:
    """Look for what the pages are made of.

    Raises
    ------
    UsageError
        If some of the extra is not installed.
    """
    for name in PARTS:
        if find_spec(name) is None:
            raise UsageError(f"{EXTRA} (it lacks {name}); {IN_A_CLONE}")


def serve_operation(operation: Operation, settings: ServeSettings, *, ready: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    operation
        Whose pages.
    settings
        How.
    ready
        Called with the address once it listens.

    Raises
    ------
    UsageError
        If the extra is not installed, or what was asked cannot be.
    CaravanaError
        If the port is taken, or the ledger cannot be used.
    """
    need_the_extra()
    import uvicorn

    from caravana.web.app import make_app
    from caravana.web.desk import Desk
    from caravana.web.guard.door import local_address, public_address
    from caravana.web.jobs.runner import JobRunner
    from caravana.web.store.accounts import accounts
    from caravana.web.store.tables import Store

    _refuse(settings)

    class Server(uvicorn.Server):
        """A server that says when it listens, and ends without a trace of what was under way."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Whoever watches a job is let go at once, and what the end cuts off is no fault to be told of.
            desk.ending.set()
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            super().handle_exit(sig, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                ready(url)

    with open_ledger(operation) as ledger:
        store = Store(ledger)
        if settings.shared and not accounts(store):
            raise UsageError("--shared: there is no account yet; make one with `caravana accounts FOLDER NAME --role`")
        listening = _listen(settings)
        with listening:
            port = int(listening.getsockname()[1])
            shown = f"[{settings.listen}]" if ":" in settings.listen else settings.listen
            url = settings.public_url or f"http://{shown}:{port}/"
            address = public_address(url, port) if settings.public_url else local_address(port)
            desk = Desk(
                operation, ledger, store, address, shared=settings.shared, here=secrets.token_urlsafe(32),
                tiles=settings.tiles,
            )  # fmt: skip
            config = uvicorn.Config(
                make_app(desk), log_level="warning", access_log=False, server_header=False, date_header=False,
                proxy_headers=False, lifespan="off", timeout_graceful_shutdown=2, ws="none",
            )  # fmt: skip
            runner = JobRunner(
                store, operation.folder, most=settings.jobs, memory_mb=settings.memory_mb, scheduler=settings.scheduler
            )
            with runner, _kept_ready(desk):
                Server(config).run(sockets=[listening])


@contextmanager
def _kept_ready(desk: Desk) -> Iterator[None]:
    """Read the evening anew, beside the pages, whenever the ledger says something else of it.

    Whoever opens the first page then does not wait for all that a ledger of many reports holds.
    """
    from caravana.language.language import LANGUAGES, load_language
    from caravana.web.routes.reading import evening_of, last_evening_of
    from caravana.web.store.marks import forecast_marks

    ending = threading.Event()

    def read() -> None:
        seen: tuple[int, ...] | None = None
        while not ending.is_set():
            with suppress(CaravanaError):  # the page itself will say what is wrong
                marks = forecast_marks(desk.store)
                on = None if marks == seen else last_evening_of(desk, None)
                seen = marks
                if on is not None:
                    for code in LANGUAGES:
                        evening_of(desk, on, load_language(code))
            ending.wait(READ_AGAIN)

    reader = threading.Thread(target=read, name="caravana-ready", daemon=True)
    reader.start()
    try:
        yield
    finally:
        ending.set()
        reader.join(READ_AGAIN)


def _refuse(settings: ServeSettings) -> None:
    """Refuse what would open the pages to people who have not signed in, and files that are not there."""
    if settings.listen not in LOCAL and not settings.shared:
        raise UsageError(f"--listen {settings.listen}: other machines may reach these pages only with --shared")
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        raise UsageError(
            f"--public-url {settings.public_url}: expected an address such as https://caravana.example.org"
        )
    if settings.tiles is not None and not settings.tiles.is_file():
        raise UsageError(f"--tiles {settings.tiles}: expected a file of PMTiles")
    for name, value in (("--jobs", settings.jobs), ("--memory", settings.memory_mb)):
        if value is not None and value < 1:
            raise UsageError(f"{name} {value}: expected 1 or more")


def _listen(settings: ServeSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.listen else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.listen, settings.port))
        listening.listen(QUEUE)
    except (OSError, OverflowError) as error:
        listening.close()
        why = getattr(error, "strerror", None) or str(error)
        raise CaravanaError(f"cannot listen at {settings.listen}, port {settings.port}: {why}") from None
    return listening
