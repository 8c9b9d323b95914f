"""Damage done to the bytes of an input: seeded, so that a try that found something can be made again."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

TEXTS = (
        "", "\0", "\ufeff", "99999999999", "-99999999999", "1e400", "-1e400", "1e-400", "inf", "-inf", "nan", "-0",
        "2.500", "2,500", "1.250.000", "2.500,00", "1_000", "\u0661\u0662", "\uff19", "½", "0x10",
        "1e5", "9" * 5000, "0.1" * 50,
        "0001-01-01", "9999-12-31", "2021-13-45", "2021-02-30", "2021-02-29T25:61", "-2021-01-01", "2021-W53", "44499",
        "31/02/2021", "1 de enero de 0001", "January 1, 0001", "three weeks ago", "x" * 5000, "é" * 300, "e\u0301",
        "[" * 3000, "{" * 3000, "(" * 500, "- " * 3000, "a: " * 600, "'" * 9, '"', '""', "\\", "\r", "\r\n", "\n\n",
        ",", ";", "\t", "#", "=1+1", "@SUM(1)", "../../../etc/passwd", "/dev/zero", "C:\\x", "a/" * 300, "con",
        "&a [*a, *a]", "<<: *a", "!!python/object/apply:os.system [true]", "!!bool x", "!!int ''", "!!timestamp x",
        "!!float .", "? [a]", "%s%s%n", "${HOME}", "null", "true", "\u202e", "\u2028", "\U0001f4a9", "\x1b[31m", "\x85",
)  # fmt: skip
TOKENS: tuple[bytes, ...] = (
    *(text.encode("utf-8", "surrogatepass") for text in TEXTS),
    b"\xff\xfe", b"\xfe\xff", b"\xe9", b"\xc3\x28", b"\xed\xa0\x80", b"\x93smart\x94", b"\xa0",
)  # fmt: skip
"""What is put in the place of something, or between."""


def _bomb() -> bytes:
    """A zip of a few kilobytes that unpacks to 64 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "arr_0.npy"):
            file.writestr(name, b"\0" * 2**24)
    return packed.getvalue()


BOMBS = (_bomb(), gzip.compress(b"\0" * 2**24), b"PK\x03\x04", b"\x1f\x8b\x08", b"")
"""Whole files in the place of another."""


def _flip(content: bytearray, rng: random.Random) -> bytearray:
    if content:
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return content


def _cut(content: bytearray, rng: random.Random) -> bytearray:
    return content[: rng.randrange(len(content) + 1)]


def _span(content: bytearray, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.choice((1, 3, 10, 100)))


def _remove(content: bytearray, rng: random.Random) -> bytearray:
    start, end = _span(content, rng)
    return content[:start] + content[end:]


def _repeat(content: bytearray, rng: random.Random) -> bytearray:
    start, end = _span(content, rng)
    return content[:start] + content[start:end] * rng.choice((2, 5, 200)) + content[end:]


def _insert(content: bytearray, rng: random.Random) -> bytearray:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(TOKENS) + content[at:]


def _replace_cell(content: bytearray, rng: random.Random) -> bytearray:
    """Put a token in the place of what stands between two commas, spaces, quotes or ends of lines."""
    at = rng.randrange(len(content) + 1)
    marks = b",;\t\n\r =:\"'[]{}"
    start, end = at, at
    while start > 0 and content[start - 1] not in marks:
        start -= 1
    while end < len(content) and content[end] not in marks:
        end += 1
    return content[:start] + rng.choice(TOKENS) + content[end:]


def _swap_lines(content: bytearray, rng: random.Random) -> bytearray:
    lines = bytes(content).split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return bytearray(b"\n".join(lines))


def _recode(content: bytearray, rng: random.Random) -> bytearray:
    text = bytes(content).decode("utf-8", "replace")
    coding = rng.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "utf-7", "cp037"))
    return bytearray(text.encode(coding, "replace"))


def _exchange(content: bytearray, rng: random.Random) -> bytearray:
    """Put another mark between all cells, or another end to all lines."""
    old, new = rng.choice(((b",", b";"), (b",", b"\t"), (b"\n", b"\r"), (b"\n", b"\r\n"), (b".", b","), (b"\n", b"")))
    return bytearray(bytes(content).replace(old, new))


def _whole(_: bytearray, rng: random.Random) -> bytearray:
    return bytearray(rng.choice(BOMBS))


MUTATIONS: tuple[tuple[int, Callable[[bytearray, random.Random], bytearray]], ...] = (
    (3, _flip), (2, _cut), (2, _remove), (2, _repeat), (5, _insert), (10, _replace_cell), (2, _swap_lines),
    (1, _recode), (1, _exchange), (1, _whole),
)  # fmt: skip
"""Mutations, each with how often it comes."""


def mutate(content: bytes, rng: random.Random) -> bytes:
    """Return some bytes damaged in one to three ways."""
    damaged = bytearray(content)
    weights, ways = zip(*MUTATIONS, strict=True)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        damaged = rng.choices(ways, weights)[0](damaged, rng)
    return bytes(damaged)


def mutate_json(content: Any, rng: random.Random) -> Any:
    """Return a document with one of its values removed, or exchanged for another kind of value."""
    damaged = json.loads(json.dumps(content))
    here = damaged
    for _ in range(6):
        keys: list[Any] = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = rng.choice(keys)
        if isinstance(here[key], dict | list) and here[key] and rng.random() < 0.7:
            here = here[key]
            continue
        if isinstance(here, dict) and rng.random() < 0.25:
            del here[key]
        else:
            here[key] = rng.choice((
                None, True, -1, 0, 2**70, 1e400, float("nan"), "", "x" * 400, "2021-26", "0001-01-01", "9999-12-31",
                "../..", "\0", [], {}, [None], {"": {}}, 1.5, "1", -(2**63),
            ))  # fmt: skip
        break
    return damaged
