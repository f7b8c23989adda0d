// SPDX-License-Identifier: Apache-2.0
#include "support/databases.hpp"

#include <cstdlib>
#include <stdexcept>

#include "db/migrations.hpp"
#include "db/postgres/postgres_database.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "support/postgres_server.hpp"

namespace vigie::testing {

class DatabasePlace {
 public:
  virtual ~DatabasePlace() = default;
  virtual Result<std::unique_ptr<db::Database>> open(Clock& clock) = 0;
};

namespace {

std::unique_ptr<db::Database> or_throw(Result<std::unique_ptr<db::Database>> opened) {
  if (!opened) {
    throw std::runtime_error(opened.error().what);
  }
  return std::move(*opened);
}

void migrate_or_throw(db::Database& database) {
  const auto migrated = db::migrate(database);
  if (!migrated) {
    throw std::runtime_error(migrated.error().what);
  }
}

// Migrated once, copied for each test: closing it moves its write-ahead log into the file.
const std::filesystem::path& sqlite_template() {
  static const TemporaryFolder folder;
  static const std::filesystem::path file = [] {
    ManualClock clock;
    auto path = folder.path() / "template.db";
    const auto database = or_throw(db::open_sqlite(path.string(), clock));
    migrate_or_throw(*database);
    return path;
  }();
  return file;
}

class SqlitePlace final : public DatabasePlace {
 public:
  explicit SqlitePlace(Schema schema) {
    if (schema == Schema::newest) {
      std::filesystem::copy_file(sqlite_template(), file());
    }
  }
  Result<std::unique_ptr<db::Database>> open(Clock& clock) override {
    return db::open_sqlite(file().string(), clock);
  }

 private:
  std::filesystem::path file() const { return folder_.path() / "vigie.db"; }
  TemporaryFolder folder_;
};

class PostgresPlace final : public DatabasePlace {
 public:
  PostgresPlace(PostgresServer& server, Schema schema)
      : server_{server},
        name_{server.create(schema == Schema::newest ? migrated_template(server) : "template0")} {}
  PostgresPlace(const PostgresPlace&) = delete;
  PostgresPlace& operator=(const PostgresPlace&) = delete;
  ~PostgresPlace() override { server_.drop(name_); }
  Result<std::unique_ptr<db::Database>> open(Clock&) override {
    return db::open_postgres(server_.url(name_));
  }

 private:
  static const std::string& migrated_template(PostgresServer& server) {
    static const std::string name = [&server] {
      auto created = server.create("template0");
      migrate_or_throw(*or_throw(db::open_postgres(server.url(created), 2)));
      return created;
    }();
    return name;
  }

  PostgresServer& server_;
  std::string name_;
};

}  // namespace

OnEachDatabase::OnEachDatabase(Schema schema) : schema_{schema} {}
OnEachDatabase::~OnEachDatabase() {
  database_.reset();
  place_.reset();
}

void OnEachDatabase::SetUp() {
  if (is_postgres()) {
    auto server = PostgresServer::shared();
    if (!server && server.error().code == Errc::not_found) {
      GTEST_SKIP() << server.error().what;
    }
    if (!server) {
      throw std::runtime_error(server.error().what);
    }
    place_ = std::make_unique<PostgresPlace>(**server, schema_);
  } else {
    place_ = std::make_unique<SqlitePlace>(schema_);
  }
  database_ = open_again();
}

void OnEachDatabase::execute(std::string_view sql, std::initializer_list<db::Value> parameters) {
  const auto work = [&](db::Transaction& transaction) -> Result<> {
    const auto done = transaction.execute(sql, parameters);
    return done ? Result<>{} : done.error();
  };
  const auto done = db().write_now(work);
  ASSERT_TRUE(done) << done.error().what;
}

void OnEachDatabase::add_person(std::string_view id) {
  execute(R"(INSERT INTO person (id, username, username_folded, password_hash, role, created_at)
             VALUES ($1, $1, $1, '-', 'user', 0))",
          {id});
}

void OnEachDatabase::add_account(std::string_view id) {
  execute(R"(INSERT INTO account (id, platform, username, url, created_at)
             VALUES ($1, 'tiktok', $1, '-', 0))",
          {id});
}

std::int64_t OnEachDatabase::number(std::string_view sql) {
  std::int64_t found = -1;
  const auto work = [&](db::Transaction& transaction) -> Result<> {
    found = transaction.query(sql, {}).value().at(0).integer(0);
    return {};
  };
  EXPECT_TRUE(db().read_now(work));
  return found;
}

std::unique_ptr<db::Database> OnEachDatabase::open_again() {
  return or_throw(place_->open(clock));
}

TemporaryFolder::TemporaryFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "vigie-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("cannot make " + pattern);
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace vigie::testing
