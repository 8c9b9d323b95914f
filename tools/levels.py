"""The wheel, installed and tested in clean environments: the oldest dependencies, the core alone, each Python.

::

    .venv/bin/python tools/levels.py                  every level that this machine has the Python for
    .venv/bin/python tools/levels.py core lowest      some of them
    .venv/bin/python tools/levels.py core -- -x       what follows goes to pytest

Environments are made by uv from the locks in ``requirements``, with hashes, in a temporary folder that goes with the
command; the tests are ``tests/levels``.  A Python that is not on the machine is said, and is no failure.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")


@dataclass(frozen=True)
class Level:
    """An environment: which Python, which locks."""

    python: str
    locks: tuple[str, ...]


LEVELS = {
    "lowest": Level("3.11", ("lowest",)),
    "core": Level("3.11", ("core",)),
    "3.12": Level("3.12", ("run", "levels")),
    "3.13": Level("3.13", ("run", "levels")),
    "3.14": Level("3.14", ("run", "levels")),
}
"""The oldest direct dependencies, no extra at all, and the locked ones on each later Python."""


def python_of(version: str) -> str | None:
    """Path of a Python of a version on this machine; None where there is none.  None is fetched."""
    command = [str(UV), "python", "find", "--no-config", "--no-project", "--no-python-downloads", version]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.stdout.strip():
        return found.stdout.strip()
    # The commands that pyenv puts on the path start only the version that it is set to; the others lie beside it.
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return next((str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"))), None)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this tree, without a network, from the setuptools of this environment."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("caravana-*.whl")
    return wheel


def test_level(level: Level, python: str, wheel: Path, pytest: list[str]) -> tuple[bool, str]:
    """Make an environment, install the wheel there and run the tests; say whether they passed, and their words."""
    with tempfile.TemporaryDirectory(prefix="caravana-level-") as folder:
        return test_in(Path(folder), level, python, wheel, pytest)


def test_in(folder: Path, level: Level, python: str, wheel: Path, pytest: list[str]) -> tuple[bool, str]:
    """Do that in an empty folder."""
    home = folder / "environment"
    install = [str(UV), "pip", "install", "--no-config", "--quiet", "--python", str(home)]
    locks = [word for lock in level.locks for word in ("-r", str(ROOT / "requirements" / f"{lock}.txt"))]
    subprocess.run([str(UV), "venv", "--no-config", "--quiet", "--python", python, str(home)], check=True)
    subprocess.run([*install, "--only-binary", ":all:", "--require-hashes", *locks], check=True)
    subprocess.run([*install, "--no-deps", "--no-index", str(wheel)], check=True)
    tests = ROOT / "tests" / "levels"
    # Warnings are errors for the package's own code; what an old dependency says of another is not ours to mend.
    command = [
        str(home / "bin" / "python"), "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider",
        "-W", "error:::caravana", "-c", os.devnull, "--rootdir", str(tests), *pytest, str(tests),
    ]  # fmt: skip
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def main() -> None:
    """Test the levels that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("levels", nargs="*", help=f"of {', '.join(LEVELS)} (default: all)")
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    chosen = parser.parse_args(sys.argv[1:split]).levels or list(LEVELS)
    if unknown := [name for name in chosen if name not in LEVELS]:
        parser.error(f"no level {', '.join(unknown)}; there are {', '.join(LEVELS)}")
    failed = []
    with tempfile.TemporaryDirectory(prefix="caravana-levels-") as temporary:
        wheel = build_wheel(Path(temporary))
        pythons = {name: python_of(LEVELS[name].python) for name in chosen}
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            begun = {
                name: pool.submit(test_level, LEVELS[name], python, wheel, sys.argv[split + 1 :])
                for name, python in pythons.items()
                if python is not None
            }
            for name in chosen:
                if name not in begun:
                    print(f"== level {name}: not tested, no Python {LEVELS[name].python} on this machine", flush=True)
                    continue
                passed, words = begun[name].result()
                print(f"== level {name}: {pythons[name]}\n{words}", flush=True)
                if not passed:
                    failed.append(name)
    if failed:
        sys.exit(f"levels that fail: {', '.join(failed)}")


if __name__ == "__main__":
    main()
