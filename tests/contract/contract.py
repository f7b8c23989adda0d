#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The contract against the server: Schemathesis reads /api/v1/openapi.json of a real Vigie with data and
calls every route with right and wrong values. Bounded by its count and seeded, so that two machines ask the
same. contract.py VIGIE CACHE [EXAMPLES]; 77: it is not there."""
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

HOUR = 3_600_000_000
# It says what it would like an API to be rather than what ours promises: what a schema allows may still be
# refused with a reason (an account that does not exist, a cursor that is not ours). The other way round holds:
# what the document forbids is refused (negative_data_rejection).
LEFT_OUT = "positive_data_acceptance"
# Schemathesis' own list of refusals lacks 413, our answer to a body beyond 64 KiB.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
"""
# They end what the run stands on (its session, its person) or ask others (mail, webhooks).
NOT_CALLED = r"^/api/v1/(session.*|me/(password|email|totp|sessions.*|tokens.*|notifications/test)|.*/test)$"


def fill(path):
    """One of everything that can be listed."""
    now = int(time.time() * 1_000_000)
    started = now - HOUR
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        person = base.execute("SELECT id FROM person").fetchone()[0]
        base.execute(
            "INSERT INTO account (id, platform, username, url, created_at) "
            "VALUES ('01ACCOUNT', 'tiktok', 'demo', 'https://www.tiktok.com/@demo', ?)", (now,))
        base.execute("INSERT INTO follow (person_id, account_id, created_at) VALUES (?, '01ACCOUNT', ?)",
                     (person, now))
        base.execute(
            "INSERT INTO live (id, account_id, room, state, title, started_at, detected_at, viewers) "
            "VALUES ('01LIVE', '01ACCOUNT', '7', 'live', 'Direct <b>', ?, ?, 12)", (started, started))
        for i in range(40):
            base.execute(
                "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, "
                "engine, model, token, created_at) VALUES (?, '01LIVE', ?, ?, ?, 'fr', 0.9, 0, 'e', 'm', 1, ?)",
                (f"01SEGMENT{i}", i * 5_000_000, i * 5_000_000 + 4_000_000,
                 f"Bonsoir à tous, l’école n° {i}", started + i * 5_000_000))
        base.execute("INSERT INTO gap (id, live_id, start_us, end_us, reason) "
                     "VALUES ('01GAP', '01LIVE', 200000000, 201000000, 'stall')")
        base.execute("INSERT INTO viewer_sample (live_id, at, viewers) VALUES ('01LIVE', ?, 12)", (now,))
        base.execute(
            "INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, discours_haineux, cible, "
            "justification, risque_score, score, indetermine, injection, preuve, analyser, model, prompt_sha256, "
            "repli, tokens_in, tokens_out, latency_us, error, created_at) VALUES ('01ASSESSMENT', '01LIVE', 0, "
            "60000000, 'Discours haineux', 'moyenne', 1, 'ethnie', 'x', 0.9, 0.9, 0, 0, 'x', 'embedded', '', '', 0, "
            "0, 0, 1000, '', ?)", (now,))
        for i, state in enumerate(("open", "decided")):
            base.execute(
                "INSERT INTO alert (id, live_id, account_id, kind, severity, state, opened_at, updated_at, sentence, "
                "context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id, incident_key) VALUES (?, "
                "'01LIVE', '01ACCOUNT', 'haine', 'eleve', ?, ?, ?, 'x', 'x', 1000, 1000, 0, 30000000, 0.9, "
                "'01ASSESSMENT', ?)", (f"01ALERT{i}", state, now, now, f"k{i}"))
        base.execute("INSERT INTO decision (id, alert_id, person_id, verdict, decided_at) "
                     "VALUES ('01DECISION', '01ALERT1', ?, 'lawful', ?)", (person, now))
        base.execute(
            "INSERT INTO notification (id, person_id, event_key, kind, live_id, alert_id, username, severity, "
            "created_at) VALUES ('01NOTE', ?, 'k', 'alert.opened', '01LIVE', '01ALERT0', 'demo', 'eleve', ?)",
            (person, now))
        base.execute("INSERT INTO account_list (id, person_id, name, name_folded, created_at) "
                     "VALUES ('01LIST', ?, 'à voir', 'a voir', ?)", (person, now))


def vigie(program, env, *words, told=""):
    done = subprocess.run([program, *words], env=env, input=told, text=True, capture_output=True, timeout=60)
    if done.returncode != 0:
        sys.exit(f"vigie {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


def port_of(server):
    for line in server.stdout:
        said = json.loads(line)
        if said.get("event") == "listening":
            return said["port"]
    sys.exit("vigie serve ended before it listened")


def main():
    program, cache = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    examples = sys.argv[3] if len(sys.argv) > 3 else "30"
    schemathesis = cache / "contract" / "bin" / "schemathesis"
    if not schemathesis.exists():
        print("skipped: Schemathesis is not there; tools/setup brings it")
        return 77
    with tempfile.TemporaryDirectory(prefix="vigie-contract-") as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "DATA_DIR": folder, "LISTEN": "127.0.0.1:0",
               "METRICS_LISTEN": "127.0.0.1:0", "SECRET_KEY": "00" * 32, "LOG_LEVEL": "info"}
        vigie(program, env, "db", "migrate")
        vigie(program, env, "admin", "create", "--username", "contract", "--role", "admin",
              told="une phrase de passe assez longue 42\n")
        token = vigie(program, env, "token", "create", "--username", "contract", "--scope", "write")
        fill(pathlib.Path(folder) / "vigie.db")
        log = open(pathlib.Path(folder) / "log", "w")
        server = subprocess.Popen([program, "serve", "--roles", "web"], env=env, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        try:
            port = port_of(server)
            subprocess.Popen(["cat"], stdin=server.stdout, stdout=log)  # so that the server never waits
            address = f"http://127.0.0.1:{port}/api/v1/openapi.json"
            json.load(urllib.request.urlopen(address, timeout=10))
            (pathlib.Path(folder) / "schemathesis.toml").write_text(SETTINGS)
            done = subprocess.run(
                [schemathesis, "run", address, "--header", f"Authorization: Bearer {token}", "--checks", "all",
                 "--exclude-checks", LEFT_OUT, "--exclude-path-regex", NOT_CALLED,
                 "--phases", "examples,coverage,fuzzing", "--max-examples", examples, "--seed", "7", "--no-shrink",
                 "--no-color", "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure"],
                cwd=folder)
            if server.poll() is not None:
                print("vigie died")
                return 1
            return done.returncode
        finally:
            server.terminate()
            server.wait(30)
            log.close()


if __name__ == "__main__":
    sys.exit(main())
