// SPDX-License-Identifier: Apache-2.0
#include "analyse/judge.hpp"

#include <algorithm>
#include <utility>

namespace vigie::analyse {
namespace {

constexpr std::chrono::seconds first_wait{2};
constexpr std::chrono::seconds longest_wait{120};
constexpr double score_that_contradicts = 0.70;

}  // namespace

void Breaker::failed(const Error& error, Span now) {
  // A wrong answer says nothing about the next one; a refusal or a silence does.
  if (error.code == Errc::corrupt) {
    return;
  }
  failures_ = std::min(failures_ + 1, 7);
  const auto doubled = std::min(first_wait * (1 << (failures_ - 1)), longest_wait);
  until_ = now + (error.retry_after.count() > 0 ? error.retry_after : doubled);
}

Judgement reconcile(Judgement model, const Judgement& embedded) {
  model.injection = model.injection || embedded.injection;
  const bool is_contradicted = !model.hateful && embedded.score >= score_that_contradicts;
  if (is_contradicted || model.injection) {
    model.undecided = true;
  }
  if (is_contradicted) {
    model.justification += fmt::format(
        " L'analyseur embarqué n'est pas de cet avis (score {:.2f}) : à lire par une personne.",
        embedded.score);
  }
  if (model.evidence.empty() && (model.hateful || model.undecided)) {
    model.evidence = embedded.evidence;
  }
  return model;
}

Judge::Judge(Analyser& embedded, Analyser* model, Clock& clock, log::Log& log,
             metrics::Registry& metrics)
    : embedded_{embedded}, model_{model}, clock_{clock}, log_{log}, metrics_{metrics} {}

Async<Result<Judgement>> Judge::judge(Window window, Haste haste) {
  auto embedded = co_await embedded_.judge(window);
  if (!embedded || model_ == nullptr) {
    co_return embedded;
  }
  std::string reason;
  if (haste == Haste::late) {
    reason = "late: the model reads the newest words only";
  } else if (breaker_.is_open(clock_.steady())) {
    reason = "the model failed a moment ago and is left alone";
  } else {
    auto answer = co_await ask_model(std::move(window));
    if (answer) {
      co_return reconcile(std::move(*answer), *embedded);
    }
    reason = answer.error().what;
  }
  metrics_
      .counter("vigie_analyse_fallbacks_total",
               "Windows judged by the embedded analyser in place of the language model.")
      .add();
  embedded->fallback = true;
  embedded->error = std::move(reason);
  co_return embedded;
}

Async<Result<Judgement>> Judge::ask_model(Window window) {
  const auto started = clock_.steady();
  auto answer = co_await model_->judge(std::move(window));
  metrics_
      .histogram("vigie_analyse_model_seconds", "How long the language model took to answer.", {},
                 {0.1, 0.3, 1, 3, 10, 30, 60})
      .observe(to_seconds(clock_.steady() - started));
  if (answer) {
    breaker_.succeeded();
    co_return answer;
  }
  breaker_.failed(answer.error(), clock_.steady());
  metrics_
      .counter("vigie_analyse_model_failures_total",
               "Answers the language model did not give, by kind.",
               {{"kind", to_string(answer.error().code)}})
      .add();
  log_.warn("the language model did not judge",
            {{"analyser", std::string{model_->name()}}, {"why", answer.error().what}});
  co_return answer;
}

}  // namespace vigie::analyse
