// SPDX-License-Identifier: Apache-2.0
// A journal that remembers, refuses and fails as a test tells it to.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capture/journal.hpp"

namespace vigie::capture {

class FakeJournal final : public Journal {
 public:
  struct GapEntry {
    Span from, to;
    std::string reason;
  };
  std::vector<std::pair<CaptureState, std::string>> states;
  std::vector<GapEntry> gaps;
  std::vector<SoundPiece> pieces;
  Span heard_until{0};
  std::optional<Errc> failure;  // of every entry from now on

  Async<Result<>> set_state(LiveClaim, CaptureState state, std::string reason) override {
    if (!failure) {
      states.emplace_back(state, std::move(reason));
    }
    co_return outcome();
  }
  Async<Result<>> add_gap(LiveClaim, Span from, Span to, std::string reason) override {
    if (!failure) {
      gaps.push_back({from, to, std::move(reason)});
    }
    co_return outcome();
  }
  Async<Result<>> add_piece(LiveClaim, SoundPiece piece) override {
    if (!failure) {
      heard_until = piece.end;
      pieces.push_back(std::move(piece));
    }
    co_return outcome();
  }
  Async<Result<>> set_heard_until(LiveClaim, Span until) override {
    if (!failure) {
      heard_until = until;
    }
    co_return outcome();
  }

 private:
  Result<> outcome() const {
    return failure ? Result<>{make_error(*failure, "as the test wishes")} : Result<>{};
  }
};

}  // namespace vigie::capture
