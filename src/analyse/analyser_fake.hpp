// SPDX-License-Identifier: Apache-2.0
// An analyser that says what the test tells it to, and remembers what it was asked.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "analyse/analyser.hpp"

namespace vigie::analyse {

class FakeAnalyser final : public Analyser {
 public:
  using Answer = std::function<Result<Judgement>(const Window&)>;
  explicit FakeAnalyser(Answer answer, std::string name = "fake")
      : answer_{std::move(answer)}, name_{std::move(name)} {}

  std::string_view name() const override { return name_; }
  Async<Result<Judgement>> judge(Window window) override {
    windows.push_back(window);
    co_return answer_(window);
  }

  std::vector<Window> windows;

 private:
  Answer answer_;
  std::string name_;
};

}  // namespace vigie::analyse
