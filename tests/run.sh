#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/run.sh [--fast] [--sanitize] [--nightly [--part i/n]]: installs what is
# missing, builds, runs the tests through ctest, and ends with the summary of
# the main run.
#   --fast       the unit tier only
#   --sanitize   also builds with ASan+UBSan and runs the unit and concurrency
#                tests; and with TSan, and runs those that start threads
#   --nightly    the counted tests that take hours, instead of the rest; with
#                --part only the i-th of n shares; goes on where it was cut
#                (tests/nightly/nightly.py)
# Every step has a time budget, the builds share one; what overruns it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '3,13s/^# //p' tests/run.sh; }

fast=0
sanitize=0
nightly=0
part=1/1
while (($#)); do
  case "$1" in
    --fast) fast=1 ;;
    --sanitize) sanitize=1 ;;
    --nightly) nightly=1 ;;
    --part) part=${2:-}; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "run.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
if [[ ! $part =~ ^[1-9][0-9]*/[1-9][0-9]*$ ]]; then
  echo "run.sh: --part wants i/n, such as 1/3" >&2
  exit 2
fi

failures=()
child=
trap 'kill -TERM $child 2>/dev/null; exit 130' INT TERM

# step NAME BUDGET COMMAND...: runs the command within the budget, prints how
# long it took and remembers a failure.
step() {
  local name=$1 budget=$2 begin=$SECONDS code=0
  shift 2
  echo "== $name (budget $budget)"
  # In the background, so that Ctrl-C is seen at once and reaches all of it.
  timeout --kill-after=20s "$budget" "$@" </dev/null &
  child=$!
  wait "$child" || code=$?
  echo "== $name: $((SECONDS - begin)) s of $budget" >&2
  if ((code == 0)); then return 0; fi
  if ((code == 124)); then echo "== $name: over its budget" >&2; fi
  failures+=("$name (exit $code)")
  return 1
}

# A build that fails leaves nothing to test, so it ends the run.
builds_left=$((25 * 60))
build() {
  local begin=$SECONDS
  step "build $1" "${builds_left}s" deploy/build.sh "$1" || exit 1
  builds_left=$((builds_left - (SECONDS - begin)))
}

step "set-up" 10m deploy/install.sh tests/packages.txt || exit 1
build release

ctest_of() {
  local kind=$1
  shift
  echo ctest --test-dir "build/$kind" -j2 --output-on-failure \
    --no-tests=error "$@"
}

if ((sanitize)); then
  build asan
  step "asan" 6m $(ctest_of asan -L 'unit|concurrency') || true
  build tsan
  step "tsan" 4m $(ctest_of tsan -L concurrency) || true
fi

# Last, so that the run ends with the summary that counts.
if ((nightly)); then
  step "nightly, part $part" 4h tests/nightly/nightly.py --part "$part" || true
elif ((fast)); then
  step "unit" 3m $(ctest_of release -L 'unit|concurrency') || true
else
  step "unit, node and clients" 9m $(ctest_of release) || true
fi

echo "== all: $SECONDS s" >&2
if ((${#failures[@]})); then
  printf 'run.sh: failed: %s\n' "${failures[@]}" >&2
  exit 1
fi
