#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deploy/run.sh [--once] [--data-dir DIR] [--listen ADDR]: installs what is
# missing, builds, starts a node and loads a small sample when it is empty.
# Prints five commands to try and stays until Ctrl-C.
#   --once      runs the five commands itself and stops; exits 0, or with the
#               first failure
#   --data-dir  where the node keeps its data (default: data, in this folder)
#   --listen    where it serves (default: 127.0.0.1:7270)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '3,10s/^# //p' deploy/run.sh; }

once=0
data_dir=data
listen=127.0.0.1:7270
while (($#)); do
  case "$1" in
    --once) once=1 ;;
    --data-dir | --listen)
      if (($# < 2)); then
        echo "run.sh: $1 wants a value" >&2
        exit 2
      fi
      if [[ $1 == --data-dir ]]; then data_dir=$2; else listen=$2; fi
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) echo "run.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

deploy/install.sh
echo "run.sh: building"
deploy/build.sh release rowand rowan sstable-dump >&2

bin=build/release/bin
# A second node on this machine must not fight for the port of the first.
http=()
if [[ $listen != 127.0.0.1:7270 ]]; then http=(--http 127.0.0.1:0); fi
work=$(mktemp -d)
node=
stop_node() {
  trap - EXIT
  if [[ -n $node ]]; then
    kill -TERM "$node" 2>/dev/null || true
    wait "$node" || true
  fi
  rm -rf "$work"
}
trap stop_node EXIT
trap 'echo; exit 0' INT TERM

# The node says in one line when it serves; until then this blocks on the pipe.
# It runs in its own process group, so that Ctrl-C reaches this script first
# and the node is then stopped once.
mkfifo "$work/out"
set -m
"$bin/rowand" --data-dir "$data_dir" --listen "$listen" "${http[@]}" \
  >"$work/out" &
node=$!
set +m
exec 3<"$work/out"
address=
while IFS= read -r line <&3; do
  echo "$line"
  if [[ $line =~ serving\ on\ ([^ ]+) ]]; then
    address=${BASH_REMATCH[1]}
    break
  fi
done
if [[ -z $address ]]; then
  wait "$node" || code=$?
  node=
  echo "run.sh: the node ended before it served" >&2
  exit "${code:-1}"
fi

rowan=("$bin/rowan" --host "$address")
if [[ -z $("${rowan[@]}" keyspace list -o json | grep -o '"sample"' || true) ]]
then
  "${rowan[@]}" keyspace create sample
  "${rowan[@]}" table create sample.weather \
    --partition-key 'station text' --clustering 'ts timestamp desc' \
    --column 'temperature double' --column 'wind double' \
    --static 'city text'
  "${rowan[@]}" import csv deploy/sample/weather.csv --table sample.weather
fi

cat <&3 &

tries=(
  "status"
  "table describe sample.weather"
  "get sample.weather station=EDDB --slice 2024-06-01T12:00:00..2024-06-01T18:00:00"
  "put sample.weather station=EDDB ts=2024-06-03T00:00:00 temperature=14.5"
  "count sample.weather station=EDDB"
)
if ((once)); then
  for try in "${tries[@]}"; do
    echo
    echo "\$ rowan $try"
    # shellcheck disable=SC2086  # the commands hold no quotes
    "${rowan[@]}" $try
  done
  exit 0
fi

echo
echo "Five commands to try in another terminal:"
for try in "${tries[@]}"; do
  echo "  $bin/rowan --host $address $try"
done
echo "Ctrl-C stops the node; its data stays in $data_dir."
code=0
wait "$node" || code=$?
node=
exit "$code"
