// SPDX-License-Identifier: Apache-2.0
// For tests: the embedded judge and a language model behind a real server that does as the script
// says.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyse/embedded/embedded_analyser.hpp"
#include "analyse/judge.hpp"
#include "analyse/llm/llm_analyser.hpp"
#include "async/clock.hpp"
#include "base/json.hpp"
#include "base/random_fake.hpp"
#include "http/server_testing.hpp"
#include "sim/fake_llm.hpp"

namespace vigie::judging {

class Court {
 public:
  explicit Court(std::vector<sim::LlmPlan> script,
                 std::chrono::milliseconds deadline = std::chrono::milliseconds{5000}) {
    fake.script(std::move(script));
    analyse::LlmOptions options;
    options.base_url = fmt::format("http://127.0.0.1:{}/openai/v1", rig.port());
    options.model = "openai/gpt-oss-120b";
    options.prompt = analyse::parse_prompt(analyse::built_in_template()).value();
    options.timeout = deadline;
    guard = std::make_unique<http::AddressGuard>(std::vector{options.base_url},
                                                 std::vector<std::string>{});
    client = http::create_client(rig.io.get_executor(), *guard);
    model =
        analyse::create_llm_analyser(*client, clock, random, std::move(options), rig.log, metrics);
    analyse::JudgeOptions quick;
    quick.first_pause = std::chrono::milliseconds{20};
    judge =
        std::make_unique<analyse::Judge>(*embedded, model.get(), clock, rig.log, metrics, quick);
  }

  Judgement hear(std::string text) {
    analyse::Window window;
    window.live_id = "L";
    window.text = std::move(text);
    window.context = "on parlait du marché";
    auto judgement = rig.run(judge->judge(std::move(window), analyse::Judge::Haste::none));
    EXPECT_TRUE(judgement);
    return judgement ? std::move(*judgement) : Judgement{};
  }

  double count(std::string_view series) {
    const auto text = metrics.render();
    const auto at = text.find("\n" + std::string{series} + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 2));
  }

  SystemClock clock;
  SeededRandom random;
  metrics::Registry metrics;
  sim::FakeLlm fake{clock, random};
  http::testing::ServerRig rig{
      [this](http::Request request) { return fake.answer(std::move(request)); }};
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<analyse::LanguageModel> model;
  std::unique_ptr<analyse::Analyser> embedded{analyse::create_embedded_analyser()};
  std::unique_ptr<analyse::Judge> judge;
};

}  // namespace vigie::judging
