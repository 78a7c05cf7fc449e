#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deploy/install.sh [LIST...]: installs the packages of deploy/packages.txt, and
# of further lists, that are missing, with apt.
# Says nothing and needs no rights when nothing is missing.
set -euo pipefail

lists=("$(dirname "${BASH_SOURCE[0]}")/packages.txt" "$@")
mapfile -t wanted < <(cat "${lists[@]}")
missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ "$status" == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "install.sh: these packages are missing: ${missing[*]}" >&2
    echo "install.sh: installing them needs root; run this as root" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install.sh: installing ${#missing[@]} packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" \
  </dev/null >/dev/null
echo "install.sh: done"
