// SPDX-License-Identifier: Apache-2.0
// Who did what, written in the transaction that did it, as a chain of hashes: a line that is
// changed, removed or moved later on is found (`vigie audit verify`).
//
// A line's sha256 is the SHA-256, in hexadecimal, of these bytes:
//
//   "vigie-audit-1\n"
//   then each of: sha256 of the line before (empty for the first), number, at, kind, via,
//   person_id, thing, thing_id, request_id, detail as <length in bytes> ":" <the bytes> "\n"
//
// number counts from 1 without holes, at is in microseconds since 1970 (UTC), both in decimal;
// detail is the JSON text as it is stored. Everything is UTF-8.
//
// What the chain alone cannot tell: lines taken off its end together with the head that counts
// them. The head is therefore logged every hour, printed by verify, and can be given to it again:
// whoever keeps one outside of the database notices.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "base/json.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"

namespace vigie::audit {

// How a deed came in: by a browser, by a program, by somebody who is not signed in, by the command
// line, or by Vigie itself.
enum class Via : std::uint8_t { session, token, visitor, command, vigie };
std::string_view to_string(Via via);

struct By {
  std::string person_id;   // empty: not known, or nobody
  std::string request_id;  // the log has more about it
  Via via = Via::vigie;
};

namespace kind {
inline constexpr std::string_view session_opened = "session.opened";
inline constexpr std::string_view session_refused = "session.refused";
inline constexpr std::string_view session_confirmed = "session.confirmed";
inline constexpr std::string_view session_ended = "session.ended";
inline constexpr std::string_view person_created = "person.created";
inline constexpr std::string_view person_approved = "person.approved";
inline constexpr std::string_view person_enabled = "person.enabled";
inline constexpr std::string_view person_disabled = "person.disabled";
inline constexpr std::string_view person_role = "person.role";
inline constexpr std::string_view person_forgotten = "person.forgotten";
inline constexpr std::string_view person_password = "person.password";
inline constexpr std::string_view person_email = "person.email";
inline constexpr std::string_view second_factor_on = "second_factor.on";
inline constexpr std::string_view second_factor_off = "second_factor.off";
inline constexpr std::string_view token_created = "token.created";
inline constexpr std::string_view token_revoked = "token.revoked";
inline constexpr std::string_view alert_decided = "alert.decided";
inline constexpr std::string_view alert_undone = "alert.undone";
inline constexpr std::string_view account_unfollowed = "account.unfollowed";
inline constexpr std::string_view account_rule = "account.rule";
inline constexpr std::string_view list_rule = "list.rule";
inline constexpr std::string_view list_removed = "list.removed";
inline constexpr std::string_view live_capture = "live.capture";
inline constexpr std::string_view live_exported = "live.exported";
inline constexpr std::string_view live_heard = "live.heard";
inline constexpr std::string_view hold_placed = "hold.placed";
inline constexpr std::string_view hold_released = "hold.released";
inline constexpr std::string_view sound_deleted = "sound.deleted";
inline constexpr std::string_view webhook_created = "webhook.created";
inline constexpr std::string_view webhook_changed = "webhook.changed";
inline constexpr std::string_view webhook_removed = "webhook.removed";
inline constexpr std::string_view silence_created = "silence.created";
inline constexpr std::string_view silence_removed = "silence.removed";
inline constexpr std::string_view preferences_changed = "preferences.changed";
inline constexpr std::string_view configuration_changed = "configuration.changed";
inline constexpr std::string_view audit_exported = "audit.exported";
}  // namespace kind

// Every kind there is, by name.
std::span<const std::string_view> kinds();

struct Deed {
  std::string_view kind;
  std::string_view thing;  // what it was done to: "person", "alert" …
  std::string thing_id;
  json::object detail;  // ids, numbers and words of ours: never a name, an address or what was said
};

// In the transaction of the deed itself. A kind that is not among kinds() is a bug and throws.
Result<> append(db::Transaction& transaction, const By& by, const Deed& deed, Time at);

struct Line {
  std::int64_t number = 0;
  Time at;
  std::string kind;
  std::string via;
  std::string person_id;
  std::string thing;
  std::string thing_id;
  std::string request_id;
  std::string detail;  // JSON
  std::string sha256;
};

std::string sha256(std::string_view bytes);  // in hexadecimal
std::string canonical_bytes(const Line& line, std::string_view before);
std::string hash_of(const Line& line, std::string_view before);

// A line as pages show it, with the names that its ids have today: none of a person who is gone.
struct ListedLine {
  Line line;
  std::optional<std::string> username;        // who did it
  std::optional<std::string> thing_username;  // to whom, where the thing is a person
};

struct Head {
  std::int64_t lines = 0;
  std::string sha256;  // empty while there are none
};

Result<Head> read_head(db::Transaction& transaction);

// "4711:ab12…", as verify prints it.
std::string to_string(const Head& head);
Result<Head> parse_head(std::string_view text);

struct Broken {
  std::int64_t number = 0;  // of the first line that is not as it was written, or not there
  std::string why;
};

struct Verdict {
  Head head;               // as the database says
  std::int64_t lines = 0;  // that are there and were walked
  std::optional<Broken> broken;
};

// Walks the whole chain. kept: a head from elsewhere, which must be among its lines.
Result<Verdict> verify(db::Transaction& transaction, const std::optional<Head>& kept = {});

struct Filter {
  std::string kind;       // each: empty for all
  std::string person_id;  // who did it, or to whom it was done
  std::optional<Time> from;
  std::optional<Time> to;  // not included
};

// Up to limit lines after a number, oldest first; and what pages show, newest first.
Result<std::vector<Line>> lines_after(db::Transaction& transaction, std::int64_t number,
                                      std::int64_t limit);
Result<Page<ListedLine>> read_page(db::Transaction& transaction, const Filter& filter,
                                   std::int64_t limit, std::string_view cursor);

// For what has no transaction of its own, and for reading. I/O thread only.
class Trail {
 public:
  Trail(db::Database& database, Clock& clock) : database_{database}, clock_{clock} {}

  Async<Result<>> record(By by, Deed deed);

  // The same, but a browser that asks for a piece of sound in twenty parts is one deed: nothing is
  // written while the same one of this person is younger than once_in.
  static constexpr Span once_in = std::chrono::minutes{10};
  Async<Result<>> record_once(By by, Deed deed);

  // Records that the configuration is another than the last one recorded.
  Async<Result<>> record_configuration(std::string sha256, std::string version);

  // Errc::invalid: cursor, kind or period.
  Async<Result<Page<ListedLine>>> list(Filter filter, std::int64_t limit, std::string cursor);

  Async<Result<Head>> head();

 private:
  db::Database& database_;
  Clock& clock_;
  std::map<std::string, Time, std::less<>> recent_;
};

}  // namespace vigie::audit
