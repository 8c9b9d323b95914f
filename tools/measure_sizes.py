"""Lists files over 400 lines and functions over 60: a report to read, not a gate.

Usage: python tools/measure_sizes.py [FOLDER ...]    (default: src tests tools benchmarks)
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_LINES = 400
FUNCTION_LINES = 60


def find_long(path: Path) -> Iterator[str]:
    """Yield one line for each thing in the file that is too long."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines"


def main(folders: list[str]) -> None:
    """Print what is too long in the folders."""
    paths = [path for folder in folders for path in sorted(Path(folder).rglob("*.py"))]
    found = [line for path in paths for line in find_long(path)]
    print("\n".join(found) if found else f"{len(paths)} files, none too long")


if __name__ == "__main__":
    main(sys.argv[1:] or ["src", "tests", "tools", "benchmarks"])
