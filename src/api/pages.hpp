// SPDX-License-Identifier: Apache-2.0
// The pages that work without JavaScript and need nobody's session.
#pragma once
#include <string_view>

#include "api/language.hpp"
#include "http/html.hpp"
#include "http/message.hpp"

namespace vigie::api {

// error: an empty text, or what went wrong with the last try, in that language.
http::Html sign_in_page(Language language, std::string_view username, std::string_view error,
                        std::string_view next_path);

// Shown where the web application should be when the binary was built without it.
http::Html missing_application_page(Language language);

http::Html not_found_page(Language language);

// The one style sheet of these pages.
std::string_view page_style();

// A path of ours to go to after signing in: "/directs/01ABC"; anything else becomes "/".
std::string_view safe_next_path(std::string_view path);

}  // namespace vigie::api
