// SPDX-License-Identifier: Apache-2.0
// A judge behind any OpenAI-compatible chat/completions endpoint (Groq, vLLM, llama-server, Ollama
// …).
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "analyse/analyser.hpp"
#include "analyse/llm/prompt.hpp"
#include "async/clock.hpp"
#include "base/random.hpp"
#include "http/client.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::analyse {

struct LlmOptions {
  std::string base_url;  // "https://api.groq.com/openai/v1", with or without a last slash
  std::string model;
  std::string api_key;  // empty: none is sent
  Prompt prompt;
  std::chrono::milliseconds timeout{30'000};
};

// Everything passed by reference outlives it.
std::unique_ptr<Analyser> create_llm_analyser(http::Client& client, Random& random,
                                              LlmOptions options, log::Log& log,
                                              metrics::Registry& metrics);

}  // namespace vigie::analyse
