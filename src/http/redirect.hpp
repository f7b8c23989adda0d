// SPDX-License-Identifier: Apache-2.0
// Where a redirect leads and what may go there; for clients that follow one themselves, too.
#pragma once
#include "base/result.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"

namespace vigie::http {

bool is_redirect(const Response& response);

// The address that `location` names as seen from base. Errc::corrupt when it names none,
// Errc::denied when it leaves TLS.
Result<Url> follow(const Url& base, std::string_view location);

// Changes request into the one to send after a redirect of that status: 303 (and 301, 302 after
// POST) become GET; credentials stay behind when the origin changes.
void adapt_to_redirect(ClientRequest& request, int status, bool same_origin);

}  // namespace vigie::http
