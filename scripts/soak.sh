#!/usr/bin/env bash
# Try for long what `make test` tries shortly: every test with chance in it, twenty
# times as hard, then ten minutes of fuzzing the compiled search.
#
#   scripts/soak.sh [MINUTES]   of fuzzing, 10 by default; HEADSTAMP_TEST_EFFORT says how hard
set -euo pipefail
cd "$(dirname "$0")/.."

export HEADSTAMP_TEST_EFFORT=${HEADSTAMP_TEST_EFFORT:-20}
mapfile -t files < <(grep -rlE --include='test_*.py' '^from (hypothesis|tests.effort) import' tests | sort)
.venv/bin/python -m pytest -q -n "${HEADSTAMP_TEST_WORKERS:-2}" --dist loadfile "${files[@]}"
if [ "$(uname -s)" = Linux ]; then
    scripts/fuzz.sh "$((60 * ${1:-10}))"
else
    echo "soak: the fuzzing is written for Linux: left out here" >&2
fi
