// SPDX-License-Identifier: Apache-2.0
// A recogniser that is counted: what became of utterances, how many words, how much work.
#pragma once
#include <memory>

#include "async/clock.hpp"
#include "metrics/metrics.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

// What is shown at once and never kept (Effort::glimpse) is not counted. clock and registry outlive
// it.
std::unique_ptr<Transcriber> metered(std::unique_ptr<Transcriber> transcriber, const Clock& clock,
                                     metrics::Registry& registry);

// Groups of letters and digits; an apostrophe or a hyphen divides none.
std::size_t count_words(std::string_view text);

}  // namespace vigie::transcribe
