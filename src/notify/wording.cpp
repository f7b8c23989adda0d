// SPDX-License-Identifier: Apache-2.0
#include "notify/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/html.hpp"
#include "notify/account_words.hpp"

namespace vigie::notify {
namespace {

bool is_english(std::string_view language) {
  return language == "en";
}

std::string_view kind_word(AlertKind kind, bool english) {
  switch (kind) {
    case AlertKind::hate:
      return english ? "possible hate speech" : "propos possiblement haineux";
    case AlertKind::undecided:
      return english ? "a person should read" : "à lire par une personne";
    case AlertKind::injection:
      return english ? "words addressed to the machine" : "paroles adressées à la machine";
    case AlertKind::virality:
      return english ? "it spreads" : "forte diffusion";
  }
  return "";
}

std::string_view severity_word(Severity severity, bool english) {
  switch (severity) {
    case Severity::critical:
      return english ? "critical" : "critique";
    case Severity::high:
      return english ? "high" : "élevée";
    case Severity::moderate:
      return english ? "moderate" : "modérée";
    case Severity::low:
      return english ? "low" : "faible";
  }
  return "";
}

std::string sentence(const Item& item, bool english) {
  if (const auto* const words = account_words_of(item.what)) {
    return std::string{english ? words->english : words->french};
  }
  if (item.what == "webhook_disabled") {
    return english ? "A webhook was switched off after 50 failures in a row"
                   : "Un webhook a été désactivé après 50 échecs de suite";
  }
  if (item.what == "test") {
    return english ? "This is a test: messages reach you here"
                   : "Ceci est un essai : les messages vous parviennent ici";
  }
  return english ? fmt::format("Alert, {}: {}", severity_word(item.severity, true),
                               kind_word(item.kind, true))
                 : fmt::format("Alerte {} : {}", severity_word(item.severity, false),
                               kind_word(item.kind, false));
}

// "22/11/2026 17:20 UTC"
std::string moment(Time time) {
  const auto text = to_rfc3339(time);
  return fmt::format("{}-{}-{} {} UTC", text.substr(0, 4), text.substr(5, 2), text.substr(8, 2),
                     text.substr(11, 5));
}

std::string_view farewell(bool english) {
  return english ? "Vigie sends neither words nor names: they are read behind the link."
                 : "Vigie n’envoie ni propos ni nom : ils se lisent derrière le lien.";
}

}  // namespace

std::string link_of(const Item& item, std::string_view base_url) {
  if (const auto* const words = account_words_of(item.what)) {
    return fmt::format("{}{}{}", base_url, words->path, item.token);
  }
  return item.what == "alert" ? fmt::format("{}/alertes?alerte={}", base_url, item.subject)
                              : fmt::format("{}/", base_url);
}

std::string word_for_open(std::string_view language) {
  return is_english(language) ? "open" : "ouvrir";
}

std::string headline(const std::vector<Item>& items, std::string_view language) {
  const bool english = is_english(language);
  const auto count = std::ranges::count(items, "alert", &Item::what);
  const std::string_view colon = english ? "Vigie: " : "Vigie : ";
  if (!items.empty()) {
    if (const auto* const words = account_words_of(items.front().what)) {
      return fmt::format("{}{}", colon, english ? words->subject_english : words->subject_french);
    }
  }
  if (count == 0) {
    return fmt::format("{}{}", colon, items.empty() ? "" : sentence(items.front(), english));
  }
  const auto worst = std::ranges::max_element(items, {}, &Item::severity)->severity;
  if (count == 1) {
    return english ? fmt::format("{}1 {} alert", colon, severity_word(worst, true))
                   : fmt::format("{}1 alerte {}", colon, severity_word(worst, false));
  }
  return english
             ? fmt::format("{}{} alerts, up to {}", colon, count, severity_word(worst, true))
             : fmt::format("{}{} alertes, jusqu’à {}", colon, count, severity_word(worst, false));
}

Letter letter_of(const std::vector<Item>& items, std::string_view base_url,
                 std::string_view language) {
  using http::Html;
  const bool english = is_english(language);
  Letter letter;
  letter.subject = headline(items, language);
  letter.plain = letter.subject + "\n\n";
  auto page = english ? Html::literal("<!doctype html>\n<html lang=\"en\">")
                      : Html::literal("<!doctype html>\n<html lang=\"fr\">");
  page += Html::literal("<head><meta charset=\"utf-8\"><title>") + Html::escape(letter.subject);
  page += Html::literal("</title></head>\n<body style=\"font-family:sans-serif\">\n<h1>");
  page += Html::escape(letter.subject) + Html::literal("</h1>\n<ul>\n");
  const auto anchor = [](std::string_view link, std::string_view words) {
    return Html::literal("<a href=\"") + Html::escape(link) + Html::literal("\">") +
           Html::escape(words) + Html::literal("</a>");
  };
  for (const auto& item : items) {
    const auto said = fmt::format("{} ({})", sentence(item, english), moment(item.at));
    const auto link = link_of(item, base_url);
    letter.plain += fmt::format("{}\n{}\n\n", said, link);
    page += Html::literal("<li>") + Html::escape(said) + Html::literal("<br>");
    page += anchor(link, word_for_open(language)) + Html::literal("</li>\n");
  }
  letter.plain += fmt::format("{}\n", farewell(english));
  page += Html::literal("</ul>\n<p><small>") + Html::escape(farewell(english));
  page += Html::literal("</small></p>\n</body></html>\n");
  letter.html = page.str();
  return letter;
}

}  // namespace vigie::notify
