// SPDX-License-Identifier: Apache-2.0
// Whisper on CTranslate2: the weights once in memory, a worker each for several threads.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct WhisperOptions {
  std::string model_folder;       // of find_model()
  std::size_t workers = 1;        // utterances at once, a thread each
  std::string device = "cpu";     // "auto": CUDA where there is such a device; "cuda"
  std::string compute_type = {};  // empty: int8, on CUDA int8_float16
};

// Loads the weights: base takes 0.1 s and 200 MB with one worker, 50 MB more for each other one.
// Errc::not_found, with the cure, when the folder lacks them; Errc::corrupt when they cannot be
// read; Errc::invalid for a model or a compute type that cannot serve; Errc::unavailable when CUDA
// is asked for and absent.
Result<std::unique_ptr<Transcriber>> open_whisper(const WhisperOptions& options);

}  // namespace vigie::transcribe
