// SPDX-License-Identifier: Apache-2.0
// A person's own "not now", which always ends. Notifications are still listed; they interrupt
// nobody.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"

namespace vigie::notify {

enum class SilenceLength : std::uint8_t { quarter_hour, hour, end_of_live, tomorrow };
Result<SilenceLength> parse_silence_length(std::string_view text);  // "15m" "1h" "live" "tomorrow"

struct NewSilence {
  std::string account_id;  // both empty: of everything
  std::string live_id;
  SilenceLength length = SilenceLength::quarter_hour;
};

struct Silence {
  std::string id;
  std::string account_id;
  std::string live_id;
  bool until_live_ends = false;
  Time created_at;
  Time ends_at;  // at the latest
};

// Does one of this person's silences hold now, for something of this account and live?
Result<bool> is_silenced(db::Transaction& transaction, std::string_view person_id,
                         std::string_view account_id, std::string_view live_id, Time now);

class Silences {
 public:
  Silences(db::Database& database, Clock& clock, Ids& ids)
      : database_{database}, clock_{clock}, ids_{ids} {}

  static constexpr Span longest_live = std::chrono::hours{24};  // what "end of the live" may last
  static constexpr std::int64_t most = 200;                     // a person

  // Those that hold, newest first.
  Async<Result<std::vector<Silence>>> list(std::string person_id);

  // Errc::not_found for an account or a live that sight does not reach; Errc::invalid for both at
  // once, or for the end of a live without one; Errc::conflict beyond the most a person may have.
  Async<Result<Silence>> create(Sight sight, NewSilence wanted, audit::By by = {});

  // Errc::not_found for another person's.
  Async<Result<>> remove(std::string person_id, std::string silence_id, audit::By by = {});

 private:
  Result<Silence> write(db::Transaction& transaction, const Sight& sight, const NewSilence& wanted,
                        Time now);

  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
};

}  // namespace vigie::notify
