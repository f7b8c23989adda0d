#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CTranslate2, the speech engine (MIT): the library out of its Python wheel, the headers out of the Rust
# crate that carries the same version's sources. Building it from Debian's parts fails (oneDNN 2.6 is too old).
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

version=4.8.4
wheel_sha256=1037b3f51d18f1546120686670d71fcdaf85a0500fffccc56d8439ded5d284e5
crate_version=0.10.3
crate_sha256=edf9167bb229e98360fe2ae650bf44936bf043f11cf6e620994bd0ef51c6cf8c
home=$VIGIE_CACHE/ctranslate2-$version

if [[ $(uname -m) != x86_64 ]]; then
  lack "CTranslate2 for $(uname -m)" "build it yourself and let find_package(ctranslate2) see it"
fi

# The wheel mangles the names of its libraries, and each finds the other beside itself (RPATH \$ORIGIN):
# the mangled names stay, and plain ones point at them for the linker.
if ! have "$home/lib/libctranslate2.so"; then
  fetch_wheel "ctranslate2==$version" "$wheel_sha256"
  lib=$scratch/ctranslate2/ctranslate2.libs
  mangled=$(basename "$lib"/libctranslate2-*.so.*)
  ln -s "$mangled" "$lib/libctranslate2.so"
  ln -s "$mangled" "$lib/libctranslate2.so.${version%%.*}"
  publish "$lib" "$home/lib"
  have "$home/lib/libctranslate2.so"
  say "library $version"
fi

# cargo reads today's index from 1.70 on; Debian 12's own is 1.65, its security archive has a newer one.
new_cargo() {
  local cargo found
  for cargo in cargo "$cargo_home_bin/cargo"; do
    found=$("$cargo" --version 2>/dev/null | cut -d' ' -f2) || continue
    if [[ $(printf '%s\n' 1.70 "$found" | sort -V | head -n 1) == 1.70 ]]; then
      echo "$cargo"
      return
    fi
  done
  return 1
}

if ! have "$home/include/ctranslate2/models/whisper.h"; then
  if ! cargo=$(new_cargo) && can_be_root && apt_install cargo-web; then say "installed cargo-web"; fi
  cargo=$(new_cargo) || lack "the headers (no cargo ≥ 1.70)" "apt-get install cargo-web, as root, then run tools/setup again"
  mkdir -p "$scratch/crate/src"
  : >"$scratch/crate/src/lib.rs"
  cat >"$scratch/crate/Cargo.toml" <<TOML
[package]
name = "headers"
version = "0.0.0"
edition = "2021"
[dependencies]
ct2rs = { version = "=$crate_version", default-features = false }
TOML
  (cd "$scratch/crate" && quiet "$cargo" vendor --quiet) ||
    lack "the headers from the Rust registry ($(reason))" "give cargo a registry it can reach (source replacement), then run tools/setup again"
  # cargo has checked the download against this very checksum; here it is checked to be the one we mean.
  crate=$scratch/crate/vendor/ct2rs
  grep -q "\"package\":\"$crate_sha256\"" "$crate/.cargo-checksum.json" ||
    lack "the headers (ct2rs $crate_version is not the crate we know)" "report it: the registry serves something else"
  grep -q "\"$version\"" "$crate/CTranslate2/python/ctranslate2/version.py"
  cp "$crate/CTranslate2/LICENSE" "$crate/CTranslate2/include/"
  publish "$crate/CTranslate2/include" "$home/include"
  have "$home/include/ctranslate2/models/whisper.h"
  say "headers $version"
fi
