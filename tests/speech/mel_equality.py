# SPDX-License-Identifier: Apache-2.0
"""mel_equality.py SPEECH_PROBE: our features are those of OpenAI's whisper/audio.py, written out here with
numpy's FFT in double precision, on real sound and on the full 30 s window as well as on shorter ones."""

import subprocess
import sys

import silero_onnx  # skips when there is no numpy
import sounds
import numpy

LARGEST_DIFFERENCE = 1e-3


def slaney_bands(bands):
    def hertz(mel):
        return numpy.where(mel < 15, mel * 200 / 3, 1000 * numpy.exp((mel - 15) * numpy.log(6.4) / 27))

    edges = hertz(numpy.linspace(0, 15 + numpy.log(8) * 27 / numpy.log(6.4), bands + 2))
    bins = numpy.arange(201) * 40.0
    rise = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    return numpy.maximum(0, numpy.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def log_mel(samples, bands, frames):
    padded = numpy.zeros(frames * 160)
    padded[: len(samples)] = samples[: frames * 160]
    padded = numpy.pad(padded, 200, mode="reflect")
    window = numpy.hanning(401)[:-1]
    windows = numpy.stack([padded[i * 160 : i * 160 + 400] * window for i in range(frames)])
    power = numpy.abs(numpy.fft.rfft(windows)) ** 2
    found = numpy.log10(numpy.maximum(slaney_bands(bands) @ power.T, 1e-10))
    return (numpy.maximum(found, found.max() - 8) + 4) / 4


worst = 0.0
for name, samples in sounds.available():
    for bands, frames, seconds in ((80, 3000, 30), (80, 1408, 12), (128, 3000, 9.99)):
        stretch = samples[: int(seconds * 16000)]
        command = [sys.argv[1], "mel", str(bands), str(frames)]
        answer = subprocess.run(command, input=stretch.tobytes(), capture_output=True, check=True)
        found = numpy.frombuffer(answer.stdout, dtype=numpy.float32).reshape(bands, frames)
        difference = float(numpy.abs(found - log_mel(stretch, bands, frames)).max())
        worst = max(worst, difference)
        print(f"{name}: {bands} bands, {frames} frames, largest difference {difference:.2e}")
assert worst < LARGEST_DIFFERENCE, worst
