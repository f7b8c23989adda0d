// SPDX-License-Identifier: Apache-2.0
#include "domain/json.hpp"

#include <boost/json/array.hpp>

namespace vigie {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

json::value when(const std::optional<Time>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(view(text));
}

// Milliseconds are enough for a page, and keep 1.2 from becoming 1.2000000000000002.
double seconds(Span span) {
  return static_cast<double>(span.count() / 1000) / 1000.0;
}

}  // namespace

json::object to_json(const Account& account) {
  return {{"id", account.id},
          {"platform", account.platform},
          {"username", account.username},
          {"display_name", account.display_name},
          {"url", account.url},
          {"status", view(to_string(account.status))},
          {"status_at", when(account.status_at)},
          {"status_reason", account.status_reason},
          {"followers", or_null(account.followers)},
          {"interval_s", account.interval_s},
          {"last_live_at", when(account.last_live_at)},
          {"language", or_null(account.language)}};
}

json::object to_json(const FollowedAccount& followed) {
  auto object = to_json(followed.account);
  object.reserve(object.size() + 6);
  object["note"] = followed.note;
  object["tags"] = json::array(followed.tags.begin(), followed.tags.end());
  object["priority"] = followed.priority;
  object["followed"] = followed.is_followed;
  object["checked_at"] = when(followed.checked_at);
  object["lists"] = json::array(followed.lists.begin(), followed.lists.end());
  return object;
}

json::object to_json(const Live& live) {
  const auto duration = live.ended_at ? json::value(to_seconds(*live.ended_at - live.started_at))
                                      : json::value(nullptr);
  json::object capture{{"state", view(to_string(live.capture))},
                       {"reason", or_null(live.capture_reason)},
                       {"lag_s", or_null(live.lag_s)},
                       {"gaps", live.gaps}};
  json::object words{{"state", view(to_string(live.words))},
                     {"delay_s", or_null(live.words_delay_s)}};
  return {{"id", live.id},
          {"account_id", live.account_id},
          {"platform", live.platform},
          {"username", live.username},
          {"state", view(to_string(live.state))},
          {"title", live.title},
          {"started_at", to_rfc3339(live.started_at)},
          {"detected_at", to_rfc3339(live.detected_at)},
          {"detected_by", live.detected_by},
          {"detection_delay_s", or_null(live.detection_delay_s)},
          {"ended_at", when(live.ended_at)},
          {"duration_s", duration},
          {"viewers", or_null(live.viewers)},
          {"peak_viewers", or_null(live.peak_viewers)},
          {"capture", std::move(capture)},
          {"words", std::move(words)},
          {"risk", live.risk}};
}

json::object to_json(const Segment& segment) {
  return {{"id", segment.id},
          {"live_id", segment.live_id},
          {"start", seconds(segment.start)},
          {"end", seconds(segment.end)},
          {"text", segment.text},
          {"language", segment.language},
          {"confidence", segment.confidence},
          {"uncertain", segment.uncertain},
          {"engine", segment.engine},
          {"model", segment.model},
          {"speech", true}};
}

json::object to_json(const Interim& interim) {
  return {{"live_id", interim.live_id},
          {"start", seconds(interim.start)},
          {"end", seconds(interim.end)},
          {"text", interim.text}};
}

json::object to_json(const Gap& gap) {
  return {{"id", gap.id},
          {"live_id", gap.live_id},
          {"start", seconds(gap.start)},
          {"end", seconds(gap.end)},
          {"gap", gap.reason}};
}

json::object to_json(const Judgement& judgement, double risk) {
  return {{"categorie", view(to_string(judgement.category))},
          {"viralite", view(to_string(judgement.virality))},
          {"discours_haineux", judgement.hateful},
          {"cible", view(to_string(judgement.target))},
          {"justification", judgement.justification},
          {"risque_score", risk},
          {"score", judgement.score},
          {"indetermine", judgement.undecided},
          {"injection", judgement.injection},
          {"preuve", judgement.evidence},
          {"analyser", judgement.analyser},
          {"model", or_null(judgement.model)},
          {"prompt_sha256", or_null(judgement.prompt_sha256)},
          {"repli", judgement.fallback},
          {"error", or_null(judgement.error)},
          {"tokens_in", judgement.tokens_in},
          {"tokens_out", judgement.tokens_out},
          {"cost_usd", judgement.cost_usd},
          {"embedded_version", or_null(judgement.embedded_version)},
          {"embedded_score", judgement.embedded_score},
          {"disagreement", judgement.disagreement}};
}

json::object to_json(const Assessment& assessment) {
  auto object = to_json(assessment.judgement, assessment.risk);
  object["id"] = assessment.id;
  object["live_id"] = assessment.live_id;
  object["start"] = seconds(assessment.start);
  object["end"] = seconds(assessment.end);
  object["latency_ms"] = assessment.latency.count() / 1000;
  const auto moment = [](const std::optional<Span>& at) {
    return at ? json::value(seconds(*at)) : json::value();
  };
  object["preuve_start"] = moment(assessment.evidence_start);
  object["preuve_end"] = moment(assessment.evidence_end);
  return object;
}

json::object to_json(const Decision& decision) {
  return {{"id", decision.id},
          {"verdict", view(to_string(decision.verdict))},
          {"cause", decision.cause ? json::value(view(to_string(*decision.cause))) : json::value()},
          {"note", decision.note},
          {"decided_by", or_null(decision.decided_by)},
          {"decided_at", to_rfc3339(decision.decided_at)}};
}

json::object to_json(const Alert& alert) {
  json::object clip{{"from", seconds(alert.clip_from)}, {"to", seconds(alert.clip_to)}};
  return {{"id", alert.id},
          {"live_id", alert.live_id},
          {"account_id", alert.account_id},
          {"username", alert.username},
          {"kind", view(to_string(alert.kind))},
          {"severity", view(to_string(alert.severity))},
          {"state", view(to_string(alert.state))},
          {"opened_at", to_rfc3339(alert.opened_at)},
          {"updated_at", to_rfc3339(alert.updated_at)},
          {"count", alert.count},
          {"sentence", alert.sentence},
          {"context", alert.context},
          {"at", seconds(alert.at)},
          {"clip", std::move(clip)},
          {"score", alert.score},
          {"assessment_id", alert.assessment_id},
          {"claimed_by", or_null(alert.claimed_by)},
          {"claimed_until", when(alert.claimed_until)},
          {"decision", alert.decision ? json::value(to_json(*alert.decision)) : json::value()}};
}

json::object to_json(const Notification& notification) {
  return {{"id", notification.id},
          {"kind", notification.kind},
          {"live_id", notification.live_id},
          {"alert_id", or_null(notification.alert_id)},
          {"username", notification.username},
          {"severity", or_null(notification.severity)},
          {"created_at", to_rfc3339(notification.created_at)},
          {"read_at", when(notification.read_at)},
          {"read", notification.read_at.has_value()}};
}

json::object to_json(const Person& person) {
  return {{"id", person.id},
          {"username", person.username},
          {"email", or_null(person.email)},
          {"role", view(to_string(person.role))},
          {"language", person.language},
          {"disabled", person.disabled}};
}

}  // namespace vigie
