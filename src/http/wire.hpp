// SPDX-License-Identifier: Apache-2.0
// Heads as bytes. Whatever a caller puts into a header field, it stays one field: no line break
// gets through (response splitting). For the HTTP room only.
#pragma once
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/message.hpp"

namespace vigie::http {

std::string_view reason_phrase(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Time time);

enum class BodyFraming : std::uint8_t { length, until_close, none };

struct HeadOptions {
  BodyFraming framing = BodyFraming::length;
  bool close = false;
  Time now;
};

// Status line and fields. Framing and connection fields of the caller give way to the right ones;
// fields without a proper name are left out, control characters in values become spaces.
std::string write_response_head(const Response& response, const HeadOptions& options);

// True when the field can be sent as it is.
bool is_sendable_field(std::string_view name, std::string_view value);

}  // namespace vigie::http
