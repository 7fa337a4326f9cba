#!/usr/bin/env bash
# Build the checker of foreign code: Debian's golang-go and golang-golang-x-mod-dev, no network.
#
#   tests/foreign/build.sh OUTPUT
set -euo pipefail
cd "$(dirname "$0")"
# Debian puts the sources of Go libraries where a GOPATH of old expects them.
GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= CGO_ENABLED=0 \
    GOCACHE="${GOCACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/go-build}" \
    go build -trimpath -o "$1" checker.go
