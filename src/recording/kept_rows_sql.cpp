// SPDX-License-Identifier: Apache-2.0
#include "recording/kept_rows.hpp"

namespace vigie::recording {
namespace {

constexpr std::string_view select_after = R"(
SELECT sequence, codec, start_us, end_us, blob_key, purged_at FROM sound_piece
WHERE live_id = $1 AND sequence > $2 AND end_us > $3
ORDER BY sequence LIMIT 256)";

}  // namespace

Result<std::vector<KeptRow>> kept_rows_after(db::Transaction& transaction,
                                             const std::string& live_id, std::int64_t sequence,
                                             Span from) {
  const auto rows = transaction.query(select_after, {live_id, sequence, from});
  if (!rows) {
    return rows.error().during("looking for kept sound");
  }
  std::vector<KeptRow> pieces;
  for (const auto& row : *rows) {
    pieces.push_back(
        {row.integer(0), row.text(1), row.span(2), row.span(3), row.text(4), !row.is_null(5)});
  }
  return pieces;
}

}  // namespace vigie::recording
