// SPDX-License-Identifier: Apache-2.0
// Where a judge plugs in: a window of speech → a judgement.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

// Bytes of a text.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Window {
  std::string live_id;
  Span start{0};
  Span end{0};
  std::string context;  // what was said in the minute before: already judged
  std::string text;     // what is to be judged
  std::string language;
  // Which part of the text is said when, in order; empty for a text that is of no live.
  struct Piece {
    Span start{0};
    Span end{0};
    Stretch bytes;
  };
  std::vector<Piece> pieces;
};

class Analyser {
 public:
  virtual ~Analyser() = default;
  virtual std::string_view name() const = 0;  // "embedded", "llm"

  // Judges window.text. The judgement is checked: enums, coherence, evidence is a literal stretch
  // of the text or empty. Errors: rate_limited and unavailable (with retry_after), timeout,
  // corrupt (the answer is no judgement), invalid (the question is refused: asking again is no
  // use), denied (what was judged has turned the judge, which told its secret).
  virtual Async<Result<Judgement>> judge(Window window) = 0;

  // What keeps it from judging for now, with the cure; empty when nothing is known to.
  virtual std::string trouble() const { return {}; }
};

}  // namespace vigie::analyse
