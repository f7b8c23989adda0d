// SPDX-License-Identifier: Apache-2.0
// Finding what was said, in what a person may see; the newest words first.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"
#include "search/query.hpp"

namespace vigie::search {

struct Question {
  Query query{};
  std::string account_id{};    // empty: any
  std::optional<Time> from{};  // when it was said
  std::optional<Time> to{};    // not included
  std::string language{};      // empty: any
};

struct Hit {
  std::string segment_id;
  std::string live_id;
  std::string account_id;
  std::string username;
  std::string title;  // of the live
  Span start{0};      // in the live
  Span end{0};
  Time at;
  std::string text;
};

// So many segments are read in order on PostgreSQL before words are looked up: 15 ms, and up to
// 100 ms where what the first ones gave lets hope (the words of a phrase are in far more segments
// than the phrase).
struct Reading {
  std::int64_t first = 10'000;
  std::int64_t then = 90'000;
};

// Errc::invalid for a cursor that is not one of ours. An account that the person may not see has no
// words.
Async<Result<Page<Hit>>> find(db::Database& database, Sight sight, Question question,
                              std::int64_t limit, std::string cursor, Reading reading = {});

}  // namespace vigie::search
