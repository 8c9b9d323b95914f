"""Strains the reader: time, memory, mutated texts: ``python -m benchmarks.reader.strain [--mutations N] [--write]``."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.reader.run import DEVELOPMENT, RULES

import caravana as cv
from caravana.errors import CaravanaError
from caravana.importers.articles.proposals import propose

OUT = Path(__file__).with_name("strain.json")
DAY = dt.date(2021, 11, 20)
WORDS = 1_000
FOLDER = 200
_NOISE = "0123456789.,;:()\"'«»—\n\t ñÁé$%°\u202f\u0301\U0001f600"


def mutate(text: str, draw: random.Random) -> str:
    """A text with pieces dropped, doubled, swapped and noise put in."""
    for _ in range(draw.randint(1, 12)):
        a = draw.randrange(max(1, len(text)))
        b = min(len(text), a + draw.randint(1, 80))
        change = draw.randrange(4)
        if change == 0:
            text = text[:a] + text[b:]
        elif change == 1:
            text = text[:b] + text[a:]
        elif change == 2:
            text = text[:a] + "".join(draw.choice(_NOISE) for _ in range(b - a)) + text[b:]
        else:
            text = text[b:] + text[a:b] + text[:a]
    return text


def strain(mutations: int) -> dict[str, Any]:
    """Read a long article, a folder's number of texts, and mutated ones; the last must all end well or be refused."""
    scenario = cv.load_scenario("tapachula-2021")
    texts = [p.read_text(encoding="utf-8") for folder in (RULES, DEVELOPMENT) for p in sorted(folder.glob("*.txt"))]
    long = "\n\n".join(texts)[: 8 * WORDS]
    began = time.process_time()
    propose(long, scenario, published=DAY)
    first = time.process_time() - began
    began = time.process_time()
    for n in range(FOLDER):
        propose(texts[n % len(texts)], scenario, published=DAY)
    folder = time.process_time() - began
    draw = random.Random(1)  # noqa: S311
    crashes: list[str] = []
    for n in range(mutations):
        text = mutate(draw.choice(texts), draw)
        try:
            propose(text, scenario, published=DAY).as_json()
        except CaravanaError:
            pass
        except Exception as error:  # noqa: BLE001
            crashes.append(f"{n}: {type(error).__name__}: {error}")
    return {
        "words": len(long.split()), "article_seconds": round(first, 2), "folder_of": FOLDER,
        "folder_seconds": round(folder, 1), "mutations": mutations, "crashes": len(crashes),
        "first_crashes": crashes[:5],
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def main() -> int:
    """Print the measures as JSON; exit 1 if a text crashed the reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--write", action="store_true", help="keep the measures in strain.json")
    options = parser.parse_args()
    measured = strain(options.mutations)
    if options.write:
        OUT.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(measured) + "\n")
    return int(measured["crashes"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
