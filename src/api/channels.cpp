// SPDX-License-Identifier: Apache-2.0
// How people are told outside of the pages: their own wishes, and what administrators set up.
#include "notify/channels.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/proof.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"

namespace vigie::api {
namespace {

constexpr std::size_t longest_name = 200;  // the stores say how long it may really be
constexpr std::size_t longest_url = 4000;

json::object to_json(const notify::Preference& preference) {
  return {{"mail", notify::to_string(preference.mail)},
          {"time_zone", preference.time_zone.name()},
          {"quiet_hours", notify::to_json(preference.quiet_hours)},
          {"critical_passes", preference.critical_passes}};
}

json::object to_json(const notify::Silence& silence) {
  return {{"id", silence.id},
          {"account_id", text_or_null(silence.account_id)},
          {"live_id", text_or_null(silence.live_id)},
          {"until_live_ends", silence.until_live_ends},
          {"created_at", to_rfc3339(silence.created_at)},
          {"ends_at", to_rfc3339(silence.ends_at)}};
}

json::object to_json(const notify::Webhook& webhook) {
  return {{"id", webhook.id},
          {"name", webhook.name},
          {"url", notify::address_shown(webhook.url)},
          {"form", notify::to_string(webhook.form)},
          {"severity", vigie::to_string(webhook.severity)},
          {"language", webhook.language},
          {"created_at", to_rfc3339(webhook.created_at)},
          {"enabled", !webhook.disabled_at},
          {"disabled_at", or_null(webhook.disabled_at)},
          {"disabled_reason", webhook.disabled_reason},
          {"failures", webhook.failures},
          {"last_error", webhook.last_error}};
}

json::object to_json(const notify::Message& message) {
  return {{"id", message.id},
          {"key", message.key},
          {"channel", notify::to_string(message.channel)},
          {"destination", message.destination},
          {"state", notify::to_string(message.state)},
          {"created_at", to_rfc3339(message.created_at)},
          {"due_at", to_rfc3339(message.due_at)},
          {"attempts", message.attempts},
          {"ended_at", or_null(message.ended_at)},
          {"last_error", message.last_error}};
}

Result<std::optional<bool>> optional_flag(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(json::string_view{name.data(), name.size()});
  if (value == nullptr) {
    return std::optional<bool>{};
  }
  if (!value->is_bool()) {
    return make_error(Errc::invalid, "{}: true or false", name);
  }
  return std::optional{value->get_bool()};
}

// Reads a word into where; absent it stays.
template <class T>
Result<> read_word(const json::object& body, std::string_view name,
                   Result<T> (*parse)(std::string_view), std::optional<T>& where) {
  const auto text = optional_text(body, name, longest_name);
  if (!text || !*text) {
    return text ? Result<>{} : Result<>{text.error()};
  }
  auto value = parse(**text);
  if (!value) {
    const auto& why = value.error().what;
    return why.starts_with(name) ? value.error() : make_error(Errc::invalid, "{}: {}", name, why);
  }
  where = std::move(*value);
  return {};
}

Result<notify::PreferenceChange> read_preference_change(const http::Request& request) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  notify::PreferenceChange change;
  for (const auto& read :
       {only_members(*body, {"mail", "time_zone", "quiet_hours", "critical_passes"}),
        read_word(*body, "mail", notify::parse_mail_pace, change.mail),
        read_word(*body, "time_zone", notify::TimeZone::parse, change.time_zone)}) {
    if (!read) {
      return read.error();
    }
  }
  if (const auto* const hours = body->if_contains("quiet_hours")) {
    auto parsed = notify::parse_quiet_hours(*hours);
    if (!parsed) {
      return parsed.error();
    }
    change.quiet_hours = std::move(*parsed);
  }
  const auto passes = optional_flag(*body, "critical_passes");
  if (!passes) {
    return passes.error();
  }
  change.critical_passes = *passes;
  return change;
}

Result<notify::WebhookChange> read_webhook(const http::Request& request, bool is_new) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  notify::WebhookChange change;
  const auto known =
      is_new ? only_members(*body, {"name", "url", "form", "severity", "language"})
             : only_members(*body, {"name", "url", "form", "severity", "language", "enabled"});
  const auto name = optional_text(*body, "name", longest_name);
  const auto url = optional_text(*body, "url", longest_url);
  const auto language = optional_text(*body, "language", longest_name);
  const auto enabled = optional_flag(*body, "enabled");
  for (const auto& read :
       {known, read_word(*body, "form", notify::parse_webhook_form, change.form),
        read_word(*body, "severity", parse_severity, change.severity),
        name ? Result<>{} : Result<>{name.error()}, url ? Result<>{} : Result<>{url.error()},
        language ? Result<>{} : Result<>{language.error()},
        enabled ? Result<>{} : Result<>{enabled.error()}}) {
    if (!read) {
      return read.error();
    }
  }
  change.name = *name;
  change.url = *url;
  change.language = *language;
  change.enabled = *enabled;
  return change;
}

// What the other side answered; a refusal is an answer too.
http::Response test_answer(const Result<std::string>& outcome) {
  return json_answer(200, json::object{{"delivered", outcome.has_value()},
                                       {"answer", outcome ? *outcome : outcome.error().what}});
}

std::vector<notify::Item> test_items(Time now) {
  return {notify::Item{.what = "test", .subject = "", .at = now}};
}

template <class T>
Result<http::Response> answer_of(const Result<T>& outcome, int status = 200) {
  if (!outcome) {
    return outcome.error();
  }
  return json_answer(status, to_json(*outcome));
}

}  // namespace

Async<Result<http::Response>> get_preferences(Services& services, Call call) {
  const auto preference = co_await services.channels.preferences.get(call.person_id());
  co_return answer_of(preference);
}

Async<Result<http::Response>> edit_preferences(Services& services, Call call) {
  auto change = read_preference_change(call.request);
  if (!change) {
    co_return change.error();
  }
  const auto preference = co_await services.channels.preferences.change(
      call.person_id(), std::move(*change), call.by());
  co_return answer_of(preference);
}

Async<Result<http::Response>> send_test_mail(Services& services, Call call) {
  if (call.person->email.empty()) {
    co_return make_error(Errc::conflict, "your account has no address of mail");
  }
  const auto now = services.clock.now();
  notify::Recipient to{.email = call.person->email, .language = call.person->language};
  auto key = fmt::format("test:{}:{}", call.person_id(), to_micros(now));
  auto items = test_items(now);
  const auto outcome =
      co_await services.channels.delivery.mail(std::move(to), std::move(key), std::move(items));
  co_return test_answer(outcome);
}

Async<Result<http::Response>> list_silences(Services& services, Call call) {
  const auto silences = co_await services.channels.silences.list(call.person_id());
  if (!silences) {
    co_return silences.error();
  }
  json::array items;
  for (const auto& silence : *silences) {
    items.push_back(to_json(silence));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> create_silence(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  if (const auto known = only_members(*body, {"account_id", "live_id", "length"}); !known) {
    co_return known.error();
  }
  const auto account = optional_text(*body, "account_id", longest_name);
  const auto live = optional_text(*body, "live_id", longest_name);
  const auto word = required_text(*body, "length");
  if (!account || !live || !word) {
    co_return !account ? account.error() : !live ? live.error() : word.error();
  }
  const auto length = notify::parse_silence_length(*word);
  if (!length) {
    co_return length.error();
  }
  notify::NewSilence wanted{
      .account_id = account->value_or(""), .live_id = live->value_or(""), .length = *length};
  const auto silence = co_await services.channels.silences.create(widest_sight_of(call),
                                                                  std::move(wanted), call.by());
  co_return answer_of(silence, 201);
}

Async<Result<http::Response>> remove_silence(Services& services, Call call) {
  const auto done =
      co_await services.channels.silences.remove(call.person_id(), call.parameters[0], call.by());
  if (!done) {
    co_return done.error();
  }
  co_return no_content();
}

Async<Result<http::Response>> list_webhooks(Services& services, Call) {
  const auto webhooks = co_await services.channels.webhooks.list();
  if (!webhooks) {
    co_return webhooks.error();
  }
  json::array items;
  for (const auto& webhook : *webhooks) {
    items.push_back(to_json(webhook));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> create_webhook(Services& services, Call call) {
  const auto read = read_webhook(call.request, true);
  if (!read) {
    co_return read.error();
  }
  notify::Webhook wanted;
  wanted.name = read->name.value_or("");
  wanted.url = read->url.value_or("");
  wanted.form = read->form.value_or(wanted.form);
  wanted.severity = read->severity.value_or(wanted.severity);
  wanted.language = read->language.value_or(wanted.language);
  const auto made = co_await services.channels.webhooks.create(std::move(wanted), call.by());
  if (!made) {
    co_return made.error();
  }
  auto answer = to_json(made->webhook);
  answer["secret"] = made->secret;
  co_return json_answer(201, answer);
}

Async<Result<http::Response>> edit_webhook(Services& services, Call call) {
  auto change = read_webhook(call.request, false);
  if (!change) {
    co_return change.error();
  }
  // Whoever may say where alerts go hears of them.
  if (auto refused = refuse_proof(services, call, change->url ? Proof::fresh : Proof::any)) {
    co_return std::move(*refused);
  }
  const auto webhook =
      co_await services.channels.webhooks.change(call.parameters[0], std::move(*change), call.by());
  co_return answer_of(webhook);
}

Async<Result<http::Response>> remove_webhook(Services& services, Call call) {
  const auto done = co_await services.channels.webhooks.remove(call.parameters[0], call.by());
  if (!done) {
    co_return done.error();
  }
  co_return no_content();
}

Async<Result<http::Response>> send_test_webhook(Services& services, Call call) {
  auto endpoint = co_await services.channels.webhooks.endpoint(call.parameters[0]);
  if (!endpoint) {
    co_return endpoint.error();
  }
  const auto now = services.clock.now();
  auto id = fmt::format("test-{}-{}", endpoint->webhook.id, to_micros(now));
  auto items = test_items(now);
  const auto outcome = co_await services.channels.delivery.webhook(std::move(*endpoint),
                                                                   std::move(id), std::move(items));
  co_return test_answer(outcome);
}

Async<Result<http::Response>> list_outbox(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  const auto word = call.request.parameter("state").value_or("dead");
  const auto state = notify::parse_message_state(word);
  if (!paging || !state) {
    co_return !paging ? paging.error() : state.error();
  }
  const auto page = co_await services.channels.outbox.list(*state, paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& message : page->items) {
    items.push_back(to_json(message));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

Async<Result<http::Response>> retry_message(Services& services, Call call) {
  const auto message = co_await services.channels.outbox.retry(call.parameters[0]);
  co_return answer_of(message);
}

}  // namespace vigie::api
