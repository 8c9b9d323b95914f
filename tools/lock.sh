#!/usr/bin/env bash
# Writes the locks in requirements/ from pyproject.toml: every package pinned, with the hashes of all its release files
# and without the address of any registry (each machine uses its own).
# Run it in the development environment: .venv/bin is where pip-compile and uv live. Give -U to take newer releases.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
        --pip-args "--only-binary :all:" "$@"
}
part() { compile "$@" --constraint requirements/dev.txt; }
alone() {
    .venv/bin/uv pip compile --quiet --no-config --generate-hashes --no-annotate --no-header --no-emit-index-url \
        --only-binary :all: --python-version 3.11 "$@"
}
compile "$@" pyproject.toml requirements/build.in --all-extras --output-file requirements/dev.txt
# The runtime set is the part of the development set that the package itself needs, at the same versions, with what
# `make run` and `make demo` are to show of it: displacement, and a page as PDF.
part "$@" pyproject.toml requirements/build.in --extra displacement --extra pdf --output-file requirements/run.txt
# Levels (tools/levels.py): no extra at all, the test runner beside the runtime set, and the oldest that is allowed.
part "$@" pyproject.toml requirements/levels.in --output-file requirements/core.txt
part "$@" requirements/levels.in --output-file requirements/levels.txt
alone "$@" --resolution lowest-direct pyproject.toml requirements/levels.in --extra displacement --extra pdf \
    --extra inference --output-file requirements/lowest.txt
# Validators of what is handed over want other versions than the package does: they live by themselves.
alone "$@" requirements/checks.in --override requirements/checks.overrides --output-file requirements/checks.txt
