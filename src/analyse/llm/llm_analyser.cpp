// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/llm_analyser.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <utility>

#include "analyse/llm/allowance.hpp"
#include "analyse/llm/answer.hpp"
#include "analyse/llm/question.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr std::size_t largest_answer = 512UL * 1024;
constexpr std::size_t longest_context = 6UL * 1024;
constexpr std::int64_t tokens_for_the_answer = 300;
constexpr std::int64_t bytes_of_a_token = 3;
constexpr std::chrono::seconds longest_retry_after{600};
// A wrong key or a withdrawn model is not healed by asking again soon.
constexpr std::chrono::seconds wait_for_operator{300};
constexpr std::chrono::seconds look_interval{15};
constexpr std::chrono::seconds probe_when_wrong{60};
constexpr std::chrono::minutes probe_when_well{10};
constexpr std::size_t most_named_models = 8;

std::chrono::seconds retry_after(const http::Response& response) {
  const auto said = to_number(trim(response.headers.get("retry-after")));
  if (!said || !(*said > 0)) {
    return std::chrono::seconds{0};
  }
  const auto longest = static_cast<double>(longest_retry_after.count());
  return std::chrono::seconds{static_cast<std::int64_t>(std::ceil(std::min(*said, longest)))};
}

Error for_the_operator(std::string words) {
  auto error = make_error(Errc::unavailable, "{}", words);
  error.retry_after = wait_for_operator;
  return error;
}

Error failure(const http::Response& response) {
  const int status = response.status;
  if (status == 401 || status == 403) {
    return for_the_operator(
        fmt::format("the model's endpoint answered {}: check LLM_API_KEY or GROQ_API_KEY", status));
  }
  if (status == 404) {
    return for_the_operator(
        "the model's endpoint answered 404: check LLM_BASE_URL and LLM_MODEL (hosted models are "
        "withdrawn)");
  }
  auto error = make_error(Errc::invalid, "the model's endpoint answered {}", status);
  if (status == 429 || status == 498) {
    error.code = Errc::rate_limited;
  } else if (status >= 500 || status == 408) {
    error.code = Errc::unavailable;
  }
  error.retry_after = retry_after(response);
  return error;
}

std::string last_bytes(std::string_view text, std::size_t count) {
  if (text.size() <= count) {
    return std::string{text};
  }
  text.remove_prefix(text.size() - count);
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80) {
    text.remove_prefix(1);
  }
  return std::string{text};
}

class LlmAnalyser final : public LanguageModel {
 public:
  LlmAnalyser(http::Client& client, Clock& clock, Random& random, LlmOptions options, log::Log& log,
              metrics::Registry& metrics)
      : client_{client},
        clock_{clock},
        random_{random},
        options_{std::move(options)},
        log_{log},
        metrics_{metrics},
        canary_{"vigie-" + random.hex(12)},
        manners_{first_manners(options_.model)} {
    while (options_.base_url.ends_with('/')) {
      options_.base_url.pop_back();
    }
  }

  std::string_view name() const override { return "llm"; }
  std::string trouble() const override { return trouble_; }

  Async<Result<Judgement>> judge(Window window) override {
    const auto prompt = options_.prompt;  // it may change while we wait
    const auto messages = messages_for(prompt, window);
    for (auto manners = manners_;;) {
      auto request = request_for("POST", "/chat/completions");
      request.body = question(options_.model, messages, manners);
      if (const auto wait = wait_for_quota(request.body); wait) {
        co_return *wait;
      }
      auto response = co_await client_.send(std::move(request));
      if (!response) {
        co_return response.error().during("asking the language model");
      }
      allowance_.read(response->headers, clock_.steady());
      const auto lesson = learn(manners, response->status, response->body);
      if (lesson.manners != manners) {
        take(lesson, manners);
        manners = lesson.manners;
        continue;
      }
      auto judgement = judgement_of(*response, window.text, prompt);
      if (judgement && holds_frame(window.text)) {
        judgement->injection = true;
      }
      co_return judgement;
    }
  }

  Async<Result<>> probe() override {
    auto request = request_for("GET", "/models");
    auto response = co_await client_.send(std::move(request));
    auto found = what_is_wrong(response);
    say(found ? "" : found.error().what);
    co_return found;
  }

  Async<> look_after(WorkerPool& disk) override {
    Span next_probe{0};
    for (;;) {
      if (clock_.steady() >= next_probe) {
        const auto found = co_await probe();
        next_probe = clock_.steady() + (found ? Span{probe_when_well} : Span{probe_when_wrong});
      }
      if (!options_.prompt_folder.empty()) {
        std::function<Result<Prompt>(std::stop_token)> load =
            [folder = options_.prompt_folder, frame = options_.prompt.frame](std::stop_token) {
              return load_prompt(folder, frame);
            };
        auto prompt = co_await disk.run<Result<Prompt>>(std::move(load));
        take(std::move(prompt));
      }
      co_await clock_.sleep(look_interval);
    }
  }

 private:
  // The instructions are in the system message only; the speech stands between marks nobody can
  // guess.
  json::array messages_for(const Prompt& prompt, const Window& window) {
    const auto secret = random_.hex(8);
    const auto context = last_bytes(window.context, longest_context);
    const std::map<std::string, std::string, std::less<>> values{
        {"canari", canary_},
        {"cadre", prompt.frame},
        {"debut", "[PAROLES-" + secret + "]"},
        {"fin", "[FIN-" + secret + "]"},
        {"contexte", context.empty() ? "(rien)" : defuse(context)},
        {"texte", defuse(window.text)}};
    return {json::object{{"role", "system"}, {"content", fill(prompt.system, values)}},
            json::object{{"role", "user"}, {"content", fill(prompt.user, values)}}};
  }

  http::ClientRequest request_for(std::string method, std::string_view path) const {
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = options_.base_url;
    request.url += path;
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Accept", "application/json");
    if (!options_.api_key.empty()) {
      request.headers.add("Authorization", "Bearer " + options_.api_key);
    }
    request.timeout = options_.timeout;
    request.max_body = largest_answer;
    request.max_redirects = 0;  // a key is not sent elsewhere
    return request;
  }

  std::optional<Error> wait_for_quota(std::string_view body) const {
    const auto tokens =
        static_cast<std::int64_t>(body.size()) / bytes_of_a_token + tokens_for_the_answer;
    const auto wait = allowance_.wait(tokens, clock_.steady());
    if (wait <= Span{0}) {
      return std::nullopt;
    }
    auto error = make_error(Errc::rate_limited, "the endpoint's quota is used up for now");
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
    return error;
  }

  void take(const Lesson& lesson, const Manners& tried) {
    if (!lesson.is_for_once && manners_ == tried) {
      manners_ = lesson.manners;
      log_.info("the language model's endpoint takes a simpler question",
                {{"rung", static_cast<std::int64_t>(manners_.rung)},
                 {"effort", manners_.takes_effort},
                 {"completion_tokens", manners_.takes_completion_tokens}});
    }
  }

  Result<Judgement> judgement_of(const http::Response& response, std::string_view speech,
                                 const Prompt& prompt) {
    if (response.status != 200) {
      auto error = failure(response);
      if (error.retry_after == wait_for_operator) {
        say(error.what);
      }
      return error;
    }
    auto answer = read_answer(response.body, speech, canary_);
    if (!answer) {
      return answer.error();
    }
    has_answered_ = true;
    say("");
    if (answer->evidence_dropped) {
      metrics_
          .counter("vigie_analyse_quotes_dropped_total",
                   "Quotations of an analyser that nobody said.")
          .add();
    }
    auto judgement = std::move(answer->judgement);
    judgement.analyser = name();
    judgement.model = options_.model;
    judgement.prompt_sha256 = prompt.sha256;
    judgement.cost_usd = (static_cast<double>(judgement.tokens_in) * options_.price.in +
                          static_cast<double>(judgement.tokens_out) * options_.price.out) /
                         1e6;
    count(judgement);
    return judgement;
  }

  void count(const Judgement& judgement) {
    constexpr std::string_view help = "Tokens the language model read and wrote.";
    metrics_.counter("vigie_analyse_model_tokens_total", help, {{"way", "in"}})
        .add(static_cast<double>(judgement.tokens_in));
    metrics_.counter("vigie_analyse_model_tokens_total", help, {{"way", "out"}})
        .add(static_cast<double>(judgement.tokens_out));
    metrics_
        .counter("vigie_analyse_model_cost_usd_total",
                 "What the language model cost, by LLM_PRICES.")
        .add(judgement.cost_usd);
  }

  Result<> what_is_wrong(const Result<http::Response>& response) const {
    if (!response) {
      return response.error().during("asking the language model's endpoint for its models");
    }
    if (response->status == 401 || response->status == 403) {
      return failure(*response);
    }
    const auto list = parse_json(response->body, {.bytes = largest_answer, .depth = 32});
    const auto* models = list ? find(*list, "data") : nullptr;
    if (response->status != 200 || models == nullptr || !models->is_array() || has_answered_) {
      return {};
    }
    std::string offered;
    std::size_t named = 0;
    for (const auto& model : models->get_array()) {
      const auto id = clean_utf8(get_string(model, "id").value_or(""), 80);
      if (id == options_.model) {
        return {};
      }
      if (named++ < most_named_models) {
        offered += (offered.empty() ? "" : ", ") + id;
      }
    }
    return for_the_operator(fmt::format(
        "the endpoint has no model \"{}\": set LLM_MODEL to one it has ({}{})", options_.model,
        offered.empty() ? "none" : offered, named > most_named_models ? " …" : ""));
  }

  void say(std::string trouble) {
    if (trouble == trouble_) {
      return;
    }
    trouble_ = std::move(trouble);
    if (trouble_.empty()) {
      log_.info("the language model is there", {{"model", options_.model}});
    } else {
      log_.warn("the language model cannot judge; the embedded analyser does", {{"why", trouble_}});
    }
  }

  void take(Result<Prompt> prompt) {
    const auto wrong = prompt ? std::string{} : prompt.error().what;
    if (!wrong.empty() && wrong != wrong_template_) {
      log_.warn("template.yml cannot be used; the one before is kept", {{"why", wrong}});
    }
    wrong_template_ = wrong;
    if (prompt && prompt->sha256 != options_.prompt.sha256) {
      options_.prompt = std::move(*prompt);
      log_.info("template.yml was read again", {{"prompt_sha256", options_.prompt.sha256}});
    }
  }

  http::Client& client_;
  Clock& clock_;
  Random& random_;
  LlmOptions options_;
  log::Log& log_;
  metrics::Registry& metrics_;
  std::string canary_;
  Manners manners_;  // of this endpoint and model, as learnt
  Allowance allowance_;
  std::string trouble_;
  std::string wrong_template_;
  bool has_answered_ = false;  // then it is there, whatever its list says
};

}  // namespace

std::unique_ptr<LanguageModel> create_llm_analyser(http::Client& client, Clock& clock,
                                                   Random& random, LlmOptions options,
                                                   log::Log& log, metrics::Registry& metrics) {
  return std::make_unique<LlmAnalyser>(client, clock, random, std::move(options), log, metrics);
}

}  // namespace vigie::analyse
