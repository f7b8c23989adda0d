// SPDX-License-Identifier: Apache-2.0
// Coming in and going out, without JavaScript: signing in, the second factor, signing up.
#include "api/answers.hpp"
#include "api/forms.hpp"
#include "api/gate.hpp"
#include "api/handlers.hpp"
#include "api/pages.hpp"
#include "api/person_fields.hpp"
#include "api/services.hpp"
#include "api/signed_in.hpp"
#include "people/desk.hpp"
#include "people/people.hpp"

namespace vigie::api {
namespace {

using http::Html;

int page_status_of(const Error& error) {
  return error.code == Errc::denied ? 401 : status_of(error.code);
}

std::string words_for(const Error& error, Language language) {
  const bool french = language == Language::french;
  if (error.code == Errc::rate_limited) {
    return french ? fmt::format("Trop d’essais. Réessayez dans {} s.", error.retry_after.count())
                  : fmt::format("Too many tries. Try again in {} s.", error.retry_after.count());
  }
  if (error.code == Errc::denied) {
    return french ? "Nom ou mot de passe incorrect." : "Wrong name or password.";
  }
  return french ? "Vigie ne répond pas pour l’instant. Réessayez."
                : "Vigie does not answer for now. Try again.";
}

Form code_form(Language language, const std::string& challenge, std::string_view next) {
  Form form;
  form.title = words(language, "Code de vérification", "Verification code");
  form.intro = words(language,
                     "<p>Saisissez le code à six chiffres de votre application, ou l’un de vos "
                     "codes de secours.</p>",
                     "<p>Type the six figures that your application shows, or one of your recovery "
                     "codes.</p>");
  form.action = "/connexion/code";
  form.hidden = {{"defi", challenge}, {"suite", std::string{safe_next_path(next)}}};
  form.fields.push_back({.name = "code",
                         .label = words(language, "Code", "Code"),
                         .attributes = Html::literal("autocomplete=\"one-time-code\" "
                                                     "autocapitalize=\"none\" spellcheck=\"false\" "
                                                     "required")});
  form.button = words(language, "Continuer", "Continue");
  form.links = words(language, "<p class=\"links\"><a href=\"/connexion\">Recommencer</a></p>",
                     "<p class=\"links\"><a href=\"/connexion\">Begin again</a></p>");
  return form;
}

http::Response enter(const Services& services, const http::Request& request,
                     const people::NewSession& session, std::string_view next) {
  auto answer = redirect(safe_next_path(next));
  answer.headers.add("Set-Cookie", services.gate.set_cookie(request, session.token));
  return answer;
}

Form sign_up_form(Language language, const Services& services) {
  Form form;
  form.title = words(language, "S’inscrire", "Sign up");
  form.intro = services.desk.options().sign_up == people::SignUp::approval
                   ? words(language, "<p>Un administrateur doit accepter chaque inscription.</p>",
                           "<p>An administrator has to accept each sign-up.</p>")
                   : Html{};
  form.action = "/inscription";
  form.fields = person_fields(language, services.desk.options());
  form.button = words(language, "S’inscrire", "Sign up");
  form.links = words(language, "<p class=\"links\"><a href=\"/connexion\">Se connecter</a></p>",
                     "<p class=\"links\"><a href=\"/connexion\">Sign in</a></p>");
  return form;
}

Html sign_up_received(Language language, people::SignUpAnswer answer) {
  if (answer == people::SignUpAnswer::check_mail) {
    return message_page(
        language, words(language, "Regardez votre courrier", "Look at your mail"),
        words(language,
              "<p>Un lien de confirmation est parti à l’adresse que vous avez donnée ; il vaut 30 "
              "minutes. Si rien n’arrive, ce nom ou cette adresse est peut-être déjà pris : "
              "recommencez avec un autre.</p>",
              "<p>A link to confirm went to the address that you gave; it is good for 30 minutes. "
              "If nothing arrives, the name or the address may be taken already: try "
              "another.</p>"));
  }
  if (answer == people::SignUpAnswer::pending) {
    return message_page(
        language, words(language, "Inscription reçue", "Sign-up received"),
        words(language,
              "<p>Un administrateur doit encore l’accepter. Si le nom était déjà pris, elle n’a "
              "pas été gardée.</p>",
              "<p>An administrator has to accept it now. If the name was taken already, it was not "
              "kept.</p>"));
  }
  return message_page(language, words(language, "Inscription reçue", "Sign-up received"),
                      words(language,
                            "<p>Si le nom était libre, vous pouvez vous connecter.</p>"
                            "<p><a class=\"button\" href=\"/connexion\">Se connecter</a></p>",
                            "<p>If the name was free, you can sign in.</p>"
                            "<p><a class=\"button\" href=\"/connexion\">Sign in</a></p>"));
}

}  // namespace

Async<Result<http::Response>> show_sign_in(Services&, Call call) {
  const auto next = call.request.parameter("suite").value_or("/");
  if (call.person) {
    co_return redirect(safe_next_path(next));
  }
  co_return html_answer(200, sign_in_page(call.language, "", "", next));
}

Async<Result<http::Response>> submit_sign_in(Services& services, Call call) {
  const auto username = form_value(call.request, "username");
  const auto next = form_value(call.request, "suite");
  if (!services.gate.may_carry_session(call.request)) {
    co_return html_answer(
        403, sign_in_page(call.language, username, say(needs_tls, call.language), next));
  }
  auto visit = visit_of(services, call.request);
  const auto session = co_await services.people.sign_in(
      username, form_value(call.request, "password"), std::move(visit));
  if (!session) {
    const auto& error = session.error();
    co_return html_answer(
        page_status_of(error),
        sign_in_page(call.language, username, words_for(error, call.language), next));
  }
  if (!session->challenge.empty()) {
    co_return html_answer(
        200, form_page(call.language, code_form(call.language, session->challenge, next)));
  }
  co_return enter(services, call.request, *session, next);
}

Async<Result<http::Response>> submit_code(Services& services, Call call) {
  const auto challenge = form_value(call.request, "defi");
  const auto next = form_value(call.request, "suite");
  if (challenge.empty() || !services.gate.may_carry_session(call.request)) {
    co_return redirect("/connexion");
  }
  auto visit = visit_of(services, call.request);
  const auto session = co_await services.desk.enter_with_code(
      challenge, form_value(call.request, "code"), std::move(visit));
  if (session) {
    co_return enter(services, call.request, *session, next);
  }
  const auto& error = session.error();
  if (error.code == Errc::not_found) {
    const auto words_of_end = call.language == Language::french ? "Recommencez par le mot de passe."
                                                                : "Begin again with the password.";
    co_return html_answer(401, sign_in_page(call.language, "", words_of_end, next));
  }
  auto form = code_form(call.language, challenge, next);
  if (error.code == Errc::denied) {
    blame(form, make_error(Errc::invalid, "code: {}", error.what), call.language);
  } else {
    blame(form, error, call.language);
  }
  co_return html_answer(page_status_of(error), form_page(call.language, form));
}

Async<Result<http::Response>> show_signed_out(Services&, Call call) {
  const auto language = call.language;
  co_return html_answer(
      200, message_page(language, words(language, "Vous êtes déconnecté", "You are signed out"),
                        words(language,
                              "<p>Fermez cet onglet si d’autres se servent de cette machine.</p>"
                              "<p><a class=\"button\" href=\"/connexion\">Se connecter</a></p>",
                              "<p>Close this tab if others use this machine.</p>"
                              "<p><a class=\"button\" href=\"/connexion\">Sign in</a></p>")));
}

Async<Result<http::Response>> show_sign_up(Services& services, Call call) {
  const auto language = call.language;
  if (services.desk.options().sign_up == people::SignUp::closed) {
    co_return html_answer(
        200, message_page(language, words(language, "Inscriptions fermées", "Sign-up is closed"),
                          words(language,
                                "<p>Demandez un compte à un administrateur de Vigie.</p>"
                                "<p><a href=\"/connexion\">Se connecter</a></p>",
                                "<p>Ask an administrator of Vigie for an account.</p>"
                                "<p><a href=\"/connexion\">Sign in</a></p>")));
  }
  co_return html_answer(200, form_page(language, sign_up_form(language, services)));
}

Async<Result<http::Response>> submit_sign_up(Services& services, Call call) {
  const auto language = call.language;
  auto wanted = typed_person(call.request, language);
  auto form = sign_up_form(language, services);
  keep_typed(form, wanted);
  auto visit = visit_of(services, call.request);
  const auto answer = co_await services.desk.sign_up(std::move(wanted), std::move(visit));
  if (answer) {
    co_return html_answer(202, sign_up_received(language, *answer));
  }
  blame(form, answer.error(), language);
  co_return html_answer(status_of(answer.error().code), form_page(language, form));
}

Async<Result<http::Response>> show_page_style(Services&, Call) {
  http::Response response;
  response.headers.add("Content-Type", "text/css; charset=utf-8");
  response.headers.add("Cache-Control", "public, max-age=3600");
  response.body = std::string{page_style()};
  co_return response;
}

}  // namespace vigie::api
