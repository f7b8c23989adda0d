#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian packages of tools/apt-packages.txt; only those that are missing, so no root is asked for when
# all are there. Those marked "?" may fail without stopping the build.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

if ! command -v dpkg-query >/dev/null; then
  lack "Debian's packages (this is another system)" "install what tools/apt-packages.txt names by your own means"
fi

missing() {   # REQUIRED | OPTIONAL
  local pattern='^[a-z]' names
  if [[ $1 == OPTIONAL ]]; then pattern='^\?'; fi
  names=$(grep "$pattern" "$root/tools/apt-packages.txt" | sed 's/^?//; s/[[:space:]]*#.*//')
  # dpkg-query complains of unknown names and lists the others: what it lists is what there is.
  # shellcheck disable=SC2086
  comm -23 <(sort <<<"$names") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $names 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}
mapfile -t required < <(missing REQUIRED)
mapfile -t optional < <(missing OPTIONAL)
wanted=("${required[@]}" "${optional[@]}")

# finish WHY: ends the step when something is still missing.
finish() {
  mapfile -t required < <(missing REQUIRED)
  mapfile -t optional < <(missing OPTIONAL)
  local lost=("${required[@]}" "${optional[@]}") status=3
  if [[ ${#lost[@]} -eq 0 ]]; then return; fi
  if [[ ${#required[@]} -gt 0 ]]; then status=4; fi
  lack "${lost[*]} ($1)" "as root, apt-get update && apt-get install --no-install-recommends ${lost[*]}" "$status"
}

if [[ ${#wanted[@]} -gt 0 ]]; then
  can_be_root || finish "root is needed"
  say "installing ${#wanted[@]} packages: ${wanted[*]}"
  # All at once; and if one is not to be had, what is required first, then each of the others by itself.
  if ! apt_install "${wanted[@]}"; then
    if [[ ${#required[@]} -gt 0 ]]; then apt_install "${required[@]}" || true; fi
    for name in "${optional[@]}"; do apt_install "$name" || true; done
  fi
  case " ${wanted[*]} " in *" postgresql-15 "*)
    say "note: PostgreSQL's package made a cluster of its own on port 5432; the tests do not use it" ;;
  esac
  finish "$(reason)"
  say "${#wanted[@]} packages installed"
fi
have /usr/bin/clang++-19 /usr/bin/cmake /usr/bin/ninja || true
