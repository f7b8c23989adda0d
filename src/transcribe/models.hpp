// SPDX-License-Identifier: Apache-2.0
// Which weights there are, and which to take.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::transcribe {

struct FoundModel {
  std::string name;    // "base"
  std::string folder;  // with model.bin, config.json and the vocabulary
  std::string note;    // for the log when it is not the one that was wanted; else empty
};

// Complete models below models_folder/whisper, smallest first.
std::vector<FoundModel> list_models(const std::string& models_folder);

// The model wanted (tiny, base, small, medium, large: large-v3), a folder (a word with a slash in
// it), or, saying so in `note`, the largest one present. Errc::not_found, with the cure, when there
// is none.
Result<FoundModel> find_model(const std::string& models_folder, std::string_view wanted);

}  // namespace vigie::transcribe
