// SPDX-License-Identifier: Apache-2.0
// What is said outside of Vigie: a kind, a severity and a link. Nothing that was said on air, and
// no name: what is not passed in here cannot leave (ux, "outside messages").
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/alert.hpp"

namespace vigie::notify {

// One thing to tell.
struct Item {
  std::string what;     // "alert", "webhook_disabled", "test", or one of account_words.cpp
  std::string subject;  // the id of the alert, the webhook or the one-time secret
  AlertKind kind = AlertKind::hate;
  Severity severity = Severity::low;
  Time at;
  std::string token = {};  // of a link that is worth one use; only while the mail is made
};

struct Letter {
  std::string subject;
  std::string plain;
  std::string html;
};

// base_url: where Vigie's pages are, without a slash at its end. language: "fr" or "en".
std::string link_of(const Item& item, std::string_view base_url);

// "Vigie : 1 alerte élevée"
std::string headline(const std::vector<Item>& items, std::string_view language);

Letter letter_of(const std::vector<Item>& items, std::string_view base_url,
                 std::string_view language);

std::string word_for_open(std::string_view language);  // of a link

}  // namespace vigie::notify
