// SPDX-License-Identifier: Apache-2.0
#include "analyse/assessments.hpp"

namespace vigie::analyse {

bool is_ready(const Pending& pending, Time now) {
  return pending.ended || pending.unjudged >= speech_of_a_window ||
         now - pending.oldest >= patience_for_words;
}

}  // namespace vigie::analyse
