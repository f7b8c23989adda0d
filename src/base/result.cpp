// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <boost/assert/source_location.hpp>
#include <stdexcept>

namespace vigie {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::invalid:
      return "invalid";
    case Errc::denied:
      return "denied";
    case Errc::rate_limited:
      return "rate_limited";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timeout:
      return "timeout";
    case Errc::corrupt:
      return "corrupt";
  }
  return "unknown";
}

Error Error::during(std::string_view doing) const {
  return Error{code, fmt::format("{}: {}", doing, what), retry_after};
}

void throw_exception_from_error(const Error& error, const boost::source_location& at) {
  throw std::logic_error(fmt::format("unchecked {} at {}:{}: {}", to_string(error.code),
                                     at.file_name(), at.line(), error.what));
}

}  // namespace vigie
