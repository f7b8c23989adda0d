# SPDX-License-Identifier: Apache-2.0
"""The interpreter that has what Vigie is measured beside: made once, every file hashed."""

import os
import pathlib
import shutil
import subprocess

CACHE = pathlib.Path(
    os.environ.get("VIGIE_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vigie"
)


class Unavailable(Exception):
    """Why it cannot be had, and the cure."""


def peer_python(name, requirements):
    """The python of the virtual environment `name` of the cache, with the packages of the file `requirements`."""
    home = CACHE / name
    python, mark = home / "bin/python", home / ".vigie-complete"
    wanted = requirements.read_text(encoding="utf-8")
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    base = shutil.which("python3.11", path=f"/usr/bin:{os.environ['PATH']}")
    if not base:
        raise Unavailable("no python3.11; cure: apt-get install python3-venv")
    shutil.rmtree(home, ignore_errors=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--retries", "2"]
    install += ["--require-hashes", "--only-binary", ":all:", "--requirement", requirements]
    for command in ([base, "-m", "venv", home], install):
        if subprocess.run(command, check=False, capture_output=True).returncode:
            raise Unavailable("its packages cannot be had; cure: set PIP_INDEX_URL to an index you can reach")
    mark.write_text(wanted, encoding="utf-8")
    return python
