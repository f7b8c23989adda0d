// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL for this test process: started at the first need in a folder of its own, reached by
// a socket in that folder, stopped at exit; or the one of VIGIE_TEST_PG.
#pragma once
#include <sys/types.h>

#include <memory>
#include <set>
#include <string>

#include "base/result.hpp"

namespace vigie::testing {

class PostgresServer {
 public:
  // Errc::not_found, with the cure, when this machine has no PostgreSQL; another error when it has
  // one that does not start. Main thread.
  static Result<PostgresServer*> shared();

  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  // A new database, the copy of another; its name. Throws when PostgreSQL refuses.
  std::string create(const std::string& from);
  // Never fails; what cannot be dropped now is tried again at exit.
  void drop(const std::string& name);
  std::string url(const std::string& name) const;

 private:
  PostgresServer() = default;
  static Result<std::unique_ptr<PostgresServer>> start();
  Result<> command(const std::string& sql);

  std::string before_name_;  // of the URL
  std::string after_name_;
  std::string maintenance_name_ = "postgres";
  std::string folder_;
  int lock_ = -1;
  pid_t pid_ = 0;
  int created_ = 0;
  std::set<std::string> databases_;  // not dropped yet
};

}  // namespace vigie::testing
