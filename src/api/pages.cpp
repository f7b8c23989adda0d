// SPDX-License-Identifier: Apache-2.0
#include "api/pages.hpp"

#include <algorithm>

namespace vigie::api {
namespace {

using http::Html;

struct Texts {
  Html language;
  Html title;
  Html heading;
  Html username;
  Html password;
  Html submit;
  Html tagline;
  Html missing_title;
  Html missing_text;
  Html not_found_title;
  Html not_found_text;
};

const Texts& texts_of(Language language) {
  static const Texts french{
      .language = Html::literal("fr"),
      .title = Html::literal("Se connecter — Vigie"),
      .heading = Html::literal("Se connecter"),
      .username = Html::literal("Nom d’utilisateur"),
      .password = Html::literal("Mot de passe"),
      .submit = Html::literal("Se connecter"),
      .tagline = Html::literal("Suivre les directs publics, écouter, décider."),
      .missing_title = Html::literal("Interface absente"),
      .missing_text = Html::literal("Ce programme a été construit sans l’interface web. Lancez "
                                    "<code>make build</code>, puis redémarrez Vigie."),
      .not_found_title = Html::literal("Page introuvable"),
      .not_found_text = Html::literal(
          "Cette adresse ne mène à rien. <a href=\"/\">Revenir au mur des directs</a>."),
  };
  static const Texts english{
      .language = Html::literal("en"),
      .title = Html::literal("Sign in — Vigie"),
      .heading = Html::literal("Sign in"),
      .username = Html::literal("User name"),
      .password = Html::literal("Password"),
      .submit = Html::literal("Sign in"),
      .tagline = Html::literal("Follow public lives, listen, decide."),
      .missing_title = Html::literal("No interface"),
      .missing_text = Html::literal("This program was built without the web interface. Run "
                                    "<code>make build</code>, then start Vigie again."),
      .not_found_title = Html::literal("Page not found"),
      .not_found_text =
          Html::literal("This address leads nowhere. <a href=\"/\">Back to the live wall</a>."),
  };
  return language == Language::french ? french : english;
}

Html document(const Texts& texts, const Html& title, const Html& body) {
  return Html::literal("<!doctype html><html lang=\"") + texts.language +
         Html::literal(
             "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
             "content=\"width=device-width, "
             "initial-scale=1\"><title>") +
         title +
         Html::literal(
             "</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" "
             "href=\"/pages.css\"></head><body><main><p "
             "class=\"brand\">Vigie</p>") +
         body + Html::literal("</main></body></html>");
}

Html message_page(const Texts& texts, const Html& title, const Html& text) {
  return document(
      texts, title,
      Html::literal("<h1>") + title + Html::literal("</h1><p>") + text + Html::literal("</p>"));
}

Html field(const Html& label, const Html& attributes) {
  return Html::literal("<label>") + label + Html::literal("<input ") + attributes +
         Html::literal(" required></label>");
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

Html sign_in_page(Language language, std::string_view username, std::string_view error,
                  std::string_view next_path) {
  const auto& texts = texts_of(language);
  auto body = Html::literal("<h1>") + texts.heading + Html::literal("</h1><p>") + texts.tagline +
              Html::literal("</p>");
  if (!error.empty()) {
    body += Html::literal("<p class=\"error\" role=\"alert\">") + Html::escape(error) +
            Html::literal("</p>");
  }
  body += Html::literal(
              "<form method=\"post\" action=\"/connexion\"><input type=\"hidden\" name=\"suite\" "
              "value=\"") +
          Html::escape(safe_next_path(next_path)) + Html::literal("\">");
  body += field(texts.username,
                Html::literal("name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" "
                              "spellcheck=\"false\" autofocus value=\"") +
                    Html::escape(username) + Html::literal("\""));
  body +=
      field(texts.password,
            Html::literal("name=\"password\" type=\"password\" autocomplete=\"current-password\""));
  body += Html::literal("<button>") + texts.submit + Html::literal("</button></form>");
  return document(texts, texts.title, body);
}

Html missing_application_page(Language language) {
  const auto& texts = texts_of(language);
  return message_page(texts, texts.missing_title, texts.missing_text);
}

Html not_found_page(Language language) {
  const auto& texts = texts_of(language);
  return message_page(texts, texts.not_found_title, texts.not_found_text);
}

std::string_view page_style() {
  return R"(:root{color-scheme:light dark;--text:#1d2126;--muted:#4b535d;--back:#fff;--line:#c9ced6;--link:#0b5cad;--error:#b4232c}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ed;--muted:#a9b2bd;--back:#121417;--line:#3a414b;--link:#7ab8ff;--error:#ff7a8a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{width:min(24rem,100% - 2rem);padding:2rem 0}
.brand{margin:0;font-weight:700;letter-spacing:.02em;color:var(--link)}
h1{margin:.25rem 0;font-size:1.75rem}
p{color:var(--muted)}
form{display:grid;gap:1rem}
label{display:grid;gap:.25rem;font-weight:600}
input{font:inherit;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.375rem;background:var(--back);color:var(--text)}
button{font:inherit;font-weight:600;padding:.7rem;border:0;border-radius:.375rem;background:#0b5cad;color:#fff;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.error{color:var(--error);border:1px solid currentColor;border-radius:.375rem;padding:.6rem .75rem}
a{color:var(--link)}
)";
}

std::string_view safe_next_path(std::string_view path) {
  const bool is_ours =
      path.starts_with('/') && !path.starts_with("//") && std::ranges::none_of(path, [](char c) {
        return c == '\\' || static_cast<unsigned char>(c) <= ' ';
      });
  return is_ours ? path : std::string_view{"/"};
}

}  // namespace vigie::api
