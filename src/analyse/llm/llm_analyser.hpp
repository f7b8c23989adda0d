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
#include "async/worker_pool.hpp"
#include "base/random.hpp"
#include "http/client.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::analyse {

// US dollars for a million tokens; 0: unknown.
struct Price {
  double in = 0;
  double out = 0;
};

struct LlmOptions {
  std::string base_url;  // "https://api.groq.com/openai/v1", with or without a last slash
  std::string model;
  std::string api_key;  // empty: none is sent
  Prompt prompt;
  std::string prompt_folder;  // where the prompt is read again; empty: never
  Price price;
  std::chrono::milliseconds timeout{30'000};
};

class LanguageModel : public Analyser {
 public:
  // Asks which models the endpoint has, and says what is wrong with its cure: the wished one is not
  // among them, the key is refused, nobody answers. An endpoint that keeps no list is no error.
  virtual Async<Result<>> probe() = 0;

  // Until cancelled: probes, each minute while something is wrong, and reads template.yml again
  // when it changed (one that is wrong is said, and the one before is kept). The pool outlives it.
  virtual Async<> look_after(WorkerPool& disk) = 0;
};

// Everything passed by reference outlives it.
std::unique_ptr<LanguageModel> create_llm_analyser(http::Client& client, Clock& clock,
                                                   Random& random, LlmOptions options,
                                                   log::Log& log, metrics::Registry& metrics);

}  // namespace vigie::analyse
