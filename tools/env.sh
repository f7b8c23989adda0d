# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Sourced by every script under tools/: where the sources and the cache are, and which Node to use.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export VIGIE_CACHE=${VIGIE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vigie}

# Our own copies win: tools/setup makes them only when the machine's are missing or too old.
if [[ -x $VIGIE_CACHE/node/bin/node ]]; then PATH=$VIGIE_CACHE/node/bin:$PATH; fi
export PATH
# rustup installs here and a non-login shell does not know it.
cargo_home_bin=${CARGO_HOME:-$HOME/.cargo}/bin
