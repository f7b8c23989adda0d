// SPDX-License-Identifier: Apache-2.0
#include "app/engines.hpp"

#include <thread>

#include "analyse/llm/llm_analyser.hpp"
#include "analyse/llm/prompt.hpp"
#include "app/world.hpp"
#include "transcribe/models.hpp"
#ifdef VIGIE_HAS_WHISPER
#include "transcribe/whisper/whisper_transcriber.hpp"
#endif

namespace vigie::app {
namespace {

constexpr std::string_view groq_url = "https://api.groq.com/openai/v1";

std::string host_of(std::string_view url) {
  const auto parsed = http::parse_url(url);
  return parsed ? parsed->host : std::string{};
}

Result<std::unique_ptr<transcribe::Transcriber>> open_model(const std::string& folder,
                                                            std::size_t workers) {
#ifdef VIGIE_HAS_WHISPER
  transcribe::WhisperOptions options;
  options.model_folder = folder;
  options.workers = workers;
  return transcribe::open_whisper(options);
#else
  return make_error(Errc::unavailable,
                    "this Vigie was built without CTranslate2 ({} is ready for {} workers): run "
                    "make setup, then build again",
                    folder, workers);
#endif
}

}  // namespace

Result<Ears> open_ears(const config::Config& config, std::string_view wanted, std::size_t workers) {
  const auto folder = models_folder(config);
  const auto model = transcribe::find_model(folder, wanted);
  if (!model) {
    return model.error();
  }
  const auto silero = transcribe::load_silero(transcribe::silero_path(folder));
  if (!silero) {
    return silero.error();
  }
  auto transcriber = open_model(model->folder, workers);
  if (!transcriber) {
    return transcriber.error();
  }
  Ears ears;
  ears.detectors = transcribe::silero_detectors(*silero);
  ears.transcriber = std::move(*transcriber);
  ears.note = model->note;
  return ears;
}

std::size_t recognition_workers(const config::Config& config) {
  const auto wished = config.integer("WHISPER_WORKERS");
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  return wished > 0 ? static_cast<std::size_t>(wished) : cores;
}

std::string llm_base_url(const config::Config& config) {
  if (config.is_set("LLM_BASE_URL")) {
    return config.text("LLM_BASE_URL");
  }
  return config.is_set("GROQ_API_KEY") ? std::string{groq_url} : "";
}

std::string llm_api_key(const config::Config& config, std::string_view base_url) {
  if (config.is_set("LLM_API_KEY")) {
    return config.text("LLM_API_KEY");
  }
  return http::host_matches(host_of(base_url), "groq.com") ? config.text("GROQ_API_KEY") : "";
}

Result<std::unique_ptr<analyse::Analyser>> open_llm(const config::Config& config,
                                                    http::Client& client, Random& random,
                                                    log::Log& log, metrics::Registry& metrics) {
  analyse::LlmOptions options;
  options.base_url = llm_base_url(config);
  if (options.base_url.empty()) {
    return std::unique_ptr<analyse::Analyser>{};
  }
  options.model = config.text("LLM_MODEL");
  options.api_key = llm_api_key(config, options.base_url);
  auto prompt = analyse::load_prompt(config.text("DATA_DIR"));
  if (!prompt) {
    return prompt.error();
  }
  options.prompt = std::move(*prompt);
  return analyse::create_llm_analyser(client, random, std::move(options), log, metrics);
}

}  // namespace vigie::app
