// SPDX-License-Identifier: Apache-2.0
// The engine of `vigie analyse`: a window of text a line in, one JSON object a line out, in order.
#pragma once
#include <cstdint>
#include <iosfwd>

#include "analyse/judge.hpp"

namespace vigie::analyse {

struct CommandResult {
  std::int64_t lines = 0;
  std::int64_t fallbacks = 0;  // lines the wished analyser did not answer
};

// Judges every line of in to its end; no line stops it: what is not text is cleaned, what is empty
// is neutral. Errors only when out cannot be written or the embedded judge breaks its promise.
Async<Result<CommandResult>> analyse_lines(std::istream& in, std::ostream& out, Judge& judge);

}  // namespace vigie::analyse
