// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/question.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

namespace vigie::analyse {
namespace {

// Reasoning models spend completion tokens on thoughts we never see.
constexpr int completion_tokens = 1000;
constexpr int longest_text = 300;  // letters, where lengths are understood

Rung below(Rung rung) {
  return static_cast<Rung>(static_cast<int>(rung) + 1);
}

json::object one_of(std::initializer_list<std::string_view> words) {
  json::array all;
  for (const auto word : words) {
    all.emplace_back(json::string_view{word.data(), word.size()});
  }
  return {{"type", "string"}, {"enum", std::move(all)}};
}

json::object properties_of(json::object category, json::object hateful, json::object text) {
  return {{"categorie", std::move(category)},
          {"viralite", one_of({"faible", "moyenne", "forte"})},
          {"discours_haineux", std::move(hateful)},
          {"cible", one_of({"ethnie", "religion", "individu", "groupe social", "autre"})},
          {"justification", text},
          {"score", {{"type", "number"}}},
          {"indetermine", {{"type", "boolean"}}},
          {"preuve", std::move(text)}};
}

json::object object_with(json::object properties) {
  json::array required;
  for (const auto& property : properties) {
    required.emplace_back(property.key());
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

json::object schema() {
  return object_with(
      properties_of(one_of({"Neutre", "Polémique", "Potentiellement viral", "Discours haineux"}),
                    {{"type", "boolean"}}, {{"type", "string"}}));
}

// For endpoints that write by a grammar (llama.cpp), where strict ones would refuse: a small model
// could not contradict itself, and would not stop talking without lengths.
json::object grammar() {
  const json::object text{{"type", "string"}, {"maxLength", longest_text}};
  json::array either;
  either.emplace_back(object_with(properties_of(
      one_of({"Neutre", "Polémique", "Potentiellement viral"}), {{"const", false}}, text)));
  either.emplace_back(
      object_with(properties_of(one_of({"Discours haineux"}), {{"const", true}}, text)));
  return {{"anyOf", std::move(either)}};
}

json::value response_format(Rung rung) {
  switch (rung) {
    case Rung::strict_schema:
      return {{"type", "json_schema"},
              {"json_schema", {{"name", "jugement"}, {"strict", true}, {"schema", schema()}}}};
    case Rung::object_with_schema:
      return {{"type", "json_object"}, {"schema", grammar()}};
    case Rung::object:
      return {{"type", "json_object"}};
    case Rung::plain:
      break;
  }
  return nullptr;
}

bool names_format(std::string_view body) {
  constexpr std::array<std::string_view, 6> names{"response_format", "response format",
                                                  "json_schema",     "json_object",
                                                  "grammar",         "json_validate_failed"};
  return std::ranges::any_of(
      names, [&](std::string_view name) { return body.find(name) != std::string_view::npos; });
}

}  // namespace

Manners first_manners(std::string_view model) {
  Manners manners;
  manners.takes_effort = model.find("gpt-oss") != std::string_view::npos;
  return manners;
}

std::string question(std::string_view model, const json::array& messages, const Manners& manners) {
  json::object body{{"model", model}, {"messages", messages}, {"temperature", 0}};
  body["stream"] = false;
  body[manners.takes_completion_tokens ? "max_completion_tokens" : "max_tokens"] =
      completion_tokens;
  if (manners.takes_effort) {
    body["reasoning_effort"] = "low";
  }
  if (manners.rung != Rung::plain) {
    body["response_format"] = response_format(manners.rung);
  }
  return json::serialize(body);
}

// Endpoints refuse what they do not know with 400 or 422, llama-cpp-python with 500.
Lesson learn(const Manners& tried, int status, std::string_view body) {
  Lesson lesson{.manners = tried};
  if (status != 400 && status != 422 && status != 500) {
    return lesson;
  }
  const auto names = [&](std::string_view what) {
    return body.find(what) != std::string_view::npos;
  };
  if (tried.takes_effort && names("reasoning_effort")) {
    lesson.manners.takes_effort = false;
  } else if (tried.takes_completion_tokens && names("max_completion_tokens")) {
    lesson.manners.takes_completion_tokens = false;
  } else if (tried.rung != Rung::plain && names_format(body)) {
    lesson.manners.rung = below(tried.rung);
    lesson.is_for_once = names("json_validate_failed");
  }
  return lesson;
}

}  // namespace vigie::analyse
