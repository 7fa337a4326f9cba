#!/usr/bin/env bash
# Try the NEON kernel of the search core against the plain one, on a machine that is not ARM.
#
# Needs a cross compiler and an emulator, half a gigabyte in all, which is why CI does not:
#   apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
# The compiler's sanitizers do not run under this emulator; scripts/check-kernels.sh
# runs the plain kernel under them.
set -euo pipefail
for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
    command -v "$tool" >/dev/null || {
        echo "no $tool here: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user" >&2
        exit 77
    }
done
CC=aarch64-linux-gnu-gcc CFLAGS="-O3 -static" RUN=qemu-aarch64 ROUNDS=${ROUNDS:-200000} \
    exec "$(dirname "$0")/check-kernels.sh" "$@"
