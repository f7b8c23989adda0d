// SPDX-License-Identifier: Apache-2.0
// The body of a chat/completions request: the strictest form an endpoint takes, and what it refuses
// of it. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace vigie::analyse {

// How the shape of the answer is asked for; endpoints differ, each gets the strictest it takes.
enum class Rung : std::uint8_t { strict_schema, object_with_schema, object, plain };

// What one endpoint and model take, as learnt from what they refused.
struct Manners {
  Rung rung = Rung::strict_schema;
  bool takes_effort = false;            // reasoning_effort: models that think, and no others
  bool takes_completion_tokens = true;  // else the older max_tokens

  bool operator==(const Manners&) const = default;
};

// Where to begin with a model of that name.
Manners first_manners(std::string_view model);

std::string question(std::string_view model, const json::array& messages, const Manners& manners);

// The manners to try next, when an answer with that status and body refuses something of these;
// the same ones when it does not.
struct Lesson {
  Manners manners;
  bool is_for_once = false;  // one answer did not validate: says nothing of the next
};
Lesson learn(const Manners& tried, int status, std::string_view body);

}  // namespace vigie::analyse
