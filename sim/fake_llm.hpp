// SPDX-License-Identifier: Apache-2.0
// A language model that says what the scenario tells it to, behind OpenAI's HTTP shapes.
#pragma once
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "async/clock.hpp"
#include "base/random.hpp"
#include "http/server.hpp"
#include "sim/scenario.hpp"

namespace vigie::sim {

class FakeLlm {
 public:
  FakeLlm(Clock& clock, Random& random) : clock_{clock}, random_{random} {}

  // The first entry whose match is part of what the user says, and which is not used up, answers;
  // with none, the answer is neutral.
  void script(std::vector<LlmPlan> answers) { answers_ = std::move(answers); }

  // What GET models lists; "vigie-sim" and Groq's at first.
  void offer(std::vector<std::string> models) { models_ = std::move(models); }

  // The bodies of the questions so far; the last thousand.
  const std::deque<std::string>& requests() const { return requests_; }

  // Under /openai/v1: models, chat/completions.
  Async<http::Answer> answer(http::Request request);

 private:
  Async<http::Answer> complete(http::Request request);
  LlmPlan choose(const std::string& said, const std::string& format);

  Clock& clock_;
  Random& random_;
  std::vector<LlmPlan> answers_;
  std::vector<std::string> models_{"vigie-sim", "openai/gpt-oss-120b", "openai/gpt-oss-20b"};
  std::deque<std::string> requests_;
};

}  // namespace vigie::sim
