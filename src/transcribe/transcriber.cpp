// SPDX-License-Identifier: Apache-2.0
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

std::vector<Result<Transcript>> Transcriber::transcribe_all(std::span<const Speech> speeches,
                                                            Effort effort, std::stop_token stop) {
  std::vector<Result<Transcript>> answers;
  for (const auto& [samples, language] : speeches) {
    answers.push_back(transcribe(samples, {language, effort}, stop));
  }
  return answers;
}

}  // namespace vigie::transcribe
