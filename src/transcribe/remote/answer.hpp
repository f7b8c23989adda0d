// SPDX-License-Identifier: Apache-2.0
// What an audio/transcriptions endpoint is sent, and what its answers mean. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

// 16 kHz mono, 16 bits.
std::string to_wav(std::span<const float> samples);

struct Form {
  std::string content_type;
  std::string body;
};
// multipart/form-data (RFC 7578). boundary: random, so that no sound holds it.
Form form_of(std::span<const float> samples, std::string_view model, std::string_view language,
             std::string_view boundary);

// verbose_json, or json without the figures: its confidence is then one half. Errc::corrupt for
// what is neither.
Result<Transcript> read_transcript(std::string_view body, std::string_view language);

// What an answer other than 200 means. has_answered: it understood us before, so that a refusal is
// of this utterance and not of everything.
Error failure_of(const http::Response& response, bool has_answered);

}  // namespace vigie::transcribe
