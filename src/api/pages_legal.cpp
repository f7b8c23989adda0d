// SPDX-License-Identifier: Apache-2.0
// Legal notice and accessibility statement: the operator's own texts, or what can be said honestly
// without them.
#include "api/answers.hpp"
#include "api/forms.hpp"
#include "api/handlers.hpp"
#include "api/services.hpp"

namespace vigie::api {
namespace {

using http::Html;

// A plain text: a blank line ends a paragraph, "# " begins a heading.
Html as_paragraphs(std::string_view text) {
  Html html;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\n\n", at);
    end = end == std::string_view::npos ? text.size() : end;
    const auto part = trim(text.substr(at, end - at));
    if (part.starts_with("# ")) {
      html += Html::literal("<h2>") + Html::escape(part.substr(2)) + Html::literal("</h2>");
    } else if (!part.empty()) {
      html += Html::literal("<p>") + Html::escape(part) + Html::literal("</p>");
    }
    at = end + 2;
  }
  return html;
}

http::Response text_page(Language language, const Html& title, const std::string& own,
                         const Html& otherwise) {
  return html_answer(200,
                     message_page(language, title, own.empty() ? otherwise : as_paragraphs(own)));
}

}  // namespace

Async<Result<http::Response>> show_legal_notice(Services& services, Call call) {
  const auto language = call.language;
  co_return text_page(
      language, words(language, "Mentions légales", "Legal notice"), services.house.legal_notice,
      words(language,
            "<p>L’exploitant de cette installation n’a pas encore renseigné ses mentions légales "
            "(LEGAL_NOTICE). Adressez-vous à la personne qui vous a donné accès.</p>"
            "<h2>Ce que fait Vigie</h2>"
            "<p>Vigie suit des directs publics de comptes choisis, en transcrit les paroles et les "
            "évalue. Toute décision est prise par une personne. Les durées de conservation sont "
            "réglées par l’exploitant, responsable du traitement au sens du RGPD ; les demandes "
            "d’accès, de rectification et d’effacement lui sont adressées.</p>"
            "<h2>Cookie</h2><p>Un seul, strictement nécessaire : il garde votre session, 14 jours "
            "au plus.</p><h2>Logiciel</h2><p>Vigie est un logiciel libre, sous licence Apache "
            "2.0.</p>",
            "<p>The operator of this installation has not filled in a legal notice yet "
            "(LEGAL_NOTICE). Ask whoever gave you access.</p><h2>What Vigie does</h2>"
            "<p>Vigie follows public lives of chosen accounts, writes their words down and "
            "assesses them. Every decision is a person’s. How long things are kept is set by the "
            "operator, the controller within the meaning of the GDPR, to whom requests of access, "
            "rectification and erasure go.</p><h2>Cookie</h2><p>One, strictly necessary: it keeps "
            "your session, for 14 days at most.</p><h2>Software</h2><p>Vigie is free software "
            "under the Apache licence 2.0.</p>"));
}

Async<Result<http::Response>> show_accessibility(Services& services, Call call) {
  const auto language = call.language;
  // How conformant a statement of the operator's own finds it is for that statement to say.
  const auto title =
      services.house.accessibility.empty()
          ? words(language, "Accessibilité : non conforme", "Accessibility: not conformant")
          : words(language, "Déclaration d’accessibilité", "Accessibility statement");
  co_return text_page(
      language, title, services.house.accessibility,
      words(language,
            "<h2>État de conformité</h2><p>Cette installation n’a pas fait l’objet d’un audit RGAA "
            "4.1 : elle est donc déclarée non conforme jusqu’à ce que l’exploitant publie sa "
            "déclaration (ACCESSIBILITY_STATEMENT).</p><h2>Ce qui est visé</h2><p>Vigie vise les "
            "critères WCAG 2.2 de niveau AA : clavier seul, lecteurs d’écran, zoom à 200 %, "
            "largeur de 320 pixels, contrastes, thèmes clair, sombre et à couleurs "
            "imposées.</p><h2>Signaler un défaut</h2><p>Écrivez à l’exploitant de cette "
            "installation : il doit vous proposer un autre moyen d’accéder au contenu.</p>"
            "<h2>Voie de recours</h2><p>Sans réponse satisfaisante, vous pouvez saisir le "
            "Défenseur des droits (defenseurdesdroits.fr), par formulaire, auprès de ses délégués "
            "ou par courrier sans affranchir : Défenseur des droits, Libre réponse 71120, 75342 "
            "Paris CEDEX 07.</p>",
            "<h2>State of conformance</h2><p>This installation was not audited against RGAA 4.1: "
            "it is declared not conformant until the operator publishes a statement "
            "(ACCESSIBILITY_STATEMENT).</p><h2>What is aimed at</h2><p>Vigie aims at WCAG 2.2 "
            "level AA: keyboard alone, screen readers, zoom at 200 %, a width of 320 pixels, "
            "contrast, light, dark and forced colours.</p><h2>Telling a fault</h2><p>Write to the "
            "operator of this installation, who must offer you another way to the "
            "content.</p><h2>Redress</h2><p>Without a satisfying answer, in France you can turn to "
            "the Défenseur des droits (defenseurdesdroits.fr).</p>"));
}

}  // namespace vigie::api
