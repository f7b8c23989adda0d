// SPDX-License-Identifier: Apache-2.0
// The only place that names concrete types: what Vigie is made of, from the ground up. Members are
// made in their order and destroyed in reverse; run() starts the roles and joins them before
// anything goes.
#include "alert/account_rules.hpp"
#include "alert/alerting.hpp"
#include "alert/alerts.hpp"
#include "analyse/analysis.hpp"
#include "analyse/assessments.hpp"
#include "analyse/embedded/embedded_analyser.hpp"
#include "analyse/judge.hpp"
#include "api/gate.hpp"
#include "api/hub.hpp"
#include "api/services.hpp"
#include "api/site.hpp"
#include "app/application.hpp"
#include "app/capacity.hpp"
#include "app/engines.hpp"
#include "app/front_desk.hpp"
#include "app/listening.hpp"
#include "app/outbound.hpp"
#include "app/pace.hpp"
#include "app/sources.hpp"
#include "app/words.hpp"
#include "async/task_group.hpp"
#include "capture/capture_service.hpp"
#include "capture/captures.hpp"
#include "db/migrations.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "http/server.hpp"
#include "platform/host_queues.hpp"
#include "platform/stored/stored_ledger.hpp"
#include "recording/recordings.hpp"
#include "recording/retention.hpp"
#include "review/reviews.hpp"
#include "search/indexer.hpp"
#include "watch/accounts.hpp"
#include "watch/lists.hpp"
#include "watch/lives.hpp"
#include "watch/watcher.hpp"

namespace vigie::app {
namespace {

constexpr std::size_t disk_threads = 2;
constexpr Span housekeeping_interval = std::chrono::hours{1};

watch::WatchOptions watch_options(const config::Config& config) {
  watch::WatchOptions options;
  options.poll.interval = std::chrono::seconds{config.integer("POLL_INTERVAL_S")};
  options.poll.budget_per_s = config.number("POLL_BUDGET_PER_S");
  options.poll.soon = std::min(options.poll.soon, options.poll.interval);
  options.intervals.shortest = std::chrono::seconds{config.integer("POLL_INTERVAL_MIN_S")};
  options.intervals.longest = std::chrono::seconds{config.integer("POLL_INTERVAL_MAX_S")};
  options.live_interval = std::min(options.live_interval, options.poll.interval);
  options.live_detail = std::chrono::seconds{config.integer("POLL_LIVE_DETAIL_S")};
  return options;
}

recording::RetentionRules retention_rules(const config::Config& config) {
  recording::RetentionRules rules;
  rules.sound = std::chrono::hours{config.integer("RETAIN_SOUND_H")};
  rules.sound_of_alert = std::chrono::days{config.integer("RETAIN_ALERT_SOUND_D")};
  rules.reserve_bytes = static_cast<std::uint64_t>(config.integer("DISK_RESERVE_MB")) << 20U;
  return rules;
}

api::GateOptions gate_options(const config::Config& config) {
  api::GateOptions options;
  options.allowed_hosts = config.list("ALLOWED_HOSTS");
  if (config.is_set("DOMAIN")) {
    options.allowed_hosts.push_back(config.text("DOMAIN"));
  }
  options.debug = config.boolean("DEBUG");
  return options;
}

http::ServerOptions listen_at(const config::Config& config, std::string_view key,
                              std::string name) {
  const auto address = config.address(key);
  http::ServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.name = std::move(name);
  return options;
}

http::ServerOptions web_options(const config::Config& config) {
  auto options = listen_at(config, "LISTEN", "web");
  options.max_connections = 10'000;
  options.spares_private_peers = true;
  return options;
}

Result<> check_schema(World& world, bool may_migrate) {
  const auto status =
      may_migrate ? db::migrate(*world.database) : db::schema_status(*world.database);
  if (!status) {
    return status.error();
  }
  if (status->version < status->newest) {
    return make_error(Errc::unavailable,
                      "the schema is at {} of {}: start the web role, or run vigie db migrate",
                      status->version, status->newest);
  }
  return {};
}

TaskGroup::OnFailure report_to(log::Log& log) {
  return [&log](const std::string& name, std::exception_ptr failure) {
    log.error("a part of Vigie ended by a bug", {{"part", name}, {"why", words_of(failure)}});
  };
}

class Vigie final : public Application {
 public:
  Vigie(World& world, RoleSet roles) : world_{world}, roles_{roles} {}

  Result<> open();
  Async<> run() override;
  std::uint16_t web_port() const override { return web_ ? web_->port() : std::uint16_t{0}; }
  std::uint16_t metrics_port() const override { return telling_->port(); }

 private:
  void open_ears_or_say_why();
  Result<> open_judges();
  Result<> open_web();
  Result<> open_metrics();
  Async<> keep_house();
  std::vector<api::PartStatus> parts() const;
  Async<http::Answer> tell_metrics(http::Request request);

  World& world_;
  RoleSet roles_;
  asio::any_io_executor executor_{world_.io.get_executor()};
  http::AddressGuard guard_{trusted_origins(world_.config), world_.config.list("OUTBOUND_ALLOW")};
  std::unique_ptr<http::Client> client_{http::create_client(executor_, guard_)};
  std::unique_ptr<platform::HostLedger> host_ledger_{
      platform::create_stored_ledger(*world_.database)};
  platform::HostQueues hosts_{*host_ledger_, pace_limits(world_.config), world_.clock,
                              world_.random, world_.metrics};
  platform::Sources sources_{open_sources(world_, *client_, hosts_)};

  // watch
  watch::Accounts accounts_{*world_.database, world_.clock, world_.ids, *world_.bus};
  watch::Lists lists_{*world_.database, world_.clock, world_.ids};
  watch::Lives lives_{*world_.database, world_.clock, *world_.bus};
  Watchers watchers_{world_, accounts_, sources_, watch_options(world_.config)};
  Listening listening_{world_, accounts_};

  // listen
  Ears ears_;
  std::string deaf_because_;  // what recognition lacks, with its cure
  WorkerPool disk_{"disk", disk_threads};
  std::unique_ptr<Words> words_;
  recording::Recordings recordings_{*world_.database, *world_.blobs, disk_, world_.clock,
                                    world_.ids};
  recording::Retention retention_{*world_.database,
                                  *world_.blobs,
                                  disk_,
                                  world_.clock,
                                  world_.log,
                                  world_.metrics,
                                  retention_rules(world_.config)};
  capture::Captures captures_{*world_.database, world_.clock, world_.ids, *world_.bus,
                              world_.ids.next(world_.clock.now())};
  std::unique_ptr<capture::CaptureService> capture_;
  SelfTest self_test_{world_};

  // analyse
  std::unique_ptr<analyse::Analyser> embedded_{analyse::create_embedded_analyser()};
  std::unique_ptr<analyse::LanguageModel> model_;  // none without an LLM
  analyse::Assessments assessments_{*world_.database, world_.clock, world_.ids, *world_.bus};
  std::unique_ptr<analyse::Judge> judge_;
  std::unique_ptr<analyse::Analysis> analysis_;
  alert::Alerts alerts_{*world_.database, world_.clock, world_.ids, *world_.bus};
  alert::AccountRules account_rules_{*world_.database, world_.clock};
  review::Reviews reviews_{*world_.database, world_.clock, world_.ids, *world_.bus};
  alert::Notifications notifications_{*world_.database, world_.clock};
  alert::Alerting alerting_{
      executor_,
      alerts_,
      *world_.bus,
      world_.clock,
      world_.log,
      world_.metrics,
      alert::AlertingOptions{
          .risk_threshold = world_.config.number("RISK_THRESHOLD"),
          .cooldown = std::chrono::seconds{world_.config.integer("ALERT_COOLDOWN_S")}}};

  Outbound outbound_{world_, *client_};

  // web
  FrontDesk front_desk_{world_, outbound_.sealer(), outbound_.has_mail()};
  api::Gate gate_{gate_options(world_.config)};
  search::Indexer indexer_{executor_,    *world_.database, *world_.bus,
                           world_.clock, world_.log,       world_.metrics};
  api::Hub hub_{executor_, *world_.database, *world_.bus, world_.clock, world_.log, world_.metrics};
  std::unique_ptr<api::Services> services_;
  std::unique_ptr<api::Site> site_;
  std::unique_ptr<http::Server> web_;
  std::unique_ptr<http::Server> telling_;  // of metrics
};

Result<> Vigie::open() {
  if (const auto schema = check_schema(world_, roles_.web); !schema) {
    return schema;
  }
  if (roles_.listen) {
    open_ears_or_say_why();
  }
  if (const auto judges = open_judges(); !judges) {
    return judges;
  }
  if (roles_.web) {
    if (const auto web = open_web(); !web) {
      return web;
    }
  }
  return open_metrics();
}

void Vigie::open_ears_or_say_why() {
  auto ears = open_ears(world_.config, world_.config.text("WHISPER_MODEL"),
                        recognition_workers(world_.config),
                        {.clock = world_.clock,
                         .random = world_.random,
                         .log = world_.log,
                         .metrics = world_.metrics});
  if (ears) {
    ears_ = std::move(*ears);
    deaf_because_ = "";
    if (!ears_.note.empty()) {
      world_.log.warn("another speech model is used than the one asked for", {{"why", ears_.note}});
    }
  } else {
    deaf_because_ = ears.error().what;
    world_.log.error("no speech is written down", {{"why", deaf_because_}});
  }
  words_ = std::make_unique<Words>(world_, ears_, disk_, [this] { return hub_.has_listeners(); });
  const capture::CaptureTools tools{.client = *client_,
                                    .guard = guard_,
                                    .sources = sources_,
                                    .sink = words_->sink(),
                                    .blobs = *world_.blobs,
                                    .pool = disk_,
                                    .clock = world_.clock,
                                    .log = world_.log,
                                    .metrics = world_.metrics,
                                    .has_room = [this] { return retention_.has_room(); }};
  capture_ = std::make_unique<capture::CaptureService>(executor_, captures_, *world_.bus, tools);
}

Result<> Vigie::open_judges() {
  auto model =
      open_llm(world_.config, *client_, world_.clock, world_.random, world_.log, world_.metrics);
  if (!model) {
    return model.error();
  }
  model_ = std::move(*model);
  judge_ = std::make_unique<analyse::Judge>(*embedded_, model_.get(), world_.clock, world_.log,
                                            world_.metrics, judging_options(world_.config));
  analysis_ = std::make_unique<analyse::Analysis>(executor_, assessments_, *judge_, *world_.bus,
                                                  world_.clock, world_.log, world_.metrics);
  return {};
}

Result<> Vigie::open_web() {
  auto house = open_house(world_.config);
  if (!house) {
    return house.error();
  }
  services_ =
      std::make_unique<api::Services>(api::Services{.clock = world_.clock,
                                                    .random = world_.random,
                                                    .log = world_.log,
                                                    .database = *world_.database,
                                                    .trail = front_desk_.trail(),
                                                    .people = front_desk_.people(),
                                                    .desk = front_desk_.desk(),
                                                    .sessions = front_desk_.sessions(),
                                                    .tokens = front_desk_.tokens(),
                                                    .accounts = accounts_,
                                                    .lists = lists_,
                                                    .lives = lives_,
                                                    .recordings = recordings_,
                                                    .assessments = assessments_,
                                                    .alerts = alerts_,
                                                    .account_rules = account_rules_,
                                                    .reviews = reviews_,
                                                    .notifications = notifications_,
                                                    .channels = outbound_.channels(),
                                                    .gate = gate_,
                                                    .hub = hub_,
                                                    .parts = [this] { return parts(); },
                                                    .version = VIGIE_VERSION,
                                                    .house = std::move(*house),
                                                    .hosts = [this] { return hosts_.status(); }});
  services_->capacity = [this] { return self_test_.result(); };
  const auto language =
      world_.config.text("LANGUAGE") == "en" ? api::Language::english : api::Language::french;
  site_ =
      std::make_unique<api::Site>(*services_, api::Assets{world_.config.text("WEB_DIR")}, language);
  auto server = http::create_server(
      executor_, web_options(world_.config),
      [this](http::Request request) { return site_->answer(std::move(request)); }, world_.random,
      world_.log, world_.metrics);
  if (!server) {
    return server.error().during("listening for browsers");
  }
  web_ = std::move(*server);
  return {};
}

Result<> Vigie::open_metrics() {
  auto server = http::create_server(
      executor_, listen_at(world_.config, "METRICS_LISTEN", "metrics"),
      [this](http::Request request) { return tell_metrics(std::move(request)); }, world_.random,
      world_.log, world_.metrics);
  if (!server) {
    return server.error().during("listening for metrics (METRICS_LISTEN)");
  }
  telling_ = std::move(*server);
  return {};
}

Async<http::Answer> Vigie::tell_metrics(http::Request request) {
  http::Response response;
  if (request.path == "/metrics") {
    response.headers.add("Content-Type", "text/plain; version=0.0.4");
    response.body = world_.metrics.render();
  } else {
    response.status = 404;
  }
  co_return response;
}

Async<> Vigie::run() {
  // The pipeline ends before what it hands things to: capture settles its words while the rest
  // still runs.
  TaskGroup service{executor_, report_to(world_.log)};
  TaskGroup pipeline{executor_, report_to(world_.log)};
  service.spawn("metrics", telling_->run());
  service.spawn("housekeeping", keep_house());
  if (roles_.web) {
    service.spawn("web", web_->run());
    service.spawn("live feed", hub_.run());
    service.spawn("first administrator", front_desk_.invite_first_administrator());
    service.spawn("search index", indexer_.run());
    world_.log.info("listening", {{"address", world_.config.address("LISTEN").host},
                                  {"port", std::int64_t{web_->port()}}});
  }
  if (roles_.analyse) {
    service.spawn("analysis", analysis_->run());
    if (model_) {
      service.spawn("language model", model_->look_after(disk_));
    }
    service.spawn("alerts", alerting_.run());
    outbound_.spawn(service);
  }
  if (roles_.listen) {
    service.spawn("retention", retention_.run());
    service.spawn("disk notice", outbound_.tell_of_disk([this] { return retention_.has_room(); }));
    words_->spawn(service, pipeline);
    pipeline.spawn("capture", capture_->run());
    service.spawn("self-test", self_test_.run(ears_.transcriber.get()));
  }
  if (roles_.watch) {
    watchers_.spawn(pipeline);
    listening_.spawn(pipeline);
  }
  Signal never{executor_};
  try {
    co_await never.wait();
  } catch (const boost::system::system_error&) {
    // Told to stop: the farewell below needs to wait.
  }
  co_await asio::this_coro::reset_cancellation_state();
  pipeline.cancel();
  co_await pipeline.join();
  service.cancel();
  co_await service.join();
}

Async<> Vigie::keep_house() {
  for (;;) {
    const auto purged = co_await front_desk_.people().purge();
    if (!purged) {
      world_.log.warn("forgetting ended sessions failed", {{"why", purged.error().what}});
    }
    co_await front_desk_.keep_trail();
    co_await world_.clock.sleep(housekeeping_interval);
  }
}

std::vector<api::PartStatus> Vigie::parts() const {
  std::vector<api::PartStatus> parts;
  parts.push_back(
      {.name = "database", .state = "ok", .words = std::string{world_.database->engine()}});
  parts.push_back(outbound_.status(roles_.analyse));
  parts.push_back({.name = "detection", .state = roles_.watch ? "ok" : "off", .words = ""});
  parts.push_back(listening_.status(roles_.watch));
  const bool hears = ears_.transcriber != nullptr;
  const bool has_room = retention_.has_room();
  parts.push_back({.name = "capture",
                   .state = !roles_.listen ? "off"
                            : has_room     ? "ok"
                                           : "degraded",
                   .words = has_room ? "" : "the disk is nearly full: nothing is captured"});
  parts.push_back({.name = "transcription",
                   .state = !roles_.listen ? "off"
                            : hears        ? "ok"
                                           : "degraded",
                   .words = hears ? fmt::format("{} {}", ears_.transcriber->engine(),
                                                ears_.transcriber->model())
                                  : deaf_because_});
  parts.push_back(judging_status(*judge_, *analysis_, world_.config, roles_.analyse));
  // The page of thresholds reads the number from here.
  parts.push_back(
      {.name = "alerts",
       .state = roles_.analyse ? "ok" : "off",
       .words = fmt::format("RISK_THRESHOLD={}", world_.config.number("RISK_THRESHOLD"))});
  return parts;
}

}  // namespace

RoleSet parse_roles(const std::vector<std::string>& names) {
  if (names.empty()) {
    return {};
  }
  const auto has = [&](std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  return {
      .web = has("web"), .watch = has("watch"), .listen = has("listen"), .analyse = has("analyse")};
}

Result<std::unique_ptr<Application>> create_application(World& world, RoleSet roles) {
  auto vigie = std::make_unique<Vigie>(world, roles);
  if (const auto opened = vigie->open(); !opened) {
    return opened.error();
  }
  return std::unique_ptr<Application>{std::move(vigie)};
}

}  // namespace vigie::app
