// SPDX-License-Identifier: Apache-2.0
// The people room on a database, for its conformance tests.
#pragma once
#include "async/task_group.hpp"
#include "base/text.hpp"
#include "log/log_fake.hpp"
#include "people/passwords_fake.hpp"
#include "people/people.hpp"
#include "people/tokens.hpp"
#include "support/databases.hpp"

namespace vigie::people {

using namespace std::chrono_literals;

inline constexpr auto good_password = "cheval agrafe pile";

class PeopleStore : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    testing::OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    sessions = std::make_unique<Sessions>(db(), clock, random);
    tokens = std::make_unique<Tokens>(db(), clock, ids, random);
    passwords = std::make_unique<Passwords>(quick_cost);
    people = std::make_unique<People>(db(), clock, ids, *passwords, *sessions, kept.log, metrics);
  }
  void TearDown() override {
    people.reset();
    passwords.reset();
    testing::OnEachDatabase::TearDown();
  }

  Person create(std::string username, Role role = Role::user) {
    NewPerson wanted;
    wanted.username = std::move(username);
    wanted.password = good_password;
    wanted.role = role;
    return run(people->create(std::move(wanted))).value();
  }
  Result<NewSession> sign_in(std::string username, std::string password,
                             std::string ip = "192.0.2.1") {
    return run(
        people->sign_in(std::move(username), std::move(password), {std::move(ip), "a browser"}));
  }
  Errc refusal(std::string username, std::string password, std::string ip = "192.0.2.1") {
    const auto session = sign_in(std::move(username), std::move(password), std::move(ip));
    EXPECT_TRUE(session.has_error());
    return session.has_error() ? session.error().code : Errc::corrupt;
  }
  bool is_signed_in(const std::string& token) { return run(sessions->find(token)).has_value(); }

  // The first column of the first row.
  std::string look(std::string_view sql) {
    std::string value;
    const auto read = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto rows = transaction.query(sql, {});
      if (!rows) {
        return rows.error();
      }
      value = rows->empty() ? std::string{} : rows->front().text(0);
      return {};
    });
    EXPECT_TRUE(read.has_value());
    return value;
  }
  std::int64_t count(std::string_view table) {
    std::int64_t number = -1;
    const auto sql = fmt::format("SELECT COUNT(*) FROM {}", table);
    const auto read = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto rows = transaction.query(sql, {});
      if (!rows) {
        return rows.error();
      }
      number = rows->front().integer(0);
      return {};
    });
    EXPECT_TRUE(read.has_value());
    return number;
  }

  log::KeptLog kept;
  metrics::Registry metrics;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Tokens> tokens;
  std::unique_ptr<Passwords> passwords;
  std::unique_ptr<People> people;
};

}  // namespace vigie::people
