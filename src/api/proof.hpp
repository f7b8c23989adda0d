// SPDX-License-Identifier: Apache-2.0
// What lets somebody else in, or tells somebody else, asks for a fresh proof of who asks (A13).
#pragma once
#include <optional>

#include "api/access.hpp"
#include "http/message.hpp"

namespace vigie::api {

// The type of the problem that a page answers with the password: POST
// /api/v1/session/reauthenticate, then the same again. It says `second_factor` too.
inline constexpr std::string_view reauthentication_required =
    "urn:vigie:problem:reauthentication_required";

// Nothing: the call has what the proof asks for. Programs have no password: what asks for a session
// is never theirs.
std::optional<http::Response> refuse_proof(const Services& services, const Call& call, Proof proof);

}  // namespace vigie::api
