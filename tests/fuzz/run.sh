#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh [--seconds N] [TARGET...]: fuzzes the targets (all of them
# when none is named) for N seconds each (60), one after the other, on top of
# their corpus. A line a target, and one result for tests/nightly; exit code 1
# when anything was found: the input is kept in build/fuzz/found/TARGET.
#   --seeds   writes the seeds of all targets into the corpus instead
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=60
seeds=0
targets=()
while (($#)); do
  case "$1" in
    --seconds) seconds=${2:?}; shift ;;
    --seeds) seeds=1 ;;
    -h | --help) sed -n '3,7s/^# //p' tests/fuzz/run.sh; exit 0 ;;
    -*) echo "run.sh: unknown argument '$1'" >&2; exit 2 ;;
    *) targets+=("$1") ;;
  esac
  shift
done

deploy/build.sh fuzz >&2
bin=build/fuzz/bin
corpus=tests/fuzz/corpus
if ((seeds)); then
  for program in fuzz_core fuzz_node; do
    "$bin/$program" --write-seeds="$corpus"
  done
  exit 0
fi

declare -A program_of
for program in fuzz_core fuzz_node; do
  for target in $("$bin/$program" --list); do
    program_of[$target]=$program
    all+=("$target")
  done
done
((${#targets[@]})) || targets=("${all[@]}")

# One input: 10 s, 2 GiB, 16 KiB. What a request leaves behind is no leak: its
# node goes on.
bounds=(-timeout=10 -rss_limit_mb=2048 -max_len=16384)
executions=0
found=0
for target in "${targets[@]}"; do
  program=${program_of[$target]:?no such target}
  work=build/fuzz/work/$target
  kept=build/fuzz/found/$target
  mkdir -p "$work" "$kept"
  log=$work.log
  extra=()
  [[ $target == request ]] && extra=(-detect_leaks=0)
  code=0
  UBSAN_OPTIONS=print_stacktrace=1 "$bin/$program" --target="$target" \
    "${bounds[@]}" "${extra[@]}" -max_total_time="$seconds" \
    -print_final_stats=1 -artifact_prefix="$kept/" "$work" "$corpus/$target" \
    >"$log" 2>&1 </dev/null || code=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -1 || true)
  executions=$((executions + ${runs:-0}))
  crashes=0
  if ((code != 0)); then
    crashes=1
    found=$((found + 1))
  fi
  echo "$target: ${runs:-0} executions, $crashes crashes, ${coverage:-cov: 0}"
  ((code == 0)) || tail -40 "$log" >&2
done
echo "result: {\"test\": \"fuzz, ${#targets[@]} targets\"," \
  "\"trials\": $executions, \"failures\": $found, \"seed\": \"\"}"
((found == 0))
