// SPDX-License-Identifier: Apache-2.0
// Forms of the pages that work without JavaScript: each field with its own error, the first wrong
// one focused, the errors gathered on top (RGAA 11.10, 11.11).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/language.hpp"
#include "base/result.hpp"
#include "http/html.hpp"
#include "http/message.hpp"

namespace vigie::api {

// The same words in both languages, as literals of the program.
template <std::size_t F, std::size_t E>
http::Html words(Language language, const char (&french)[F], const char (&english)[E]) {  // NOLINT
  return language == Language::french ? http::Html::literal(french) : http::Html::literal(english);
}

struct FormField {
  std::string name;
  http::Html label;
  http::Html attributes;  // type, autocomplete …
  std::string value = {};
  http::Html hint = {};
  std::string error = {};
};

struct Form {
  http::Html title;
  http::Html intro = {};
  std::string action;
  std::vector<std::pair<std::string, std::string>> hidden = {};
  std::vector<FormField> fields;
  http::Html button;
  std::string error = {};  // of no field
  http::Html links = {};   // below the form
};

// Puts the words of an error of ours where they belong: at their fields, or on top.
void blame(Form& form, const Error& error, Language language);

http::Html form_page(Language language, const Form& form);

// A page that says one thing.
http::Html message_page(Language language, const http::Html& title, const http::Html& text);

// A value of a submitted form; empty when it is missing.
std::string form_value(const http::Request& request, std::string_view name);

}  // namespace vigie::api
