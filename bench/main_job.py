#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, timed: seconds from a live on the air to its status, its first words and its first alert;
CPU and memory of `vigie serve` with 1 and with 8 lives.

usage: bench/main_job.py [BUILD]   (default build/release; needs the sounds of tools/demo-sounds)

Each figure of delay is the median of ROUNDS lives begun at random moments of the polling interval, with the
least and the most. Sound is the demonstration's (its hateful sentence comes 23 s into the file).
"""
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").resolve()
CACHE = pathlib.Path(os.environ.get("VIGIE_CACHE", pathlib.Path.home() / ".cache/vigie"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
INTERVAL_S = 5
LOAD_S = 60
TICK = os.sysconf("SC_CLK_TCK")


def ask(url, method="GET", body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def until(question, patience=120.0):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    raise SystemExit("bench/main_job.py: what was waited for did not come")


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rss_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


class Rig:
    """A simulator and a Vigie on a fresh folder, and a token for asking it."""

    def __init__(self, lives):
        self.folder = tempfile.TemporaryDirectory()
        self.sim_url = f"http://127.0.0.1:{free_port()}"
        self.url = f"http://127.0.0.1:{free_port()}"
        environment = dict(os.environ, DATA_DIR=self.folder.name, LISTEN=self.url[7:], METRICS_LISTEN="127.0.0.1:0",
                           TIKTOK_WEB_URL=self.sim_url, TIKTOK_WEBCAST_URL=self.sim_url, WHISPER_MODEL="base",
                           POLL_INTERVAL_S=str(INTERVAL_S), POLL_BUDGET_PER_S="20", OMP_NUM_THREADS="1")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.sim = subprocess.Popen([BUILD / "vigie-sim", "--port", self.sim_url.rsplit(":", 1)[1]], **quiet)
        until(lambda: self.answers(self.sim_url + "/__sim/stats"))
        vigie = BUILD / "vigie"
        subprocess.run([vigie, "admin", "create", "--username", "bench"], input=b"a long enough phrase", env=environment,
                       check=True, **quiet)
        self.token = subprocess.run([vigie, "token", "create", "--username", "bench", "--scope", "write"], env=environment,
                                    check=True, capture_output=True, text=True).stdout.strip()
        self.vigie = subprocess.Popen([vigie, "serve"], env=environment, **quiet)
        until(lambda: self.answers(self.url + "/readyz"))
        self.names = [f"bench_{n}" for n in range(lives)]

    @staticmethod
    def answers(url):
        try:
            ask(url)
            return True
        except OSError:
            return False

    def set(self, user, status, audio=None):
        sound = f"&audio={CACHE / 'demo' / audio}&loop=true" if audio else ""
        ask(f"{self.sim_url}/__sim/set?user={user}&status={status}{sound}")

    def api(self, path, method="GET", body=None):
        return ask(f"{self.url}/api/v1{path}", method, body, self.token)

    def close(self):
        for process in (self.vigie, self.sim):
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        self.folder.cleanup()


def time_one(rig, name):
    account = rig.api("/accounts", "POST", {"username": name})
    until(lambda: rig.api(f"/accounts/{account['id']}")["status"] == "active")
    time.sleep(random.uniform(0, INTERVAL_S))
    begun = time.monotonic()
    rig.set(name, 2, "alerte.wav")
    lives = until(lambda: rig.api(f"/accounts/{account['id']}/lives")["items"])
    status = time.monotonic() - begun
    live = lives[0]["id"]
    until(lambda: rig.api(f"/lives/{live}/segments?limit=1")["items"])
    words = time.monotonic() - begun
    until(lambda: [a for a in rig.api("/alerts")["items"] if a["live_id"] == live])
    alert = time.monotonic() - begun
    rig.set(name, 4)
    return status, words, alert


def show(label, values):
    print(f"{label:<44} {statistics.median(values):6.1f} s   ({min(values):.1f} to {max(values):.1f}, n={len(values)})")


def measure_load(lives):
    rig = Rig(lives)
    try:
        idle = rss_mb(rig.vigie.pid)
        for name in rig.names:
            rig.set(name, 2, "jfk.wav")
            account = rig.api("/accounts", "POST", {"username": name})
            rig.api(f"/accounts/{account['id']}", "PATCH", {"language": "en"})
        until(lambda: len([x for x in rig.api("/lives")["items"] if x["capture"]["state"] == "running"]) == lives)
        cpu, begun = cpu_s(rig.vigie.pid), time.monotonic()
        time.sleep(LOAD_S)
        used, passed = cpu_s(rig.vigie.pid) - cpu, time.monotonic() - begun
        lags = [x["capture"]["lag_s"] for x in rig.api("/lives")["items"] if x["capture"]["lag_s"] is not None]
        print(f"{lives} live{'s' if lives > 1 else ''}, {LOAD_S} s: {used / passed * 100:5.1f} % of a core, "
              f"{used / passed / lives:.3f} CPU s a second of live, {rss_mb(rig.vigie.pid):.0f} MB ({idle:.0f} before), "
              f"now − last settled words: {statistics.median(lags):.1f} s median, {max(lags):.1f} s most")
    finally:
        rig.close()


def main():
    subprocess.run([ROOT / "tools/demo-sounds"], check=True, stdout=subprocess.DEVNULL)
    rig = Rig(ROUNDS)
    try:
        for name in rig.names:
            rig.set(name, 4)
        rounds = [time_one(rig, name) for name in rig.names]
    finally:
        rig.close()
    show(f"on air to status shown (interval {INTERVAL_S} s)", [r[0] for r in rounds])
    show("on air to first words", [r[1] for r in rounds])
    show("on air to first alert (said at 23 s)", [r[2] for r in rounds])
    for lives in (1, 8):
        measure_load(lives)


main()
