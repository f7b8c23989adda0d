// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_server.hpp"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace vigie::testing {
namespace {

constexpr int start_limit_ms = 20'000;  // sanitizers and a busy machine; 1 s is usual

// Where initdb and postgres are; empty when they are not.
std::string find_binaries() {
  std::vector<std::string> folders;
  std::error_code ignored;
  for (const auto& version : std::filesystem::directory_iterator{"/usr/lib/postgresql", ignored}) {
    folders.push_back((version.path() / "bin").string());
  }
  std::ranges::sort(folders, std::greater<>{});
  folders.insert(folders.end(), {"/usr/local/bin", "/usr/bin"});
  const auto has_both = [](const std::string& folder) {
    return ::access((folder + "/initdb").c_str(), X_OK) == 0 &&
           ::access((folder + "/postgres").c_str(), X_OK) == 0;
  };
  const auto found = std::ranges::find_if(folders, has_both);
  return found == folders.end() ? std::string{} : *found;
}

// In memory where there is room: a new database is 900 files, six times slower on a disk.
std::filesystem::path roomy_folder() {
  constexpr std::uintmax_t enough = std::uintmax_t{1} << 30;
  const std::filesystem::path memory{"/dev/shm"};
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  const bool is_usable = !error && space.available > enough && ::access(memory.c_str(), W_OK) == 0;
  return is_usable ? memory : std::filesystem::temp_directory_path();
}

// Held by the process that made the folder, until it ends in whatever way; -1 when it is held
// already.
int lock_of(const std::filesystem::path& folder, int flags) {
  const int file = ::open((folder / "lock").c_str(), flags | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return -1;
  }
  return file;
}

// What test processes that were killed have left.
void remove_abandoned(const std::filesystem::path& base) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{base, ignored}) {
    if (!entry.path().filename().string().starts_with("vigie-pg-")) {
      continue;
    }
    if (const int lock = lock_of(entry.path(), 0); lock >= 0) {
      std::filesystem::remove_all(entry.path(), ignored);
      ::close(lock);
    }
  }
}

// Who runs PostgreSQL, which refuses root.
struct User {
  uid_t uid;
  gid_t gid;
};

User ordinary_user() {
  if (::geteuid() != 0) {
    return {::geteuid(), ::getegid()};
  }
  for (const char* name : {"postgres", "nobody"}) {
    if (const auto* entry = ::getpwnam(name)) {
      return {entry->pw_uid, entry->pw_gid};
    }
  }
  return {65534, 65534};
}

// Starts a program as user, its words going to log. The program ends with us.
pid_t start_program(std::vector<std::string> words, User user, const std::string& folder) {
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const auto log = folder + "/log";
  const pid_t pid = ::fork();
  if (pid != 0) {
    return pid;
  }
  // Only calls that are safe after a fork, up to exec.
  if (::geteuid() == 0 &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user.gid) != 0 || ::setuid(user.uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int in = ::open("/dev/null", O_RDONLY);
  if (::chdir(folder.c_str()) != 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 ||
      ::dup2(out, 2) < 0) {
    ::_exit(126);
  }
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

Error not_started(const std::string& folder, std::string_view what) {
  std::ifstream log{folder + "/log"};
  const std::string words{std::istreambuf_iterator<char>{log}, {}};
  return make_error(Errc::unavailable, "PostgreSQL for the tests did not start ({}): {}", what,
                    words);
}

bool ended_well(pid_t pid) {
  int status = 0;
  return ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool answers(const std::string& url, pid_t pid) {
  for (int waited_ms = 0; waited_ms < start_limit_ms; waited_ms += 10) {
    if (PQping(url.c_str()) == PQPING_OK) {
      return true;
    }
    if (::waitpid(pid, nullptr, WNOHANG) != 0) {
      return false;
    }
    ::poll(nullptr, 0, 10);  // another process tells us nothing when it is ready
  }
  return false;
}

}  // namespace

Result<PostgresServer*> PostgresServer::shared() {
  static const auto server = start();
  if (!server) {
    return server.error();
  }
  return server->get();
}

Result<std::unique_ptr<PostgresServer>> PostgresServer::start() {
  std::unique_ptr<PostgresServer> server{new PostgresServer};
  if (const char* given = std::getenv("VIGIE_TEST_PG"); given != nullptr && *given != '\0') {
    const std::string url{given};
    const auto slash = url.find('/', url.find("://") + 3);
    const auto question = std::min(url.find('?'), url.size());
    if (slash == std::string::npos || slash > question) {
      return make_error(Errc::invalid, "VIGIE_TEST_PG must be postgresql://user@host:port/name");
    }
    server->before_name_ = url.substr(0, slash + 1);
    server->maintenance_name_ = url.substr(slash + 1, question - slash - 1);
    server->after_name_ = url.substr(question);
    return server;
  }
  const auto binaries = find_binaries();
  if (binaries.empty()) {
    return make_error(Errc::not_found,
                      "PostgreSQL is not installed: apt-get install postgresql-15, or set "
                      "VIGIE_TEST_PG=postgresql://user@host:port/name");
  }
  const auto user = ordinary_user();
  remove_abandoned(roomy_folder());
  auto pattern = (roomy_folder() / "vigie-pg-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr || ::chown(pattern.c_str(), user.uid, user.gid) != 0) {
    return make_error(Errc::unavailable, "cannot make {} for PostgreSQL", pattern);
  }
  server->folder_ = pattern;
  server->lock_ = lock_of(pattern, O_CREAT);
  server->before_name_ = "postgresql://postgres@/";
  server->after_name_ = "?host=" + pattern;

  const auto data = pattern + "/data";
  const auto made =
      start_program({binaries + "/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E",
                     "UTF8", "--locale=C", "--no-sync", "--no-instructions"},
                    user, pattern);
  if (!ended_well(made)) {
    return not_started(pattern, "initdb");
  }
  server->pid_ = start_program({binaries + "/postgres",
                                "-D",
                                data,
                                "-k",
                                pattern,
                                "-h",
                                "",
                                "-c",
                                "fsync=off",
                                "-c",
                                "synchronous_commit=off",
                                "-c",
                                "full_page_writes=off",
                                "-c",
                                "shared_buffers=16MB",
                                "-c",
                                "max_connections=60",
                                "-c",
                                "autovacuum=off",
                                "-c",
                                "log_min_messages=fatal"},
                               user, pattern);
  if (!answers(server->url("postgres"), server->pid_)) {
    return not_started(pattern, "postgres");
  }
  return server;
}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) {
    ::kill(pid_, SIGQUIT);  // nothing in it is worth a checkpoint
    ::waitpid(pid_, nullptr, 0);
  } else {
    for (const auto& name : databases_) {
      std::ignore = command("DROP DATABASE " + name + " WITH (FORCE)");
    }
  }
  if (!folder_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    ::close(lock_);
  }
}

std::string PostgresServer::create(const std::string& from) {
  auto name = "vigie_test_" + std::to_string(::getpid()) + "_" + std::to_string(++created_);
  if (const auto done = command("CREATE DATABASE " + name + " TEMPLATE " + from); !done) {
    throw std::runtime_error(done.error().what);
  }
  databases_.insert(name);
  return name;
}

void PostgresServer::drop(const std::string& name) {
  if (command("DROP DATABASE " + name + " WITH (FORCE)")) {
    databases_.erase(name);
  }
}

std::string PostgresServer::url(const std::string& name) const {
  return before_name_ + name + after_name_;
}

Result<> PostgresServer::command(const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{
      PQconnectdb(url(maintenance_name_).c_str()), &PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(connection.get(), sql.c_str()),
                                                             &PQclear};
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    return make_error(Errc::unavailable, "{}: {}", sql, PQerrorMessage(connection.get()));
  }
  return {};
}

}  // namespace vigie::testing
