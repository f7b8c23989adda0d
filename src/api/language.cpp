// SPDX-License-Identifier: Apache-2.0
#include "api/language.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/french.hpp"
#include "base/json.hpp"

namespace vigie::api {
namespace {

constexpr std::string_view gap = "{}";

// What stands in the gaps of a pattern; nothing when the text is another sentence.
std::optional<std::vector<std::string_view>> gaps_in(std::string_view text,
                                                     std::string_view pattern) {
  std::vector<std::string_view> found;
  for (;;) {
    const auto next = pattern.find(gap);
    const auto fixed = pattern.substr(0, next);
    if (!text.starts_with(fixed)) {
      return std::nullopt;
    }
    text.remove_prefix(fixed.size());
    if (next == std::string_view::npos) {
      return text.empty() ? std::optional{std::move(found)} : std::nullopt;
    }
    pattern.remove_prefix(next + gap.size());
    const auto following = pattern.substr(0, pattern.find(gap));
    const auto end = following.empty() ? text.size() : text.find(following);
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    found.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string filled(std::string_view pattern, const std::vector<std::string_view>& gaps) {
  std::string out;
  for (const auto words : gaps) {
    const auto next = pattern.find(gap);
    if (next == std::string_view::npos) {
      break;
    }
    out += pattern.substr(0, next);
    out += words;
    pattern.remove_prefix(next + gap.size());
  }
  out += pattern;
  return out;
}

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

void translate_member(json::object& object, const char* name, Language language) {
  auto* const member = object.if_contains(name);
  if (member != nullptr && member->is_string()) {
    const auto said = say(view(member->get_string()), language);
    *member = json::string_view{said.data(), said.size()};
  }
}

}  // namespace

Language language_of(const http::Request& request, Language fallback) {
  const auto wish = request.headers.get("Accept-Language");
  const auto french = wish.find("fr");
  const auto english = wish.find("en");
  if (french == english) {
    return fallback;
  }
  return french < english ? Language::french : Language::english;
}

std::string say(std::string_view english, Language language) {
  if (language == Language::english) {
    return std::string{english};
  }
  for (const auto& [source, translated] : french_sentences()) {
    if (const auto gaps = gaps_in(english, source)) {
      return filled(translated, *gaps);
    }
  }
  return std::string{english};
}

std::string say_each(std::string_view english, Language language) {
  constexpr std::string_view between = "; ";
  std::string said;
  for (;;) {
    const auto end = english.find(between);
    said += say(english.substr(0, end), language);
    if (end == std::string_view::npos) {
      return said;
    }
    said += between;
    english.remove_prefix(end + between.size());
  }
}

void translate_problem(http::Response& response, Language language) {
  if (language == Language::english ||
      response.headers.get("Content-Type") != "application/problem+json") {
    return;
  }
  auto parsed = parse_json(response.body);
  auto* const body = parsed ? parsed->if_object() : nullptr;
  if (body == nullptr) {
    return;
  }
  translate_member(*body, "title", language);
  auto* const errors = body->if_contains("errors");
  if (errors == nullptr || !errors->is_array()) {
    translate_member(*body, "detail", language);
  } else {
    std::string detail;
    for (auto& error : errors->get_array()) {
      translate_member(error.as_object(), "detail", language);
      const auto& field = error.at("field").get_string();
      const auto& words = error.at("detail").get_string();
      detail += fmt::format("{}{}: {}", detail.empty() ? "" : "; ", view(field), view(words));
    }
    (*body)["detail"] = json::string_view{detail.data(), detail.size()};
  }
  response.body = json::serialize(*parsed);
}

}  // namespace vigie::api
