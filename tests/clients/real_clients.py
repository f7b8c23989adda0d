#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Unmodified TikTok clients against the simulator: real_clients.py VIGIE_SIM CACHE. tools/setup brings the
clients; without them this is skipped (77), and says so."""
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
SKIPPED = 77
PATIENCE_S = 50


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def clients(cache):
    """The command of each client; ends the test when one is not to be had."""
    python = cache / "clients/venv/bin/python"
    packages = cache / "clients/node"
    for needed in (python, packages / "node_modules/tiktok-live-connector/package.json"):
        if not needed.exists():
            print(f"skipped: {needed} is missing; cure: tools/setup")
            sys.exit(SKIPPED)
    own_node = cache / "node/bin/node"
    node = str(own_node) if own_node.exists() else "node"
    return {
        "TikTokLive": [str(python), "-B", str(HERE / "tiktok_live.py")],
        "tiktok-live-connector": [node, str(HERE / "tiktok_live_connector.mjs"), str(packages)],
    }


def run(commands, url):
    """All at once; the names of those that failed."""
    running = {
        name: subprocess.Popen([*command, url], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for name, command in commands.items()
    }
    failed = []
    deadline = time.monotonic() + PATIENCE_S
    for name, process in running.items():
        try:
            said, _ = process.communicate(timeout=max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0] + f"\nnot done after {PATIENCE_S} s"
        print(f"{name}: exit {process.returncode}\n{said.strip()}")
        if process.returncode != 0:
            failed.append(name)
    return failed


def wrong_in(stats):
    """What the simulator heard of the clients' own talk."""
    socket = stats["webcast"]
    facts = {
        "both entered their room": socket.get("entered") == 2,
        "every frame was acknowledged, rightly": socket.get("acks") == socket.get("frames"),
        "there were heartbeats": socket.get("heartbeats", 0) > 0,
        "nothing was misunderstood": not {"wrong_acks", "wrong_rooms", "unknown", "unreadable"} & socket.keys(),
        "no socket is left": stats["connections"]["webcast"] == 0,
    }
    return [fact for fact, holds in facts.items() if not holds]


def main():
    simulator, cache = Path(sys.argv[1]), Path(sys.argv[2])
    commands = clients(cache)
    program = subprocess.Popen([simulator, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        url = program.stdout.readline().split()[-1]
        # The connector ends a live of its own: vigie_end is TikTokLive's.
        fetch(f"{url}/__sim/set?user=connector_end&status=2")
        failed = run(commands, url)
        stats = fetch(f"{url}/__sim/stats")
    finally:
        program.terminate()
        program.wait(timeout=10)
    wrong = wrong_in(stats)
    if failed or wrong:
        print(f"failed: {failed}; not so: {wrong}; the simulator counted {json.dumps(stats['webcast'])}")
        return 1
    return 0


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "127.0.0.1,localhost,vigie-sim.test"
    sys.exit(main())
