// SPDX-License-Identifier: Apache-2.0
// The rows of a live's kept sound. Only for src/recording/*.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"

namespace vigie::recording {

struct KeptRow {
  std::int64_t sequence = 0;
  std::string codec;
  Span start{0};
  Span end{0};
  std::string blob_key;
  bool is_purged = false;
};

// The next pieces of a live after this one, and that end after `from`, in order.
Result<std::vector<KeptRow>> kept_rows_after(db::Transaction& transaction,
                                             const std::string& live_id, std::int64_t sequence,
                                             Span from);

}  // namespace vigie::recording
