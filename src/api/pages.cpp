// SPDX-License-Identifier: Apache-2.0
#include "api/pages.hpp"

#include <algorithm>

#include "api/forms.hpp"

namespace vigie::api {

using http::Html;

Html sign_in_page(Language language, std::string_view username, std::string_view error,
                  std::string_view next_path) {
  Form form;
  form.title = words(language, "Se connecter", "Sign in");
  form.intro = words(language, "<p>Suivre les directs publics, écouter, décider.</p>",
                     "<p>Follow public lives, listen, decide.</p>");
  form.action = "/connexion";
  form.hidden = {{"suite", std::string{safe_next_path(next_path)}}};
  form.fields.push_back(
      {.name = "username",
       .label = words(language, "Nom d’utilisateur", "User name"),
       .attributes = Html::literal("autocomplete=\"username\" autocapitalize=\"none\" "
                                   "spellcheck=\"false\" required"),
       .value = std::string{username}});
  form.fields.push_back({.name = "password",
                         .label = words(language, "Mot de passe", "Password"),
                         .attributes = Html::literal(
                             "type=\"password\" autocomplete=\"current-password\" required")});
  form.button = words(language, "Se connecter", "Sign in");
  form.error = error;
  form.links = words(language,
                     "<p class=\"links\"><a href=\"/mot-de-passe\">Mot de passe oublié</a> "
                     "<a href=\"/inscription\">S’inscrire</a></p>",
                     "<p class=\"links\"><a href=\"/mot-de-passe\">Forgotten password</a> "
                     "<a href=\"/inscription\">Sign up</a></p>");
  return form_page(language, form);
}

Html missing_application_page(Language language) {
  return message_page(language, words(language, "Interface absente", "No interface"),
                      words(language,
                            "<p>Ce programme a été construit sans l’interface web. Lancez "
                            "<code>make build</code>, puis redémarrez Vigie.</p>",
                            "<p>This program was built without the web interface. Run "
                            "<code>make build</code>, then start Vigie again.</p>"));
}

Html not_found_page(Language language) {
  return message_page(language, words(language, "Page introuvable", "Page not found"),
                      words(language,
                            "<p>Cette adresse ne mène à rien. <a href=\"/\">Revenir au mur des "
                            "directs</a>.</p>",
                            "<p>This address leads nowhere. <a href=\"/\">Back to the live "
                            "wall</a>.</p>"));
}

std::string_view page_style() {
  return R"(:root{color-scheme:light dark;--text:#1d2126;--muted:#4b535d;--back:#fff;--line:#7a828d;--link:#0b5cad;--error:#b4232c}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ed;--muted:#a9b2bd;--back:#121417;--line:#7d8793;--link:#7ab8ff;--error:#ff7a8a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;grid-template-rows:1fr auto;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{width:min(26rem,100% - 2rem);padding:2rem 0}
main.text{width:min(44rem,100% - 2rem);align-self:start}
footer{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;justify-content:center;padding:1rem;font-size:.9375rem}
.brand{margin:0;font-weight:700;letter-spacing:.02em;color:var(--link)}
h1{margin:.25rem 0;font-size:1.75rem;line-height:1.2}
h2{margin:1.5rem 0 .25rem;font-size:1.25rem}
p{color:var(--muted)}
form{display:grid;gap:1rem;margin-top:1rem}
.field{display:grid;gap:.25rem}
label{font-weight:600}
.hint{margin:0;font-size:.9375rem}
.field-error{margin:0;color:var(--error);font-weight:600}
input{font:inherit;width:100%;min-height:2.75rem;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.375rem;background:var(--back);color:var(--text)}
input[aria-invalid]{border-color:var(--error);border-width:2px}
button,.button{font:inherit;font-weight:600;min-height:2.75rem;padding:.7rem;border:0;border-radius:.375rem;background:#0b5cad;color:#fff;cursor:pointer;text-align:center;text-decoration:none}
a.button{display:block;margin-top:1rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.error{color:var(--error);border:1px solid currentColor;border-radius:.375rem;padding:.6rem .75rem;margin-top:1rem}
.error p{margin:0;color:inherit}
.error ul{margin:0;padding-left:1.25rem}
.error ul:empty{display:none}
.error a{color:inherit}
.links{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem}
a{color:var(--link)}
@media (forced-colors:active){button,.button{border:1px solid ButtonText}}
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
