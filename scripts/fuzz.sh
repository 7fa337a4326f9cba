#!/usr/bin/env bash
# Try the compiled search core on damaged files, wrong arguments and any text, compiled
# with the address and the undefined-behaviour sanitizer.
#
#   scripts/fuzz.sh [SECONDS]     60 by default
#   scripts/fuzz.sh round NUMBER  one round again, by its number
#
# Where something is found it prints the sanitizer's report and the number of the round.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CC=${CC:-gcc} OPENBLAS_NUM_THREADS=1
.venv/bin/python scripts/compile_core.py --sanitize "$folder" >/dev/null

if [ "${1:-}" = round ]; then
    what=(--first "$2" --rounds 1)
else
    what=(--seconds "${1:-60}")
fi
# Python allocates through malloc, so that each array has guarded bytes on both sides; it
# does not give all back at its end, which is no leak of ours.
failed=0
LD_PRELOAD=$("$CC" -print-file-name=libasan.so) PYTHONMALLOC=malloc \
    ASAN_OPTIONS=detect_leaks=0:redzone=512:quarantine_size_mb=32:strict_init_order=1 \
    UBSAN_OPTIONS=print_stacktrace=1 \
    .venv/bin/python -m tests.markings.fuzz_core --core "$folder" "${what[@]}" || failed=$?
if [ "$failed" -ne 0 ]; then
    echo "fuzz: to see it again: scripts/fuzz.sh round $(cat "$folder/round")" >&2
fi
exit "$failed"
