// SPDX-License-Identifier: Apache-2.0
// In which language somebody is answered, and our English sentences in French. English is the
// source: programs, the log and the tests read it; what people read goes through here.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace vigie::api {

enum class Language : std::uint8_t { french, english };

// The browser's first wish among the two, else the operator's.
Language language_of(const http::Request& request, Language fallback);

// A sentence of ours in that language; English when the table (api/french.cpp) lacks it. What
// stands for {} in a sentence is carried over as it is.
std::string say(std::string_view english, Language language);

// The same for several sentences with "; " between them.
std::string say_each(std::string_view english, Language language);

// The words of a problem+json in the reader's language; any other answer stays as it is.
void translate_problem(http::Response& response, Language language);

}  // namespace vigie::api
