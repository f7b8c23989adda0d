// SPDX-License-Identifier: Apache-2.0
// Compressed bodies made plain, within a bound: a small answer must not become a large one unseen.
// For the HTTP room, and for connectors whose messages are packed.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie::http {

// coding: "gzip", "x-gzip", "deflate" or "identity". Errc::corrupt for any other, several at once
// included, for damaged data, for more than max_bytes, and for what is larger than 1 MiB and than
// twenty times its packing.
Result<std::string> inflate_body(std::string_view body, std::string_view coding,
                                 std::size_t max_bytes);

}  // namespace vigie::http
