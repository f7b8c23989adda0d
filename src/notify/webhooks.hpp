// SPDX-License-Identifier: Apache-2.0
// The addresses that alerts are posted to: what administrators keep of them, secret and all, sealed
// (requirement B19).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/alert.hpp"
#include "seal/sealer.hpp"

namespace vigie::notify {

enum class WebhookForm : std::uint8_t { vigie, slack, mattermost, teams };
std::string_view to_string(WebhookForm form);
Result<WebhookForm> parse_webhook_form(std::string_view text);

struct Webhook {
  std::string id;
  std::string name;
  std::string url;  // a secret of its own with some services: shown by address_shown() only
  WebhookForm form = WebhookForm::vigie;
  Severity severity = Severity::moderate;  // the least that is told
  std::string language = "fr";
  Time created_at;
  std::optional<Time> disabled_at;
  std::string disabled_reason;  // empty: by an administrator
  std::int64_t failures = 0;    // in a row
  std::string last_error;
};

// Where a webhook goes and what signs it.
struct Endpoint {
  Webhook webhook;
  std::string secret;
};

// What is absent stays. enabled true forgets earlier failures.
struct WebhookChange {
  std::optional<std::string> name;
  std::optional<std::string> url;
  std::optional<WebhookForm> form;
  std::optional<Severity> severity;
  std::optional<std::string> language;
  std::optional<bool> enabled;
};

std::string destination_of_webhook(std::string_view webhook_id);

// Enough of a URL to know it by: "https://hooks.example.org/…"; all of it where it names no more.
std::string address_shown(std::string_view url);

class Webhooks {
 public:
  Webhooks(db::Database& database, Clock& clock, Ids& ids, Random& random,
           const seal::Sealer& sealer)
      : database_{database}, clock_{clock}, ids_{ids}, random_{random}, sealer_{sealer} {}

  static constexpr std::int64_t most = 50;

  // One whose address cannot be read has none, and the reason as its last error.
  Async<Result<std::vector<Webhook>>> list();

  // With the secret, which is never shown again. Errc::invalid for a URL that is not http(s), a
  // name that is empty or too long, a severity that never interrupts; Errc::conflict without
  // SECRET_KEY, with the cure, or beyond the most there may be.
  Async<Result<Endpoint>> create(Webhook wanted, audit::By by = {});
  Async<Result<Webhook>> change(std::string id, WebhookChange change,
                                audit::By by = {});  // Errc::not_found
  Async<Result<>> remove(std::string id, audit::By by = {});

  // Errc::not_found; Errc::conflict or unavailable when the secret cannot be read.
  Async<Result<Endpoint>> endpoint(std::string id);

  // Seals anew, with the newest key, what an older one sealed and what was kept in clear once.
  // Returns how many webhooks that were; then SECRET_KEY_OLD is no longer needed for them.
  Async<Result<std::int64_t>> seal_anew();

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Random& random_;
  const seal::Sealer& sealer_;
};

}  // namespace vigie::notify
