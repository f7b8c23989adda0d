// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/tiktok.hpp"

#include <array>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "platform/tiktok/answer.hpp"
#include "platform/tiktok/api_live.hpp"
#include "platform/tiktok/browser.hpp"
#include "platform/tiktok/check_alive.hpp"
#include "platform/tiktok/embed.hpp"
#include "platform/tiktok/pages.hpp"
#include "platform/tiktok/room_info.hpp"
#include "platform/tiktok/streams.hpp"

namespace vigie::platform::tiktok {
namespace {

// Hosts that served FLV in recorded data and in the peers' code, and their regional twins.
constexpr std::array<std::string_view, 7> stream_suffixes{
    "tiktokcdn.com", "tiktokcdn-us.com", "tiktokcdn-eu.com", "tiktokcdn-in.com",
    "tiktokv.com",   "tiktokv.us",       "tiktokv.eu"};

constexpr std::string_view json_types = "application/json, text/plain, */*";

// Names whose embed page told nothing, until they are looked up again.
constexpr std::size_t most_remembered = 10'000;

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/') {
    url.pop_back();
  }
  return url;
}

// "www.tiktok.com", with the port where it is not the scheme's own.
std::string host_in(const std::string& address) {
  const auto url = http::parse_url(address);
  const auto origin = url ? url->origin() : address;
  const auto start = origin.find("://");
  return start == std::string::npos ? origin : origin.substr(start + 3);
}

class TikTok final : public LiveSource {
 public:
  TikTok(http::Client& client, TikTokOptions options, log::Log& log, metrics::Registry& metrics)
      : client_{client},
        web_url_{without_slash(std::move(options.web_url))},
        webcast_url_{without_slash(std::move(options.webcast_url))},
        log_{log},
        metrics_{metrics} {
    web_host_ = host_in(web_url_);
    webcast_host_ = host_in(webcast_url_);
    const auto configured = http::parse_url(web_url_);
    if (configured && !http::host_matches(configured->host, "tiktok.com")) {
      own_host_ = configured->host;  // a simulator serves its streams itself
    }
  }

  std::string_view platform() const override { return "tiktok"; }

  std::string_view host_of(Question question) const override {
    const bool is_about_rooms = question == Question::probe_rooms ||
                                question == Question::probe_room ||
                                question == Question::resolve_by_room;
    return is_about_rooms ? webcast_host_ : web_host_;
  }

  Async<Observation> probe(std::string username) override {
    auto url = api_live_url(username);
    const auto response = co_await get(std::move(url), json_types);
    auto seen =
        response ? decode_api_live(answer_of(*response), username) : silence(response.error());
    count("api_live", seen);
    co_return seen;
  }

  // One request: the embed page, or, for a name of which it could tell nothing last time, the
  // profile.
  Async<Observation> look_up(std::string username) override {
    if (embed_knows_nothing_of_.erase(username) > 0) {
      co_return co_await look_at_profile(std::move(username));
    }
    auto url = web_url_ + "/embed/@" + http::percent_encode(username);
    const auto response = co_await get(std::move(url), "text/html");
    auto seen = response ? decode_embed(answer_of(*response), username) : silence(response.error());
    count("embed", seen);
    const bool is_silent =
        seen.evidence == Evidence::unknown && seen.treatment == Treatment::served;
    if (is_silent && !profiles_are_shut_ && embed_knows_nothing_of_.size() < most_remembered) {
      embed_knows_nothing_of_.insert(std::move(username));
    }
    co_return seen;
  }

  std::size_t rooms_at_once() const override { return most_rooms; }

  Async<RoomsAnswer> probe_rooms(std::vector<std::string> rooms) override {
    auto url = webcast_url_ + "/webcast/room/check_alive/?aid=1988&room_ids=" + room_ids_of(rooms);
    const auto response = co_await get(std::move(url), json_types);
    auto answer = response ? decode_check_alive(answer_of(*response), rooms)
                           : no_word(silence(response.error()));
    if (answer.poisoned) {
      metrics_
          .counter("vigie_platform_poisoned_batches_total",
                   "Answers on batches of rooms that called a dead room alive.",
                   {{"platform", "tiktok"}})
          .add();
    }
    co_return answer;
  }

  Async<Observation> probe_room(std::string room) override {
    auto url = room_info_url(room);
    const auto response = co_await get(std::move(url), json_types);
    auto seen = response ? decode_room_info(answer_of(*response), room) : silence(response.error());
    count("room_info", seen);
    co_return seen;
  }

  Async<Result<StreamAddress>> resolve(std::string username, std::string room) override {
    auto url = api_live_url(username);
    const auto response = co_await get(std::move(url), json_types);
    if (!response) {
      co_return response.error().during("asking for the stream's address");
    }
    co_return stream_in_api_live(answer_of(*response), username, room);
  }

  Async<Result<StreamAddress>> resolve_by_room(std::string room) override {
    auto url = room_info_url(room);
    const auto response = co_await get(std::move(url), json_types);
    if (!response) {
      co_return response.error().during("asking room/info for the stream's address");
    }
    if (const auto refusal = refusal_in(answer_of(*response))) {
      co_return Error{refusal->treatment == Treatment::failed ? Errc::timeout : Errc::rate_limited,
                      "room/info refused: " + refusal->reason, refusal->retry_after};
    }
    co_return stream_in_room_info(response->body);
  }

  bool is_stream_host(std::string_view host) const override {
    if (!own_host_.empty() && host == own_host_) {
      return true;
    }
    return std::any_of(stream_suffixes.begin(), stream_suffixes.end(),
                       [host](auto suffix) { return http::host_matches(host, suffix); });
  }

 private:
  std::string api_live_url(std::string_view username) const {
    return web_url_ + "/api-live/user/room/?aid=1988&uniqueId=" + http::percent_encode(username) +
           "&sourceType=54";
  }

  std::string room_info_url(std::string_view room) const {
    return webcast_url_ + "/webcast/room/info/?aid=1988&room_id=" + http::percent_encode(room);
  }

  // Since 2026 these pages are mostly the WAF's, for everybody: that says nothing of how the host
  // takes our other questions, and one such page is enough.
  Async<Observation> look_at_profile(std::string username) {
    auto url = web_url_ + "/@" + http::percent_encode(username);
    const auto response = co_await get(std::move(url), "text/html");
    auto seen =
        response ? decode_profile(answer_of(*response), username) : silence(response.error());
    count("profile", seen);
    if (seen.treatment == Treatment::blocked) {
      profiles_are_shut_ = true;
      seen = unknown("profile_" + seen.reason, false);
    }
    co_return seen;
  }

  Async<Result<http::Response>> get(std::string url, std::string_view accept) {
    http::ClientRequest request;
    request.url = std::move(url);
    request.may_repeat = false;  // one place in the host's queue is one request
    request.max_redirects =
        0;  // a redirect is an answer here: to the login page, or away from a closed region
    request.headers.add("User-Agent", std::string{user_agent});
    request.headers.add("Accept", std::string{accept});
    request.headers.add("Accept-Language", "fr-FR,fr;q=0.9,en;q=0.8");
    request.headers.add("Accept-Encoding", "gzip, deflate");
    request.headers.add("Referer", "https://www.tiktok.com/");
    request.headers.add("Origin", "https://www.tiktok.com");
    co_return co_await client_.send(std::move(request));
  }

  static Answer answer_of(const http::Response& response) {
    Answer answer;
    answer.status = response.status;
    answer.content_type = response.headers.get("Content-Type");
    answer.body = response.body;
    answer.location = response.headers.get("Location");
    answer.retry_after = std::min(http::retry_after(response.headers), longest_retry_after);
    return answer;
  }

  void count(std::string_view route, const Observation& seen) {
    metrics_
        .counter("vigie_platform_answers_total", "Answers of a platform by what they prove.",
                 {{"platform", "tiktok"}, {"route", route}, {"evidence", to_string(seen.evidence)}})
        .add();
    if (seen.blocked) {
      log_.warn("the platform refuses us", {{"route", std::string{route}}, {"why", seen.reason}});
    }
  }

  http::Client& client_;
  std::string web_url_;
  std::string webcast_url_;
  std::string web_host_;
  std::string webcast_host_;
  std::string own_host_;
  std::set<std::string, std::less<>> embed_knows_nothing_of_;
  bool profiles_are_shut_ = false;
  log::Log& log_;
  metrics::Registry& metrics_;
};

}  // namespace

std::unique_ptr<LiveSource> create_tiktok(http::Client& client, TikTokOptions options,
                                          log::Log& log, metrics::Registry& metrics) {
  return std::make_unique<TikTok>(client, std::move(options), log, metrics);
}

}  // namespace vigie::platform::tiktok
