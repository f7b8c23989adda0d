// SPDX-License-Identifier: Apache-2.0
#include "notify/preferences.hpp"
#include "notify/silences.hpp"

namespace vigie::notify {
namespace {

constexpr std::chrono::minutes morning{8 * 60};

constexpr std::string_view select_holding = R"(
SELECT s.id, s.account_id, s.live_id, s.until_live_ends, s.created_at, s.ends_at
FROM silence s LEFT JOIN live l ON l.id = s.live_id
WHERE s.person_id = $1 AND s.ends_at > $2 AND NOT (s.until_live_ends AND l.ended_at IS NOT NULL)
ORDER BY s.id DESC)";

constexpr std::string_view select_covering = R"(
SELECT s.id FROM silence s LEFT JOIN live l ON l.id = s.live_id
WHERE s.person_id = $1 AND s.ends_at > $2 AND NOT (s.until_live_ends AND l.ended_at IS NOT NULL)
  AND (s.account_id IS NULL OR s.account_id = $3) AND (s.live_id IS NULL OR s.live_id = $4)
LIMIT 1)";

constexpr std::string_view select_account = R"(
SELECT a.id FROM account a
WHERE a.id = $1 AND EXISTS (
  SELECT 1 FROM follow f WHERE f.account_id = a.id AND ($2 OR f.person_id = $3)))";

constexpr std::string_view select_live = R"(
SELECT l.id FROM live l
WHERE l.id = $1 AND EXISTS (
  SELECT 1 FROM follow f WHERE f.account_id = l.account_id AND ($2 OR f.person_id = $3)))";

constexpr std::string_view delete_over =
    R"(DELETE FROM silence WHERE person_id = $1 AND ends_at <= $2)";

constexpr std::string_view count_all = R"(SELECT COUNT(*) FROM silence WHERE person_id = $1)";

constexpr std::string_view insert_silence = R"(
INSERT INTO silence (id, person_id, account_id, live_id, until_live_ends, created_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7))";

constexpr std::string_view delete_silence =
    R"(DELETE FROM silence WHERE id = $1 AND person_id = $2)";

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

Result<Time> end_of(db::Transaction& transaction, const Sight& sight, SilenceLength length,
                    Time now) {
  switch (length) {
    case SilenceLength::quarter_hour:
      return now + std::chrono::minutes{15};
    case SilenceLength::hour:
      return now + std::chrono::hours{1};
    case SilenceLength::end_of_live:
      return now + Silences::longest_live;
    case SilenceLength::tomorrow:
      break;
  }
  const auto preference = read_preference(transaction, sight.person_id);
  if (!preference) {
    return preference.error();
  }
  const auto& zone = preference->time_zone;
  return zone.at(zone.local(now).day + std::chrono::days{1}, morning);
}

Result<> check_reach(db::Transaction& transaction, const Sight& sight, const NewSilence& wanted) {
  const bool is_live = !wanted.live_id.empty();
  const auto& id = is_live ? wanted.live_id : wanted.account_id;
  if (id.empty()) {
    return {};
  }
  auto rows = transaction.query(is_live ? select_live : select_account,
                                {id, sight.all_accounts, sight.person_id});
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no such {}", is_live ? "live" : "account");
  }
  return {};
}

}  // namespace

Result<SilenceLength> parse_silence_length(std::string_view text) {
  if (text == "15m") {
    return SilenceLength::quarter_hour;
  }
  if (text == "1h") {
    return SilenceLength::hour;
  }
  if (text == "live") {
    return SilenceLength::end_of_live;
  }
  if (text == "tomorrow") {
    return SilenceLength::tomorrow;
  }
  return make_error(Errc::invalid, "length: 15m, 1h, live or tomorrow");
}

Result<bool> is_silenced(db::Transaction& transaction, std::string_view person_id,
                         std::string_view account_id, std::string_view live_id, Time now) {
  auto rows = transaction.query(select_covering, {person_id, now, account_id, live_id});
  if (!rows) {
    return rows.error();
  }
  return !rows->empty();
}

Async<Result<std::vector<Silence>>> Silences::list(std::string person_id) {
  const Time now = clock_.now();
  std::function<Result<std::vector<Silence>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<std::vector<Silence>> {
    auto rows = transaction.query(select_holding, {person_id, now});
    if (!rows) {
      return rows.error();
    }
    std::vector<Silence> silences;
    for (const auto& row : *rows) {
      silences.push_back({.id = row.text(0),
                          .account_id = row.text_or_empty(1),
                          .live_id = row.text_or_empty(2),
                          .until_live_ends = row.boolean(3),
                          .created_at = row.time(4),
                          .ends_at = row.time(5)});
    }
    return silences;
  };
  co_return co_await db::read<std::vector<Silence>>(database_, std::move(work));
}

Result<Silence> Silences::write(db::Transaction& transaction, const Sight& sight,
                                const NewSilence& wanted, Time now) {
  if (const auto reached = check_reach(transaction, sight, wanted); !reached) {
    return reached.error();
  }
  const auto forgotten = transaction.execute(delete_over, {sight.person_id, now});
  const auto counted = transaction.query(count_all, {sight.person_id});
  const auto ends_at = end_of(transaction, sight, wanted.length, now);
  if (!forgotten || !counted || !ends_at) {
    return !forgotten ? forgotten.error() : !counted ? counted.error() : ends_at.error();
  }
  if (counted->front().integer(0) >= most) {
    return make_error(Errc::conflict, "{} silences hold already", most);
  }
  Silence silence{.id = ids_.next(now),
                  .account_id = wanted.account_id,
                  .live_id = wanted.live_id,
                  .until_live_ends = wanted.length == SilenceLength::end_of_live,
                  .created_at = now,
                  .ends_at = *ends_at};
  auto done = transaction.execute(
      insert_silence,
      {silence.id, sight.person_id, text_or_null(silence.account_id), text_or_null(silence.live_id),
       silence.until_live_ends, silence.created_at, silence.ends_at});
  if (!done) {
    return done.error().during("writing a silence");
  }
  return silence;
}

Async<Result<Silence>> Silences::create(Sight sight, NewSilence wanted, audit::By by) {
  if (!wanted.account_id.empty() && !wanted.live_id.empty()) {
    co_return make_error(Errc::invalid, "account_id or live_id, not both");
  }
  if (wanted.length == SilenceLength::end_of_live && wanted.live_id.empty()) {
    co_return make_error(Errc::invalid, "live_id: which live is to end?");
  }
  const Time now = clock_.now();
  std::function<Result<Silence>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Silence> {
    auto silence = write(transaction, sight, wanted, now);
    if (!silence) {
      return silence;
    }
    json::object detail{{"account", wanted.account_id}, {"live", wanted.live_id}};
    const audit::Deed deed{audit::kind::silence_created, "silence", silence->id, std::move(detail)};
    const auto noted = audit::append(transaction, by, deed, now);
    return noted ? silence : noted.error();
  };
  co_return co_await db::write<Silence>(database_, std::move(work));
}

Async<Result<>> Silences::remove(std::string person_id, std::string silence_id, audit::By by) {
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    auto gone = transaction.execute(delete_silence, {silence_id, person_id});
    if (!gone) {
      return gone.error();
    }
    if (*gone == 0) {
      return make_error(Errc::not_found, "no such silence");
    }
    const audit::Deed deed{audit::kind::silence_removed, "silence", silence_id, {}};
    return audit::append(transaction, by, deed, now);
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::notify
