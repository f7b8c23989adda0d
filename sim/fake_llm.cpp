// SPDX-License-Identifier: Apache-2.0
#include "sim/fake_llm.hpp"

#include "base/json.hpp"
#include "sim/pages.hpp"

namespace vigie::sim {
namespace {

constexpr std::size_t most_kept_requests = 1000;
constexpr JsonLimits request_limits{.bytes = 1U << 20U, .depth = 16};

http::Response failure(int status, std::string_view type, std::string_view message) {
  return json_response({{"error", {{"message", message}, {"type", type}, {"code", nullptr}}}},
                       status);
}

// What the user says in a message: text, or parts of which some are text.
void append_content(const json::value& message, std::string& said) {
  const auto* content = find(message, "content");
  if (content == nullptr) {
    return;
  }
  if (const auto* text = content->if_string()) {
    said += std::string_view{*text};
    said += '\n';
  } else if (const auto* parts = content->if_array()) {
    for (const auto& part : *parts) {
      said += get_string(part, "text").value_or("") + '\n';
    }
  }
}

std::string content_of(const LlmPlan& plan) {
  if (plan.raw) {
    return *plan.raw;
  }
  json::object answer{{"categorie", "Neutre"},
                      {"viralite", "faible"},
                      {"discours_haineux", false},
                      {"cible", "autre"},
                      {"justification", "Rien à signaler."},
                      {"risque_score", 0.2}};
  for (const auto& [key, value] : plan.answer) {
    answer[key] = value;
  }
  return json::serialize(answer);
}

http::Response refusal(const LlmPlan& plan) {
  auto response = failure(plan.status, plan.status == 429 ? "rate_limit_exceeded" : "server_error",
                          plan.error.empty() ? "refused by the scenario" : plan.error);
  if (plan.body) {
    response.body = *plan.body;
  }
  if (plan.retry_after > std::chrono::seconds{0}) {
    response.headers.set("Retry-After", std::to_string(plan.retry_after.count()));
  }
  return response;
}

http::Response dressed(http::Response response, const LlmPlan& plan) {
  response.body.append(static_cast<std::size_t>(plan.padding), ' ');
  for (const auto& [name, value] : plan.headers) {
    response.headers.set(name, value);
  }
  return response;
}

std::int64_t tokens_in(std::string_view text) {
  return static_cast<std::int64_t>(text.size() / 4 + 1);
}

}  // namespace

Async<http::Answer> FakeLlm::answer(http::Request request) {
  if (request.path == "/openai/v1/models") {
    json::array models;
    for (const auto& id : models_) {
      models.push_back(
          {{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", "vigie-sim"}});
    }
    const json::object list{{"object", "list"}, {"data", std::move(models)}};
    co_return json_response(list);
  }
  if (request.path != "/openai/v1/chat/completions") {
    co_return failure(404, "invalid_request_error", "no such route");
  }
  if (request.method != "POST") {
    co_return failure(405, "invalid_request_error", "POST it");
  }
  co_return co_await complete(std::move(request));
}

LlmPlan FakeLlm::choose(const std::string& said, const std::string& format) {
  for (auto& plan : answers_) {
    const bool is_left = !plan.times || *plan.times > 0;
    const bool is_meant = plan.refuses.empty() || plan.refuses == format;
    if (is_left && is_meant && said.find(plan.match) != std::string::npos) {
      if (plan.times) {
        --*plan.times;
      }
      return plan;
    }
  }
  return {};
}

Async<http::Answer> FakeLlm::complete(http::Request request) {
  const auto body = parse_json(request.body, request_limits);
  const auto* messages = body ? find(*body, "messages") : nullptr;
  if (messages == nullptr || !messages->is_array()) {
    co_return failure(400, "invalid_request_error",
                      body ? "messages are missing" : body.error().what);
  }
  std::string said;
  for (const auto& message : messages->as_array()) {
    if (get_string(message, "role") == "user") {
      append_content(message, said);
    }
  }
  requests_.push_back(request.body);
  if (requests_.size() > most_kept_requests) {
    requests_.pop_front();
  }
  const auto plan = choose(said, get_string(*body, "response_format.type").value_or(""));
  if (plan.delay > Span{0}) {
    co_await clock_.sleep(plan.delay);
  }
  if (plan.status != 200) {
    co_return dressed(refusal(plan), plan);
  }
  if (plan.body) {
    http::Response as_it_is;
    as_it_is.headers.add("Content-Type", "application/json");
    as_it_is.body = *plan.body;
    co_return dressed(std::move(as_it_is), plan);
  }
  const auto content = content_of(plan);
  const auto asked = tokens_in(request.body);
  const auto given = tokens_in(content);
  json::object choice{{"index", 0},
                      {"message", {{"role", "assistant"}, {"content", content}}},
                      {"finish_reason", plan.finish}};
  const auto created =
      std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
  json::object completion{{"id", "chatcmpl-" + random_.hex(12)},
                          {"object", "chat.completion"},
                          {"created", created},
                          {"model", get_string(*body, "model").value_or("vigie-sim")},
                          {"choices", json::array{std::move(choice)}}};
  completion["usage"] = {
      {"prompt_tokens", asked}, {"completion_tokens", given}, {"total_tokens", asked + given}};
  co_return dressed(json_response(completion), plan);
}

}  // namespace vigie::sim
