// SPDX-License-Identifier: Apache-2.0
#include "app/engines.hpp"

#include <thread>

#include "analyse/llm/prompt.hpp"
#include "app/world.hpp"
#include "async/run.hpp"
#include "base/text.hpp"
#include "transcribe/metered_transcriber.hpp"
#include "transcribe/models.hpp"
#include "transcribe/remote/remote_transcriber.hpp"
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
                                                            std::size_t workers,
                                                            std::string device) {
#ifdef VIGIE_HAS_WHISPER
  transcribe::WhisperOptions options;
  options.model_folder = folder;
  options.workers = workers;
  options.device = std::move(device);
  return transcribe::open_whisper(options);
#else
  return make_error(Errc::unavailable,
                    "this Vigie was built without CTranslate2 ({} is ready for {} workers on {}): "
                    "run make setup, then build again",
                    folder, workers, device);
#endif
}

// LLM_API_KEY or WHISPER_API_KEY; Groq's key goes to Groq only.
std::string key_for(const config::Config& config, std::string_view key, std::string_view base_url) {
  if (config.is_set(key)) {
    return config.text(key);
  }
  return http::host_matches(host_of(base_url), "groq.com") ? config.text("GROQ_API_KEY") : "";
}

std::string url_of(const config::Config& config, std::string_view key) {
  if (config.is_set(key)) {
    return config.text(key);
  }
  return config.is_set("GROQ_API_KEY") ? std::string{groq_url} : "";
}

bool is_remote(const config::Config& config) {
  return config.text("WHISPER_ENGINE") == "remote";
}

Result<std::unique_ptr<transcribe::Transcriber>> open_remote(const config::Config& config,
                                                             std::size_t workers,
                                                             EngineTools tools) {
  transcribe::RemoteOptions options;
  options.base_url = recogniser_url(config);
  if (options.base_url.empty()) {
    return make_error(Errc::invalid,
                      "WHISPER_ENGINE=remote needs WHISPER_BASE_URL, or GROQ_API_KEY for Groq's");
  }
  options.model = config.text("WHISPER_REMOTE_MODEL");
  options.api_key = recogniser_key(config, options.base_url);
  options.workers = workers;
  options.seconds_per_hour = config.integer("WHISPER_BUDGET_S_PER_HOUR");
  return transcribe::create_remote_transcriber(tools.clock, tools.log, tools.metrics,
                                               "vigie-" + tools.random.hex(16), std::move(options));
}

}  // namespace

Result<Ears> open_ears(const config::Config& config, std::string_view wanted, std::size_t workers,
                       EngineTools tools) {
  const auto folder = models_folder(config);
  const auto silero = transcribe::load_silero(transcribe::silero_path(folder));
  if (!silero) {
    return silero.error();
  }
  Ears ears;
  ears.detectors = transcribe::silero_detectors(*silero);
  if (is_remote(config)) {
    auto remote = open_remote(config, workers, tools);
    if (!remote) {
      return remote.error();
    }
    ears.transcriber = transcribe::metered(std::move(*remote), tools.clock, tools.metrics);
    return ears;
  }
  const auto model = transcribe::find_model(folder, wanted);
  if (!model) {
    return model.error();
  }
  const auto began = tools.clock.steady();
  auto transcriber = open_model(model->folder, workers, config.text("WHISPER_DEVICE"));
  if (!transcriber) {
    return transcriber.error();
  }
  tools.metrics
      .gauge("vigie_transcribe_model_load_seconds", "How long reading the speech model took.")
      .set(to_seconds(tools.clock.steady() - began));
  ears.transcriber = transcribe::metered(std::move(*transcriber), tools.clock, tools.metrics);
  ears.note = model->note;
  return ears;
}

std::size_t recognition_workers(const config::Config& config) {
  constexpr std::size_t least_remote = 4;
  const auto wished = config.integer("WHISPER_WORKERS");
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  if (wished > 0) {
    return static_cast<std::size_t>(wished);
  }
  return is_remote(config) ? std::max(cores, least_remote) : cores;
}

std::string recogniser_url(const config::Config& config) {
  return url_of(config, "WHISPER_BASE_URL");
}

std::string recogniser_key(const config::Config& config, std::string_view base_url) {
  return key_for(config, "WHISPER_API_KEY", base_url);
}

std::string llm_base_url(const config::Config& config) {
  return url_of(config, "LLM_BASE_URL");
}

std::string llm_api_key(const config::Config& config, std::string_view base_url) {
  return key_for(config, "LLM_API_KEY", base_url);
}

namespace {

// "model=in/out" of LLM_PRICES.
Result<analyse::Price> price_of(const config::Config& config, std::string_view model) {
  for (const auto& entry : config.list("LLM_PRICES")) {
    const auto equals = entry.rfind('=');
    const auto slash = equals == std::string::npos ? equals : entry.find('/', equals);
    if (slash == std::string::npos) {
      return make_error(Errc::invalid, "LLM_PRICES: \"{}\" is not model=in/out", entry);
    }
    const auto in = to_number(trim(std::string_view{entry}.substr(equals + 1, slash - equals - 1)));
    const auto out = to_number(trim(std::string_view{entry}.substr(slash + 1)));
    if (!in || !out || *in < 0 || *out < 0) {
      return make_error(Errc::invalid, "LLM_PRICES: \"{}\" is not model=in/out", entry);
    }
    if (trim(std::string_view{entry}.substr(0, equals)) == model) {
      return analyse::Price{*in, *out};
    }
  }
  return analyse::Price{};
}

}  // namespace

Result<std::unique_ptr<analyse::LanguageModel>> open_llm(const config::Config& config,
                                                         http::Client& client, Clock& clock,
                                                         Random& random, log::Log& log,
                                                         metrics::Registry& metrics) {
  analyse::LlmOptions options;
  options.base_url = llm_base_url(config);
  if (options.base_url.empty()) {
    return std::unique_ptr<analyse::LanguageModel>{};
  }
  options.model = config.text("LLM_MODEL");
  options.api_key = llm_api_key(config, options.base_url);
  options.prompt_folder = config.text("DATA_DIR");
  auto prompt = analyse::load_prompt(options.prompt_folder, config.text("LLM_CONTEXT"));
  if (!prompt) {
    return prompt.error();
  }
  options.prompt = std::move(*prompt);
  const auto price = price_of(config, options.model);
  if (!price) {
    return price.error();
  }
  options.price = *price;
  options.timeout = std::chrono::seconds{config.integer("LLM_TIMEOUT_S")};
  return analyse::create_llm_analyser(client, clock, random, std::move(options), log, metrics);
}

Result<std::string> examine_llm(const config::Config& config) {
  asio::io_context io{1};
  SystemClock clock;
  SystemRandom random;
  log::Log silent{[](std::string_view) {}, [&clock] { return clock.now(); }};
  metrics::Registry metrics;
  const http::AddressGuard guard{{llm_base_url(config)}, {}};
  const auto client = http::create_client(io.get_executor(), guard);
  auto model = open_llm(config, *client, clock, random, silent, metrics);
  if (!model) {
    return model.error();
  }
  if (!*model) {
    return std::string{};
  }
  const auto found = run_to_end(io, (*model)->probe());
  if (!found) {
    return found.error();
  }
  return fmt::format("LLM {} at {}, with the embedded analyser beside it", config.text("LLM_MODEL"),
                     host_of(llm_base_url(config)));
}

analyse::JudgeOptions judging_options(const config::Config& config) {
  analyse::JudgeOptions options;
  options.budget = {.per_hour = config.integer("LLM_BUDGET_PER_HOUR"),
                    .per_live = config.integer("LLM_BUDGET_PER_LIVE")};
  return options;
}

api::PartStatus judging_status(const analyse::Judge& judge, analyse::Analysis& analysis,
                               const config::Config& config, bool is_on) {
  api::PartStatus part{.name = "analysis", .state = is_on ? "ok" : "off", .words = "embedded"};
  if (judge.has_model()) {
    part.words = "LLM " + config.text("LLM_MODEL");
  }
  if (const auto trouble = judge.trouble(); is_on && !trouble.empty()) {
    part.state = "degraded";
    part.words += "; the embedded analyser judges: " + trouble;
  }
  if (const auto recent = analysis.recent(); recent.fallbacks > 0) {
    part.words += fmt::format(
        "; {} of the last hour's {} windows were read by the embedded analyser alone, the last "
        "because: {}",
        recent.fallbacks, recent.windows, recent.why);
  }
  if (analysis.set_aside() > 0) {
    part.words +=
        fmt::format("; {} windows could not be judged and were set aside", analysis.set_aside());
  }
  return part;
}

}  // namespace vigie::app
