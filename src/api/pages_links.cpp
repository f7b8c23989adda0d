// SPDX-License-Identifier: Apache-2.0
// Where the links of mails lead, and the set-up link. Looking at such a page changes nothing: mail
// scanners do it too.
#include "api/answers.hpp"
#include "api/forms.hpp"
#include "api/gate.hpp"
#include "api/handlers.hpp"
#include "api/hub.hpp"
#include "api/person_fields.hpp"
#include "api/services.hpp"
#include "api/signed_in.hpp"
#include "people/desk.hpp"

namespace vigie::api {
namespace {

using http::Html;

Form forgotten_form(Language language) {
  Form form;
  form.title = words(language, "Mot de passe oublié", "Forgotten password");
  form.intro = words(language,
                     "<p>Donnez l’adresse de votre compte : un lien pour choisir un nouveau mot de "
                     "passe y sera envoyé.</p>",
                     "<p>Give the address of your account: a link to choose a new password will be "
                     "sent there.</p>");
  form.action = "/mot-de-passe";
  form.fields.push_back({.name = "email",
                         .label = words(language, "Adresse de courrier", "Mail address"),
                         .attributes = Html::literal("type=\"email\" autocomplete=\"email\" "
                                                     "required")});
  form.button = words(language, "Recevoir le lien", "Send me the link");
  form.links = words(language, "<p class=\"links\"><a href=\"/connexion\">Se connecter</a></p>",
                     "<p class=\"links\"><a href=\"/connexion\">Sign in</a></p>");
  return form;
}

Form reset_form(Language language, const Services& services, const std::string& token) {
  Form form;
  form.title = words(language, "Nouveau mot de passe", "New password");
  form.intro = words(language, "<p>Vos autres sessions seront fermées.</p>",
                     "<p>Your other sessions will end.</p>");
  form.action = "/mot-de-passe/" + token;
  form.fields.push_back(password_field(language, services.desk.options()));
  form.button = words(language, "Enregistrer", "Save");
  return form;
}

Form set_up_form(Language language, const Services& services, const std::string& token) {
  Form form;
  form.title = words(language, "Premier administrateur", "First administrator");
  form.intro = words(language,
                     "<p>Personne n’a encore de compte ici. Ce lien crée le premier ; il vaut 30 "
                     "minutes et une seule fois.</p>",
                     "<p>Nobody has an account here yet. This link makes the first one; it is good "
                     "for 30 minutes and one use.</p>");
  form.action = "/demarrage/" + token;
  form.fields = person_fields(language, services.desk.options());
  form.button = words(language, "Créer le compte", "Create the account");
  return form;
}

Html link_is_over(Language language) {
  return message_page(
      language, words(language, "Lien expiré", "This link is over"),
      words(language,
            "<p>Ce lien a déjà servi, ou son temps est passé. Demandez-en un autre.</p>"
            "<p class=\"links\"><a href=\"/mot-de-passe\">Nouveau mot de passe</a> "
            "<a href=\"/connexion\">Se connecter</a></p>",
            "<p>This link was used, or its time is over. Ask for another.</p>"
            "<p class=\"links\"><a href=\"/mot-de-passe\">New password</a> "
            "<a href=\"/connexion\">Sign in</a></p>"));
}

http::Response refuse(Form form, const Error& error, Language language) {
  if (error.code == Errc::not_found) {
    return html_answer(404, link_is_over(language));
  }
  blame(form, error, language);
  return html_answer(status_of(error.code), form_page(language, form));
}

Html confirmed_page(Language language, people::Confirmed what) {
  if (what == people::Confirmed::sign_up_pending) {
    return message_page(
        language, words(language, "Adresse confirmée", "Address confirmed"),
        words(language,
              "<p>Un administrateur doit encore accepter votre inscription ; un "
              "courrier vous le dira.</p>",
              "<p>An administrator has to accept your sign-up now; a mail will tell "
              "you.</p>"));
  }
  return message_page(language, words(language, "Adresse confirmée", "Address confirmed"),
                      words(language, "<p><a class=\"button\" href=\"/\">Continuer</a></p>",
                            "<p><a class=\"button\" href=\"/\">Continue</a></p>"));
}

}  // namespace

Async<Result<http::Response>> show_forgotten(Services& services, Call call) {
  const auto language = call.language;
  if (!services.desk.options().has_mail) {
    co_return html_answer(
        200,
        message_page(language, words(language, "Mot de passe oublié", "Forgotten password"),
                     words(language,
                           "<p>Aucun courrier ne part de cette installation : demandez un nouveau "
                           "mot de passe à un administrateur (<code>vigie admin reset</code>).</p>"
                           "<p><a href=\"/connexion\">Se connecter</a></p>",
                           "<p>No mail is sent from here: ask an administrator for a new password "
                           "(<code>vigie admin reset</code>).</p>"
                           "<p><a href=\"/connexion\">Sign in</a></p>")));
  }
  co_return html_answer(200, form_page(language, forgotten_form(language)));
}

Async<Result<http::Response>> submit_forgotten(Services& services, Call call) {
  const auto language = call.language;
  auto form = forgotten_form(language);
  const auto email = form_value(call.request, "email");
  form.fields.at(0).value = email;
  if (email.empty() || !people::check_email(email).empty()) {
    blame(form, make_error(Errc::invalid, "email: an address looks like name@example.org"),
          language);
    co_return html_answer(422, form_page(language, form));
  }
  auto ip = services.gate.client_address(call.request);
  const auto done = co_await services.desk.request_reset(email, std::move(ip));
  if (!done) {
    co_return refuse(std::move(form), done.error(), language);
  }
  co_return html_answer(
      202, message_page(language, words(language, "Regardez votre courrier", "Look at your mail"),
                        words(language,
                              "<p>Si un compte a cette adresse, un lien y est parti. Il vaut 30 "
                              "minutes et une seule fois.</p>",
                              "<p>If an account has this address, a link went there. It is good "
                              "for 30 minutes and one use.</p>")));
}

Async<Result<http::Response>> show_reset(Services& services, Call call) {
  const auto& token = call.parameters.at(0);
  auto form = reset_form(call.language, services, token);
  const auto good = co_await services.desk.check_reset(token);
  co_return good ? html_answer(200, form_page(call.language, form))
                 : refuse(std::move(form), good.error(), call.language);
}

Async<Result<http::Response>> submit_reset(Services& services, Call call) {
  const auto language = call.language;
  const auto& token = call.parameters.at(0);
  const auto done =
      co_await services.desk.reset(token, form_value(call.request, "password"), call.by());
  if (!done) {
    co_return refuse(reset_form(language, services, token), done.error(), language);
  }
  services.hub.check_sessions_soon();
  co_return html_answer(
      200, message_page(
               language, words(language, "Mot de passe changé", "Password changed"),
               words(language, "<p><a class=\"button\" href=\"/connexion\">Se connecter</a></p>",
                     "<p><a class=\"button\" href=\"/connexion\">Sign in</a></p>")));
}

Async<Result<http::Response>> show_address(Services& services, Call call) {
  const auto language = call.language;
  Form form;
  form.title = words(language, "Confirmer votre adresse", "Confirm your address");
  form.action = "/adresse/" + call.parameters.at(0);
  form.button = words(language, "Confirmer", "Confirm");
  const auto good = co_await services.desk.check_address(call.parameters.at(0));
  co_return good ? html_answer(200, form_page(language, form))
                 : refuse(std::move(form), good.error(), language);
}

Async<Result<http::Response>> submit_address(Services& services, Call call) {
  const auto language = call.language;
  const auto done = co_await services.desk.confirm_address(call.parameters.at(0), call.by());
  if (done) {
    co_return html_answer(200, confirmed_page(language, *done));
  }
  if (done.error().code == Errc::conflict) {
    co_return html_answer(
        409, message_page(language, words(language, "Adresse déjà prise", "Address taken"),
                          words(language, "<p>Un autre compte a cette adresse depuis.</p>",
                                "<p>Another account has had this address since.</p>")));
  }
  co_return refuse({}, done.error(), language);
}

Async<Result<http::Response>> show_set_up(Services& services, Call call) {
  const auto& token = call.parameters.at(0);
  auto form = set_up_form(call.language, services, token);
  const auto good = co_await services.desk.check_set_up(token);
  co_return good ? html_answer(200, form_page(call.language, form))
                 : refuse(std::move(form), good.error(), call.language);
}

Async<Result<http::Response>> submit_set_up(Services& services, Call call) {
  const auto language = call.language;
  const auto& token = call.parameters.at(0);
  auto form = set_up_form(language, services, token);
  if (!services.gate.may_carry_session(call.request)) {
    form.error = say(needs_tls, language);
    co_return html_answer(403, form_page(language, form));
  }
  auto wanted = typed_person(call.request, language);
  keep_typed(form, wanted);
  auto visit = visit_of(services, call.request);
  const auto session = co_await services.desk.set_up(token, std::move(wanted), std::move(visit));
  if (!session) {
    co_return refuse(std::move(form), session.error(), language);
  }
  auto answer = redirect("/");
  answer.headers.add("Set-Cookie", services.gate.set_cookie(call.request, session->token));
  co_return answer;
}

}  // namespace vigie::api
