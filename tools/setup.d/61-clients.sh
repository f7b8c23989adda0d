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

command -v npm >/dev/null || lack "tiktok-live-connector (no npm)" "first cure Node, named above, then run tools/setup again"

rm -rf "$home"
mkdir -p "$home/node"
python_tools "TikTokLive" "$venv" "$clients/requirements.txt"
cp "$clients"/{package.json,package-lock.json} "$home/node"
(cd "$home/node" && quiet npm ci --ignore-scripts --no-audit --no-fund) ||
  lack "tiktok-live-connector ($(reason))" "set NPM_CONFIG_REGISTRY to a registry you can reach, then run tools/setup again"
touch "$mark"
have "$mark"
say "TikTokLive and tiktok-live-connector in $home"
