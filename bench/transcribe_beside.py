#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vigie beside faster-whisper (bench/beside/requirements.txt), the same weights, machine and files, one thread
each, turn by turn: CPU seconds for a second of sound (median of three, with spread), then words wrong and lost.
What cannot be had is said, and nothing is measured."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from beside.peer_python import CACHE, Unavailable, peer_python

ROOT = pathlib.Path(__file__).resolve().parents[1]
AUDIO = ROOT.parent / "shared/speech/audio"
PROGRAM = pathlib.Path(os.environ.get("BENCH_TRANSCRIBE") or ROOT / "build/release/bench/bench_transcribe")
WEIGHTS = CACHE / "models/whisper/base"
REQUIREMENTS = ROOT / "bench/beside/requirements.txt"
FOR_SPEED = [f"fleurs-fr-{number}" for number in ("000", "002", "004", "006", "008")] + ["long-fr-real-shared"]
FOR_WORDS = ["long-fr-real-shared", "tts-fr-manon"]
ROUNDS = 3
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def leave(why):
    print(f"not measured beside faster-whisper: {why}")
    sys.exit(0)


def run(command, output):
    answer = subprocess.run([str(word) for word in command], env=ONE_THREAD, stdout=subprocess.PIPE, check=True, text=True,
                            stderr=subprocess.DEVNULL)  # fmt: skip
    output.write_text(answer.stdout, encoding="utf-8")
    return json.loads(answer.stdout.splitlines()[-1])


def main():
    missing = [path for path in (PROGRAM, WEIGHTS, AUDIO) if not path.exists()]
    if missing:
        leave(f"{missing[0]} is not there")
    try:
        python = peer_python("bench-venv", REQUIREMENTS)
    except Unavailable as why:
        leave(why)
    beside = [python, ROOT / "bench/beside/faster_whisper_run.py", WEIGHTS]
    engines = {
        "vigie": [PROGRAM, "--model", WEIGHTS, "--rounds", 1, "--words"],
        "faster-whisper beam 1": [*beside, 1],
        "faster-whisper beam 5": [*beside, 5],
    }
    sounds = {kind: [AUDIO / f"{name}.flac" for name in names] for kind, names in
              (("speed", FOR_SPEED), ("words", FOR_WORDS))}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        outputs = {name: pathlib.Path(folder) / f"{name.replace(' ', '-')}.jsonl" for name in engines}
        costs = {name: [] for name in engines}
        memory = {}
        for _ in range(ROUNDS):
            for name, command in engines.items():
                summary = run([*command, *sounds["speed"]], outputs[name])
                costs[name].append(summary["cpu_s"] / summary["audio_s"])
                memory[name] = summary["rss_mb"]
        ours = statistics.median(costs["vigie"])
        for name, found in costs.items():
            middle = statistics.median(found)
            print(f"{name:22} {middle:.4f} cpu s per s of sound ({min(found):.4f} to {max(found):.4f}), "
                  f"{middle / ours:.2f} × vigie, {memory[name]:.0f} MB")  # fmt: skip
        for name, command in engines.items():
            run([*command, *sounds["words"]], outputs[name])
        score = [CACHE / "venv/bin/python", ROOT / "tests/speech/wer.py", "--each", *outputs.values()]
        subprocess.run([str(word) for word in score], check=False)


if __name__ == "__main__":
    main()
