// SPDX-License-Identifier: Apache-2.0
#include "sim/controls.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "sim/pages.hpp"

namespace vigie::sim {
namespace {

http::Response said(int status, std::string_view words) {
  return json_response({{"error", words}}, status);
}

http::Response said(const Error& error) {
  switch (error.code) {
    case Errc::not_found:
      return said(404, error.what);
    case Errc::conflict:
      return said(409, error.what);
    case Errc::invalid:
    case Errc::denied:
    case Errc::rate_limited:
    case Errc::unavailable:
    case Errc::timeout:
    case Errc::corrupt:
      break;
  }
  return said(400, error.what);
}

std::optional<Status> parse_status(const http::Request& request) {
  const auto text = request.parameter("status").value_or("");
  for (const auto status : {Status::on_air, Status::paused, Status::over}) {
    if (text == std::to_string(static_cast<int>(status))) {
      return status;
    }
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 6> needs_socket{"chat",   "like", "member",
                                                       "follow", "gift", "share"};

}  // namespace

Controls::Controls(World& world, SoundBank& sounds, Faults& faults, FakeLlm& llm,
                   const Stats& stats, std::filesystem::path folder)
    : world_{world},
      sounds_{sounds},
      faults_{faults},
      llm_{llm},
      stats_{stats},
      folder_{std::move(folder)} {}

Async<http::Answer> Controls::answer(http::Request request) {
  const auto what = std::string_view{request.path}.substr(std::string_view{"/__sim/"}.size());
  if (what == "set") {
    co_return co_await set(std::move(request));
  }
  if (what == "emit") {
    co_return emit(request);
  }
  if (what == "mode") {
    co_return mode(request);
  }
  if (what == "stats") {
    co_return json_response(stats_.to_json());
  }
  if (what == "scenario") {
    co_return scenario(request);
  }
  co_return said(404, "the controls are set, emit, mode, stats and scenario");
}

Async<http::Answer> Controls::set(http::Request request) {
  const auto user = request.parameter("user").value_or("");
  const auto status = parse_status(request);
  if (!status) {
    co_return said(400, "status must be 2 (on air), 3 (paused) or 4 (over)");
  }
  const auto audio = request.parameter("audio");
  const auto title = request.parameter("title");
  std::optional<LivePlan> plan;
  if (audio) {
    const auto path = (folder_ / *audio).lexically_normal().string();
    auto checked = co_await sounds_.check(path);
    if (!checked) {
      co_return said(checked.error());
    }
    plan = LivePlan{};
    plan->audio = path;
    plan->title = title.value_or("Direct");
    plan->viewers = {1};
    plan->loop = request.parameter("loop") == "true";
    plan->wait = request.parameter("wait") == "true";
  }
  const auto live = world_.set_status(user, *status, plan);
  if (!live) {
    co_return said(live.error());
  }
  if (*live && title) {
    (*live)->plan.title = clean_utf8(*title, 500);
  }
  const auto room = *live ? (*live)->room : std::string{};
  const boost::json::object done{
      {"user", user}, {"status", static_cast<int>(*status)}, {"room", room}};
  co_return json_response(done);
}

http::Answer Controls::emit(const http::Request& request) {
  const auto user = request.parameter("user").value_or("");
  const auto what = request.parameter("what").value_or("");
  Result<> done = make_error(Errc::invalid, "what is pause, unpause, end or viewers, not \"{}\"",
                             clean_utf8(what, 40));
  if (std::ranges::find(needs_socket, what) != needs_socket.end()) {
    return said(
        501, "\"" + what + "\" travels on the Webcast socket, which this simulator does not have");
  }
  if (what == "pause") {
    done = world_.pause(user);
  } else if (what == "unpause") {
    done = world_.unpause(user);
  } else if (what == "end") {
    done = world_.end(user);
  } else if (what == "viewers") {
    const auto count = to_integer(request.parameter("count").value_or(""));
    done = count && *count >= 0
               ? world_.set_viewers(user, *count)
               : Result<>{make_error(Errc::invalid, "count must be a whole number")};
  }
  if (!done) {
    return said(done.error());
  }
  return json_response({{"user", user}, {"what", what}});
}

http::Answer Controls::mode(const http::Request& request) {
  const auto mode = parse_mode(request.parameter("mode").value_or(""));
  if (!mode) {
    return said(mode.error());
  }
  Fault fault{.mode = *mode};
  if (const auto text = request.parameter("retry_after")) {
    const auto seconds = to_integer(*text);
    if (!seconds || *seconds < 0) {
      return said(400, "retry_after must be a whole number of seconds");
    }
    fault.retry_after = std::chrono::seconds{*seconds};
  }
  const auto user = request.parameter("user").value_or("");
  faults_.set(user, fault);
  return json_response({{"mode", to_string(*mode)}, {"user", user}});
}

http::Answer Controls::scenario(const http::Request& request) {
  if (request.method != "POST") {
    return said(405, "POST the YAML of a scenario");
  }
  const auto parsed = parse_scenario(request.body, "scenario", folder_);
  if (!parsed) {
    return said(parsed.error());
  }
  play(*parsed);
  return json_response({{"accounts", parsed->accounts.size()},
                        {"faults", parsed->faults.size()},
                        {"llm", parsed->llm.size()}});
}

void Controls::play(const Scenario& scenario) {
  world_.play(scenario.accounts);
  if (!scenario.faults.empty()) {
    faults_.plan(scenario.faults, world_.now());
  }
  if (!scenario.llm.empty()) {
    llm_.script(scenario.llm);
  }
  // The first sounds are made ready before somebody asks.
  constexpr std::size_t made_ready = 8;
  std::set<std::string> sounds;
  for (const auto& account : scenario.accounts) {
    for (const auto& live : account.lives) {
      if (sounds.size() < made_ready && !live.audio.empty()) {
        sounds.insert(live.audio);
      }
    }
  }
  for (const auto& sound : sounds) {
    static_cast<void>(sounds_.track(sound, 0));
  }
}

}  // namespace vigie::sim
