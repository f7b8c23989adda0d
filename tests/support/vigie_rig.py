# SPDX-License-Identifier: Apache-2.0
"""A simulator and a Vigie, the real programs, on a fresh folder: started, asked, measured, ended. For the tests and
benchmarks in Python; only the standard library."""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import wave

import account_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CACHE = pathlib.Path(os.environ.get("VIGIE_CACHE", pathlib.Path.home() / ".cache/vigie"))
SKIPPED = 77
PASSWORD = b"une phrase de passe assez longue"
TICKS = os.sysconf("SC_CLK_TCK")
MICROS = 1_000_000


def skip(why):
    print(f"skipped: {why}")
    raise SystemExit(SKIPPED)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(url, method="GET", body=None, token=None, patience=20.0):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=patience) as answer:
        text = answer.read()
    return json.loads(text) if text.startswith((b"{", b"[")) else text.decode()


def answers(url):
    try:
        ask(url, patience=2)
        return True
    except OSError:
        return False


def until(question, patience_s, what, pause_s=0.1):
    """The first true answer; ends the program when none came."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(pause_s)
    raise TimeoutError(f"{what}: not within {patience_s:.0f} s")


class Rig:
    def __init__(self, build, scenario, settings=None, data=None):
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vigie-rig-"))
        self.data = pathlib.Path(data) if data else self.folder / "data"
        self.scenario = self.folder / "scenario.yaml"
        self.scenario.write_text(scenario, encoding="utf-8")
        self.sim_url = f"http://127.0.0.1:{free_port()}"
        self.move_url = f"http://127.0.0.1:{free_port()}"  # where its streams move to
        self.url = f"http://127.0.0.1:{free_port()}"
        self.metrics_url = f"http://127.0.0.1:{free_port()}/metrics"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(self.data),
            "LISTEN": self.url[7:],
            "METRICS_LISTEN": self.metrics_url[7:-8],
            "TIKTOK_WEB_URL": self.sim_url,
            "TIKTOK_WEBCAST_URL": self.sim_url,
            "WHISPER_MODEL": "base",
            "POLL_BUDGET_PER_S": "20",
            "OMP_NUM_THREADS": "1",
            "OUTBOUND_ALLOW": self.move_url,
            **(settings or {}),
        }
        self.sim = self.vigie = None
        self.token = ""

    def start_sim(self):
        with (self.folder / "sim.log").open("ab") as log:
            self.sim = subprocess.Popen(
                [self.build / "vigie-sim", "--port", self.sim_url.rsplit(":", 1)[1], "--move-port",
                 self.move_url.rsplit(":", 1)[1], "--scenario", self.scenario],
                stdout=log, stderr=log)
        until(lambda: answers(self.sim_url + "/__sim/stats"), 60, "the simulator answers")

    def make_people(self):
        vigie = self.build / "vigie"
        subprocess.run([vigie, "admin", "create", "--username", "rig"], input=PASSWORD, env=self.environment, check=True,
                       capture_output=True)
        self.make_token()

    def make_token(self):
        made = subprocess.run([self.build / "vigie", "token", "create", "--username", "rig", "--scope", "write"], env=self.environment,
                              check=True, capture_output=True, text=True)
        self.token = made.stdout.strip()

    def start_vigie(self, patience_s=60, roles=""):
        """How long it took until ready, in seconds."""
        command = [self.build / "vigie", "serve", *(["--roles", roles] if roles else [])]
        begun = time.monotonic()
        with (self.folder / "vigie.log").open("ab") as log:
            self.vigie = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until(lambda: answers(self.url + "/readyz"), patience_s, "Vigie is ready", 0.02)
        return time.monotonic() - begun

    def start(self):
        self.start_sim()
        self.make_people()
        self.start_vigie()
        return self

    def follow(self, names, language="fr"):
        for name in names:
            account = self.api("/accounts", "POST", {"username": name})
            self.api(f"/accounts/{account['id']}", "PATCH", {"language": language})

    def api(self, path, method="GET", body=None):
        return ask(f"{self.url}/api/v1{path}", method, body, self.token)

    def control(self, what):
        return ask(f"{self.sim_url}/__sim/{what}")

    def metrics(self):
        """{name with its labels: value}"""
        found = {}
        for line in ask(self.metrics_url).splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                found[name] = float(value)
        return found

    def rows(self, sql, *parameters):
        """Of the database as it stands, read beside the running program."""
        database = sqlite3.connect(f"file:{self.data / 'vigie.db'}?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(sql, parameters).fetchall()
        finally:
            database.close()

    def lives(self):
        """{account: its newest live}"""
        found = {}
        for live in reversed(self.api("/lives?limit=1000")["items"]):
            found[live["username"]] = live
        return found

    def wait_for_the_end(self, patience_s):
        """Until every live is over and its capture concluded, whatever it came to."""
        def is_over(live):
            return live["state"] == "ended" and live["capture"]["state"] in ("done", "failed", "restricted")

        try:
            until(lambda: all(is_over(live) for live in self.lives().values()), patience_s, "every live is concluded", 0.5)
        except TimeoutError:
            for name, live in self.lives().items():
                print(f"  {name}: {live['state']}, {live['capture']}")
            raise

    def wait_for_the_words(self, patience_s):
        """Until all sound that was kept has been listened to: what was put off comes when there is time."""
        def is_heard():
            most_unheard = round(account_of.UNHEARD_MAY_BE_S * MICROS)
            return self.rows("SELECT COUNT(*) FROM live WHERE heard_until > words_until + ?", most_unheard)[0][0] == 0

        until(is_heard, patience_s, "every live is listened to", 0.5)

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.vigie.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_mb(self):
        for line in pathlib.Path(f"/proc/{self.vigie.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def kill_vigie(self):
        self.vigie.kill()
        self.vigie.wait()

    def stop_vigie(self, patience_s=40):
        self.vigie.send_signal(signal.SIGTERM)
        return self.vigie.wait(patience_s)

    def log_lines(self, event=""):
        lines = []
        path = self.folder / "vigie.log"
        if not path.exists():
            return lines  # it was never started
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if event in line:
                lines.append(line)
        return lines

    def close(self, keep=False):
        for process in (self.vigie, self.sim):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(40)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if keep:
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None and not issubclass(kind, SystemExit):
            print("the last of vigie.log:", *self.log_lines()[-15:], sep="\n  ")
        self.close()


def quantile(histogram, name, share):
    """Of a Prometheus histogram among metrics(), by linear interpolation in its bucket."""
    buckets = []
    for key, value in histogram.items():
        if key.startswith(name + "_bucket"):
            bound = key.split('le="')[1].split('"')[0]
            buckets.append((float("inf") if bound == "+Inf" else float(bound), value))
    buckets.sort()
    if not buckets or buckets[-1][1] == 0:
        return None
    wanted, below, count_below = share * buckets[-1][1], 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            if bound == float("inf") or count == count_below:
                return below
            return below + (bound - below) * (wanted - count_below) / (count - count_below)
        below, count_below = bound, count
    return below


def decode(source, target):
    """Any sound → WAV, 16 kHz mono, by sox or ffmpeg; whether one of them is here and did it."""
    for command in (["sox", source, "-r", "16000", "-c", "1", "-b", "16", target],
                    ["ffmpeg", "-v", "error", "-y", "-i", source, "-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le", target]):
        if shutil.which(command[0]) and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return True
    return False


def join_sounds(sources, target, pause_s=0.8):
    """The sounds one after another, a pause behind each; where each begins and ends, in seconds."""
    places, pieces, at = [], [], 0
    for source in sources:
        part = target.with_suffix(".part.wav")
        if not decode(str(source), str(part)):
            skip("neither sox nor ffmpeg decodes FLAC here; cure: apt-get install sox")
        with wave.open(str(part)) as sound:
            frames = sound.readframes(sound.getnframes())
        part.unlink()
        length = len(frames) // 2
        places.append((pathlib.Path(source).stem, at / 16_000, (at + length) / 16_000))
        silence = int(pause_s * 16_000)
        pieces += [frames, bytes(2 * silence)]
        at += length + silence
    with wave.open(str(target), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"".join(pieces))
    return places, at / 16_000
