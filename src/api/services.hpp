// SPDX-License-Identifier: Apache-2.0
// What the routes work with. Made by app/wiring.cpp; everything outlives the server.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "db/database.hpp"
#include "log/log.hpp"
#include "platform/host_queue.hpp"

namespace vigie::audit {
class Trail;
}
namespace vigie::people {
class Desk;
class People;
class Sessions;
class Tokens;
}  // namespace vigie::people
namespace vigie::watch {
class Accounts;
class Lists;
class Lives;
}  // namespace vigie::watch
namespace vigie::notify {
struct Channels;
}
namespace vigie::review {
class Reviews;
}
namespace vigie::recording {
class Recordings;
}
namespace vigie::analyse {
class Assessments;
}
namespace vigie::alert {
class AccountRules;
class Alerts;
class Notifications;
}  // namespace vigie::alert

namespace vigie::api {

class Gate;
class Hub;

// One line of GET /status: a part of Vigie, whether it works, and in words how.
struct PartStatus {
  std::string name;   // "database", "transcription" …
  std::string state;  // "ok", "degraded", "off"
  std::string words;  // with the cure, where there is one
};

// What the operator decided about people and pages.
struct House {
  bool admins_need_second_factor = false;  // TOTP_REQUIRED
  std::string legal_notice;                // the operator's own texts; empty: what we can say
  std::string accessibility;
};

// What the self-test of the start found.
struct CapacityStatus {
  int lives = 0;  // at once, all of them speaking
  double cpu_per_audio_s = 0;
  std::int64_t workers = 0;
  std::string model;
};

struct Services {
  Clock& clock;
  Random& random;
  log::Log& log;
  db::Database& database;
  audit::Trail& trail;
  people::People& people;
  people::Desk& desk;
  people::Sessions& sessions;
  people::Tokens& tokens;
  watch::Accounts& accounts;
  watch::Lists& lists;
  watch::Lives& lives;
  recording::Recordings& recordings;
  analyse::Assessments& assessments;
  alert::Alerts& alerts;
  alert::AccountRules& account_rules;
  review::Reviews& reviews;
  alert::Notifications& notifications;
  notify::Channels& channels;
  Gate& gate;
  Hub& hub;
  std::function<std::vector<PartStatus>()> parts;  // every part of this process, now
  std::string version;
  House house{};
  // How each host that is asked treats us; none in a test.
  std::function<Async<std::vector<platform::HostStatus>>()> hosts{};
  // Nothing while it is not known, or not this machine that recognises.
  std::function<std::optional<CapacityStatus>()> capacity{};
};

}  // namespace vigie::api
