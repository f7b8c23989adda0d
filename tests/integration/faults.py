#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What streams do to us (C12), end to end: the real simulator plays one live for each fault, the real `vigie serve`
follows them; each stays one live with one record in which time runs on and every second is sound or a gap with its
reason. faults.py BUILD"""
import sys
import time

import _paths  # noqa: F401
import account_of
import vigie_rig as rig_of

# What happens once all are heard, and again later, and what may come of it: the gaps by reason, each with the least
# and the most seconds of it in all.
FAULTS = {
    "calme": ((), {}),
    "expire": (("what=expire", "what=expire"), {}),
    "codec": (("what=codec", "what=codec"), {}),
    "saut": (("what=jump&by=1h", "what=jump&by=-1h"), {}),
    "demenage": (("what=move",), {}),
    "bruit": (("what=garbage&bytes=40000", "what=garbage&bytes=300"), {}),
    "coupure": (("what=stall&for=13s",), {"stall": (11, 30)}),
    "pause": (("what=pause", "what=unpause"), {"paused": (6, 40)}),
    "hls": ((), {}),
}
ACCESS = {"bruit": "pictures", "hls": "hls_only"}
LEAST_HEARD_S = 10
SHORT_HOLES_S = 6  # C12: a fresh address and sound within five seconds; and what a list of pieces holds back


def scenario():
    return "accounts:\n" + "".join(f"  - {{username: {name}, access: {ACCESS.get(name, 'open')}, lives: [{{viewers: [3]}}]}}\n"
                                   for name in FAULTS)


def happen(rig, turn):
    for name, (events, _) in FAULTS.items():
        if turn < len(events):
            rig.control(f"emit?user={name}&{events[turn]}")


def judge(rig, name, allowed):
    one = account_of.settle(rig, name)
    capture = rig.lives()[name]["capture"]
    if capture["state"] != "done":
        one.findings.append(f"its capture ends as {capture}")
    lives = rig.rows("SELECT COUNT(*) FROM live l JOIN account a ON a.id = l.account_id WHERE a.username = ?", name)[0][0]
    if lives != 1:
        one.findings.append(f"{lives} lives where there was one")
    for reason, (least, most) in allowed.items():
        if not least <= one.gaps_s.get(reason, 0) <= most:
            one.findings.append(f"{one.gaps_s.get(reason, 0):.1f} s of \"{reason}\", not {least} to {most}")
    # Address, move and end cost a look and a connection each.
    other = sum(length_s for reason, length_s in one.gaps_s.items() if reason not in allowed)
    if other > SHORT_HOLES_S * (1 + len(FAULTS[name][0])):
        one.findings.append(f"{other:.1f} s of gaps that nothing explains")
    if one.silence_s < LEAST_HEARD_S:
        one.findings.append(f"only {one.silence_s:.1f} s were heard: this proves nothing")
    return one


def main():
    settings = {"POLL_INTERVAL_S": "2", "POLL_BUDGET_PER_S": "50"}
    with rig_of.Rig(sys.argv[1], scenario(), settings) as rig:
        rig.start()
        rig.follow(FAULTS)
        rig_of.until(lambda: rig.rows("SELECT COUNT(DISTINCT live_id) FROM sound_piece")[0][0] == len(FAULTS), 120,
                     "every live is heard", 0.5)
        happen(rig, 0)
        time.sleep(9)
        happen(rig, 1)
        time.sleep(20)
        for name in FAULTS:
            rig.control(f"set?user={name}&status=4")
        rig.wait_for_the_end(90)
        accounts = [judge(rig, name, allowed) for name, (_, allowed) in FAULTS.items()]
        print(account_of.table(accounts))
        dropped = rig.metrics()["vigie_capture_dropped_bytes_total"]
        print(f"{dropped:.0f} bytes between tags were thrown away, and are counted")
        findings = [finding for one in accounts for finding in one.findings]
        if not 39_000 <= dropped <= 60_000:
            findings.append("the garbage is not what is counted")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
