// SPDX-License-Identifier: Apache-2.0
// One error type for everything that may go wrong outside our control. Expected failures are values
// (Result); exceptions are bugs, or a cancelled coroutine unwinding.
#pragma once
#include <fmt/format.h>

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace vigie {

enum class Errc : std::uint8_t {
  not_found,     // the thing asked for does not exist, or may not be seen
  conflict,      // it exists already, or somebody else holds it
  invalid,       // the caller's words are wrong: say which
  denied,        // known, and not allowed
  rate_limited,  // come back later (retry_after)
  unavailable,   // the other side is down, or refuses for now
  timeout,       // no answer in time
  corrupt,       // an answer that cannot be what it claims to be
};

std::string_view to_string(Errc code);

struct Error {
  Errc code = Errc::invalid;
  std::string what;                     // for the log: what was tried, on what, and why it failed
  std::chrono::seconds retry_after{0};  // only for rate_limited and unavailable

  // The same failure with one more level of context: "reading the room of x: no answer in 10 s".
  [[nodiscard]] Error during(std::string_view doing) const;
};

template <class... Args>
[[nodiscard]] Error make_error(Errc code, fmt::format_string<Args...> text, Args&&... args) {
  return Error{code, fmt::format(text, std::forward<Args>(args)...), std::chrono::seconds{0}};
}

// Called by Result::value() on an error: a broken promise of ours, so it throws std::logic_error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& at);

template <class T = void>
using Result = boost::system::result<T, Error>;

}  // namespace vigie
