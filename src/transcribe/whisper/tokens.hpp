// SPDX-License-Identifier: Apache-2.0
// Whisper's vocabulary: tokens to text (byte-level BPE, as GPT-2's), and the tokens that steer it.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::transcribe {

class Tokens {
 public:
  // Reads vocabulary.txt or vocabulary.json of a CTranslate2 model's folder. Errc::not_found,
  // or Errc::corrupt when it is not a vocabulary of Whisper's.
  static Result<Tokens> load(const std::string& model_folder);

  // The same from entries in order, as the files list them.
  static Result<Tokens> from(std::vector<std::string> entries);

  // The text of the ordinary tokens among ids, made safe to keep; the steering ones are left out.
  std::string text(std::span<const std::size_t> ids) const;

  // Ids that are ordinary tokens.
  std::vector<std::size_t> spoken(std::span<const std::size_t> ids) const;

  // "<|fr|>", "<|transcribe|>"…
  std::optional<std::size_t> steering(std::string_view name) const;
  std::optional<std::size_t> language(std::string_view code) const;

  std::size_t end_of_text() const { return end_of_text_; }

 private:
  std::vector<std::string> bytes_;  // of each ordinary token
  std::map<std::string, std::size_t, std::less<>> steering_;
  std::size_t end_of_text_ = 0;  // ordinary tokens come before it, steering ones after
};

}  // namespace vigie::transcribe
