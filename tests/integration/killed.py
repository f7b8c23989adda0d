#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C2: kill -9 in the middle of lives, again and again at random moments. Each time: the database is whole, the chain of
the kept sound holds, no words are there without their sound, the capture goes on by itself, at most the unfinished piece
is lost and nothing is there twice; music has no words.
killed.py BUILD; KILLS (default 3) times, KILL_SEED chooses the moments."""
import hashlib
import os
import random
import sqlite3
import statistics
import sys
import time

import _paths  # noqa: F401
import account_of
import vigie_rig as rig_of

KILLS = int(os.environ.get("KILLS", "3"))
SEED = int(os.environ.get("KILL_SEED", "5"))
PIECE_S = 4
SLACK_S = 1.5  # of a packet on its way, the disk and this program's own clock
BUSY_S = 4  # and of a machine with more to do than cores
ROUNDING = 1000  # microseconds
LIVES = {"voix": "voices", "melodie": ""}


def scenario(speech):
    lines = ["accounts:"]
    for name, sound in LIVES.items():
        audio = f"audio: \"{speech}\", " if sound and speech else ""
        lines += [f"  - username: {name}", "    lives:", f"      - {{{audio}loop: true, viewers: [3]}}"]
    return "\n".join(lines) + "\n"


def integrity(rig):
    database = sqlite3.connect(rig.data / "vigie.db", timeout=30)
    try:
        return database.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        database.close()


def broken_chains(rig):
    """Pieces whose bytes or place in the chain are not what the rows say."""
    found, last = [], {}
    for live, sequence, sha256, key in rig.rows(
            "SELECT live_id, sequence, sha256, blob_key FROM sound_piece ORDER BY live_id, sequence"):
        previous_sequence, previous = last.get(live, (-1, ""))
        path = next(iter(rig.data.rglob(key)), None)
        if sequence != previous_sequence + 1:
            found.append(f"piece {sequence} of {live} follows {previous_sequence}")
        if path is None or hashlib.sha256(previous.encode() + path.read_bytes()).hexdigest() != sha256:
            found.append(f"{key} is not what its row says")
        last[live] = (sequence, sha256)
    return found


def soundless_words(rig):
    """Words that a death now would leave without their sound."""
    return [f"words until {words / rig_of.MICROS:.2f} s, sound until {heard / rig_of.MICROS:.2f} s" for words, heard in rig.rows(
        "SELECT MAX(l.words_until, COALESCE((SELECT MAX(s.end_us) FROM segment s WHERE s.live_id = l.id), 0)), l.heard_until "
        "FROM live l WHERE l.heard_until > 0") if words > heard + ROUNDING]


def slack_s():
    return SLACK_S + (BUSY_S if os.getloadavg()[0] > (os.cpu_count() or 1) else 0)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def heard_until(rig):
    return {name: (start + (end or 0)) / rig_of.MICROS for name, start, end in rig.rows(
        "SELECT a.username, l.started_at, (SELECT MAX(p.end_us) FROM sound_piece p WHERE p.live_id = l.id) FROM live l "
        "JOIN account a ON a.id = l.account_id")}


def one_round(rig, chance):
    """One death: until ready, until every live is heard again, sound lost before it, findings."""
    time.sleep(chance.uniform(0.5, 9))
    rig.kill_vigie()
    died = time.time()
    findings = [] if integrity(rig) == "ok" else ["the database is not whole"]
    findings += broken_chains(rig) + soundless_words(rig)
    kept = heard_until(rig)
    lost = {name: died - until for name, until in kept.items()}
    begun = time.time()
    ready_s = rig.start_vigie(180)

    def resumed():
        rows = rig.rows("SELECT a.username, MIN(l.started_at + p.start_us) FROM sound_piece p JOIN live l ON l.id = "
                        "p.live_id JOIN account a ON a.id = l.account_id WHERE l.started_at + p.end_us > ? "
                        "GROUP BY a.username", (begun + 0.5) * rig_of.MICROS)
        return rows if len(rows) == len(LIVES) else None

    rows = rig_of.until(resumed, 120, "every live is heard again", 0.1)
    back_s = max(start / rig_of.MICROS - begun for _, start in rows)
    for name, lost_s in lost.items():
        if lost_s > PIECE_S + slack_s():
            findings.append(f"{lost_s:.1f} s of {name} before the death were not kept")
    return ready_s, back_s, max(lost.values()), findings


def main():
    speech = rig_of.SHARED / "speech/audio/long-fr-real-shared.flac"
    has_speech = speech.exists()
    if not has_speech:
        print("without ../shared/speech: the lives play a melody, no words are checked")
    chance, rounds, findings = random.Random(SEED), [], []
    with rig_of.Rig(sys.argv[1], scenario(speech if has_speech else ""), {"POLL_INTERVAL_S": "5"}) as rig:
        rig.start()
        rig.follow(LIVES)
        rig_of.until(lambda: len([1 for until in heard_until(rig).values() if until]) == len(LIVES) and len(rig.rows(
            "SELECT DISTINCT live_id FROM sound_piece")) == len(LIVES), 60, "every live is heard", 0.2)
        for number in range(KILLS):
            ready_s, back_s, lost_s, found = one_round(rig, chance)
            rounds.append((ready_s, back_s, lost_s))
            print(f"death {number + 1}/{KILLS}: ready after {ready_s:.2f} s, heard again after {back_s:.2f} s, {lost_s:.2f} s "
                  f"of sound lost, load {os.getloadavg()[0]:.1f}" + "".join(f"; {one}" for one in found), flush=True)
            findings += [f"death {number + 1}: {one}" for one in found]
        time.sleep(2)
        for name in LIVES:
            rig.control(f"set?user={name}&status=4")
        rig.wait_for_the_end(120)
        accounts = [account_of.settle(rig, name) for name in LIVES]
        for one in accounts:
            findings += [f"{one.username}: {finding}" for finding in one.findings]
        if accounts[1].words:
            findings.append(f"{accounts[1].words} words of a melody")
        if has_speech and accounts[0].words == 0:
            findings.append("no words at all")
        print(account_of.table(accounts))
        findings += broken_chains(rig)
    for what, values in zip(("start → ready", "start → heard again", "sound lost before the death"), zip(*rounds)):
        print(f"{what:<28} median {statistics.median(values):5.2f} s, p95 {percentile(values, 0.95):5.2f} s, most "
              f"{max(values):5.2f} s, n={len(values)}")
    for finding in findings:
        print("FINDING:", finding)
    # The machine of a test may be busy: only what no load explains is a failure there.
    if KILLS >= 20 and (max(ready for ready, *_ in rounds) > 2 or max(back for _, back, _ in rounds) > 10):
        print("slower than C2 allows (ready in 2 s, heard again in 10 s)")
        return 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
