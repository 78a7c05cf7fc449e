#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deploy/build.sh KIND [TARGET...]: configures build/KIND once and builds the
# targets (all of them when none is named). KIND: release, asan or tsan.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=$1
shift
case "$kind" in
  release) sanitize="" ;;
  asan) sanitize=address ;;
  tsan) sanitize=thread ;;
  *) echo "build.sh: unknown kind '$kind': release, asan or tsan" >&2; exit 2 ;;
esac

build=build/$kind
if [[ ! -f $build/build.ninja ]]; then
  cmake -S . -B "$build" -G Ninja -DROWAN_SANITIZE="$sanitize" </dev/null
fi
# Two compilers with gRPC's headers need about 1.5 GiB; more only pays with
# more cores.
ninja -C "$build" -j "$(nproc)" "$@" </dev/null
