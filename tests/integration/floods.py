#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C8 on the live side: streams that flood (garbage as fast as it goes, sound ten times faster than it is, a list of
pieces without end) and one that drips a byte a second, beside a live that is in order. Memory stays where it was, the
good live loses nothing, and each bad one says why. floods.py BUILD"""
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time

import _paths  # noqa: F401
import account_of
import vigie_rig as rig_of

FLOOD_S = 30
MOST_GROWTH_MB = 60


def tone(folder):
    """Half a minute of sound as AAC frames, made by whoever is here."""
    path = folder / "tone.aac"
    if not shutil.which("ffmpeg"):
        rig_of.skip("no ffmpeg to make a tone with; cure: apt-get install ffmpeg")
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=330:duration=30", "-ar", "44100", "-b:a", "64k", "-f",
                    "adts", path], check=True, capture_output=True)
    return path.read_bytes()


class Streams(http.server.BaseHTTPRequestHandler):
    sound = b""
    sent = {}

    def log_message(self, *_):
        pass

    def do_GET(self):
        name = self.path.strip("/").split("/")[0].split(".")[0]
        play = getattr(self, f"play_{name}", None)
        if play is None:
            self.send_error(404)
            return
        try:
            play()
        except OSError:
            pass  # the other side has had enough

    do_HEAD = do_GET

    def begin(self, kind="audio/aac"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def say(self, data):
        self.wfile.write(data)
        key = self.path
        Streams.sent[key] = Streams.sent.get(key, 0) + len(data)

    def play_bon(self):
        """At the pace of real time: 64 kbit/s."""
        self.begin()
        while True:
            for at in range(0, len(self.sound), 1600):
                self.say(self.sound[at:at + 1600])
                time.sleep(1600 * 30 / len(self.sound))

    def play_rapide(self):
        self.begin()
        while True:
            for at in range(0, len(self.sound), 16_000):
                self.say(self.sound[at:at + 16_000])
                time.sleep(16_000 * 3 / len(self.sound))

    def play_bruit(self):
        self.begin("video/x-flv")
        self.say(b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00")
        while True:
            self.say(os.urandom(64 * 1024))

    def play_goutte(self):
        self.begin()
        while True:
            self.say(self.sound[:1])
            time.sleep(1)

    def play_liste(self):
        self.begin("application/vnd.apple.mpegurl")
        self.say(b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n")
        while True:
            self.say(b"#EXTINF:4,\nx.ts\n" * 4096)

    def play_page(self):
        self.begin("text/html")
        self.say(b"<!doctype html>" + b"<p>patience</p>" * 100_000)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Streams)
    server.daemon_threads = True
    base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {"POLL_INTERVAL_S": "5", "OUTBOUND_ALLOW": base, "WHISPER_WORKERS": "1"}
    findings = []
    with rig_of.Rig(sys.argv[1], "accounts: []\n", settings) as rig:
        Streams.sound = tone(rig.folder)
        rig.start()

        def follow(name):
            return rig.api("/accounts", "POST", {"platform": "stream", "username": f"{base}/{name}.aac"})["id"]

        good = follow("bon")
        rig_of.until(lambda: rig.rows("SELECT COUNT(*) FROM sound_piece")[0][0] >= 2, 60, "the good live is heard", 0.3)
        before = rig.rss_mb()
        bad = {name: follow(name) for name in ("rapide", "bruit", "goutte", "liste", "page")}
        most, end = before, time.monotonic() + FLOOD_S
        while time.monotonic() < end:
            time.sleep(0.25)
            most = max(most, rig.rss_mb())
        print(f"memory {before:.0f} MB, under the flood at most {most:.0f} MB, after it {rig.rss_mb():.0f} MB")
        for path, count in sorted(Streams.sent.items()):
            print(f"  {path:<14} {count / 1e6:8.2f} MB sent")
        for name, account in bad.items():
            lives = rig.api(f"/accounts/{account}/lives")["items"]
            said = lives[0]["capture"] if lives else {k: v for k, v in rig.api(f"/accounts/{account}").items() if "status" in k}
            print(f"  {name}: {said}")
        if most > before + MOST_GROWTH_MB:
            findings.append(f"memory grew by {most - before:.0f} MB")
        if Streams.sent.get("/rapide.aac", 0) == 0 or Streams.sent.get("/bruit.aac", 0) == 0:
            findings.append("nothing was flooded: this proves nothing")
        rows = rig.rows("SELECT p.start_us, p.end_us FROM sound_piece p JOIN live l ON l.id = p.live_id WHERE l.account_id = ? "
                        "ORDER BY p.sequence", good)
        heard = account_of.union(account_of.seconds(rows))
        gaps = rig.rows("SELECT g.reason FROM gap g JOIN live l ON l.id = g.live_id WHERE l.account_id = ?", good)
        if gaps or len(heard) != 1 or heard[0][1] - heard[0][0] < FLOOD_S - 8:
            findings.append(f"the good live was disturbed: heard {heard}, gaps {gaps}")
        if rig.vigie.poll() is not None:
            findings.append("the program ended")
    server.shutdown()
    for finding in findings:
        print("FINDING:", finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
