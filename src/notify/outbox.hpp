// SPDX-License-Identifier: Apache-2.0
// What is to be told outside, as rows: written in the transaction that reads the event log on,
// claimed by lease, tried again until it is delivered or dead. Each message once by its key.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"
#include "notify/wording.hpp"

namespace vigie::notify {

enum class Channel : std::uint8_t { mail, webhook };
std::string_view to_string(Channel channel);

enum class MessageState : std::uint8_t { waiting, sent, dead };
std::string_view to_string(MessageState state);
Result<MessageState> parse_message_state(std::string_view text);

inline constexpr Span lease = std::chrono::minutes{2};              // longer than any try
inline constexpr Span oldest_undelivered = std::chrono::hours{25};  // a day, and the longest wait
inline constexpr std::int64_t most_failures = 50;  // of a message, and of a webhook in a row
inline constexpr Span sent_kept = std::chrono::days{30};
inline constexpr Span dead_kept = std::chrono::days{90};

// 1 s · 2ⁿ up to an hour, a fifth more or less; failures: in a row, from 1.
Span wait_after(std::int64_t failures, Random& random);

// One message to one recipient. Neither words that were said nor names are in it.
struct Message {
  std::string id;
  std::string key;
  Channel channel = Channel::mail;
  std::string destination;  // "mail", "webhook:<id>"
  std::string person_id;    // of a mail
  std::string address;      // of a mail that goes elsewhere than to the person's own
  std::string webhook_id;
  MessageState state = MessageState::waiting;
  Time created_at;
  Time due_at;
  std::int64_t attempts = 0;
  std::optional<Time> ended_at;
  std::string last_error;
  std::vector<Item> items;  // of a claimed message
};

struct OutboxCounts {
  std::int64_t waiting = 0;
  std::int64_t dead = 0;
  std::string failing;  // the destination that fails for longest, with why; empty: none
  std::int64_t disabled_webhooks = 0;
};

struct Recipient {
  std::string email;
  std::string language;
};

class Outbox {
 public:
  // has_mail: without a mail server no mail is written. owner: unlike any other process's.
  Outbox(db::Database& database, Clock& clock, Ids& ids, Random& random, bool has_mail,
         std::string owner)
      : database_{database},
        clock_{clock},
        ids_{ids},
        random_{random},
        has_mail_{has_mail},
        owner_{std::move(owner)} {}

  // The next events of the log become messages, in one transaction with how far we have come; how
  // many events were read, 0 when nothing is new.
  Async<Result<std::int64_t>> take_in();

  // A message that is due, ours until the lease ends; nothing when none is.
  Async<Result<std::optional<Message>>> claim(Channel channel);

  // Both say nothing when the lease went to another meanwhile.
  Async<Result<>> delivered(Message message);
  // Errc::invalid: this message will never be taken, it is dead. Any other error: the destination
  // waits; what is too old or failed too often is dead, a webhook that failed too often is disabled
  // and the administrators are written to.
  Async<Result<>> failed(Message message, Error error);

  // Newest first, without items. Errc::invalid for a cursor that is not one of ours.
  Async<Result<Page<Message>>> list(MessageState state, std::int64_t limit, std::string cursor);
  // A dead or waiting message is due at once. Errc::not_found; Errc::conflict when it was sent.
  Async<Result<Message>> retry(std::string id);

  // A mail to every administrator; nothing without a mail server.
  Async<Result<>> tell_administrators(Item item);

  // Errc::invalid for a person without an address, or disabled.
  Async<Result<Recipient>> recipient(Message message);

  // Gives a one-time secret the token that a link is about to carry; the one before is void.
  // Errc::invalid when its time is over.
  Async<Result<std::string>> make_token(std::string secret_id);

  Async<Result<OutboxCounts>> counts();
  Async<Result<>> purge();

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Random& random_;
  bool has_mail_;
  std::string owner_;
};

}  // namespace vigie::notify
