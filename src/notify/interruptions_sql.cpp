// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "notify/interruptions.hpp"
#include "notify/preferences.hpp"
#include "notify/silences.hpp"

namespace vigie::notify {
namespace {

constexpr std::string_view select_account = R"(
SELECT l.account_id, COALESCE(f.priority, 0)
FROM live l LEFT JOIN follow f ON f.account_id = l.account_id AND f.person_id = $2
WHERE l.id = $1)";

constexpr std::string_view live_started = "live.started";  // interrupts those who gave it priority

// Of alerts only those that are more than moderate.
bool may_ever(std::string_view kind, std::string_view severity) {
  return kind != "alert" || severity == to_string(Severity::critical) ||
         severity == to_string(Severity::high);
}

struct Subject {
  std::string kind;
  std::string severity;
  std::string live_id;
};

Result<bool> is_left_in_peace(db::Transaction& transaction, const std::string& person_id,
                              const Subject& subject, Time now) {
  const auto account = transaction.query(select_account, {subject.live_id, person_id});
  if (!account) {
    return account.error();
  }
  const bool is_favourite = !account->empty() && account->front().integer(1) > 0;
  if (subject.kind == live_started && !is_favourite) {
    return true;
  }
  const auto account_id = account->empty() ? std::string{} : account->front().text(0);
  const auto silenced = is_silenced(transaction, person_id, account_id, subject.live_id, now);
  if (!silenced || *silenced) {
    return silenced;
  }
  const auto preference = read_preference(transaction, person_id);
  if (!preference) {
    return preference.error();
  }
  const bool is_quiet =
      quiet_until(preference->quiet_hours, preference->time_zone, now).has_value();
  const bool is_critical = subject.severity == to_string(Severity::critical);
  return is_quiet && !(is_critical && preference->critical_passes);
}

Result<bool> interrupts(db::Transaction& transaction, const Event& event, const json::value& data,
                        Time now) {
  const Subject subject{.kind = get_string(data, "kind").value_or(""),
                        .severity = get_string(data, "severity").value_or(""),
                        .live_id = get_string(data, "live_id").value_or("")};
  if (now - event.at > interrupts_within || !may_ever(subject.kind, subject.severity)) {
    return false;
  }
  const auto in_peace = is_left_in_peace(transaction, event.person_id, subject, now);
  return in_peace ? Result<bool>{!*in_peace} : in_peace;
}

}  // namespace

Result<> mark_interruptions(db::Transaction& transaction, std::vector<Event>& events, Time now) {
  for (auto& event : events) {
    if (event.type != event_type::notification) {
      continue;
    }
    auto data = parse_json(event.data);
    if (!data || !data->is_object()) {
      continue;
    }
    const auto found = interrupts(transaction, event, *data, now);
    if (!found) {
      return found.error().during("asking whether a notification may interrupt");
    }
    data->get_object()["interrupts"] = *found;
    event.data = boost::json::serialize(*data);
  }
  return {};
}

}  // namespace vigie::notify
