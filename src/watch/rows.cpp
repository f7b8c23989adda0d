// SPDX-License-Identifier: Apache-2.0
#include "watch/rows.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/json.hpp"

namespace vigie::watch {

Account account_of_row(const db::Row& row) {
  Account account;
  account.id = row.text(0);
  account.platform = row.text(1);
  account.username = row.text(2);
  account.display_name = row.text(3);
  account.url = row.text(4);
  account.status = parse_account_status(row.text(5)).value();
  account.status_at = row.optional_time(6);
  account.status_reason = row.text(7);
  account.followers = row.optional_integer(8);
  account.interval_s = std::chrono::round<std::chrono::seconds>(row.span(9)).count();
  account.last_live_at = row.optional_time(10);
  account.language = row.text(11);
  return account;
}

Known known_of_row(const db::Row& row, std::size_t first) {
  Known known;
  known.status = parse_account_status(row.text(first)).value();
  known.status_at = row.optional_time(first + 1);
  known.status_reason = row.text(first + 2);
  known.ending_since = row.optional_time(first + 3);
  known.negative_since = row.optional_time(first + 4);
  known.stable_id = row.text_or_empty(first + 5);
  known.checked_at = row.optional_time(first + 6);
  const auto live = first + 7;
  if (!row.is_null(live)) {
    OpenLive open;
    open.id = row.text(live);
    open.room = row.text(live + 1);
    open.started_at = row.time(live + 2);
    open.state = parse_live_state(row.text(live + 3)).value();
    open.title = row.text(live + 4);
    open.viewers = row.optional_integer(live + 5);
    open.restricted = parse_capture_state(row.text(live + 6)).value() == CaptureState::restricted;
    known.live = std::move(open);
  }
  return known;
}

std::vector<std::string> tags_of_text(std::string_view text) {
  std::vector<std::string> tags;
  const auto value = parse_json(text);
  if (value && value->is_array()) {
    for (const auto& tag : value->as_array()) {
      if (const auto* word = tag.if_string()) {
        tags.emplace_back(word->data(), word->size());
      }
    }
  }
  return tags;
}

std::string text_of_tags(const std::vector<std::string>& tags) {
  return json::serialize(json::array(tags.begin(), tags.end()));
}

}  // namespace vigie::watch
