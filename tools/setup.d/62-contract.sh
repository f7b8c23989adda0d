#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Schemathesis, in a virtual environment of its own: tests/contract/requirements.txt, every file hashed.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

requirements=$root/tests/contract/requirements.txt
venv=$VIGIE_CACHE/contract
mark=$venv/.vigie-$(sha256sum "$requirements" | cut -c1-16)
if have "$mark"; then exit 0; fi

python_tools "Schemathesis" "$venv" "$requirements"
touch "$mark"
have "$mark"
say "Schemathesis in $venv"
