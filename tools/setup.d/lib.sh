# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the steps of tools/setup share. A step is a script of its own: exit 0 = all there, 3 = something is
# missing and was said in one line with its cure, 4 = the same, and without it the core cannot be built.

set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"

step=$(basename "$0" .sh)
step=${step#*-}
log=$VIGIE_CACHE/setup.log
mkdir -p "$VIGIE_CACHE/tmp"   # on the same disk as what is published
scratch=$(mktemp -d "$VIGIE_CACHE/tmp/$step.XXXXXX")
trap 'leave $?' EXIT

leave() {
  rm -rf "$scratch"
  if [[ $1 -ne 0 && $1 -ne 3 && $1 -ne 4 ]]; then
    say "stopped unexpectedly; cure: read $log, then run tools/setup again"
  fi
}

say() { printf '%-12s %s\n' "$step" "$*"; }

# lack WHAT CURE [STATUS]: the one line for a thing that cannot be had; ends the step.
lack() {
  say "cannot have $1; cure: $2"
  exit "${3:-3}"
}

# A command's words go to the log, never to the screen.
quiet() {
  local status=0
  "$@" >"$scratch/said" 2>&1 || status=$?
  cat "$scratch/said" >>"$log"
  return "$status"
}

# Why the last quiet command failed, in a few words: the network's complaint before the conclusion drawn from it.
reason() {
  local cause='connection refused|econnrefused|failed to connect|timed out|name resolution|could not resolve[^,;]*'
  cause+='|certificate verify failed|do not match the hashes|no space left[a-z ]*'
  {
    grep -aoiE "$cause" "$scratch/said" || grep -aiE 'error|fatal|denied|could not|unable|^E:' "$scratch/said" ||
      echo "no reason given"
  } | head -n 1 | sed 's/^[[:space:]]*//' | cut -c1-110
}

# have PATH…: true when all exist; they are also noted for the stamp of tools/setup.
have() {
  local path
  for path in "$@"; do [[ -e $path ]] || return 1; done
  if [[ -n ${SETUP_MADE:-} ]]; then printf '%s\n' "$@" >>"$SETUP_MADE"; fi
}

same_sum() { [[ -f $2 ]] && sha256sum --check --status <<<"$1  $2"; }

# as_root COMMAND…: directly, or by sudo when it asks for no password.
can_be_root() { [[ $EUID -eq 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }
as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi; }

# apt_install PACKAGE…: the package lists are refreshed at most once in a run of tools/setup.
apt_install() {
  if [[ ! -e ${SETUP_MADE:-$scratch/made}.apt ]]; then
    quiet as_root apt-get update -q -o DPkg::Lock::Timeout=300 || return 1
    touch "${SETUP_MADE:-$scratch/made}.apt"
  fi
  quiet as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@"
}

# python_with MODULE: the first interpreter that has it (a pyenv or conda python may lack pip).
python_with() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c "import $1" 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  return 1
}

# fetch_wheel NAME==VERSION SHA256: leaves the unpacked wheel in $scratch/<name>. The tags are spelled so
# that any python fetches what Debian 12's own (3.11, glibc 2.36, x86-64) would.
fetch_wheel() {
  local name=${1%%==*} python
  python=$(python_with pip) || lack "$1" "apt-get install python3-pip"
  mkdir "$scratch/$name.whl"
  printf '%s --hash=sha256:%s\n' "$1" "$2" >"$scratch/$name.txt"
  quiet "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --no-cache-dir --retries 2 --only-binary :all: --implementation cp --python-version 3.11 --abi cp311 --abi none \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 \
    --platform manylinux2014_x86_64 --platform any \
    --requirement "$scratch/$name.txt" --dest "$scratch/$name.whl" ||
    lack "$1 from PyPI ($(reason))" "set PIP_INDEX_URL to an index you can reach, then run tools/setup again"
  quiet "$python" -m zipfile -e "$scratch/$name.whl"/*.whl "$scratch/$name"
  rm -r "$scratch/$name.whl"
}

# python_tools WHAT VENV REQUIREMENTS: what pip installs into a virtual environment of its own, every file hashed.
# The locks are for CPython 3.11; Debian's own comes first, since a pyenv's may vanish.
python_tools() {
  local python
  for python in /usr/bin/python3.11 python3.11; do
    if "$python" -c 'import venv, ensurepip' 2>/dev/null; then break; else python=; fi
  done
  [[ -n $python ]] || lack "$1 (no python 3.11 with venv)" "apt-get install python3-venv"
  rm -rf "$2"
  quiet "$python" -m venv "$2"
  quiet "$2/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --retries 2 --no-deps \
    --require-hashes --only-binary :all: --requirement "$3" ||
    lack "$1 ($(reason))" "set PIP_INDEX_URL to an index you can reach, then run tools/setup again"
}

# publish FOLDER DESTINATION: a folder appears in the cache whole or not at all.
publish() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv "$1" "$2"
  chmod -R u+rwX,go+rX "$2"
}
