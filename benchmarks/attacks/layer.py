"""A layer between a program and the disk: its calls are numbered, and at one of them the disk or the user strikes.

It stands on Python's side: ``open`` for writing and each write through it, ``fsync``, renames, folders made, files and
folders removed, DuckDB's ``COPY``, and what is added to a ledger of SQLite and committed, so that it needs neither a
compiler nor another file system.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import re
import signal
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

KILLED = 77
"""Status of a process that the layer ended."""
MOVES = ("replace", "rename", "link")
NAMED = ("fsync", *MOVES, "mkdir", "unlink", "remove", "rmdir")
WRITING = {"open", "write", "copy", "mkdir", "fsync", "insert", "create", "commit"}
"""Calls that a full disk refuses; it lets go of files still."""
STATEMENT = re.compile(
    r"^\s*(INSERT|CREATE)\b.*?(?:INTO|TABLE|INDEX|TRIGGER)\W+(?:IF NOT EXISTS )?(\w+)", re.IGNORECASE | re.DOTALL
)
"""Statements that write to a ledger; they are in its file when they are committed."""
COPY = re.compile(r"^\s*COPY\b.*\bTO '((?:[^']|'')+)'", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that reaches the disk: its name, the path it is made on, and where it moves that to."""

    name: str
    place: str
    to: str = ""


@dataclass
class Layer:
    """Numbers the calls on a folder, and strikes at one of them.

    Parameters
    ----------
    home
        Only calls on paths in this folder count.
    at
        The call to strike at, from 0; None to write the calls down only.
    strike
        ``kill``, ``full`` (no space from then on), ``error`` (one input or output error), ``interrupt`` (Ctrl-C).
    look
        Called before each call with its number.
    """

    home: Path
    at: int | None = None
    strike: str = "kill"
    look: Callable[[int, Call], None] | None = None
    calls: list[Call] = field(default_factory=list)
    _real: dict[tuple[object, str], Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Stand between the program and the disk."""
        for name in NAMED:
            self._wrap(name)
        real_open = builtins.open
        for module in (builtins, io):
            self._put(module, "open", self._open(real_open))
        self._put(duckdb, "connect", self._connect(duckdb.connect))
        self._put(sqlite3.dbapi2, "connect", self._open_ledger(sqlite3.dbapi2.connect))
        return self

    def __exit__(self, *_: object) -> None:
        """Stand aside."""
        for (module, name), real in self._real.items():
            setattr(module, name, real)
        self._real.clear()

    def meet(self, name: str, place: object, to: object = None, *, half: Callable[[], object] | None = None) -> None:
        """Count a call, and strike if it is the one; `half` does what such a call leaves when it is broken off.

        Raises
        ------
        OSError
            If the disk is to fail here.
        """
        path = self._path(place)
        if path is None or not path.startswith(str(self.home)):
            return
        target = "" if to is None else self._path(to) or ""
        inside = [os.path.relpath(p, self.home) if p else "" for p in (path, target)]
        call, number = Call(name, *inside), len(self.calls)
        if self.look is not None:
            self.look(number, call)
        self.calls.append(call)
        if self.at is None or number < self.at:
            return
        if self.strike == "full":
            if name in WRITING:
                self._fail(errno.ENOSPC, path, half)
        elif number == self.at:
            self._strike(path, half)

    def _strike(self, path: str, half: Callable[[], object] | None) -> None:
        if self.strike == "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
        elif self.strike == "error":
            self._fail(errno.EIO, path, half)
        else:
            if half is not None:
                half()
            os._exit(KILLED)

    def _fail(self, code: int, path: str, half: Callable[[], object] | None) -> None:
        if half is not None:
            half()
        raise OSError(code, os.strerror(code), path)

    def _path(self, place: object) -> str | None:
        try:
            if isinstance(place, int):
                return str(Path(f"/proc/self/fd/{place}").readlink())
            return os.path.abspath(os.fsdecode(place))  # type: ignore[arg-type]  # noqa: PTH100 - links stay links
        except (OSError, TypeError):
            return None

    def _put(self, module: object, name: str, function: object) -> None:
        self._real[module, name] = getattr(module, name)
        setattr(module, name, function)

    def _wrap(self, name: str) -> None:
        real = getattr(os, name)

        def call(place: Any, *given: Any, **options: Any) -> Any:
            where = place
            if options.get("dir_fd") is not None:
                where = os.path.join(self._path(options["dir_fd"]) or "", place)  # noqa: PTH118 - as the system does
            self.meet(name, where, given[0] if name in MOVES else None)
            return real(place, *given, **options)

        self._put(os, name, call)

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        layer = self

        class Watched(io.FileIO):
            def write(self, content: Any, /) -> int:
                half = bytes(content)[: len(content) // 2]
                layer.meet("write", self.name, half=lambda: io.FileIO.write(self, half))
                return io.FileIO.write(self, content) or 0

        def call(file: Any, mode: str = "r", buffering: int = -1, *given: Any, **options: Any) -> Any:
            path = None if isinstance(file, int) else layer._path(file)
            if path is None or not path.startswith(str(layer.home)) or not set(mode) & set("wxa+"):
                return real(file, mode, buffering, *given, **options)
            layer.meet("open", path)
            raw = Watched(path, mode.replace("b", "").replace("t", ""))
            buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, *given, **options)

        return call

    def _connect(self, real: Callable[..., Any]) -> Callable[..., Any]:
        layer = self

        class Connection:
            def __init__(self, inner: Any) -> None:
                self._inner = inner

            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                self._inner.close()

            def __getattr__(self, name: str) -> Any:
                return getattr(self._inner, name)

            def execute(self, query: Any, *given: Any, **options: Any) -> Any:
                copied = COPY.match(query) if isinstance(query, str) else None
                if copied is not None:
                    path = copied[1].replace("''", "'")
                    try:
                        layer.meet("copy", path, half=lambda: layer._leave(path))
                    except OSError as error:
                        raise duckdb.IOException(f'IO Error: Could not write file "{path}": {error.strerror}') from None
                return self._inner.execute(query, *given, **options)

        def connect(*given: Any, **options: Any) -> Any:
            return Connection(real(*given, **options))

        return connect

    def _open_ledger(self, real: Callable[..., Any]) -> Callable[..., Any]:
        layer = self

        def meet(name: str, path: str, table: str) -> None:
            try:
                layer.meet(name, path, f"{path}/{table}")
            except OSError as error:
                full = error.errno == errno.ENOSPC
                raise sqlite3.OperationalError("database or disk is full" if full else "disk I/O error") from None

        def connect(database: Any, *given: Any, **options: Any) -> Any:
            path = os.fsdecode(database)

            class Watching(sqlite3.Cursor):
                def execute(self, query: str, *values: Any) -> Any:
                    self._meet(query)
                    return super().execute(query, *values)

                def executemany(self, query: str, *values: Any) -> Any:
                    self._meet(query)
                    return super().executemany(query, *values)

                def _meet(self, query: str) -> None:
                    writes = STATEMENT.match(query)
                    if writes is not None:
                        meet(writes[1].lower(), path, writes[2])
                        self.connection.table = writes[2]  # type: ignore[attr-defined]

            class Watched(sqlite3.Connection):
                table = ""

                def cursor(self, *_: Any) -> Any:
                    return super().cursor(Watching)

                def commit(self) -> None:
                    if self.in_transaction and self.table:
                        meet("commit", path, self.table)
                    super().commit()
                    self.table = ""

            return real(database, *given, factory=Watched, **options)

        return connect

    def _leave(self, path: str) -> None:
        real = self._real[builtins, "open"]
        with real(path, "wb") as file:
            file.write(b"PAR1 cut off")
