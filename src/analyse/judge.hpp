// SPDX-License-Identifier: Apache-2.0
// The two judges made one. The embedded one reads every window, obeys no orders and never fails; a
// language model, where there is one, has the last word unless it fails or contradicts it loudly.
#pragma once
#include <optional>
#include <string>

#include "analyse/analyser.hpp"
#include "async/clock.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::analyse {

// When the model may be asked again after a failure: what the server said, else twice as long each
// time, from 2 s to 2 min. Pure.
class Breaker {
 public:
  bool is_open(Span now) const { return now < until_; }
  void failed(const Error& error, Span now);
  void succeeded() { failures_ = 0; }

 private:
  int failures_ = 0;
  Span until_{0};
};

class Judge {
 public:
  // model: nullptr when no language model is configured. All outlive the judge.
  Judge(Analyser& embedded, Analyser* model, Clock& clock, log::Log& log,
        metrics::Registry& metrics);

  bool has_model() const { return model_ != nullptr; }

  // How much time there is: a window that is late is read by the embedded judge alone.
  enum class Haste { none, late };

  // Errors only where the embedded judge breaks its promise. A judgement of the embedded judge
  // given in place of the model's has `fallback` and says in `error` why.
  Async<Result<Judgement>> judge(Window window, Haste haste);

 private:
  Async<Result<Judgement>> ask_model(Window window);

  Analyser& embedded_;
  Analyser* model_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  Breaker breaker_;
};

// The model's verdict, with what the embedded one adds to it: a model that sees nothing where the
// other sees hatred (score of 0.70 and above), or where somebody talks to the machine, is not
// believed.
Judgement reconcile(Judgement model, const Judgement& embedded);

}  // namespace vigie::analyse
