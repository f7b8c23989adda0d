// SPDX-License-Identifier: Apache-2.0
// What every way of signing in has in common.
#pragma once
#include "api/services.hpp"
#include "base/json.hpp"
#include "http/message.hpp"
#include "people/sessions.hpp"

namespace vigie::api {

inline constexpr std::string_view needs_tls =
    "over plain HTTP Vigie signs people in only on its own machine: put it behind HTTPS "
    "(docs/guides/deployment.md)";

people::Visit visit_of(const Services& services, const http::Request& request);

// {user, csrf_token}; the token under a fresh mask.
json::object session_object(const Services& services, const Person& person,
                            const std::string& csrf_token);

// The same with the cookie of a new session.
http::Response signed_in_answer(const Services& services, const http::Request& request,
                                const people::NewSession& session);

}  // namespace vigie::api
