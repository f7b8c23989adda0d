// SPDX-License-Identifier: Apache-2.0
// What mails about one's own account, and to administrators, say: passwords, addresses, second
// factors, sign-ups, the disk.
#pragma once
#include <string_view>

namespace vigie::notify {

struct AccountWords {
  std::string_view what;  // of an Item
  std::string_view path;  // of the link; the token follows when it ends in a slash
  std::string_view subject_french;
  std::string_view subject_english;
  std::string_view french;
  std::string_view english;
};

// Null for an item about anything else.
const AccountWords* account_words_of(std::string_view what);

// The link is worth one use; its secret is made when the mail leaves.
bool carries_token(std::string_view what);

}  // namespace vigie::notify
