# SPDX-License-Identifier: Apache-2.0
"""The synthetic voice of src/transcribe/speech_detector_test.cpp, sample for sample: prints what Silero's
own ONNX file says of it, which is that test's golden list."""

import math

import silero_onnx


def voice():
    """A pulse train at 110 to 150 Hz through three resonators, on for 0.6 s, off for 0.4 s; 3 s."""
    formants = [(700.0, 80.0), (1200.0, 90.0), (2600.0, 120.0)]
    past = [[0.0, 0.0] for _ in formants]
    phase = 0.0
    samples = []
    for n in range(48_000):
        is_on = n % 16_000 < 9_600
        phase += (130.0 + 20.0 * math.sin(2 * math.pi * 3.0 * n / 16_000)) / 16_000
        pulse = 0.0
        if phase >= 1.0:
            phase -= 1.0
            pulse = 1.0 if is_on else 0.0
        total = 0.0
        for (hertz, width), state in zip(formants, past):
            radius = math.exp(-math.pi * width / 16_000)
            value = pulse + 2 * radius * math.cos(2 * math.pi * hertz / 16_000) * state[0] - radius * radius * state[1]
            state[1] = state[0]
            state[0] = value
            total += value
        samples.append(0.03 * total)
    return samples


if __name__ == "__main__":
    probabilities = silero_onnx.probabilities(voice())
    print(", ".join(f"{p:.5f}F" for p in probabilities))
