// SPDX-License-Identifier: Apache-2.0
// Password hashes: argon2id, as PHC text. Slow and large on purpose, so on threads of its own, few
// at once, and with a short queue.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "async/worker_pool.hpp"
#include "base/result.hpp"

namespace vigie::people {

// RFC 9106's second recommendation, one lane.
struct PasswordCost {
  std::size_t memory_bytes = 64 * 1024 * 1024;
  std::uint64_t passes = 3;
};

class Passwords {
 public:
  static constexpr std::size_t at_once = 2;
  static constexpr std::size_t queue = 32;

  explicit Passwords(PasswordCost cost = {});

  // A fresh salt each time, drawn by libsodium. Errc::rate_limited when the queue is full,
  // Errc::unavailable when there is no memory for it.
  Async<Result<std::string>> hash(std::string password);

  // Whether the password is the one that was hashed. Costs the same whatever `stored` is: for an
  // unknown name pass an empty text. Same errors.
  Async<Result<bool>> verify(std::string password, std::string stored);

  // The hash was made at another cost than today's.
  bool needs_rehash(const std::string& stored) const;

  // One of the places in the queue, held by who has work to do before the hash: without it a flood
  // would wait for that work first and be sent away only then.
  class Turn {
   public:
    explicit Turn(Passwords& owner) : owner_{owner} { ++owner_.turns_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { --owner_.turns_; }

   private:
    Passwords& owner_;
  };

  bool is_full() const { return std::max(pending_, turns_) >= at_once + queue; }
  static Error too_busy();

  // Hashes computed so far, by either: the same for a known and an unknown name (A7).
  std::uint64_t computed() const { return computed_; }

 private:
  class Place;  // one in the queue

  PasswordCost cost_;
  std::string nobody_;       // matches no password, at today's cost
  std::size_t pending_ = 0;  // hashes asked for
  std::size_t turns_ = 0;    // and who may come to ask for one
  std::atomic<std::uint64_t> computed_{0};
  WorkerPool pool_;
};

}  // namespace vigie::people
