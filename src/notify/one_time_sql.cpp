// SPDX-License-Identifier: Apache-2.0
#include "notify/hashes.hpp"
#include "notify/outbox.hpp"

namespace vigie::notify {
namespace {

constexpr std::size_t token_bytes = 32;

constexpr std::string_view set_token = R"(
UPDATE one_time_secret SET token_sha256 = $2 WHERE id = $1 AND expires_at > $3)";

}  // namespace

Async<Result<std::string>> Outbox::make_token(std::string secret_id) {
  const Time now = clock_.now();
  const auto token = random_.hex(token_bytes);
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto changed = transaction.execute(set_token, {secret_id, sha256(token), now});
    if (!changed) {
      return changed.error();
    }
    return *changed == 1 ? Result<>{} : make_error(Errc::invalid, "the time of this link was over");
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  co_return token;
}

}  // namespace vigie::notify
