#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mixed lives whose every second is accounted for as words, silence or a gap with its reason: speech, music, pauses,
cuts, minutes without any media, another codec, a jump of the clock, a move, garbage, pictures, HLS alone. A second that is
nowhere, or twice, fails it.

usage: tools/bench account, or bench/lives/account.py [--minutes 30] [--lives NAME,…] [--build build/release] [--keep]
"""
import argparse
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support")]
import account_of  # noqa: E402
import vigie_rig as rig_of  # noqa: E402

SOUNDS = rig_of.SHARED / "speech/audio"
SPEECH = ["long-fr-real-shared", *(f"fleurs-fr-00{n}" for n in range(0, 10, 2)), "tts-fr-manon"]


def event(share, what, **more):
    return share, what, more


# What happens to each, at a share of its length; `for` and `by` are as they are, `part` is how long, of its length.
LIVES = {
    "parole": ("voices", "open", []),
    "fond_musical": ("long-fr-music-shared", "open", []),
    "musique": ("ns-music-30", "open", []),
    "silence": ("ns-silence-30", "open", []),
    "pauses": ("voices", "open", [event(0.2, "pause", **{"for": "20s"}), event(0.6, "pause", **{"for": "45s"})]),
    "coupures": ("voices", "open", [event(0.15, "stall", **{"for": "12s"}), event(0.35, "stall", **{"for": "4s"}),
                                    event(0.6, "stall", **{"for": "35s"})]),
    "muet": ("voices", "open", [event(0.2, "stall", part=0.4)]),
    "expire": ("voices", "open", [event(0.2, "expire"), event(0.5, "expire"), event(0.51, "expire"), event(0.8, "expire")]),
    "codec": ("voices", "open", [event(0.25, "codec"), event(0.5, "codec"), event(0.75, "codec")]),
    "saut": ("voices", "open", [event(0.3, "jump", by="1h"), event(0.6, "jump", by="-1h"), event(0.8, "jump", by="-7s")]),
    "demenage": ("voices", "open", [event(0.3, "move"), event(0.7, "move")]),
    "bruit": ("voices", "pictures", [event(0.2, "garbage", bytes=50_000), event(0.5, "garbage", bytes=200_000),
                                     event(0.7, "garbage", bytes=700)]),
    "hls": ("voices", "hls_only", [event(0.3, "stall", **{"for": "15s"}), event(0.7, "expire")]),
}


def scenario(names, sounds, minutes):
    lines = ["accounts:"]
    for number, name in enumerate(names):
        sound, access, events = LIVES[name]
        happens = ", ".join(
            f"{{at: {share * minutes * 60:.1f}s, what: {what}{details(more, minutes)}}}" for share, what, more in events)
        lines += [f"  - username: {name}", f"    access: {access}", "    lives:",
                  f"      - {{title: \"{name}\", audio: \"{sounds[sound]}\", from: {37 * number}s, loop: true, "
                  f"end: {minutes * 60:.1f}s, viewers: [5, 50], events: [{happens}]}}"]
    return "\n".join(lines) + "\n"


def details(more, minutes):
    timed = {("for" if key == "part" else key): (f"{value * minutes * 60:.1f}s" if key == "part" else value)
             for key, value in more.items()}
    return "".join(f", {key}: {value}" for key, value in timed.items())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--lives", default=",".join(LIVES))
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the database and the logs")
    return parser.parse_args()


def must_be_silent(name):
    return name in ("musique", "silence")


def conclude(rig, names):
    accounts = [account_of.settle(rig, name) for name in names]
    for one in accounts:
        if must_be_silent(one.username) and one.words:
            one.findings.append(f"{one.words} words where nobody speaks")
        if not must_be_silent(one.username) and not one.words:
            one.findings.append("no word of a live that speaks")
        if one.username == "muet" and one.gap_s < 0.35 * one.length_s:
            one.findings.append(f"only {one.gap_s:.0f} s of gaps, of {one.length_s:.0f} s")
        capture = rig.lives()[one.username]["capture"]
        if capture["state"] != "done":
            one.findings.append(f"its capture ends as {capture}")
        lives = rig.rows("SELECT COUNT(*) FROM live l JOIN account a ON a.id = l.account_id WHERE a.username = ?", one.username)
        if lives[0][0] != 1:
            one.findings.append(f"{lives[0][0]} lives in the record where there was one")
    figures = rig.metrics()
    counted = {word: sum(value for key, value in figures.items() if key.startswith(f"vigie_{word}"))
               for word in ("transcribe_lost_seconds_total", "capture_unarchived_seconds_total",
                            "capture_dropped_bytes_total")}
    print(account_of.table(accounts))
    total = sum(one.length_s for one in accounts)
    print(f"\n{len(accounts)} lives, {total:.0f} s: {sum(one.words_s for one in accounts):.0f} s with words, "
          f"{sum(one.silence_s for one in accounts):.0f} s of sound without, {sum(one.gap_s for one in accounts):.0f} s of "
          f"gaps, {sum(one.bridged_s for one in accounts):.1f} s bridged (holes below a second), "
          f"{sum(one.before_s for one in accounts):.0f} s before they were noticed")
    print("counters:", ", ".join(f"{word} {value:g}" for word, value in counted.items()))
    findings = [finding for one in accounts for finding in one.findings]
    if counted["transcribe_lost_seconds_total"] > 0 or counted["capture_unarchived_seconds_total"] > 0:
        findings.append("seconds were heard and lost")
    if "bruit" in names and counted["capture_dropped_bytes_total"] < 250_000:
        findings.append("the garbage is not in the count of dropped bytes")
    print("every second is accounted for, once" if not findings else f"{len(findings)} findings")
    return not findings


def main():
    options = arguments()
    names = options.lives.split(",")
    if not SOUNDS.is_dir():
        rig_of.skip("no recorded voices: ../shared/speech/audio is not beside the repository")
    rig = rig_of.Rig(options.build, "accounts: []\n", {"POLL_INTERVAL_S": "10", "POLL_BUDGET_PER_S": "20"})
    try:
        voices = rig.folder / "voices.wav"
        rig_of.join_sounds([SOUNDS / f"{name}.flac" for name in SPEECH], voices)
        sounds = {sound: str(SOUNDS / f"{sound}.flac") for sound, *_ in LIVES.values()} | {"voices": str(voices)}
        rig.scenario.write_text(scenario(names, sounds, options.minutes), encoding="utf-8")
        rig.start_sim()
        time.sleep(20)  # the simulator encodes its sounds
        rig.make_people()
        rig.start_vigie()
        rig.follow(names)
        time.sleep(options.minutes * 60)
        rig.wait_for_the_end(300)
        rig.wait_for_the_words(1200)
        good = conclude(rig, names)
    except BaseException:
        print("the last of vigie.log:", *rig.log_lines()[-12:], sep="\n  ")
        raise
    finally:
        rig.close(options.keep)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
