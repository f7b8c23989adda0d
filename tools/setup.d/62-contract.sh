#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Schemathesis, in a virtual environment of its own: tests/contract/requirements.txt, every file hashed.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

requirements=$root/tests/contract/requirements.txt
venv=$VIGIE_CACHE/contract
mark=$venv/.vigie-$(sha256sum "$requirements" | cut -c1-16)
if have "$mark"; then exit 0; fi

# The lock is for CPython 3.11; Debian's own comes first, since a pyenv's may vanish.
for python in /usr/bin/python3.11 python3.11; do
  if "$python" -c 'import venv, ensurepip' 2>/dev/null; then break; else python=; fi
done
[[ -n $python ]] || lack "Schemathesis (no python 3.11 with venv)" "apt-get install python3-venv"
rm -rf "$venv"
quiet "$python" -m venv "$venv"
quiet "$venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --retries 2 --no-deps \
  --require-hashes --only-binary :all: --requirement "$requirements" ||
  lack "Schemathesis ($(reason))" "set PIP_INDEX_URL to an index you can reach, then run tools/setup again"
touch "$mark"
have "$mark"
say "Schemathesis in $venv"
