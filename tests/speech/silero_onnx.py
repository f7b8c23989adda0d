# SPDX-License-Identifier: Apache-2.0
"""Silero VAD through its own ONNX file: what our forward pass is held against."""

import os
import pathlib
import sys

SKIPPED = 77  # ctest's SKIP_RETURN_CODE

CACHE = pathlib.Path(
    os.environ.get("VIGIE_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vigie"
)


def skip(reason):
    print(f"SKIPPED: {reason}; cure: make setup")
    sys.exit(SKIPPED)


try:
    import numpy
    import onnxruntime
except ImportError as missing:
    skip(f"python has no {missing.name} (use {CACHE}/venv/bin/python)")


def probabilities(samples):
    """One for every 512 samples; the last frame is filled up with silence."""
    path = CACHE / "models/silero/silero_vad.onnx"
    if not path.exists():
        skip("silero_vad.onnx is not there")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    samples = numpy.asarray(samples, dtype=numpy.float32)
    samples = numpy.pad(samples, (0, -len(samples) % 512))
    state = numpy.zeros((2, 1, 128), dtype=numpy.float32)
    context = numpy.zeros(64, dtype=numpy.float32)
    found = []
    for start in range(0, len(samples), 512):
        frame = samples[start : start + 512]
        inputs = {
            "input": numpy.concatenate([context, frame])[None],
            "state": state,
            "sr": numpy.array(16_000, dtype=numpy.int64),
        }
        output, state = session.run(None, inputs)
        context = frame[-64:]
        found.append(float(output[0][0]))
    return found
