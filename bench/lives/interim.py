#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text that may still change, as a browser gets it: a few lives that speak, one WebSocket that listens. From each word
spoken to its first appearance, from each word to its settled text, what it costs, and that none of it is stored.

usage: tools/bench interim, or bench/lives/interim.py [--lives 3] [--minutes 3] [--build build/release]
"""
import argparse
import base64
import json
import os
import pathlib
import secrets
import socket
import sqlite3
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "bench/lives")]
import lives as lives_of  # noqa: E402
import vigie_rig as rig_of  # noqa: E402

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Browser(threading.Thread):
    """Reads events as they come; [(when, event)]."""

    def __init__(self, rig):
        super().__init__(daemon=True)
        self.events = []
        host, port = rig.url[7:].split(":")
        self.link = socket.create_connection((host, int(port)), timeout=60)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.link.sendall((f"GET /api/v1/events HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {rig.token}\r\n\r\n")
                          .encode())
        self.stream = self.link.makefile("rb")
        first = self.stream.readline()
        if b" 101 " not in first:
            raise SystemExit(f"no WebSocket: {first}")
        while self.stream.readline() != b"\r\n":
            pass

    def frame(self):
        first, second = self.stream.read(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(self.stream.read(2 if size == 126 else 8), "big")
        return first & 0x0F, self.stream.read(size)

    def run(self):
        while True:
            try:
                kind, payload = self.frame()
            except (OSError, ValueError):
                return
            if kind == PING:  # masked by nothing but zeros
                self.link.sendall(bytes([0x80 | PONG, 0x80 | len(payload)]) + bytes(4) + payload)
            elif kind == CLOSE:
                return
            elif kind == TEXT:
                self.events.append((time.time(), json.loads(payload)))


class Clocks(threading.Thread):
    """When the live's own time was zero, by this machine's clock: what has come in of it is never ahead of that. The record
    says when it began, but its first sound may have waited for us."""

    def __init__(self, rig):
        super().__init__(daemon=True)
        self.rig = rig
        self.zero = {}

    def run(self):
        while True:
            try:
                rows = self.rig.rows("SELECT id, heard_until FROM live WHERE heard_until > 0")
            except sqlite3.Error:
                return
            for live, heard in rows:
                self.zero[live] = min(self.zero.get(live, float("inf")), time.time() - heard / rig_of.MICROS)
            time.sleep(0.1)


def first_seen(events, started, kind):
    """From each word spoken to the event that showed it first, and from the end of what each event tells to its coming."""
    words, ends, shown = [], [], {}
    for when, event in events:
        data = event["data"]
        if event["type"] != kind or not data.get("text"):
            continue
        live, said = data["live_id"], data["text"].split()
        length = (data["end"] - data["start"]) / len(said)
        for index in range(len(said)):
            spoken = data["start"] + (index + 1) * length
            if spoken > shown.get(live, -1):
                words.append(when - started[live] - spoken)
        shown[live] = max(shown.get(live, -1), data["end"])
        ends.append(when - started[live] - data["end"])
    return words, ends


def line(what, values):
    mean, late = lives_of.spread(values)
    print(f"{what:<58} mean {mean:5.2f} s, p95 {late:5.2f} s, n={len(values)}")
    return late


def report(rig, browser, started, figures, minutes):
    words, ends = first_seen(browser.events, started, "segment.interim")
    print(f"\n{len(started)} lives, {minutes:g} min, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {rig.build.name} build")
    late = line("end of an unfinished text → it is shown", ends)
    line("word spoken → first shown unfinished", words)
    line("word spoken → settled text shown", first_seen(browser.events, started, "segment.final")[0])
    spent = lives_of.grown(figures, "vigie_transcribe_interim_working_seconds_total")
    all_work = lives_of.grown(figures, "vigie_transcribe_working_seconds_total")
    print(f"recognisers' time for it: {spent:.1f} s of {all_work:.1f} s ({100 * spent / max(all_work, 1e-9):.0f} %); "
          f"vigie: {100 * figures['share']:.1f} % of two cores")
    stored = rig.rows("SELECT COUNT(*) FROM event WHERE type = 'segment.interim'")[0][0]
    numbered = sum(1 for _, event in browser.events if event["type"] == "segment.interim" and "id" in event)
    print(f"stored {stored}, numbered {numbered} (must be 0)")
    return late <= 2 and stored + numbered == 0 and bool(ends)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lives", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    options = parser.parse_args()
    if not lives_of.SOUNDS.is_dir():
        rig_of.skip("no recorded voices: ../shared/speech/audio is not beside the repository")
    with rig_of.Rig(options.build, "accounts: []\n", {"POLL_BUDGET_PER_S": "5"}) as rig:
        sound, _, length_s = lives_of.voices(rig.folder)
        rig.scenario.write_text(lives_of.scenario(options.lives, sound, length_s), encoding="utf-8")
        rig.start_sim()
        time.sleep(15)  # the simulator encodes its sound
        rig.make_people()
        rig.start_vigie()
        names = [f"voix_{number:02}" for number in range(options.lives)]
        rig.follow(names)
        rig_of.until(lambda: sum(live["capture"]["state"] == "running" for live in rig.lives().values()) == options.lives, 90,
                     "every live is captured", 0.5)
        browser = Browser(rig)
        browser.start()
        clocks = Clocks(rig)
        clocks.start()
        figures = lives_of.measure(rig, options.minutes)
        good = report(rig, browser, clocks.zero, figures, options.minutes)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
