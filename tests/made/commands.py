"""The command ``caravana`` without its imports: a process of its own each time, copied from one that has made them.

It has its own folder, environment, streams and exit status, and writes no larger files than the one that asks.  What is
of a process's very beginning or end, or of signals that come to it, is tested with the command itself.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.made import command_server

ASKING = """\
#!{python} -IS
import marshal, os, resource, socket, sys

with socket.socket(socket.AF_UNIX) as asking:
    asking.connect({address!r})
    largest = resource.getrlimit(resource.RLIMIT_FSIZE)
    asked = marshal.dumps(([{program!r}, *sys.argv[1:]], os.getcwd(), dict(os.environ), largest))
    socket.send_fds(asking, [len(asked).to_bytes(8, "little")], [0, 1, 2])
    asking.sendall(asked)
    answer = asking.recv(4)
if len(answer) < 4:
    sys.exit("the process that is copied for commands has ended")
code = int.from_bytes(answer, "little", signed=True)
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@functools.cache
def quick_folder() -> Path:
    """Return the folder of a program ``caravana`` that begins at once, for the head of PATH.

    The process that is copied ends with this one.
    """
    folder = Path(tempfile.mkdtemp(prefix="commands-"))
    address, program = str(folder / "asked"), str(Path(sys.executable).with_name("caravana"))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    server = subprocess.Popen(
        [sys.executable, command_server.__file__, str(listener.fileno())], cwd=folder, env=environ,
        stdin=subprocess.PIPE, pass_fds=[listener.fileno()],
    )  # fmt: skip
    listener.close()
    quick = folder / "caravana"
    quick.write_text(ASKING.format(python=sys.executable, address=address, program=program), encoding="utf-8")
    quick.chmod(0o755)
    atexit.register(_end, server, folder)
    return folder


def quick_command() -> Path:
    """Return the program itself."""
    return quick_folder() / "caravana"


def _end(server: subprocess.Popen[bytes], folder: Path) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait()
    shutil.rmtree(folder)
