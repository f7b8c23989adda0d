// SPDX-License-Identifier: Apache-2.0
// For tests: the language model's judge against a real server on loopback that answers from a
// script.
#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyse/llm/llm_analyser.hpp"
#include "async/clock_fake.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "http/server_testing.hpp"

namespace vigie::analyse {

inline constexpr std::string_view speech = "bonjour, je déteste les Chinois, merci";

inline json::object judgement_object() {
  return {{"categorie", "Discours haineux"},
          {"viralite", "moyenne"},
          {"discours_haineux", true},
          {"cible", "ethnie"},
          {"justification", "Haine envers un groupe."},
          {"score", 0.97},
          {"indetermine", false},
          {"preuve", "je déteste les Chinois"}};
}

inline std::string completion(std::string_view content, std::string_view finish = "stop") {
  const json::object message{{"role", "assistant"}, {"content", std::string{content}}};
  const json::object choice{
      {"index", 0}, {"finish_reason", std::string{finish}}, {"message", message}};
  const json::object usage{{"prompt_tokens", 700}, {"completion_tokens", 90}};
  return json::serialize(json::object{{"choices", json::array{choice}}, {"usage", usage}});
}

inline std::string good() {
  return completion(json::serialize(judgement_object()));
}

inline http::Response reply(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

class Llm : public ::testing::Test {
 protected:
  // The last reply is given again and again.
  Result<Judgement> judge(std::deque<http::Response> replies,
                          std::string text = std::string{speech}) {
    script = std::move(replies);
    if (!analyser) {
      connect();
    }
    Window window;
    window.text = std::move(text);
    window.context = "on parlait du marché";
    return rig.run(analyser->judge(std::move(window)));
  }

  Result<Judgement> judge(std::string body) {
    std::deque<http::Response> one;
    one.push_back(reply(200, std::move(body)));
    return judge(std::move(one));
  }

  Errc failure(std::deque<http::Response> replies) {
    const auto judgement = judge(std::move(replies));
    EXPECT_FALSE(judgement);
    return judgement ? Errc::conflict : judgement.error().code;
  }

  Errc failure_of_content(std::string_view content) {
    const auto judgement = judge(completion(content));
    EXPECT_FALSE(judgement) << content;
    return judgement ? Errc::conflict : judgement.error().code;
  }

  void connect() {
    LlmOptions options;
    options.base_url = fmt::format("http://127.0.0.1:{}/openai/v1/", rig.port());
    options.model = model;
    options.api_key = "clef";
    options.prompt = parse_prompt(built_in_template()).value();
    options.timeout = std::chrono::milliseconds{3000};
    guard = std::make_unique<http::AddressGuard>(std::vector<std::string>{options.base_url},
                                                 std::vector<std::string>{});
    client = http::create_client(rig.io.get_executor(), *guard);
    options.prompt_folder = prompt_folder;
    options.price = price;
    analyser = create_llm_analyser(*client, clock, random, std::move(options), rig.log, metrics);
  }

  Async<http::Answer> answer(http::Request request) {
    requests.push_back(std::move(request));
    auto next = script.front();
    if (script.size() > 1) {
      script.pop_front();
    }
    co_return http::Answer{std::move(next)};
  }

  json::value sent(std::size_t index) { return parse_json(requests.at(index).body).value(); }

  std::string format_of(std::size_t index) {
    return get_string(sent(index), "response_format.type").value_or("none");
  }

  std::string content_of(std::size_t index, std::size_t message) {
    const auto body = sent(index);
    return get_string(body.at("messages").at(message), "content").value();
  }

  std::string model = "essai-1";
  std::string prompt_folder;
  Price price;
  ManualClock clock;
  std::deque<http::Response> script;
  std::vector<http::Request> requests;
  SeededRandom random;
  metrics::Registry metrics;
  http::testing::ServerRig rig{
      [this](http::Request request) { return answer(std::move(request)); }};
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<LanguageModel> analyser;
};

}  // namespace vigie::analyse
