"""Vendors what the planner's pages use from the npm registry: pinned, checked by hash, committed with its licences.

::

    .venv/bin/python tools/vendor_web.py           fetch with npm, check, write the files and their list
    .venv/bin/python tools/vendor_web.py --check   fetch nothing; end with 1 where a file is not what the list says

Each package is checked against its own SHA-512 before a file is taken out of it, and each file's SHA-256 stands in
``vendor.json``.  No build step: files are as they were published, but for the line that names a map of the sources,
which is not shipped; both hashes are kept.  Those that the pages serve are kept packed (``NAME.gz``): the hashes are of
what is in them.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "src" / "caravana" / "web" / "static" / "vendor"
TESTS = ROOT / "tests" / "made" / "vendor"
PACKAGES = (
    {
        "name": "maplibre-gl", "version": "6.17.0", "licence": "BSD-3-Clause", "to": PAGES,
        "integrity": "sha512-2chIZwpLGenoUQOcnm9Pk4SLbA8ppNFq8jlpXiq9vcYm3Y1wJ3fc82FL0GLwBaPYJCLzPv/mC46KEupVov75rQ==",
        "files": {"dist/maplibre-gl.mjs": "maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
                  "dist/maplibre-gl.css": "maplibre-gl.css", "LICENSE.txt": "maplibre-gl-LICENSE.txt"},
    },
    {
        "name": "pmtiles", "version": "4.5.0", "licence": "BSD-3-Clause", "to": PAGES,
        "integrity": "sha512-CBeD4SoUluFziGdy/8k7FOjQxQy486n+929W/tWophauvMICpkZ26vGBWhDt/6b1FZQWNaf4jFdT/5+q0Wii5w==",
        "files": {"dist/pmtiles.js": "pmtiles.js", "package.json": "pmtiles-package.json"},
    },
    {
        "name": "terra-draw", "version": "1.35.0", "licence": "MIT", "to": PAGES,
        "integrity": "sha512-uQI8lcPiUMqwVV29CexTfvT/AM4lGHtA+xWraW4njVExiM1+eGvRetYOBXmXEmgy5pL4X2dmjwMRH8JEYVtbgw==",
        "files": {"dist/terra-draw.umd.js": "terra-draw.js", "package.json": "terra-draw-package.json"},
    },
    {
        "name": "terra-draw-maplibre-gl-adapter", "version": "1.4.1", "licence": "MIT", "to": PAGES,
        "integrity": "sha512-qZ/bc9bVPnyt0keLVTofV8xiTPkdkbO6RzqrfNLe9zH/edW5PsjvJw97m1EksPZeXNJtFxsVbhi12cPaoNiWfg==",
        "files": {"dist/terra-draw-maplibre-gl-adapter.umd.js": "terra-draw-maplibre-gl-adapter.js",
                  "package.json": "terra-draw-maplibre-gl-adapter-package.json"},
    },
    {
        "name": "axe-core", "version": "4.14.1", "licence": "MPL-2.0", "to": TESTS,
        "integrity": "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        "files": {"axe.min.js": "axe.min.js", "LICENSE": "axe-core-LICENSE.txt"},
    },
)  # fmt: skip
LIST = "vendor.json"


def fetch(package: dict[str, object], folder: Path) -> bytes:
    """The package as the registry has it, if it is the one that is pinned."""
    name = f"{package['name']}@{package['version']}"
    done = subprocess.run(["npm", "pack", name, "--silent"], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name}: npm pack says {done.stderr.strip()[:300]}")
    content = (folder / done.stdout.strip().splitlines()[-1]).read_bytes()
    digest = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if digest != package["integrity"]:
        sys.exit(f"{name}: expected {package['integrity']}, found {digest}")
    return content


def take_out(package: dict[str, object], content: bytes) -> list[dict[str, str]]:
    """Write a package's files; return what the list says of them."""
    rows = []
    files, to = dict(package["files"]), Path(str(package["to"]))
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for inside, name in files.items():
            member = tar.extractfile(f"package/{inside}")
            if member is None:
                sys.exit(f"{package['name']}: {inside} is no file")
            data = member.read()
            row = {"file": name, "of": inside, "published_sha256": hashlib.sha256(data).hexdigest()}
            text = data.decode("utf-8") if name.endswith((".js", ".mjs")) else ""
            if text:
                text = "".join(line for line in text.splitlines(keepends=True) if "sourceMappingURL=" not in line)
                data = text.encode("utf-8")
            rows.append({**row, "sha256": hashlib.sha256(data).hexdigest()})
            to.mkdir(parents=True, exist_ok=True)
            if is_packed(to, name):
                (to / f"{name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
            else:
                (to / name).write_bytes(data)
    return rows


def is_packed(to: Path, name: str) -> bool:
    """Whether a file is kept packed: what pages load, not what people read."""
    return to == PAGES and name.endswith((".mjs", ".js", ".css"))


def read(to: Path, name: str) -> bytes | None:
    """What is in a vendored file; None where it is not there."""
    path = to / (f"{name}.gz" if is_packed(to, name) else name)
    if not path.is_file():
        return None
    return gzip.decompress(path.read_bytes()) if is_packed(to, name) else path.read_bytes()


def vendor() -> None:
    """Fetch all packages, and write the lists."""
    lists: dict[Path, list[dict[str, object]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            files = take_out(package, fetch(package, Path(folder)))
            about = {key: package[key] for key in ("name", "version", "licence", "integrity")}
            lists.setdefault(Path(str(package["to"])), []).append({**about, "files": files})
    for to, rows in lists.items():
        (to / LIST).write_text(json.dumps({"packages": rows}, indent=1) + "\n", encoding="utf-8")


def faults() -> list[str]:
    """Files that are not what the lists say."""
    wrong = []
    for to in (PAGES, TESTS):
        for package in json.loads((to / LIST).read_text("utf-8"))["packages"]:
            for row in package["files"]:
                content = read(to, row["file"])
                if content is None or hashlib.sha256(content).hexdigest() != row["sha256"]:
                    wrong.append(
                        f"{(to / row['file']).relative_to(ROOT)} is not that of {package['name']} {package['version']}"
                    )
    return wrong


def main() -> None:
    """Vendor, or check what is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fetch nothing; end with 1 where a file is not as listed")
    if not parser.parse_args().check:
        vendor()
    if wrong := faults():
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
