// SPDX-License-Identifier: Apache-2.0
#include "people/passwords.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/resource.h>

#include <array>
#include <stdexcept>

namespace vigie::people {
namespace {

constexpr std::string_view made_by_us = "$argon2id$";

// What a hash of the right form looks like whose password nobody knows: checking against it does
// all the work. Both parts are base64 of zeros.
std::string hash_of_nobody(PasswordCost cost) {
  return fmt::format("{}v=19$m={},t={},p=1${}${}", made_by_us, cost.memory_bytes / 1024,
                     cost.passes, std::string(22, 'A'), std::string(43, 'A'));
}

// A flood of sign-ins may take all the processors there are: pages go first (A2). Linux counts
// niceness by thread.
void let_pages_go_first() {
  constexpr int niceness = 5;
  thread_local const int done = setpriority(PRIO_PROCESS, 0, niceness);
  static_cast<void>(done);
}

}  // namespace

class Passwords::Place {
 public:
  explicit Place(Passwords& owner) : owner_{owner} { ++owner_.pending_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --owner_.pending_; }

 private:
  Passwords& owner_;
};

Passwords::Passwords(PasswordCost cost)
    : cost_{cost}, nobody_{hash_of_nobody(cost)}, pool_{"passwords", at_once} {
  if (sodium_init() < 0) {
    throw std::runtime_error("libsodium cannot start");
  }
}

Error Passwords::too_busy() {
  return Error{Errc::rate_limited, "too many sign-ins at once, try again in a moment",
               std::chrono::seconds{5}};
}

Async<Result<std::string>> Passwords::hash(std::string password) {
  if (pending_ >= at_once + queue) {
    co_return too_busy();
  }
  const Place place{*this};
  std::function<Result<std::string>(std::stop_token)> job =
      [this, password = std::move(password)](const std::stop_token&) -> Result<std::string> {
    let_pages_go_first();
    ++computed_;
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes,
                              cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
      return make_error(Errc::unavailable, "no memory to hash a password");
    }
    return std::string{text.data()};
  };
  co_return co_await pool_.run(std::move(job));
}

Async<Result<bool>> Passwords::verify(std::string password, std::string stored) {
  if (pending_ >= at_once + queue) {
    co_return too_busy();
  }
  const Place place{*this};
  const bool is_hash = stored.starts_with(made_by_us) && stored.size() < crypto_pwhash_STRBYTES;
  if (!is_hash) {
    stored = nobody_;
  }
  std::function<Result<bool>(std::stop_token)> job =
      [this, password = std::move(password), stored = std::move(stored)](const std::stop_token&) {
        let_pages_go_first();
        ++computed_;
        return Result<bool>{
            crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0};
      };
  co_return co_await pool_.run(std::move(job));
}

bool Passwords::needs_rehash(const std::string& stored) const {
  return stored.size() < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_needs_rehash(stored.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

}  // namespace vigie::people
