#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The front end's packages, exactly as web/package-lock.json pins them. None of their install scripts runs.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

cd "$root"
if [[ ! -f web/package-lock.json ]]; then exit 0; fi
command -v npm >/dev/null || lack "the front end's packages (no npm)" "first cure Node, named above, then run tools/setup again"

mark=web/node_modules/.vigie-$(cat web/package.json web/package-lock.json | sha256sum | cut -c1-16)
if have "$mark"; then exit 0; fi
(cd web && quiet npm ci --ignore-scripts --no-audit --no-fund) ||
  lack "the front end's packages ($(reason))" "set NPM_CONFIG_REGISTRY to a registry you can reach, then run tools/setup again"
touch "$mark"
have "$mark"
say "web/node_modules, $(find web/node_modules -name package.json -path '*node_modules/*' -prune | wc -l) packages"
