// SPDX-License-Identifier: Apache-2.0
#include "sim/controls.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "sim/pages.hpp"
#include "sim/routes.hpp"

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

using Names = std::vector<std::string_view>;

// Every parameter must be one of those known; an own word is better than a silent nothing.
Result<> only(const http::Request& request, const Names& known) {
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(known, name) == known.end()) {
      return make_error(Errc::invalid, "\"{}\" is not a parameter of {} (they are {})",
                        clean_utf8(name, 40), request.path, fmt::join(known, ", "));
    }
  }
  return {};
}

Result<std::optional<int>> whole(const http::Request& request, std::string_view name, int lowest,
                                 int highest) {
  const auto text = request.parameter(name);
  if (!text) {
    return std::optional<int>{};
  }
  const auto number = to_integer(*text);
  if (!number || *number < lowest || *number > highest) {
    return make_error(Errc::invalid, "{} must be a whole number from {} to {}, not \"{}\"", name,
                      lowest, highest, clean_utf8(*text, 40));
  }
  return std::optional{static_cast<int>(*number)};
}

Result<std::optional<Span>> span(const http::Request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (!text) {
    return std::optional<Span>{};
  }
  const auto parsed = parse_span(*text);
  if (!parsed || *parsed <= Span{0}) {
    return make_error(Errc::invalid, "{} must be a duration such as 5s, 10m, 1h30m, not \"{}\"",
                      name, clean_utf8(*text, 40));
  }
  return std::optional{*parsed};
}

constexpr std::string_view emit_words =
    "what is chat, like, member, follow, share, gift, pause, unpause, end, suspend, viewers, "
    "stall, "
    "expire, jump, codec, move or garbage";

// An event of a stream, from now on.
Result<LiveEvent> event_of(const http::Request& request, LiveEvent::What what) {
  using What = LiveEvent::What;
  LiveEvent event{.at = Span{0}, .what = what, .span = Span{0}, .bytes = default_garbage};
  const bool lasts = what == What::stall;
  const bool leaps = what == What::jump;
  const auto length = span(request, "for");
  const auto leap = request.parameter("by");
  const auto by = leap ? parse_span(*leap) : std::nullopt;
  const auto bytes = whole(request, "bytes", 1, most_garbage);
  if (!length || (lasts && !*length)) {
    return length ? make_error(Errc::invalid, "a stall needs for=, such as for=12s")
                  : length.error();
  }
  if (leaps && !by) {
    return make_error(Errc::invalid, "a jump needs by=, such as by=1h or by=-10s");
  }
  if (!bytes) {
    return bytes.error();
  }
  event.span = leaps ? *by : length->value_or(Span{0});
  event.bytes = bytes->value_or(static_cast<int>(default_garbage));
  return event;
}

// "2", "3", "4": what a live can really be.
std::optional<Status> true_status(int number) {
  for (const auto status : {Status::on_air, Status::paused, Status::over}) {
    if (number == static_cast<int>(status)) {
      return status;
    }
  }
  return std::nullopt;
}

}  // namespace

Controls::Controls(World& world, SoundBank& sounds, Faults& faults, FakeLlm& llm, Stats& stats,
                   std::filesystem::path folder)
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
    co_return stats(request);
  }
  if (what == "rename") {
    co_return rename(request);
  }
  if (what == "scenario") {
    co_return scenario(request);
  }
  co_return said(404, "the controls are set, emit, mode, rename, stats and scenario");
}

Result<std::optional<LivePlan>> Controls::plan_of(const http::Request& request) const {
  const auto audio = request.parameter("audio");
  if (!audio) {
    return std::optional<LivePlan>{};
  }
  LivePlan plan;
  plan.audio = (folder_ / *audio).lexically_normal().string();
  plan.title = request.parameter("title").value_or("Direct");
  plan.viewers = {1};
  plan.loop = request.parameter("loop") == "true";
  plan.wait = request.parameter("wait") == "true";
  return std::optional{std::move(plan)};
}

Async<http::Answer> Controls::set(http::Request request) {
  const Names known{"user", "status", "user_status", "access", "audio", "title", "loop", "wait"};
  const auto clean = only(request, known);
  const auto status = whole(request, "status", 0, 99);
  const auto access = request.parameter("access");
  const auto parsed_access = access ? parse_access(*access) : Result<Access>{Access::open};
  if (!clean || !status || !parsed_access) {
    co_return said(!clean ? clean.error() : !status ? status.error() : parsed_access.error());
  }
  const auto user = request.parameter("user").value_or("");
  if (!*status && !access) {
    co_return said(400,
                   "status must be 2 (on air), 3 (paused) or 4 (over), or any other number that "
                   "the pages shall say; or access one of an account's");
  }
  const auto real = *status ? true_status(**status) : std::nullopt;
  auto plan = plan_of(request);
  if (plan && *plan) {
    auto checked = co_await sounds_.check((*plan)->audio);
    if (!checked) {
      co_return said(checked.error());
    }
  }
  std::string room;
  if (real) {
    const auto live = world_.set_status(user, *real, *plan);
    if (!live) {
      co_return said(live.error());
    }
    if (const auto title = request.parameter("title"); *live && title) {
      (*live)->plan.title = clean_utf8(*title, 500);
    }
    room = *live ? (*live)->room : std::string{};
  }
  if (access) {
    const auto done = world_.set_access(user, *parsed_access);
    if (!done) {
      co_return said(done.error());
    }
  }
  co_return show(request, status->value_or(0), room);
}

// What the pages say from now on: the truth, or a number that is none.
http::Answer Controls::show(const http::Request& request, int status, const std::string& room) {
  const auto user = request.parameter("user").value_or("");
  const auto user_status = whole(request, "user_status", 0, 99);
  if (!user_status) {
    return said(user_status.error());
  }
  const bool is_number = request.parameter("status").has_value() && !true_status(status);
  const auto shown =
      world_.show(user, is_number ? std::optional{status} : std::nullopt, *user_status);
  if (!shown) {
    return said(shown.error());
  }
  return json_response({{"user", user}, {"status", status}, {"room", room}});
}

http::Answer Controls::emit(const http::Request& request) {
  for (auto* plugin : plugins_) {
    if (const auto done = plugin->emit(request)) {
      return *done ? json_response({{"user", request.parameter("user").value_or("")},
                                    {"what", request.parameter("what").value_or("")}})
                   : said(done->error());
    }
  }
  const auto user = request.parameter("user").value_or("");
  const auto what = request.parameter("what").value_or("");
  Result<> done = only(request, {"user", "what", "count", "for", "by", "bytes"});
  const auto disturbance = parse_event(what);
  if (!done) {
    return said(done.error());
  }
  if (what == "pause") {
    done = world_.pause(user);
  } else if (what == "unpause") {
    done = world_.unpause(user);
  } else if (what == "end") {
    done = world_.end(user);
  } else if (what == "viewers") {
    const auto count = whole(request, "count", 0, 1'000'000'000);
    done = count && *count
               ? world_.set_viewers(user, **count)
               : Result<>{make_error(Errc::invalid, "count must be a whole number, 0 or more")};
  } else if (disturbance) {
    const auto event = event_of(request, *disturbance);
    done = event ? world_.disturb(user, *event) : Result<>{event.error()};
  } else {
    done = make_error(Errc::invalid, "{}, not \"{}\"", emit_words, clean_utf8(what, 40));
  }
  if (!done) {
    return said(done.error());
  }
  return json_response({{"user", user}, {"what", what}});
}

http::Answer Controls::mode(const http::Request& request) {
  const auto clean = only(request, {"mode", "user", "route", "times", "for", "retry_after"});
  const auto mode = parse_mode(request.parameter("mode").value_or(""));
  const auto times = whole(request, "times", 1, 1'000'000'000);
  const auto length = span(request, "for");
  const auto wait = whole(request, "retry_after", 0, 86'400);
  const auto route = request.parameter("route").value_or("");
  if (!clean || !mode || !times || !length || !wait) {
    return said(!clean    ? clean.error()
                : !mode   ? mode.error()
                : !times  ? times.error()
                : !length ? length.error()
                          : wait.error());
  }
  if (!route.empty() && !is_route_name(route)) {
    return said(make_error(Errc::invalid, "\"{}\" is no route (they are {})", clean_utf8(route, 40),
                           fmt::join(route_names, ", ")));
  }
  FaultPlan fault;
  fault.mode = *mode;
  fault.user = request.parameter("user").value_or("");
  fault.route = route;
  fault.duration = *length;
  fault.times = *times;
  fault.retry_after = std::chrono::seconds{wait->value_or(5)};
  faults_.set(fault, world_.now());
  return json_response({{"mode", to_string(*mode)}, {"user", fault.user}, {"route", route}});
}

http::Answer Controls::stats(const http::Request& request) {
  const auto clean = only(request, {"reset"});
  const auto reset = request.parameter("reset").value_or("0");
  if (!clean || (reset != "0" && reset != "1")) {
    return said(clean ? make_error(Errc::invalid, "reset is 1: forget what was counted, after this")
                      : clean.error());
  }
  auto counted = stats_.to_json();
  if (reset == "1") {
    stats_.reset();
  }
  return json_response(std::move(counted));
}

http::Answer Controls::rename(const http::Request& request) {
  const auto clean = only(request, {"user", "to"});
  if (!clean) {
    return said(clean.error());
  }
  const auto user = request.parameter("user").value_or("");
  const auto to = request.parameter("to").value_or("");
  const auto done = world_.rename(user, to);
  return done ? json_response({{"user", to}, {"was", user}}) : said(done.error());
}

http::Answer Controls::scenario(const http::Request& request) {
  if (request.method != "POST") {
    return said(405, "POST the YAML of a scenario");
  }
  const auto clean = only(request, {});
  if (!clean) {
    return said(clean.error());
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
  std::set<std::pair<std::size_t, std::string>> sounds;  // by the codec's generation
  for (const auto& account : scenario.accounts) {
    for (const auto& live : account.lives) {
      if (sounds.size() < made_ready && !live.audio.empty()) {
        sounds.emplace(0, live.audio);
        if (std::ranges::find(live.events, LiveEvent::What::codec, &LiveEvent::what) !=
            live.events.end()) {
          sounds.emplace(1, live.audio);
        }
      }
    }
  }
  for (const auto& [generation, sound] : sounds) {
    static_cast<void>(sounds_.track(sound, generation));
  }
}

}  // namespace vigie::sim
