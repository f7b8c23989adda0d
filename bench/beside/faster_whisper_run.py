# SPDX-License-Identifier: Apache-2.0
"""faster_whisper_run.py MODEL_FOLDER BEAM FILE…: what faster-whisper writes down, in the lines of
`vigie transcribe --json`, and the CPU seconds it took without loading."""

import json
import resource
import sys
import time

import faster_whisper

folder, beam, files = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
model = faster_whisper.WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1)
audio, wall, cpu = 0.0, time.perf_counter(), time.process_time()
for path in files:
    segments, about = model.transcribe(path, language="fr", beam_size=beam)
    audio += about.duration
    for segment in segments:
        print(json.dumps({"file": path, "start": segment.start, "end": segment.end, "text": segment.text.strip()}))
summary = {
    "summary": True,
    "audio_s": round(audio, 3),
    "wall_s": round(time.perf_counter() - wall, 3),
    "cpu_s": round(time.process_time() - cpu, 3),
    "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
}
print(json.dumps(summary))
