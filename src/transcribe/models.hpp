// SPDX-License-Identifier: Apache-2.0
// Which weights there are, and which to take.
#pragma once
#include <cstdint>
#include <span>
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

// A model that can be had, in CTranslate2's format: 99 languages, MIT.
struct PublishedModel {
  std::string_view name;
  std::string_view repository;  // at the hub
  std::uint64_t bytes;          // of model.bin; only about right where no checksum is known
  std::string_view sha256;      // of model.bin, in hexadecimal; empty: nobody wrote it down
  bool is_ours(std::string_view wanted) const {
    return wanted == name || (wanted == "large" && name == "large-v3");
  }
};

// Smallest first.
std::span<const PublishedModel> published_models();

// All files of a model are there.
bool is_complete_model(const std::string& folder);

// Complete models below models_folder/whisper, smallest first.
std::vector<FoundModel> list_models(const std::string& models_folder);

// The model wanted (tiny, base, small, medium, large: large-v3), a folder (a word with a slash in
// it), or, saying so in `note`, the largest one present. Errc::not_found, with the cure, when there
// is none.
Result<FoundModel> find_model(const std::string& models_folder, std::string_view wanted);

}  // namespace vigie::transcribe
