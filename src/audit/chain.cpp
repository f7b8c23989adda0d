// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>

#include <algorithm>
#include <array>

#include "audit/audit.hpp"
#include "base/text.hpp"
#include "domain/words.hpp"

namespace vigie::audit {
namespace {

constexpr Words<Via, 5> vias{{{Via::session, "session"},
                              {Via::token, "token"},
                              {Via::visitor, "visitor"},
                              {Via::command, "command"},
                              {Via::vigie, "vigie"}}};

constexpr std::array all_kinds{
    kind::account_rule,        kind::account_unfollowed, kind::alert_decided,
    kind::alert_undone,        kind::audit_exported,     kind::configuration_changed,
    kind::hold_placed,         kind::hold_released,      kind::list_removed,
    kind::list_rule,           kind::live_capture,       kind::live_exported,
    kind::live_heard,          kind::person_approved,    kind::person_created,
    kind::person_disabled,     kind::person_email,       kind::person_enabled,
    kind::person_forgotten,    kind::person_password,    kind::person_role,
    kind::preferences_changed, kind::second_factor_off,  kind::second_factor_on,
    kind::session_confirmed,   kind::session_ended,      kind::session_opened,
    kind::session_refused,     kind::silence_created,    kind::silence_removed,
    kind::sound_deleted,       kind::token_created,      kind::token_revoked,
    kind::webhook_changed,     kind::webhook_created,    kind::webhook_removed};
static_assert(std::ranges::is_sorted(all_kinds));

constexpr std::size_t hash_digits = 64;

void add(std::string& bytes, std::string_view field) {
  bytes += fmt::format("{}:{}\n", field.size(), field);
}

}  // namespace

std::string_view to_string(Via via) {
  return word_of(vias, via);
}

std::span<const std::string_view> kinds() {
  return all_kinds;
}

std::string canonical_bytes(const Line& line, std::string_view before) {
  std::string bytes = "vigie-audit-1\n";
  add(bytes, before);
  add(bytes, std::to_string(line.number));
  add(bytes, std::to_string(to_micros(line.at)));
  for (const auto* field : {&line.kind, &line.via, &line.person_id, &line.thing, &line.thing_id,
                            &line.request_id, &line.detail}) {
    add(bytes, *field);
  }
  return bytes;
}

std::string hash_of(const Line& line, std::string_view before) {
  return sha256(canonical_bytes(line, before));
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),  // NOLINT
                     bytes.size());
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});  // NOLINT
}

std::string to_string(const Head& head) {
  return fmt::format("{}:{}", head.lines, head.sha256);
}

Result<Head> parse_head(std::string_view text) {
  const auto colon = text.find(':');
  const auto lines = to_integer(text.substr(0, colon));
  const auto sha256 = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const bool is_hash = sha256.size() == hash_digits &&
                       sha256.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!lines || *lines < 1 || !is_hash) {
    return make_error(Errc::invalid,
                      "a head is what verify prints: a number, a colon and 64 hexadecimal digits");
  }
  return Head{*lines, std::string{sha256}};
}

}  // namespace vigie::audit
