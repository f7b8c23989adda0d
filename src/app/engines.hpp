// SPDX-License-Identifier: Apache-2.0
// The engines that listen and judge, chosen from the configuration, for serve and for single
// commands.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analyse/analysis.hpp"
#include "analyse/judge.hpp"
#include "analyse/llm/llm_analyser.hpp"
#include "api/services.hpp"
#include "async/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "http/client.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "transcribe/speech_detector.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::app {

// What recognition needs; with its cure in words when it is not all there.
struct Ears {
  transcribe::DetectorFactory detectors;
  std::unique_ptr<transcribe::Transcriber> transcriber;
  std::string note;  // when the model is not the one that was asked for
};

// What engines say and count, and all that outlives them.
struct EngineTools {
  Clock& clock;
  Random& random;
  log::Log& log;
  metrics::Registry& metrics;
};

// wanted: a local model's name or folder. Errc::not_found, corrupt, invalid or unavailable with the
// cure. Blocks while the weights are read.
Result<Ears> open_ears(const config::Config& config, std::string_view wanted, std::size_t workers,
                       EngineTools tools);

// WHISPER_BASE_URL, or Groq's when only GROQ_API_KEY is set; empty: no endpoint is known.
std::string recogniser_url(const config::Config& config);

// WHISPER_API_KEY; Groq's key goes to Groq only.
std::string recogniser_key(const config::Config& config, std::string_view base_url);

// One a core, for a remote engine four at least, unless WHISPER_WORKERS says otherwise.
std::size_t recognition_workers(const config::Config& config);

// LLM_BASE_URL, or Groq's when only GROQ_API_KEY is set; empty: no language model is configured.
std::string llm_base_url(const config::Config& config);

// LLM_API_KEY; Groq's key goes to Groq only.
std::string llm_api_key(const config::Config& config, std::string_view base_url);

// The language model of the configuration; nothing when there is none. Errc::invalid for a
// template.yml or a price that cannot be used.
Result<std::unique_ptr<analyse::LanguageModel>> open_llm(const config::Config& config,
                                                         http::Client& client, Clock& clock,
                                                         Random& random, log::Log& log,
                                                         metrics::Registry& metrics);

// Whether the language model of the configuration is there, asked now: its words, or what is wrong
// with the cure. "" when none is configured.
Result<std::string> examine_llm(const config::Config& config);

analyse::JudgeOptions judging_options(const config::Config& config);

// How the judges' part of /status reads.
api::PartStatus judging_status(const analyse::Judge& judge, analyse::Analysis& analysis,
                               const config::Config& config, bool is_on);

}  // namespace vigie::app
