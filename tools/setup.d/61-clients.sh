#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two TikTok clients that others wrote, unmodified, to try the simulator with (tests/clients): TikTokLive from
# PyPI and tiktok-live-connector from npm, every file hashed. Run beside Vigie's tests, never part of it.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

clients=$root/tests/clients
home=$VIGIE_CACHE/clients
venv=$home/venv
mark=$home/.vigie-$(cat "$clients"/{requirements.txt,package.json,package-lock.json} | sha256sum | cut -c1-16)
if have "$mark"; then exit 0; fi

# The lock is for CPython 3.11; Debian's own comes first, since a pyenv's may vanish.
for python in /usr/bin/python3.11 python3.11; do
  if "$python" -c 'import venv, ensurepip' 2>/dev/null; then break; else python=; fi
done
[[ -n $python ]] || lack "TikTokLive (no python 3.11 with venv)" "apt-get install python3-venv"
command -v npm >/dev/null || lack "tiktok-live-connector (no npm)" "first cure Node, named above, then run tools/setup again"

rm -rf "$home"
mkdir -p "$home/node"
quiet "$python" -m venv "$venv"
quiet "$venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --retries 2 --no-deps \
  --require-hashes --only-binary :all: --requirement "$clients/requirements.txt" ||
  lack "TikTokLive ($(reason))" "set PIP_INDEX_URL to an index you can reach, then run tools/setup again"
cp "$clients"/{package.json,package-lock.json} "$home/node"
(cd "$home/node" && quiet npm ci --ignore-scripts --no-audit --no-fund) ||
  lack "tiktok-live-connector ($(reason))" "set NPM_CONFIG_REGISTRY to a registry you can reach, then run tools/setup again"
touch "$mark"
have "$mark"
say "TikTokLive and tiktok-live-connector in $home"
