// SPDX-License-Identifier: Apache-2.0
#include "people/mails.hpp"

#include "notify/outbox_rows.hpp"
#include "people/people_sql.hpp"

namespace vigie::people {

Result<> tell(db::Transaction& transaction, Ids& ids, const AccountMail& mail, Time now) {
  if (mail.address.empty()) {
    const auto known = select_by_id(transaction, mail.person_id);
    if (!known) {
      return known.error();
    }
    if (!*known || (*known)->person.email.empty()) {
      return {};
    }
  }
  notify::Message message;
  message.key = fmt::format("account:{}", ids.next(now));
  message.destination = notify::mail_destination;
  message.person_id = mail.person_id;
  message.address = mail.address;
  message.due_at = now;
  notify::Item item;
  item.what = mail.what;
  item.subject = mail.subject;
  item.at = now;
  return notify::put_in_outbox(transaction, ids, message, message.key, item, now);
}

}  // namespace vigie::people
