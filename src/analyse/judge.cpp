// SPDX-License-Identifier: Apache-2.0
#include "analyse/judge.hpp"

#include <algorithm>
#include <utility>

#include "analyse/window.hpp"
#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr std::chrono::seconds first_wait{2};
constexpr std::chrono::seconds longest_wait{120};
constexpr int most_wrong_answers = 5;  // in a row: then it is a wrong model
constexpr double score_that_contradicts = 0.70;
constexpr std::size_t longest_evidence = 400;
// A window has some hundred bytes; a text this long is of no live.
constexpr std::size_t longest_question = 16UL * 1024;

bool knows_the_language(const Judgement& embedded) {
  return embedded.error.empty();
}

void take_verdict(Judgement& model, const Judgement& embedded) {
  model.hateful = true;
  model.category = Category::hateful;
  model.target = embedded.target;
  model.score = std::max(model.score, embedded.score);
  if (!embedded.evidence.empty()) {
    model.evidence = embedded.evidence;
  }
}

bool may_try_again(const Error& error) {
  return error.code == Errc::rate_limited || error.code == Errc::unavailable ||
         error.code == Errc::corrupt;
}

Judgement stand_in(Judgement embedded, const Error& why) {
  embedded.fallback = true;
  embedded.error = embedded.error.empty() ? why.what : why.what + "; " + embedded.error;
  if (why.code == Errc::denied) {
    embedded.injection = true;
    embedded.undecided = true;
    embedded.justification += " Le modèle de langage a été détourné par ces paroles : à lire.";
  }
  return embedded;
}

// Counts who is inside, also when a coroutine is cancelled.
class Inside {
 public:
  explicit Inside(int& count) : count_{count} { ++count_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { --count_; }

 private:
  int& count_;
};

}  // namespace

void Breaker::failed(const Error& error, Span now) {
  if (error.code == Errc::invalid || error.code == Errc::denied) {
    return;  // of this window only
  }
  // A wrong answer says little about the next one; a refusal or a silence does.
  if (error.code == Errc::corrupt && ++wrong_answers_ < most_wrong_answers) {
    return;
  }
  failures_ = std::min(failures_ + 1, 7);
  const auto doubled = std::min(first_wait * (1 << (failures_ - 1)), longest_wait);
  until_ = now + (error.retry_after.count() > 0 ? error.retry_after : doubled);
}

Judgement reconcile(Judgement model, const Judgement& embedded) {
  model.injection = model.injection || embedded.injection;
  const bool is_contradicted = !model.hateful && embedded.score >= score_that_contradicts;
  model.disagreement = is_contradicted || (knows_the_language(embedded) && !embedded.undecided &&
                                           model.hateful != embedded.hateful);
  if (is_contradicted) {
    model.justification += fmt::format(
        " L'analyseur embarqué n'est pas de cet avis (score {:.2f}) : à lire par une personne.",
        embedded.score);
  }
  if (embedded.injection && embedded.hateful && !model.hateful) {
    take_verdict(model, embedded);
  }
  if (is_contradicted || model.injection) {
    model.undecided = true;
  }
  if (model.evidence.empty() && (model.hateful || model.undecided)) {
    model.evidence = embedded.evidence;
  }
  return model;
}

Judge::Judge(Analyser& embedded, Analyser* model, Clock& clock, log::Log& log,
             metrics::Registry& metrics, JudgeOptions options)
    : embedded_{embedded},
      model_{model},
      clock_{clock},
      log_{log},
      metrics_{metrics},
      options_{options},
      budget_{options.budget} {}

std::string Judge::trouble() const {
  if (model_ == nullptr) {
    return {};
  }
  const auto known = model_->trouble();
  return known.empty() ? last_failure_ : known;
}

Async<Result<Judgement>> Judge::judge(Window window, Haste haste) {
  auto judgement = co_await judge_both(window, haste);
  if (judgement) {
    prove(*judgement, window);
  }
  co_return judgement;
}

Async<Result<Judgement>> Judge::judge_both(Window window, Haste haste) {
  auto embedded = co_await embedded_.judge(window);
  if (!embedded) {
    co_return embedded;
  }
  embedded->embedded_version = embedded->model;
  embedded->embedded_score = embedded->score;
  if (model_ == nullptr || trim(window.text).empty()) {
    co_return embedded;
  }
  auto why = make_error(Errc::unavailable, "{}", reason_to_spare_the_model(window, haste));
  if (why.what.empty()) {
    auto answer = co_await ask_model(std::move(window));
    if (answer) {
      answer->embedded_version = embedded->embedded_version;
      answer->embedded_score = embedded->embedded_score;
      co_return reconcile(std::move(*answer), *embedded);
    }
    why = answer.error();
  }
  metrics_
      .counter("vigie_analyse_fallbacks_total",
               "Windows judged by the embedded analyser in place of the language model.")
      .add();
  co_return stand_in(std::move(*embedded), why);
}

std::string Judge::reason_to_spare_the_model(const Window& window, Haste haste) const {
  if (haste == Haste::late) {
    return "late: the model reads the newest words only";
  }
  if (window.text.size() > longest_question) {
    return "too long for the model";
  }
  if (asking_ >= options_.at_once) {
    return "the model is busy with other windows";
  }
  if (breaker_.is_open(clock_.steady()) || (breaker_.is_on_trial() && asking_ > 0)) {
    return "the model failed a moment ago and is left alone: " + last_failure_;
  }
  return {};
}

Async<Result<Judgement>> Judge::ask_model(Window window) {
  const Inside inside{asking_};
  auto answer = co_await ask_model_again_and_again(std::move(window));
  if (answer) {
    breaker_.succeeded();
    last_failure_.clear();
    co_return answer;
  }
  breaker_.failed(answer.error(), clock_.steady());
  // Each window of an outage fails alike: one line tells of it.
  if (last_failure_ != answer.error().what) {
    last_failure_ = answer.error().what;
    log_.warn("the language model did not judge",
              {{"analyser", std::string{model_->name()}}, {"why", last_failure_}});
  }
  co_return answer;
}

Async<Result<Judgement>> Judge::ask_model_again_and_again(Window window) {
  const auto started = clock_.steady();
  auto pause = options_.first_pause;
  for (int left = options_.tries - 1;; --left) {
    const auto now = clock_.steady();
    if (const auto spent = budget_.spend(window.live_id, now); !spent.empty()) {
      co_return make_error(Errc::invalid, "{}", spent);
    }
    auto answer = co_await model_->judge(window);
    metrics_
        .histogram("vigie_analyse_model_seconds", "How long the language model took to answer.", {},
                   {0.1, 0.3, 1, 3, 10, 30, 60})
        .observe(to_seconds(clock_.steady() - now));
    if (answer) {
      co_return answer;
    }
    const auto& error = answer.error();
    count_failure(error);
    // A wrong answer is no reason to wait; one who is busy is.
    const Span wait = error.code == Errc::corrupt     ? Span{0}
                      : error.retry_after.count() > 0 ? Span{error.retry_after}
                                                      : pause;
    if (left <= 0 || !may_try_again(error) ||
        clock_.steady() + wait - started > options_.patience) {
      co_return answer;
    }
    if (wait > Span{0}) {
      co_await clock_.sleep(wait);
    }
    pause *= 2;
  }
}

void Judge::count_failure(const Error& error) {
  metrics_
      .counter("vigie_analyse_model_failures_total",
               "Answers the language model did not give, by kind.",
               {{"kind", to_string(error.code)}})
      .add();
  if (error.code == Errc::denied) {
    metrics_
        .counter("vigie_analyse_canaries_total",
                 "Answers in which the language model told its secret word: it was turned.")
        .add();
  }
}

void Judge::prove(Judgement& judgement, const Window& window) {
  const bool is_said =
      judgement.evidence.empty() || window.text.find(judgement.evidence) != std::string::npos;
  if (!is_said) {
    const auto stretch = find_quote(window.text, judgement.evidence);
    judgement.evidence =
        stretch ? window.text.substr(stretch->begin, stretch->end - stretch->begin) : "";
  }
  if (judgement.evidence.empty() && !is_said) {
    metrics_
        .counter("vigie_analyse_quotes_dropped_total",
                 "Quotations of an analyser that nobody said.")
        .add();
  }
  if (judgement.evidence.empty() && (judgement.hateful || judgement.undecided)) {
    judgement.evidence = cut_utf8(trim(window.text), longest_evidence);
  }
}

}  // namespace vigie::analyse
