// SPDX-License-Identifier: Apache-2.0
// The two judges made one. The embedded one reads every window, obeys no orders and never fails; a
// language model, where there is one, has the last word unless it fails or contradicts it loudly.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "analyse/analyser.hpp"
#include "analyse/budget.hpp"
#include "async/clock.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::analyse {

// When the model may be asked again after a failure: what the server said, else twice as long each
// time, from 2 s to 2 min. Pure.
class Breaker {
 public:
  bool is_open(Span now) const { return now < until_; }
  // It failed and nobody has had an answer since: one question at a time.
  bool is_on_trial() const { return failures_ > 0; }
  void failed(const Error& error, Span now);
  void succeeded() { failures_ = wrong_answers_ = 0; }

 private:
  int failures_ = 0;
  int wrong_answers_ = 0;
  Span until_{0};
};

struct JudgeOptions {
  int tries = 3;  // of one window
  Span first_pause{std::chrono::milliseconds{500}};
  Span patience{std::chrono::seconds{10}};  // no further try begins later than that
  // Windows the model has in hand; fewer than Analysis takes, so that a silent model never keeps
  // the embedded judge waiting.
  int at_once = 12;
  BudgetLimits budget{};
};

class Judge {
 public:
  // model: nullptr when no language model is configured. All outlive the judge.
  Judge(Analyser& embedded, Analyser* model, Clock& clock, log::Log& log,
        metrics::Registry& metrics, JudgeOptions options = {});

  bool has_model() const { return model_ != nullptr; }

  // Why the embedded judge stands in for the model at present, with the cure; empty when it does
  // not.
  std::string trouble() const;

  // How much time there is: a window that is late is read by the embedded judge alone.
  enum class Haste { none, late };

  // Errors only where the embedded judge breaks its promise. A judgement of the embedded judge
  // given in place of the model's has `fallback` and says in `error` why. Evidence is a literal
  // stretch of window.text, and there is some for all that is hateful or undecided.
  Async<Result<Judgement>> judge(Window window, Haste haste);

 private:
  Async<Result<Judgement>> judge_both(Window window, Haste haste);
  Async<Result<Judgement>> ask_model(Window window);
  Async<Result<Judgement>> ask_model_again_and_again(Window window);
  std::string reason_to_spare_the_model(const Window& window, Haste haste) const;
  void count_failure(const Error& error);
  void prove(Judgement& judgement, const Window& window);

  Analyser& embedded_;
  Analyser* model_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  JudgeOptions options_;
  Breaker breaker_;
  Budget budget_;
  std::string last_failure_;  // of the model; empty after an answer
  int asking_ = 0;            // windows the model has in hand
};

// The model's verdict, with what the embedded one adds to it: a model that sees nothing where the
// other sees hatred (score of 0.70 and above), or where somebody talks to the machine, is not
// believed; where somebody talks to the machine it cannot take back the other's "hateful".
Judgement reconcile(Judgement model, const Judgement& embedded);

}  // namespace vigie::analyse
