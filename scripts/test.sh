#!/usr/bin/env bash
# Run every check: style, the order of the rooms, then the tests, on both stores.
#
# PostgreSQL: a cluster of its own in a temporary folder, on a free port of the
# loopback address, ended and removed at the end whatever happens. Set
# HEADSTAMP_TEST_POSTGRES to a server URL (with the right to create databases)
# to use another one. As root it runs as the user postgres, as PostgreSQL asks.
#
# What is given on the command line goes to pytest:
#   scripts/test.sh tests/store -k versions
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'test: %s\n' "$*" >&2; }

bin_folder() {
    local newest
    newest=$( (ls -d /usr/lib/postgresql/*/bin 2>/dev/null || true) | sort -V | tail -n 1)
    if [ -n "$newest" ]; then
        echo "$newest"
    elif command -v initdb >/dev/null; then
        dirname "$(command -v initdb)"
    fi
}

cluster=
pg_bin=
as_postgres=()

stop_postgres() {
    [ -n "$cluster" ] || return 0
    (cd / && "${as_postgres[@]}" "$pg_bin/pg_ctl" -D "$cluster/data" -m immediate -w stop) \
        >/dev/null 2>&1 || true
    rm -rf "$cluster"
    cluster=
}

start_postgres() {
    local secret port
    cluster=$(mktemp -d /tmp/headstamp-postgres.XXXXXX)
    trap stop_postgres EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$secret" >"$cluster/secret"
    if [ "$(id -u)" -eq 0 ]; then
        as_postgres=(runuser -u postgres --)
        chown -R postgres "$cluster"
    fi
    # Durable writing is the store's subject, not the test server's: it runs without fsync, and says
    # that nobody would miss its rows. tests/durability/test_postgres.py starts servers of its own.
    (cd / && "${as_postgres[@]}" "$pg_bin/initdb" -D "$cluster/data" -U headstamp \
        --pwfile="$cluster/secret" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 \
        --no-sync) >"$cluster/initdb.log" 2>&1 || { cat "$cluster/initdb.log" >&2; exit 1; }
    # The port may be taken between its choice and its use: then another is tried.
    for _ in 1 2 3 4 5; do
        port=$(.venv/bin/python -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')
        if (cd / && "${as_postgres[@]}" "$pg_bin/pg_ctl" -D "$cluster/data" -w -t 60 \
            -l "$cluster/data/server.log" \
            -o "-c listen_addresses=127.0.0.1 -c port=$port -c fsync=off -c headstamp.trial=on \
                -c max_connections=200 \
                -c unix_socket_directories=''" start) >/dev/null 2>&1; then
            export HEADSTAMP_TEST_POSTGRES="postgresql://headstamp:$secret@127.0.0.1:$port/postgres"
            say "PostgreSQL for the tests: 127.0.0.1:$port"
            return
        fi
    done
    cat "$cluster/data/server.log" >&2
    say "PostgreSQL did not start"
    exit 1
}

if [ -z "${HEADSTAMP_TEST_POSTGRES:-}" ]; then
    pg_bin=$(bin_folder)
    if [ -n "$pg_bin" ]; then
        start_postgres
    elif [ "${CI:-}" = true ]; then
        say "no PostgreSQL here: its tests cannot be left out in CI"
        exit 1
    else
        say "no PostgreSQL here: its tests are skipped, each by name"
    fi
fi

.venv/bin/ruff check --quiet .
.venv/bin/lint-imports --no-cache >"${TMPDIR:-/tmp}/headstamp-imports.$$" 2>&1 || {
    cat "${TMPDIR:-/tmp}/headstamp-imports.$$" >&2
    rm -f "${TMPDIR:-/tmp}/headstamp-imports.$$"
    exit 1
}
rm -f "${TMPDIR:-/tmp}/headstamp-imports.$$"
.venv/bin/python -m pytest -n "${HEADSTAMP_TEST_WORKERS:-2}" --dist loadfile "$@"
