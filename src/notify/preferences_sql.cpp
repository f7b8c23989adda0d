// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>

#include "base/json.hpp"
#include "notify/preferences.hpp"

namespace vigie::notify {
namespace {

constexpr std::string_view select_preference = R"(
SELECT mail, time_zone, quiet_hours, critical_passes FROM notification_preference WHERE person_id = $1)";

constexpr std::string_view upsert_preference = R"(
INSERT INTO notification_preference (person_id, mail, time_zone, quiet_hours, critical_passes)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (person_id) DO UPDATE SET mail = excluded.mail, time_zone = excluded.time_zone,
  quiet_hours = excluded.quiet_hours, critical_passes = excluded.critical_passes)";

Result<QuietHours> stored_quiet_hours(const std::string& text) {
  const auto value = parse_json(text);
  if (!value) {
    return value.error();
  }
  return parse_quiet_hours(*value);
}

}  // namespace

Result<Preference> read_preference(db::Transaction& transaction, std::string_view person_id) {
  auto rows = transaction.query(select_preference, {person_id});
  if (!rows) {
    return rows.error();
  }
  Preference preference;
  if (rows->empty()) {
    return preference;
  }
  const auto& row = rows->front();
  preference.mail = parse_mail_pace(row.text(0)).value();  // a CHECK of the table
  auto zone = TimeZone::parse(row.text(1));
  if (!zone) {
    return zone.error().during("reading a preference");
  }
  preference.time_zone = std::move(*zone);
  auto hours = stored_quiet_hours(row.text(2));
  if (!hours) {
    return hours.error().during("reading a preference");
  }
  preference.quiet_hours = std::move(*hours);
  preference.critical_passes = row.boolean(3);
  return preference;
}

Async<Result<Preference>> Preferences::get(std::string person_id) {
  std::function<Result<Preference>(db::Transaction&)> work = [&](db::Transaction& transaction) {
    return read_preference(transaction, person_id);
  };
  co_return co_await db::read<Preference>(database_, std::move(work));
}

Async<Result<Preference>> Preferences::change(std::string person_id, PreferenceChange change,
                                              audit::By by) {
  std::function<Result<Preference>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Preference> {
    auto preference = read_preference(transaction, person_id);
    if (!preference) {
      return preference.error();
    }
    preference->mail = change.mail.value_or(preference->mail);
    preference->time_zone = change.time_zone.value_or(preference->time_zone);
    preference->quiet_hours = change.quiet_hours.value_or(preference->quiet_hours);
    preference->critical_passes = change.critical_passes.value_or(preference->critical_passes);
    auto done = transaction.execute(
        upsert_preference,
        {person_id, to_string(preference->mail), preference->time_zone.name(),
         json::serialize(to_json(preference->quiet_hours)), preference->critical_passes});
    if (!done) {
      return done.error().during("writing a preference");
    }
    const auto now = transaction.now();
    const audit::Deed deed{audit::kind::preferences_changed, "person", person_id, {}};
    const auto noted = now ? audit::append(transaction, by, deed, *now) : now.error();
    return noted ? preference : noted.error();
  };
  co_return co_await db::write<Preference>(database_, std::move(work));
}

}  // namespace vigie::notify
