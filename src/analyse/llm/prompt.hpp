// SPDX-License-Identifier: Apache-2.0
// The words said to a language model: template.yml, the operator's or our own.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie::analyse {

struct Prompt {
  std::string system;
  std::string user;
  std::string frame;   // whose moderators these are, under which law: {{cadre}}
  std::string sha256;  // of the file and the frame, hexadecimal
};

inline constexpr std::string_view default_frame =
    "France : une autorité publique, le droit français, le débat public français.";
inline constexpr std::size_t longest_template = 64 * 1024;

// Errc::invalid with the line and the cause: not YAML, an unknown or missing key, a missing
// placeholder, another version, an anchor or alias, more than one document, more than 64 KiB.
Result<Prompt> parse_prompt(std::string_view yaml, std::string_view frame = default_frame);

// <data_folder>/template.yml where there is one, else the one in this binary. Blocks.
Result<Prompt> load_prompt(const std::string& data_folder, std::string_view frame = default_frame);

// Puts values in the place of {{name}}, in one pass: a value that contains {{name}} stays as it is.
std::string fill(std::string_view text,
                 const std::map<std::string, std::string, std::less<>>& values);

// Speech with everything taken out that a model could read as the frame of a conversation: role
// markers, chat-template tokens, our own marks.
std::string defuse(std::string_view speech);

// Whether it holds what nobody says to people: markup of conversations with machines.
bool holds_frame(std::string_view speech);

// template.yml as built in (cmake/embed_text.cmake).
std::string_view built_in_template();

}  // namespace vigie::analyse
