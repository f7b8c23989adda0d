# SPDX-License-Identifier: Apache-2.0
"""Sound for the checks: what this machine has of it, as 16 kHz mono floats."""

import pathlib
import shutil
import subprocess

import numpy

import silero_onnx
import vowel

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared/speech/audio"


def decode(path):
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", "16000", "-f", "f32le", "-"]
    return numpy.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, dtype=numpy.float32)


def available():
    """(name, samples), the synthetic voice always."""
    yield "synthetic voice", numpy.asarray(vowel.voice(), dtype=numpy.float32)
    files = [silero_onnx.CACHE / "demo/jfk.wav"]
    files += [SHARED / f"{name}.flac" for name in ("long-fr-real-shared", "long-fr-music-shared", "ns-noise-30")]
    for path in files:
        if not path.exists():
            print(f"not here, left out: {path.name}")
        elif shutil.which("ffmpeg") is None:
            print(f"no ffmpeg, left out: {path.name}")
        else:
            yield path.name, decode(path)
