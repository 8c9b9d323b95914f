"""The bill of materials: every package of the locks, and what is vendored, with version and licence, as CycloneDX JSON.

::

    .venv/bin/python tools/bill_of_materials.py          write it beside the locks
    .venv/bin/python tools/bill_of_materials.py --check  end with 1 where it is not what the locks say

Versions are those of ``requirements/*.txt``; licences are those that the installed packages declare, so it is run in
the development environment.  It carries no time and no number of its own: the same locks give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "dev")
BILL = ROOT / "requirements" / "bill-of-materials.json"
VENDORED = (("src/caravana/web/static/vendor/vendor.json", "optional"), ("tests/made/vendor/vendor.json", "excluded"))
"""Lists of what is vendored from npm (tools/vendor_web.py): shipped with the pages, or for tests alone."""
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""SPDX identifiers of the classifiers by which older packages say their licence."""
WORDED = {
    "Apache 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0", "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause", "ISC License": "ISC",
}  # fmt: skip
"""SPDX identifiers of other words that packages use."""
_SPDX = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")


def locked(name: str) -> dict[str, str]:
    """Versions by package of one lock."""
    return dict(_PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text("utf-8")))


def licence_of(package: str) -> str:
    """The licence that an installed package declares, as an SPDX expression.

    Raises
    ------
    SystemExit
        If it declares none that can be understood.
    """
    declared = metadata.metadata(package)
    if expression := declared.get("License-Expression"):
        return str(expression)
    words = str(declared.get("License") or "").strip()
    if words in WORDED or (words and "\n" not in words and _SPDX.fullmatch(words) and words != "UNKNOWN"):
        return WORDED.get(words, words)
    classifiers = [c.split(" :: ")[-1] for c in declared.get_all("Classifier") or () if c.startswith("License ::")]
    known = sorted({CLASSIFIED[c] for c in classifiers if c in CLASSIFIED})
    if not known:
        sys.exit(f"{package} declares no licence that is known here: {words[:60]!r}, {classifiers}")
    return " OR ".join(known)


def _licences(expression: str) -> list[dict[str, Any]]:
    return [{"expression": expression}] if " " in expression else [{"license": {"id": expression}}]


def vendored() -> list[dict[str, Any]]:
    """What is vendored, with the hash of the package that it was taken from."""
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{one['name']}@{one['version']}",
            "name": one["name"],
            "version": one["version"],
            "scope": scope,
            "hashes": [{"alg": "SHA-512", "content": base64.b64decode(one["integrity"].removeprefix("sha512-")).hex()}],
            "licenses": _licences(one["licence"]),
            "purl": f"pkg:npm/{one['name']}@{one['version']}",
        }
        for path, scope in VENDORED
        for one in json.loads((ROOT / path).read_text("utf-8"))["packages"]
    ]


def bill() -> dict[str, Any]:
    """The bill of materials of all locks; packages only developers need have the scope ``excluded``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    run, every = locked("run"), {name: version for lock in LOCKS for name, version in locked(lock).items()}
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "scope": "required" if name in run else "excluded",
            "licenses": _licences(licence_of(name)),
            "purl": f"pkg:pypi/{name}@{version}",
        }
        for name, version in sorted(every.items())
    ]
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "licenses": _licences(project["license"]),
                "purl": root,
            }
        },
        "components": components + vendored(),
    }


def main() -> None:
    """Write the bill, or compare what is there with the locks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where it is not up to date")
    text = json.dumps(bill(), indent=1) + "\n"
    if not parser.parse_args().check:
        BILL.write_text(text, encoding="utf-8")
    elif not BILL.is_file() or BILL.read_text("utf-8") != text:
        sys.exit(f"{BILL.relative_to(ROOT)} is not what the locks say: run tools/bill_of_materials.py")


if __name__ == "__main__":
    main()
