#!/usr/bin/env bash
# Try the vector kernels of the search core against the plain one, without Python.
#
#   scripts/check-kernels.sh [FOLDER]   this machine's, under the sanitizers of the compiler
#   scripts/check-neon.sh [FOLDER]      those of 64-bit ARM, under an emulator
#
# FOLDER holds what is compiled (a temporary one by default). CC, CFLAGS and RUN (an
# emulator to start the program with) say otherwise; ROUNDS is how many patterns are
# tried. Exits 77 where there is no compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
CC=${CC:-$(command -v cc || command -v gcc || command -v clang || true)}
if [ -z "$CC" ]; then
    echo "there is no C compiler here: the kernels are not tried" >&2
    exit 77
fi
CFLAGS=${CFLAGS--fsanitize=address,undefined -fno-sanitize-recover=all}

werror=
[ "${CI:-}" != true ] || werror=-Werror

# shellcheck disable=SC2086  # CC, CFLAGS and RUN are several words each.
{
    $CC -std=gnu11 -O2 -g -Wall -Wextra $werror $CFLAGS -Isrc/headstamp/markings \
        tests/markings/kernels.c -o "$folder/kernels"
    ${RUN:-} "$folder/kernels" "${ROUNDS:-20000}"
}
