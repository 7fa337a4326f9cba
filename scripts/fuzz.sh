#!/usr/bin/env bash
# Try what is compiled (the search core, the walks over the graph of supply) on damaged files,
# wrong arguments and any text, with the address and the undefined-behaviour sanitizer.
#
#   scripts/fuzz.sh [SECONDS]           60 by default, half for each
#   scripts/fuzz.sh round NUMBER        one round of the search core again, by its number
#   scripts/fuzz.sh graph-round NUMBER  one round of the graph again
#
# Where something is found it prints the sanitizer's report and the number of the round.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CC=${CC:-gcc} OPENBLAS_NUM_THREADS=1
.venv/bin/python scripts/compile_core.py --sanitize "$folder" >/dev/null

# Python allocates through malloc, so that each array has guarded bytes on both sides; it
# does not give all back at its end, which is no leak of ours.
try() {
    LD_PRELOAD=$("$CC" -print-file-name=libasan.so) PYTHONMALLOC=malloc \
        ASAN_OPTIONS=detect_leaks=0:redzone=512:quarantine_size_mb=32:strict_init_order=1 \
        UBSAN_OPTIONS=print_stacktrace=1 \
        .venv/bin/python -m "$1" --core "$folder" "${@:3}" || {
        echo "fuzz: to see it again: scripts/fuzz.sh $2 $(cat "$folder/round")" >&2
        exit 1
    }
}
case ${1:-} in
    round) try tests.markings.fuzz_core round --first "$2" --rounds 1 ;;
    graph-round) try tests.tracing.fuzz_graph graph-round --first "$2" --rounds 1 ;;
    *)
        half=$((${1:-60} / 2))
        try tests.markings.fuzz_core round --seconds "$half"
        try tests.tracing.fuzz_graph graph-round --seconds "$half"
        ;;
esac
