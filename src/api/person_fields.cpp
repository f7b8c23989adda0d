// SPDX-License-Identifier: Apache-2.0
#include "api/person_fields.hpp"

namespace vigie::api {

using http::Html;

FormField password_field(Language language, const people::DeskOptions& options) {
  const auto shortest = Html::escape(fmt::format("{}", options.passwords.shortest));
  return {.name = "password",
          .label = words(language, "Nouveau mot de passe", "New password"),
          .attributes = Html::literal("type=\"password\" autocomplete=\"new-password\" required"),
          .hint = words(language, "Au moins ", "At least ") + shortest +
                  words(language, " caractères ; quelques mots conviennent, et coller est permis.",
                        " characters; a few words are fine, and so is pasting.")};
}

std::vector<FormField> person_fields(Language language, const people::DeskOptions& options) {
  std::vector<FormField> fields;
  fields.push_back({.name = "username",
                    .label = words(language, "Nom d’utilisateur", "User name"),
                    .attributes = Html::literal("autocomplete=\"username\" autocapitalize=\"none\" "
                                                "spellcheck=\"false\" required"),
                    .hint = words(language,
                                  "3 à 32 lettres sans accent, chiffres, points, tirets ou traits "
                                  "bas.",
                                  "3 to 32 letters without accents, digits, dots, dashes or "
                                  "underscores.")});
  fields.push_back({.name = "email",
                    .label = options.has_mail
                                 ? words(language, "Adresse de courrier", "Mail address")
                                 : words(language, "Adresse de courrier (facultative)",
                                         "Mail address (optional)"),
                    .attributes = Html::literal("type=\"email\" autocomplete=\"email\"")});
  fields.push_back(password_field(language, options));
  return fields;
}

people::NewPerson typed_person(const http::Request& request, Language language) {
  people::NewPerson wanted;
  wanted.username = form_value(request, "username");
  wanted.email = form_value(request, "email");
  wanted.password = form_value(request, "password");
  wanted.language = language == Language::english ? "en" : "fr";
  return wanted;
}

void keep_typed(Form& form, const people::NewPerson& typed) {
  for (auto& field : form.fields) {
    if (field.name == "username") {
      field.value = typed.username;
    } else if (field.name == "email") {
      field.value = typed.email;
    }
  }
}

}  // namespace vigie::api
