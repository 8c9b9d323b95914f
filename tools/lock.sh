#!/usr/bin/env bash
# Writes requirements/dev.txt and requirements/run.txt from pyproject.toml: every package pinned, with the
# hashes of all its release files and without the address of any registry (each machine uses its own).
# Run it in the development environment: .venv/bin is where pip-compile lives. Give -U to take newer releases.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
        --pip-args "--only-binary :all:" "$@" pyproject.toml requirements/build.in
}
compile "$@" --all-extras --output-file requirements/dev.txt
# The runtime set is the part of the development set that the package itself needs, at the same versions.
compile "$@" --constraint requirements/dev.txt --output-file requirements/run.txt
