#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C6: the disk fills up under Vigie, first beyond the reserve, then to the last byte, and is freed again. Pages are
served throughout, the capture pauses with a gap "disk" and says so, the database stays whole, and all goes on by itself.
disk_full.py BUILD; needs root for a small file system in memory."""
import contextlib
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

import _paths  # noqa: F401
import account_of
import vigie_rig as rig_of

DISK_MB = 96
RESERVE_MB = 16
LIVES = ("un", "deux")


@contextlib.contextmanager
def small_disk():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vigie-disk-"))
    if os.geteuid() != 0:
        rig_of.skip("a small file system needs root")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], capture_output=True, text=True,
                          check=False)
    if made.returncode != 0:
        folder.rmdir()
        rig_of.skip(f"no small file system can be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        folder.rmdir()


def free_mb(folder):
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize / 2**20


def fill(folder, leave_mb):
    """Writes until so much is left; to the last byte when that is nothing."""
    with (folder / "filler").open("ab", buffering=0) as out:
        try:
            while free_mb(folder) > leave_mb:
                out.write(bytes(min(2**20, max(4096, int((free_mb(folder) - leave_mb) * 2**20)))))
        except OSError:
            pass


def pages_are_served(rig):
    """A page, a list and the health, each at once; what failed."""
    failed = []
    for what in ("/", "/healthz"):
        try:
            rig_of.ask(rig.url + what, patience=3)
        except OSError as error:
            failed.append(f"{what}: {error}")
    try:
        rig.api("/lives")
    except OSError as error:
        failed.append(f"/api/v1/lives: {error}")
    return failed


def captures(rig):
    return {(live["capture"]["state"], live["capture"].get("reason") or "") for live in rig.lives().values()}


def says_disk(rig):
    parts = rig.api("/status")
    return "disk" in str(parts).lower() or "disque" in str(parts).lower()


def run(disk):
    lines = "".join(f"  - {{username: {name}, lives: [{{viewers: [3]}}]}}\n" for name in LIVES)
    settings = {"POLL_INTERVAL_S": "5", "DISK_RESERVE_MB": str(RESERVE_MB)}
    findings = []
    with rig_of.Rig(sys.argv[1], "accounts:\n" + lines, settings, data=disk / "data") as rig:
        rig.start()
        rig.follow(LIVES)
        rig_of.until(lambda: rig.rows("SELECT COUNT(DISTINCT live_id) FROM sound_piece")[0][0] == 2, 60, "sound is kept", 0.3)
        fill(disk, RESERVE_MB / 2)
        rig_of.until(lambda: rig.metrics().get("vigie_recording_has_room", 0) == 0 and all(
            state == "stalled" for state, _ in captures(rig)), 40, "the captures pause", 0.5)
        print(f"{free_mb(disk):.1f} MB left: captures {sorted(captures(rig))}")
        findings += pages_are_served(rig)
        if not rig.log_lines("disk"):
            findings.append("the log says nothing of the disk")
        fill(disk, 0)
        end = time.monotonic() + 12
        while time.monotonic() < end:
            findings += pages_are_served(rig)
            time.sleep(1)
        print(f"{free_mb(disk):.1f} MB left: pages {'served' if not findings else 'NOT served'} for 12 s")
        pieces = rig.rows("SELECT COUNT(*) FROM sound_piece")[0][0]
        (disk / "filler").unlink()
        rig_of.until(lambda: rig.rows("SELECT COUNT(*) FROM sound_piece")[0][0] >= pieces + 4 and captures(rig) == {
            ("running", "")}, 90, "the captures go on by themselves", 0.5)
        if rig.vigie.poll() is not None:
            findings.append("the program ended")
        for name in LIVES:
            rig.control(f"set?user={name}&status=4")
        rig.wait_for_the_end(60)
        accounts = [account_of.settle(rig, name) for name in LIVES]
        print(account_of.table(accounts))
        for one in accounts:
            findings += [f"{one.username}: {finding}" for finding in one.findings]
            if one.gaps_s.get("disk", 0) < 10:
                findings.append(f"{one.username}: no gap says \"disk\"")
        rig.stop_vigie()
        database = sqlite3.connect(rig.data / "vigie.db")
        if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            findings.append("the database is not whole")
        database.close()
    for finding in findings:
        print("FINDING:", finding)
    return 1 if findings else 0


def main():
    with small_disk() as disk:
        return run(disk)


if __name__ == "__main__":
    sys.exit(main())
