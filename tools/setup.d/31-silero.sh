#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Silero VAD's weights (MIT): its ONNX file, which a test also runs to hold our forward pass against. (The
# safetensors file of the same package holds an older network.)
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

wheel_sha256=7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8
home=$VIGIE_CACHE/models/silero

if have "$home/silero_vad.onnx"; then exit 0; fi

fetch_wheel silero-vad==6.2.3 "$wheel_sha256"
mkdir "$scratch/out"
cp "$scratch/silero-vad/silero_vad/data/silero_vad.onnx" \
  "$scratch/silero-vad"/*.dist-info/licenses/LICENSE "$scratch/out/"
publish "$scratch/out" "$home"
have "$home/silero_vad.onnx"
say "Silero VAD 6.2.3"
