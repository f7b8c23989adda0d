// SPDX-License-Identifier: Apache-2.0
// The whole API on a database, without sockets, for its conformance tests.
#pragma once
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "alert/account_rules.hpp"
#include "alert/alerts.hpp"
#include "analyse/assessments.hpp"
#include "api/access.hpp"
#include "api/gate.hpp"
#include "api/hub.hpp"
#include "api/services.hpp"
#include "api/site.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "log/log_fake.hpp"
#include "notify/channels.hpp"
#include "people/desk.hpp"
#include "people/passwords_fake.hpp"
#include "people/people.hpp"
#include "people/sessions.hpp"
#include "people/tokens.hpp"
#include "recording/recordings.hpp"
#include "review/reviews.hpp"
#include "support/databases.hpp"
#include "watch/accounts.hpp"
#include "watch/lists.hpp"
#include "watch/lives.hpp"

namespace vigie::api {

inline constexpr auto password = "une phrase de passe assez longue";

// A person with a browser.
struct Visitor {
  std::string id;
  std::string cookie;
  std::string csrf_token;
};

class Api : public vigie::testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    build();
  }

  // Once more, after desk_options or house were changed; who is signed in stays so.
  void build() {
    site_.reset();
    services_.reset();
    hub_.reset();
    bus_ = create_memory_bus(io.get_executor());
    sessions_ = std::make_unique<people::Sessions>(db(), clock, random);
    trail_ = std::make_unique<audit::Trail>(db(), clock);
    tokens_ = std::make_unique<people::Tokens>(db(), clock, ids, random);
    accounts_ = std::make_unique<watch::Accounts>(db(), clock, ids, *bus_);
    lists_ = std::make_unique<watch::Lists>(db(), clock, ids);
    lives_ = std::make_unique<watch::Lives>(db(), clock, *bus_);
    blobs_ = open_disk_blobs((folder_.path() / "blobs").string()).value();
    recordings_ = std::make_unique<recording::Recordings>(db(), *blobs_, disk_, clock, ids);
    assessments_ = std::make_unique<analyse::Assessments>(db(), clock, ids, *bus_);
    alerts_ = std::make_unique<alert::Alerts>(db(), clock, ids, *bus_);
    account_rules_ = std::make_unique<alert::AccountRules>(db(), clock);
    reviews_ = std::make_unique<review::Reviews>(db(), clock, ids, *bus_);
    notifications_ = std::make_unique<alert::Notifications>(db(), clock);
    preferences_ = std::make_unique<notify::Preferences>(db());
    silences_ = std::make_unique<notify::Silences>(db(), clock, ids);
    webhooks_ = std::make_unique<notify::Webhooks>(db(), clock, ids, random, sealer_);
    outbox_ = std::make_unique<notify::Outbox>(db(), clock, ids, random, false, "test");
    channels_ = std::make_unique<notify::Channels>(
        notify::Channels{*preferences_, *silences_, *webhooks_, *outbox_, delivery_});
    desk_ = std::make_unique<people::Desk>(people::DeskTools{.database = db(),
                                                             .clock = clock,
                                                             .ids = ids,
                                                             .random = random,
                                                             .passwords = passwords_,
                                                             .sessions = *sessions_,
                                                             .sealer = sealer_,
                                                             .log = log_.log},
                                           desk_options);
    people_ = std::make_unique<people::People>(
        db(), clock, ids, passwords_, *sessions_, log_.log, metrics_,
        people::PeopleOptions{.passwords = desk_options.passwords,
                              .has_mail = desk_options.has_mail});
    hub_ = std::make_unique<Hub>(io.get_executor(), db(), *bus_, clock, log_.log, metrics_);
    services_ =
        std::make_unique<Services>(Services{.clock = clock,
                                            .random = random,
                                            .log = log_.log,
                                            .database = db(),
                                            .trail = *trail_,
                                            .people = *people_,
                                            .desk = *desk_,
                                            .sessions = *sessions_,
                                            .tokens = *tokens_,
                                            .accounts = *accounts_,
                                            .lists = *lists_,
                                            .lives = *lives_,
                                            .recordings = *recordings_,
                                            .assessments = *assessments_,
                                            .alerts = *alerts_,
                                            .account_rules = *account_rules_,
                                            .reviews = *reviews_,
                                            .notifications = *notifications_,
                                            .channels = *channels_,
                                            .gate = gate_,
                                            .hub = *hub_,
                                            .parts = [] { return std::vector<PartStatus>{}; },
                                            .version = "test",
                                            .house = house});
    site_ = std::make_unique<Site>(*services_, Assets{""}, Language::french);
  }

  http::Response ask(std::string method, std::string path, const Visitor* visitor,
                     std::string body = "") {
    return ask_with({}, std::move(method), std::move(path), visitor, std::move(body));
  }

  // The same with header fields of one's own.
  http::Response ask_with(http::Headers headers, std::string method, std::string path,
                          const Visitor* visitor, std::string body = "") {
    http::Request request;
    request.headers = std::move(headers);
    request.method = std::move(method);
    request.target = path;
    const auto query = path.find('?');
    request.path = path.substr(0, query);
    if (query != std::string::npos) {
      request.query = http::parse_query(path.substr(query + 1));
    }
    request.peer = "127.0.0.1";
    request.id = "r1";
    request.headers.add("Host", "localhost:8080");
    if (!body.empty()) {
      request.headers.add("Content-Type", "application/json");
    }
    request.body = std::move(body);
    if (visitor != nullptr) {
      request.headers.add("Cookie", "vigie=" + visitor->cookie);
      request.headers.add("X-CSRF-Token", visitor->csrf_token);
    }
    auto answer = run(site_->answer(std::move(request)));
    return std::get<http::Response>(std::move(answer));
  }

  json::value json_of(const http::Response& response) { return parse_json(response.body).value(); }

  Visitor enter(const std::string& username, Role role) {
    people::NewPerson wanted;
    wanted.username = username;
    wanted.password = password;
    wanted.role = role;
    const auto person = run(people_->create(std::move(wanted)));
    const auto session = run(
        people_->sign_in(username, password, people::Visit{.ip = "127.0.0.1", .agent = "test"}));
    return {.id = person.value().id,
            .cookie = session.value().token,
            .csrf_token = session.value().csrf_token};
  }

  Site& site() { return *site_; }
  Services& services() { return *services_; }
  notify::Outbox& outbox() { return *outbox_; }
  people::Passwords& passwords() { return passwords_; }

  people::DeskOptions desk_options;
  House house;

  BlobStore& blobs() { return *blobs_; }
  recording::Recordings& recordings() { return *recordings_; }
  people::Tokens& tokens() { return *tokens_; }
  audit::Trail& trail() { return *trail_; }
  watch::Accounts& accounts() { return *accounts_; }

  // The account on air, as the platform would tell.
  std::string put_on_air(const std::string& account_id) {
    watch::Check check;
    check.account_id = account_id;
    check.observation.evidence = platform::Evidence::live;
    check.observation.reason = "status_2";
    check.observation.live = platform::LiveFacts{
        .room = "7001", .title = "Direct", .started_at = clock.now(), .viewers = 3};
    check.at = clock.now();
    check.next_check_at = clock.now() + std::chrono::seconds{30};
    run(accounts_->record(std::move(check))).value();
    const auto lives = run(lives_->list(Sight{.person_id = "", .all_accounts = true}, {}, 10, ""));
    return lives.value().items.at(0).id;
  }

 private:
  log::QuietLog log_;
  metrics::Registry metrics_;
  Gate gate_{{}};
  people::Passwords passwords_{people::quick_cost};
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<people::Sessions> sessions_;
  std::unique_ptr<people::People> people_;
  std::unique_ptr<people::Tokens> tokens_;
  std::unique_ptr<people::Desk> desk_;
  std::unique_ptr<watch::Accounts> accounts_;
  std::unique_ptr<watch::Lists> lists_;
  std::unique_ptr<watch::Lives> lives_;
  vigie::testing::TemporaryFolder folder_;
  std::unique_ptr<BlobStore> blobs_;
  WorkerPool disk_{"disk", 1};
  std::unique_ptr<recording::Recordings> recordings_;
  std::unique_ptr<analyse::Assessments> assessments_;
  std::unique_ptr<alert::Alerts> alerts_;
  std::unique_ptr<alert::AccountRules> account_rules_;
  std::unique_ptr<review::Reviews> reviews_;
  std::unique_ptr<alert::Notifications> notifications_;
  std::unique_ptr<Hub> hub_;
  http::AddressGuard guard_{{}, {}};
  std::unique_ptr<http::Client> client_{http::create_client(io.get_executor(), guard_)};
  seal::Sealer sealer_{{.current = "a key of the test", .older = {}}, random};
  notify::Delivery delivery_{nullptr, *client_, clock, {.base_url = "https://v.test", .from = {}}};
  std::unique_ptr<notify::Preferences> preferences_;
  std::unique_ptr<notify::Silences> silences_;
  std::unique_ptr<notify::Webhooks> webhooks_;
  std::unique_ptr<notify::Outbox> outbox_;
  std::unique_ptr<notify::Channels> channels_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<Site> site_;
};

}  // namespace vigie::api
