"""Draw the roads of a synthetic extract: 2 million road nodes, 3,000 places; measure time and memory.

    python benchmarks/synthetic_extract.py [--nodes 2000000] [--places 3000] [--out result.json]

The land is a grid of streets, bent and thinned at random, with villages strewn over it.  The file is written first,
and is not part of the time; reading it is.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from caravana.importers.build.build import build


def write_extract(path: Path, *, nodes: int, places: int, seed: int = 1) -> None:
    """Write an extract of about so many road nodes, five to a street between junctions."""
    import osmium

    rng = np.random.default_rng(seed)
    side = int(np.sqrt(nodes / 9))
    spacing, inner = 0.009, 4
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    lat, lon = np.meshgrid(np.arange(side) * spacing, np.arange(side) * spacing, indexing="ij")
    lat = lat + rng.normal(0, spacing / 6, lat.shape)
    lon = lon + rng.normal(0, spacing / 6, lon.shape)
    node = osmium.osm.mutable.Node
    for place in range(places):
        at = rng.uniform(0, side * spacing, 2)
        tags = {"place": "village", "name": f"Village {place}", "population": str(int(rng.integers(100, 9000)))}
        writer.add_node(node(id=place + 1, location=(float(at[1]), float(at[0])), tags=tags))
    first = places + 1
    for row in range(side):
        for column in range(side):
            where = (float(lon[row, column]), float(lat[row, column]))
            writer.add_node(node(id=first + row * side + column, location=where))
    fresh = first + side * side
    streets = []
    for row in range(side):
        for column in range(side):
            for down, right in ((0, 1), (1, 0)):
                if row + down >= side or column + right >= side or rng.random() < 0.1:
                    continue
                ends = (row, column), (row + down, column + right)
                ids = [first + r * side + c for r, c in ends]
                between = []
                for step in range(1, inner + 1):
                    share = step / (inner + 1)
                    x, y = (a[ends[0]] + share * (a[ends[1]] - a[ends[0]]) + rng.normal(0, 3e-4) for a in (lon, lat))
                    writer.add_node(node(id=fresh, location=(float(x), float(y))))
                    between.append(fresh)
                    fresh += 1
                streets.append((ids[0], *between, ids[1]))
    kinds = ("primary", "secondary", "tertiary", "unclassified", "track")
    for number, refs in enumerate(streets, start=1):
        kind = kinds[int(rng.integers(len(kinds)))]
        writer.add_way(osmium.osm.mutable.Way(id=number, nodes=list(refs), tags={"highway": kind}))
    writer.close()


def main() -> None:
    """Write, build, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--nodes", type=int, default=2_000_000)
    parser.add_argument("--places", type=int, default=3_000)
    parser.add_argument("--osm", type=Path, help="build from this extract in place of a synthetic one")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        extract = asked.osm or Path(folder) / "synthetic.osm.pbf"
        if asked.osm is None:
            write_extract(extract, nodes=asked.nodes, places=asked.places)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started, used = time.perf_counter(), time.process_time()
        built = build(Path(folder) / "scenario", osm=extract)
        report = built.report
        result = {
            "seconds": round(time.perf_counter() - started, 1),
            "cpu_seconds": round(time.process_time() - used, 1),
            "most_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "memory_before_mb": round(before / 1024),
            **{name: report[name] for name in ("places", "links", "components", "detour")},
        }  # fmt: skip
    text = json.dumps(result, indent=1)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
