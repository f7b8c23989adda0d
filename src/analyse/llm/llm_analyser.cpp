// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/llm_analyser.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cmath>
#include <utility>

#include "analyse/llm/answer.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace vigie::analyse {
namespace {

// Reasoning models spend completion tokens on thoughts we never see.
constexpr int completion_tokens = 1000;
constexpr std::size_t largest_answer = 512UL * 1024;
constexpr std::chrono::seconds longest_retry_after{600};
// A wrong key or a withdrawn model is not healed by asking again soon.
constexpr std::chrono::seconds wait_for_operator{300};

// How the shape of the answer is asked for; endpoints differ, each gets the strictest it takes.
enum class Rung : std::uint8_t { strict_schema, object_with_schema, object, plain };

Rung below(Rung rung) {
  return static_cast<Rung>(static_cast<int>(rung) + 1);
}

json::object one_of(std::initializer_list<std::string_view> words) {
  json::array all;
  for (const auto word : words) {
    all.emplace_back(json::string_view{word.data(), word.size()});
  }
  return {{"type", "string"}, {"enum", std::move(all)}};
}

json::object schema() {
  json::object properties{
      {"categorie", one_of({"Neutre", "Polémique", "Potentiellement viral", "Discours haineux"})},
      {"viralite", one_of({"faible", "moyenne", "forte"})},
      {"discours_haineux", {{"type", "boolean"}}},
      {"cible", one_of({"ethnie", "religion", "individu", "groupe social", "autre"})},
      {"justification", {{"type", "string"}}},
      {"score", {{"type", "number"}}},
      {"indetermine", {{"type", "boolean"}}},
      {"preuve", {{"type", "string"}}}};
  json::array required;
  for (const auto& property : properties) {
    required.emplace_back(property.key());
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

json::value response_format(Rung rung) {
  switch (rung) {
    case Rung::strict_schema:
      return {{"type", "json_schema"},
              {"json_schema", {{"name", "jugement"}, {"strict", true}, {"schema", schema()}}}};
    case Rung::object_with_schema:
      return {{"type", "json_object"}, {"schema", schema()}};
    case Rung::object:
      return {{"type", "json_object"}};
    case Rung::plain:
      break;
  }
  return nullptr;
}

// Endpoints refuse a format they do not know with 400 or 422, llama-cpp-python with 500.
bool refuses_format(const http::Response& response) {
  constexpr std::array<std::string_view, 5> names{"response_format", "json_schema", "json_object",
                                                  "json_validate_failed", "grammar"};
  const bool is_refusal =
      response.status == 400 || response.status == 422 || response.status == 500;
  return is_refusal && std::ranges::any_of(names, [&](std::string_view name) {
           return response.body.find(name) != std::string::npos;
         });
}

std::chrono::seconds retry_after(const http::Response& response) {
  const auto said = to_number(trim(response.headers.get("retry-after")));
  if (!said || !(*said > 0)) {
    return std::chrono::seconds{0};
  }
  const auto longest = static_cast<double>(longest_retry_after.count());
  return std::chrono::seconds{static_cast<std::int64_t>(std::ceil(std::min(*said, longest)))};
}

Error failure(const http::Response& response) {
  const int status = response.status;
  auto error = make_error(Errc::corrupt, "the model's endpoint answered {}", status);
  if (status == 429 || status == 498) {
    error.code = Errc::rate_limited;
  } else if (status >= 500 || status == 408) {
    error.code = Errc::unavailable;
  } else if (status == 401 || status == 403) {
    error =
        make_error(Errc::unavailable,
                   "the model's endpoint answered {}: check LLM_API_KEY or GROQ_API_KEY", status);
    error.retry_after = wait_for_operator;
    return error;
  } else if (status == 404) {
    error = make_error(Errc::unavailable,
                       "the model's endpoint answered 404: check LLM_BASE_URL and LLM_MODEL "
                       "(hosted models are withdrawn)");
    error.retry_after = wait_for_operator;
    return error;
  }
  error.retry_after = retry_after(response);
  return error;
}

class LlmAnalyser final : public Analyser {
 public:
  LlmAnalyser(http::Client& client, Random& random, LlmOptions options, log::Log& log,
              metrics::Registry& metrics)
      : client_{client},
        random_{random},
        options_{std::move(options)},
        log_{log},
        metrics_{metrics},
        canary_{"vigie-" + random.hex(12)} {
    while (options_.base_url.ends_with('/')) {
      options_.base_url.pop_back();
    }
  }

  std::string_view name() const override { return "llm"; }

  Async<Result<Judgement>> judge(Window window) override {
    const auto messages = messages_for(window);
    for (auto rung = rung_;; rung = below(rung)) {
      auto request = request_for(messages, rung);
      auto response = co_await client_.send(std::move(request));
      if (!response) {
        co_return response.error().during("asking the language model");
      }
      if (rung != Rung::plain && refuses_format(*response)) {
        step_down(rung, *response);
        continue;
      }
      if (response->status != 200) {
        co_return failure(*response);
      }
      co_return read(*response, window.text);
    }
  }

 private:
  // The instructions are in the system message only; the speech stands between marks nobody can
  // guess.
  json::array messages_for(const Window& window) {
    const auto secret = random_.hex(8);
    const std::map<std::string, std::string, std::less<>> values{
        {"canari", canary_},
        {"debut", "[PAROLES-" + secret + "]"},
        {"fin", "[FIN-" + secret + "]"},
        {"contexte", window.context.empty() ? "(rien)" : defuse(window.context)},
        {"texte", defuse(window.text)}};
    return {json::object{{"role", "system"}, {"content", fill(options_.prompt.system, values)}},
            json::object{{"role", "user"}, {"content", fill(options_.prompt.user, values)}}};
  }

  http::ClientRequest request_for(const json::array& messages, Rung rung) const {
    json::object body{{"model", options_.model},
                      {"messages", messages},
                      {"temperature", 0},
                      {"max_completion_tokens", completion_tokens},
                      {"stream", false}};
    if (rung != Rung::plain) {
      body["response_format"] = response_format(rung);
    }
    http::ClientRequest request;
    request.method = "POST";
    request.url = options_.base_url + "/chat/completions";
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Accept", "application/json");
    if (!options_.api_key.empty()) {
      request.headers.add("Authorization", "Bearer " + options_.api_key);
    }
    request.body = json::serialize(body);
    request.timeout = options_.timeout;
    request.max_body = largest_answer;
    request.max_redirects = 0;  // a key is not sent elsewhere
    return request;
  }

  void step_down(Rung from, const http::Response& response) {
    // This answer did not validate, which says nothing of the next.
    const bool is_once = response.body.find("json_validate_failed") != std::string::npos;
    if (!is_once && rung_ <= from) {
      rung_ = below(from);
      log_.info("the language model's endpoint takes a looser answer format",
                {{"rung", static_cast<std::int64_t>(rung_)}});
    }
  }

  Result<Judgement> read(const http::Response& response, std::string_view speech) {
    auto answer = read_answer(response.body, speech, canary_);
    if (!answer) {
      return answer.error();
    }
    if (answer->evidence_dropped) {
      metrics_
          .counter("vigie_analyse_quotes_dropped_total",
                   "Quotations of the language model that nobody said.")
          .add();
    }
    auto judgement = std::move(answer->judgement);
    judgement.analyser = name();
    judgement.model = options_.model;
    judgement.prompt_sha256 = options_.prompt.sha256;
    count_tokens(judgement);
    return judgement;
  }

  void count_tokens(const Judgement& judgement) {
    constexpr std::string_view help = "Tokens the language model read and wrote.";
    metrics_.counter("vigie_analyse_model_tokens_total", help, {{"way", "in"}})
        .add(static_cast<double>(judgement.tokens_in));
    metrics_.counter("vigie_analyse_model_tokens_total", help, {{"way", "out"}})
        .add(static_cast<double>(judgement.tokens_out));
  }

  http::Client& client_;
  Random& random_;
  LlmOptions options_;
  log::Log& log_;
  metrics::Registry& metrics_;
  std::string canary_;
  Rung rung_ = Rung::strict_schema;  // the strictest this endpoint and model take, as learnt
};

}  // namespace

std::unique_ptr<Analyser> create_llm_analyser(http::Client& client, Random& random,
                                              LlmOptions options, log::Log& log,
                                              metrics::Registry& metrics) {
  return std::make_unique<LlmAnalyser>(client, random, std::move(options), log, metrics);
}

}  // namespace vigie::analyse
