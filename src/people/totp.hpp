// SPDX-License-Identifier: Apache-2.0
// One-time codes by time (RFC 6238: SHA-1, 6 digits, 30 s), and recovery codes. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace vigie::people {

inline constexpr Span totp_step = std::chrono::seconds{30};

// RFC 4648 without padding.
std::string base32(std::string_view bytes);

// The code of one step: seconds since 1970 divided by 30.
std::string totp_code(std::string_view seed, std::int64_t step, int digits = 6);

// The step whose code this is, of the one now and those beside it, if it is newer than `used`: each
// step is worth one use. Blanks in the code are ignored.
std::optional<std::int64_t> matching_step(std::string_view seed, std::string_view code, Time now,
                                          std::int64_t used);

// What an authenticator application reads, as text or as a picture.
std::string totp_uri(std::string_view seed, std::string_view username);

// Ten of 80 bits, "abcd-efgh-ijkl-mnop".
std::vector<std::string> make_recovery_codes(Random& random);

// As it is hashed, whatever case, blanks and dashes were typed; empty when it is none.
std::string normal_recovery_code(std::string_view typed);

}  // namespace vigie::people
