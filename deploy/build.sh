#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deploy/build.sh KIND [TARGET...]: configures build/KIND once and builds the
# targets (all of them when none is named). KIND: release, asan, tsan or fuzz
# (clang, for tests/fuzz alone).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=$1
shift
compiler=()
case "$kind" in
  release) sanitize="" ;;
  asan) sanitize=address ;;
  tsan) sanitize=thread ;;
  fuzz)
    sanitize=fuzz
    compiler=(-DCMAKE_CXX_COMPILER=clang++)
    (($#)) || set -- fuzz_core fuzz_node
    ;;
  *)
    echo "build.sh: unknown kind '$kind': release, asan, tsan or fuzz" >&2
    exit 2
    ;;
esac

build=build/$kind
if [[ ! -f $build/build.ninja ]]; then
  cmake -S . -B "$build" -G Ninja -DROWAN_SANITIZE="$sanitize" \
    "${compiler[@]}" </dev/null
fi
# Two compilers with gRPC's headers need about 1.5 GiB; more only pays with
# more cores.
ninja -C "$build" -j "$(nproc)" "$@" </dev/null
