# SPDX-License-Identifier: Apache-2.0
"""vad_equality.py SPEECH_PROBE: our forward pass of Silero VAD gives what its own ONNX file gives."""

import subprocess
import sys

import silero_onnx
import sounds

LARGEST_DIFFERENCE = 1e-4

worst = 0.0
for name, samples in sounds.available():
    expected = silero_onnx.probabilities(samples)
    weights = silero_onnx.CACHE / "models/silero/silero_vad.onnx"
    answer = subprocess.run([sys.argv[1], "vad", weights], input=samples.tobytes(), capture_output=True, check=True)
    found = [float(line) for line in answer.stdout.split()]
    assert len(found) == len(expected), (name, len(found), len(expected))
    difference = max(abs(a - b) for a, b in zip(found, expected))
    worst = max(worst, difference)
    print(f"{name}: {len(found)} frames, largest difference {difference:.2e}")
assert worst < LARGEST_DIFFERENCE, worst
