// SPDX-License-Identifier: Apache-2.0
// Where a judge plugs in: a window of speech → a judgement.
#pragma once
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

struct Window {
  std::string live_id;
  Span start{0};
  Span end{0};
  std::string context;  // what was said in the minute before: already judged
  std::string text;     // what is to be judged
  std::string language;
};

class Analyser {
 public:
  virtual ~Analyser() = default;
  virtual std::string_view name() const = 0;  // "embedded-lexicon", "llm"

  // Judges window.text. The judgement is checked: enums, coherence, evidence is a literal stretch
  // of the text or empty. Errors: rate_limited and unavailable (with retry_after), timeout,
  // corrupt.
  virtual Async<Result<Judgement>> judge(Window window) = 0;
};

}  // namespace vigie::analyse
