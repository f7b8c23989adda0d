// SPDX-License-Identifier: Apache-2.0
// A recogniser behind any OpenAI-compatible audio/transcriptions endpoint (Groq, vLLM, speaches …).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct RemoteOptions {
  std::string base_url;  // "https://api.example/v1", with or without a last slash
  std::string model;
  std::string api_key;      // empty: none is sent
  std::size_t workers = 4;  // utterances under way at once
  std::int64_t seconds_per_hour = 0;
  std::chrono::milliseconds timeout{30'000};
};

// Each worker's thread turns an io_context of its own while it waits: nothing is shared but what
// Patience knows, and a stop is seen within a tenth of a second. Whatever fails for now is
// Errc::unavailable or rate_limited, so that the words wait; no glimpses are given, they would cost
// what the words do. Everything passed by reference outlives it.
std::unique_ptr<Transcriber> create_remote_transcriber(const Clock& clock, log::Log& log,
                                                       metrics::Registry& metrics,
                                                       std::string boundary, RemoteOptions options);

}  // namespace vigie::transcribe
