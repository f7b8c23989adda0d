// SPDX-License-Identifier: Apache-2.0
// A language model that says what the scenario tells it to, behind OpenAI's HTTP shapes.
#pragma once
#include <string>
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

  // Under /openai/v1: models, chat/completions.
  Async<http::Answer> answer(http::Request request);

 private:
  Async<http::Answer> complete(http::Request request);
  LlmPlan choose(const std::string& said);

  Clock& clock_;
  Random& random_;
  std::vector<LlmPlan> answers_;
};

}  // namespace vigie::sim
