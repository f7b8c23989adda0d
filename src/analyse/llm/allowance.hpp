// SPDX-License-Identifier: Apache-2.0
// What an endpoint's x-ratelimit-* headers say is left, so that it need not answer 429. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "http/message.hpp"

namespace vigie::analyse {

// "2m59.56s", "350ms", "1h2m", "7.66": at most an hour; nothing for what is no such span.
std::optional<Span> parse_reset(std::string_view text);

class Allowance {
 public:
  // now: of a steady clock.
  void read(const http::Headers& headers, Span now);

  // How long to wait before a question of that many tokens; zero when it may be asked.
  Span wait(std::int64_t tokens, Span now) const;

 private:
  struct Quota {
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> left;
    Span full_at{0};

    void read(const http::Headers& headers, std::string_view what, Span now);
    Span wait(std::int64_t need, Span now) const;
  };
  Quota requests_;
  Quota tokens_;
};

}  // namespace vigie::analyse
