"""What is in the wheel, and what must not be in the tree."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "caravana"
# Addresses of package registries and of mirrors: each machine uses its own, and a lock must not name one.
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|--(?:extra-)?index-url[= ]|artifactory|/simple/?(?:\s|$)",
    re.IGNORECASE,
)


def tracked_files():
    """Files under version control; without git, all but what a checkout never holds."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    skipped = {".venv", ".git", "runs", "site", "dist", "build"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not skipped & set(p.relative_to(ROOT).parts)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in a wheel built without a network, from a copy so that nothing is left in the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    shutil.copytree(PACKAGE, copy / "src" / "caravana", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    done = subprocess.run([*command, "-w", str(folder), str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_package(wheel):
    here = {p.relative_to(PACKAGE.parent).as_posix() for p in PACKAGE.rglob("*") if p.is_file()}
    wanted = {name for name in here if "__pycache__" not in name and not name.endswith(".pyc")}
    assert not wanted - wheel


def test_the_wheel_holds_nothing_else(wheel):
    assert not {name for name in wheel if not name.startswith("caravana") or "__pycache__" in name}


def test_the_wheel_carries_its_licence(wheel):
    assert any(name.endswith("LICENSE") for name in wheel)


def test_no_tracked_file_names_a_registry():
    named = []
    for path in tracked_files():
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        named += [f"{path.relative_to(ROOT)}: {match[0]}" for match in REGISTRY.finditer(text)]
    assert not named


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "core.txt", "levels.txt", "lowest.txt", "checks.txt"])
def test_every_locked_package_is_pinned_with_hashes(lock):
    text = re.sub(r"^#.*\n", "", (ROOT / "requirements" / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[A-Za-z0-9._-]+==[^\s;]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def read_lock(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def test_the_runtime_lock_is_a_part_of_the_development_lock():
    run, dev = read_lock("run.txt"), read_lock("dev.txt")
    assert {name: dev.get(name) for name in run} == run


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    run, dev = read_lock("run.txt"), read_lock("dev.txt")
    for lines, lock in ((project["dependencies"], run), (project["dependencies"] + extras, dev)):
        names = {re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-") for line in lines}
        assert names <= set(lock)


def test_versions_agree():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readme_gives_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_every_page_that_the_readme_names_is_there_and_the_tutorials_are_among_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = [name for name in re.findall(r"\]\(([^)#:]+)\)", readme) if name.endswith(".md")]
    assert {"docs/tutorials/first-map.md", "docs/tutorials/flee-instance.md"} <= set(pages)
    assert all((ROOT / name).is_file() for name in pages)
