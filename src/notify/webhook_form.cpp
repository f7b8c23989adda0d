// SPDX-License-Identifier: Apache-2.0
#include "notify/webhook_form.hpp"

#include <array>
#include <boost/json/array.hpp>

#include "base/json.hpp"
#include "notify/hashes.hpp"

namespace vigie::notify {
namespace {

constexpr std::size_t most_items = 100;  // each is about 200 bytes

json::object event_of(const Item& item, std::string_view base_url) {
  json::object event{
      {"type", item.what}, {"at", to_rfc3339(item.at)}, {"url", link_of(item, base_url)}};
  if (item.what == "alert") {
    event["kind"] = to_string(item.kind);
    event["severity"] = to_string(item.severity);
  }
  return event;
}

json::object vigie_body(std::string_view event_id, const std::vector<Item>& items,
                        std::string_view base_url, std::string_view text, Time now) {
  json::array events;
  for (const auto& item : items) {
    if (events.size() == most_items) {
      break;
    }
    events.push_back(event_of(item, base_url));
  }
  return {{"id", event_id},
          {"sent_at", to_rfc3339(now)},
          {"text", text},
          {"count", items.size()},
          {"events", std::move(events)}};
}

json::object teams_body(std::string_view text, std::string_view word, std::string_view link) {
  json::object block{{"type", "TextBlock"}, {"text", text}, {"wrap", true}};
  json::object action{{"type", "Action.OpenUrl"}, {"title", word}, {"url", link}};
  json::object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                    {"type", "AdaptiveCard"},
                    {"version", "1.4"}};
  card["body"] = json::array{std::move(block)};
  card["actions"] = json::array{std::move(action)};
  json::object attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                          {"content", std::move(card)}};
  json::object body{{"type", "message"}};
  body["attachments"] = json::array{std::move(attachment)};
  return body;
}

}  // namespace

std::string_view to_string(WebhookForm form) {
  switch (form) {
    case WebhookForm::vigie:
      return "vigie";
    case WebhookForm::slack:
      return "slack";
    case WebhookForm::mattermost:
      return "mattermost";
    case WebhookForm::teams:
      return "teams";
  }
  return "";
}

Result<WebhookForm> parse_webhook_form(std::string_view text) {
  for (const auto form :
       {WebhookForm::vigie, WebhookForm::slack, WebhookForm::mattermost, WebhookForm::teams}) {
    if (to_string(form) == text) {
      return form;
    }
  }
  return make_error(Errc::invalid, "form: vigie, slack, mattermost or teams");
}

std::string webhook_body(WebhookForm form, std::string_view event_id,
                         const std::vector<Item>& items, std::string_view base_url,
                         std::string_view language, Time now) {
  const auto text = headline(items, language);
  const auto link = items.empty() ? std::string{base_url} : link_of(items.front(), base_url);
  const auto word = word_for_open(language);
  switch (form) {
    case WebhookForm::vigie:
      return json::serialize(vigie_body(event_id, items, base_url, text, now));
    case WebhookForm::slack:
      return json::serialize(json::object{{"text", fmt::format("{} — <{}|{}>", text, link, word)}});
    case WebhookForm::mattermost:
      return json::serialize(
          json::object{{"text", fmt::format("{} — [{}]({})", text, word, link)}});
    case WebhookForm::teams:
      return json::serialize(teams_body(text, word, link));
  }
  return {};
}

http::Headers webhook_headers(std::string_view secret, std::string_view event_id,
                              std::string_view body, Time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto timestamp = std::to_string(seconds);
  http::Headers headers;
  headers.add("Content-Type", "application/json");
  headers.add("User-Agent", "Vigie");
  headers.add("Vigie-Event-Id", std::string{event_id});
  headers.add("Vigie-Timestamp", timestamp);
  headers.add("Vigie-Signature",
              "v1=" + hmac_sha256(secret, fmt::format("{}.{}.{}", timestamp, event_id, body)));
  return headers;
}

}  // namespace vigie::notify
