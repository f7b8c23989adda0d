// SPDX-License-Identifier: Apache-2.0
// Mails about one's own account, written into the outbox in the transaction that causes them.
// Inside people/ only.
#pragma once
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "db/database.hpp"

namespace vigie::people {

struct AccountMail {
  std::string_view what;  // of notify/account_words.cpp
  std::string person_id;
  std::string address = {};  // elsewhere than to the person's own
  std::string subject = {};  // the one-time secret that the link carries
};

// A person without an address is told nothing; without a mail server nobody takes it out.
Result<> tell(db::Transaction& transaction, Ids& ids, const AccountMail& mail, Time now);

}  // namespace vigie::people
