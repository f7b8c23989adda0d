// SPDX-License-Identifier: Apache-2.0
// The one table of role × route.
#include <cstdlib>

#include "api/access.hpp"
#include "api/handlers.hpp"

namespace vigie::api {

namespace {

constexpr bool follows_rows = true;

std::vector<Route> make_routes() {
  std::vector<Route> table{
      {"POST", "/api/v1/session", everyone, sign_in},
      {"GET", "/api/v1/session", signed_in, who_am_i},
      {"DELETE", "/api/v1/session", signed_in, sign_out},
      {"POST", "/api/v1/session/second-factor", everyone, sign_in_with_code},
      {"POST", "/api/v1/session/reauthenticate", signed_in, prove_again, Proof::session},

      {"POST", "/api/v1/users", everyone, sign_up},
      {"GET", "/api/v1/users", role_bit(Role::admin), list_people},
      {"PATCH", "/api/v1/users/{id}", role_bit(Role::admin), edit_person},
      {"DELETE", "/api/v1/users/{id}/sessions", role_bit(Role::admin), sign_out_everywhere},
      {"POST", "/api/v1/password-resets", everyone, request_reset},
      {"POST", "/api/v1/password-resets/{token}", everyone, reset_password},

      {"GET", "/api/v1/me", signed_in, get_me},
      {"PATCH", "/api/v1/me", signed_in, edit_me},
      {"PUT", "/api/v1/me/email", signed_in, change_my_email, Proof::session},
      {"PUT", "/api/v1/me/password", signed_in, change_my_password, Proof::session},
      {"GET", "/api/v1/me/sessions", signed_in, list_my_sessions},
      {"DELETE", "/api/v1/me/sessions", signed_in, end_my_other_sessions},
      {"DELETE", "/api/v1/me/sessions/{id}", signed_in, end_my_session},
      {"GET", "/api/v1/me/tokens", signed_in, list_my_tokens},
      {"POST", "/api/v1/me/tokens", signed_in, create_my_token, Proof::fresh},
      {"DELETE", "/api/v1/me/tokens/{id}", signed_in, revoke_my_token},
      {"POST", "/api/v1/me/totp", signed_in, offer_my_totp, Proof::session},
      {"PUT", "/api/v1/me/totp", signed_in, confirm_my_totp, Proof::session},
      {"DELETE", "/api/v1/me/totp", signed_in, remove_my_totp, Proof::session},

      {"GET", "/api/v1/accounts", signed_in, list_accounts, Proof::any, follows_rows},
      {"POST", "/api/v1/accounts", signed_in, follow_account},
      {"POST", "/api/v1/accounts/batch", signed_in, follow_accounts},
      {"GET", "/api/v1/accounts/{id}", signed_in, get_account},
      {"PATCH", "/api/v1/accounts/{id}", signed_in, edit_account},
      {"DELETE", "/api/v1/accounts/{id}", signed_in, unfollow_account},
      {"POST", "/api/v1/accounts/{id}/check", signed_in, check_account},
      {"GET", "/api/v1/accounts/{id}/alert-rule", signed_in, get_account_rule},
      {"PUT", "/api/v1/accounts/{id}/alert-rule", deciders, set_account_rule},
      {"GET", "/api/v1/accounts/{id}/lives", signed_in, list_lives_of_account},

      {"GET", "/api/v1/lists", signed_in, list_lists},
      {"POST", "/api/v1/lists", signed_in, create_list},
      {"PATCH", "/api/v1/lists/{id}", signed_in, rename_list},
      {"DELETE", "/api/v1/lists/{id}", signed_in, remove_list},
      {"GET", "/api/v1/lists/{id}/alert-rule", deciders, get_list_rule},
      {"PUT", "/api/v1/lists/{id}/alert-rule", deciders, set_list_rule},
      {"PUT", "/api/v1/lists/{id}/accounts/{account_id}", signed_in, put_in_list},
      {"DELETE", "/api/v1/lists/{id}/accounts/{account_id}", signed_in, take_from_list},

      {"GET", "/api/v1/lives", signed_in, list_lives},
      {"GET", "/api/v1/lives/{id}", signed_in, get_live},
      {"GET", "/api/v1/lives/{id}/segments", signed_in, list_segments},
      {"GET", "/api/v1/lives/{id}/assessments", signed_in, list_assessments},
      {"GET", "/api/v1/lives/{id}/viewers", signed_in, list_viewers},
      {"PUT", "/api/v1/lives/{id}/capture", deciders, set_capture},
      {"GET", "/api/v1/lives/{id}/audio", signed_in, get_sound},
      {"GET", "/api/v1/lives/{id}/transcript.txt", signed_in, export_transcript},
      {"GET", "/api/v1/lives/{id}/transcript.srt", signed_in, export_transcript},
      {"GET", "/api/v1/lives/{id}/transcript.vtt", signed_in, export_transcript},
      {"GET", "/api/v1/lives/{id}/transcript.json", signed_in, export_transcript},
      {"GET", "/api/v1/lives/{id}/holds", signed_in, list_holds},
      {"POST", "/api/v1/lives/{id}/holds", deciders, place_hold},
      {"DELETE", "/api/v1/holds/{id}", deciders, release_hold},

      {"GET", "/api/v1/alerts", signed_in, list_alerts},
      {"GET", "/api/v1/alerts/{id}", signed_in, get_alert},
      {"PUT", "/api/v1/alerts/{id}/claim", deciders, claim_alert},
      {"DELETE", "/api/v1/alerts/{id}/claim", deciders, release_alert},
      {"POST", "/api/v1/alerts/{id}/decisions", deciders, decide_alert},
      {"DELETE", "/api/v1/alerts/{id}/decisions/{decision_id}", deciders, undo_decision},
      {"GET", "/api/v1/notifications", signed_in, list_notifications},
      {"PUT", "/api/v1/notifications/read", signed_in, read_all_notifications},
      {"PUT", "/api/v1/notifications/{id}/read", signed_in, read_notification},
      {"GET", "/api/v1/me/notifications", signed_in, get_preferences},
      {"PATCH", "/api/v1/me/notifications", signed_in, edit_preferences},
      {"POST", "/api/v1/me/notifications/test", signed_in, send_test_mail},
      {"GET", "/api/v1/silences", signed_in, list_silences},
      {"POST", "/api/v1/silences", signed_in, create_silence},
      {"DELETE", "/api/v1/silences/{id}", signed_in, remove_silence},
      {"GET", "/api/v1/webhooks", role_bit(Role::admin), list_webhooks},
      {"POST", "/api/v1/webhooks", role_bit(Role::admin), create_webhook, Proof::fresh},
      {"PATCH", "/api/v1/webhooks/{id}", role_bit(Role::admin), edit_webhook},
      {"DELETE", "/api/v1/webhooks/{id}", role_bit(Role::admin), remove_webhook},
      {"POST", "/api/v1/webhooks/{id}/test", role_bit(Role::admin), send_test_webhook},
      {"GET", "/api/v1/outbox", role_bit(Role::admin), list_outbox},
      {"POST", "/api/v1/outbox/{id}/retry", role_bit(Role::admin), retry_message},
      {"GET", "/api/v1/search", signed_in, search_words},
      {"GET", "/api/v1/stats", signed_in, get_stats},
      {"GET", "/api/v1/status", signed_in, get_status},
      {"GET", "/api/v1/audit", role_bit(Role::admin) | role_bit(Role::auditor), list_audit},
      {"GET", "/api/v1/openapi.json", everyone, show_openapi},

      {"GET", "/healthz", everyone, healthz},
      {"GET", "/readyz", everyone, readyz},
      {"GET", "/connexion", everyone, show_sign_in},
      {"POST", "/connexion", everyone, submit_sign_in},
      {"POST", "/connexion/code", everyone, submit_code},
      {"GET", "/deconnexion", everyone, show_signed_out},
      {"GET", "/inscription", everyone, show_sign_up},
      {"POST", "/inscription", everyone, submit_sign_up},
      {"GET", "/mot-de-passe", everyone, show_forgotten},
      {"POST", "/mot-de-passe", everyone, submit_forgotten},
      {"GET", "/mot-de-passe/{token}", everyone, show_reset},
      {"POST", "/mot-de-passe/{token}", everyone, submit_reset},
      {"GET", "/adresse/{token}", everyone, show_address},
      {"POST", "/adresse/{token}", everyone, submit_address},
      {"GET", "/demarrage/{token}", everyone, show_set_up},
      {"POST", "/demarrage/{token}", everyone, submit_set_up},
      {"GET", "/mentions-legales", everyone, show_legal_notice},
      {"GET", "/accessibilite", everyone, show_accessibility},
      {"GET", "/pages.css", everyone, show_page_style},
  };
  const char* const benched = std::getenv("VIGIE_BENCH");
  if (benched != nullptr && std::string_view{benched} == "1") {
    table.push_back({"POST", "/bench/broadcast", role_bit(Role::admin), broadcast_for_bench});
  }
  return table;
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = make_routes();
  return table;
}

}  // namespace vigie::api
