#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests' Python tools, in a virtual environment of their own: tools/requirements.txt, every file hashed.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

requirements=$root/tools/requirements.txt
venv=$VIGIE_CACHE/venv
mark=$venv/.vigie-$(sha256sum "$requirements" | cut -c1-16)
if have "$mark"; then exit 0; fi

python_tools "the tests' Python tools" "$venv" "$requirements"
touch "$mark"
have "$mark"
say "$(grep -c == "$requirements") packages in $venv"
