// SPDX-License-Identifier: Apache-2.0
#include "api/forms.hpp"

#include <algorithm>

#include "api/answers.hpp"

namespace vigie::api {
namespace {

using http::Html;

Html document(Language language, const Html& title, const Html& body) {
  return words(language, "<!doctype html><html lang=\"fr\">", "<!doctype html><html lang=\"en\">") +
         Html::literal(
             "<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
             "content=\"width=device-width, initial-scale=1\"><title>") +
         title +
         Html::literal(
             " — Vigie</title><link rel=\"icon\" href=\"/favicon.svg\"><link "
             "rel=\"stylesheet\" href=\"/pages.css\"></head><body><main><p "
             "class=\"brand\">Vigie</p>") +
         body +
         words(language,
               "</main><footer><a href=\"/mentions-legales\">Mentions légales</a> "
               "<a href=\"/accessibilite\">Accessibilité</a></footer></body></html>",
               "</main><footer><a href=\"/mentions-legales\">Legal notice</a> "
               "<a href=\"/accessibilite\">Accessibility</a></footer></body></html>");
}

Html id_of(const FormField& field) {
  return Html::literal("f-") + Html::escape(field.name);
}

// On top: what is wrong, with links to the fields.
Html summary(Language language, const Form& form) {
  const bool is_wrong =
      !form.error.empty() ||
      std::ranges::any_of(form.fields, [](const FormField& field) { return !field.error.empty(); });
  if (!is_wrong) {
    return {};
  }
  auto html = Html::literal("<div class=\"error\" role=\"alert\">");
  if (!form.error.empty()) {
    html += Html::literal("<p>") + Html::escape(form.error) + Html::literal("</p>");
  } else {
    html += words(language, "<p>À corriger :</p>", "<p>To be mended:</p>");
  }
  html += Html::literal("<ul>");
  for (const auto& field : form.fields) {
    if (!field.error.empty()) {
      html += Html::literal("<li><a href=\"#") + id_of(field) + Html::literal("\">") + field.label +
              words(language, " – ", " – ") + Html::escape(field.error) +
              Html::literal("</a></li>");
    }
  }
  return html + Html::literal("</ul></div>");
}

Html input(const FormField& field, bool is_focused) {
  const bool is_wrong = !field.error.empty();
  auto html = Html::literal("<div class=\"field\"><label for=\"") + id_of(field) +
              Html::literal("\">") + field.label + Html::literal("</label>");
  if (!field.hint.str().empty()) {
    html += Html::literal("<p class=\"hint\" id=\"") + id_of(field) + Html::literal("-h\">") +
            field.hint + Html::literal("</p>");
  }
  html += Html::literal("<input id=\"") + id_of(field) + Html::literal("\" name=\"") +
          Html::escape(field.name) + Html::literal("\" ") + field.attributes;
  if (!field.value.empty()) {
    html += Html::literal(" value=\"") + Html::escape(field.value) + Html::literal("\"");
  }
  html += is_focused ? Html::literal(" autofocus") : Html{};
  html += is_wrong ? Html::literal(" aria-invalid=\"true\"") : Html{};
  if (is_wrong || !field.hint.str().empty()) {
    html += Html::literal(" aria-describedby=\"");
    html += is_wrong ? id_of(field) + Html::literal("-e ") : Html{};
    html += !field.hint.str().empty() ? id_of(field) + Html::literal("-h") : Html{};
    html += Html::literal("\"");
  }
  html += Html::literal(">");
  if (is_wrong) {
    html += Html::literal("<p class=\"field-error\" id=\"") + id_of(field) +
            Html::literal("-e\">") + Html::escape(field.error) + Html::literal("</p>");
  }
  return html + Html::literal("</div>");
}

// Our sentences begin in lower case, to stand after the name of a field; here they stand alone.
std::string as_sentence(std::string said) {
  constexpr std::string_view a_grave = "à";
  if (said.starts_with(a_grave)) {
    said.replace(0, a_grave.size(), "À");
  } else if (!said.empty() && said.front() >= 'a' && said.front() <= 'z') {
    said.front() = static_cast<char>(said.front() - 'a' + 'A');
  }
  return said.ends_with('.') ? said : said + ".";
}

// The first wrong field, else the first empty one.
std::size_t focused_field(const Form& form) {
  const auto& fields = form.fields;
  auto found = std::ranges::find_if(fields, [](const FormField& f) { return !f.error.empty(); });
  if (found == fields.end()) {
    found = std::ranges::find_if(fields, [](const FormField& f) { return f.value.empty(); });
  }
  return static_cast<std::size_t>(found - fields.begin());
}

}  // namespace

void blame(Form& form, const Error& error, Language language) {
  if (error.code == Errc::unavailable || error.code == Errc::corrupt ||
      error.code == Errc::timeout) {
    form.error = language == Language::french ? "Vigie ne répond pas pour l’instant. Réessayez."
                                              : "Vigie does not answer for now. Try again.";
    return;
  }
  for (const auto& [name, said] : field_words(error.what)) {
    const auto field = std::ranges::find(form.fields, name, &FormField::name);
    if (field != form.fields.end()) {
      field->error = as_sentence(say(said, language));
    } else {
      form.error = as_sentence(say(said, language));
    }
  }
  if (field_words(error.what).empty()) {
    form.error = as_sentence(say(error.what, language));
  }
}

Html form_page(Language language, const Form& form) {
  auto body = Html::literal("<h1>") + form.title + Html::literal("</h1>") + form.intro +
              summary(language, form) + Html::literal("<form method=\"post\" action=\"") +
              Html::escape(form.action) + Html::literal("\" novalidate>");
  for (const auto& [name, value] : form.hidden) {
    body += Html::literal("<input type=\"hidden\" name=\"") + Html::escape(name) +
            Html::literal("\" value=\"") + Html::escape(value) + Html::literal("\">");
  }
  const auto focused = focused_field(form);
  for (std::size_t i = 0; i < form.fields.size(); ++i) {
    body += input(form.fields[i], i == focused);
  }
  body += Html::literal("<button>") + form.button + Html::literal("</button></form>") + form.links;
  return document(language, form.title, body);
}

Html message_page(Language language, const Html& title, const Html& text) {
  return document(language, title, Html::literal("<h1>") + title + Html::literal("</h1>") + text);
}

std::string form_value(const http::Request& request, std::string_view name) {
  for (const auto& [key, value] : http::parse_query(request.body)) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

}  // namespace vigie::api
