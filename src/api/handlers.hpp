// SPDX-License-Identifier: Apache-2.0
// The handlers that the table in api/routes.cpp names, by resource. Each takes a call that may be
// made and returns its answer, or an Error that becomes problem+json.
#pragma once
#include "api/access.hpp"

namespace vigie::api {

// sessions.cpp
Async<Result<http::Response>> sign_in(Services& services, Call call);
Async<Result<http::Response>> who_am_i(Services& services, Call call);
Async<Result<http::Response>> sign_in_with_code(Services& services, Call call);
Async<Result<http::Response>> sign_out(Services& services, Call call);
Async<Result<http::Response>> prove_again(Services& services, Call call);

// people.cpp
Async<Result<http::Response>> list_people(Services& services, Call call);
Async<Result<http::Response>> sign_up(Services& services, Call call);
Async<Result<http::Response>> edit_person(Services& services, Call call);
Async<Result<http::Response>> sign_out_everywhere(Services& services, Call call);
Async<Result<http::Response>> request_reset(Services& services, Call call);
Async<Result<http::Response>> reset_password(Services& services, Call call);

// me.cpp
Async<Result<http::Response>> get_me(Services& services, Call call);
Async<Result<http::Response>> edit_me(Services& services, Call call);
Async<Result<http::Response>> change_my_email(Services& services, Call call);
Async<Result<http::Response>> change_my_password(Services& services, Call call);
Async<Result<http::Response>> list_my_sessions(Services& services, Call call);
Async<Result<http::Response>> end_my_session(Services& services, Call call);
Async<Result<http::Response>> end_my_other_sessions(Services& services, Call call);
Async<Result<http::Response>> list_my_tokens(Services& services, Call call);
Async<Result<http::Response>> create_my_token(Services& services, Call call);
Async<Result<http::Response>> revoke_my_token(Services& services, Call call);
Async<Result<http::Response>> offer_my_totp(Services& services, Call call);
Async<Result<http::Response>> confirm_my_totp(Services& services, Call call);
Async<Result<http::Response>> remove_my_totp(Services& services, Call call);

// accounts.cpp
Async<Result<http::Response>> list_accounts(Services& services, Call call);
Async<Result<http::Response>> follow_account(Services& services, Call call);
Async<Result<http::Response>> follow_accounts(Services& services, Call call);
Async<Result<http::Response>> get_account(Services& services, Call call);
Async<Result<http::Response>> edit_account(Services& services, Call call);
Async<Result<http::Response>> unfollow_account(Services& services, Call call);
Async<Result<http::Response>> check_account(Services& services, Call call);
Async<Result<http::Response>> list_lives_of_account(Services& services, Call call);

// account_rules.cpp
Async<Result<http::Response>> get_account_rule(Services& services, Call call);
Async<Result<http::Response>> set_account_rule(Services& services, Call call);
Async<Result<http::Response>> get_list_rule(Services& services, Call call);
Async<Result<http::Response>> set_list_rule(Services& services, Call call);

// lists.cpp
Async<Result<http::Response>> list_lists(Services& services, Call call);
Async<Result<http::Response>> create_list(Services& services, Call call);
Async<Result<http::Response>> rename_list(Services& services, Call call);
Async<Result<http::Response>> remove_list(Services& services, Call call);
Async<Result<http::Response>> put_in_list(Services& services, Call call);
Async<Result<http::Response>> take_from_list(Services& services, Call call);

// lives.cpp
Async<Result<http::Response>> list_lives(Services& services, Call call);
Async<Result<http::Response>> get_live(Services& services, Call call);
Async<Result<http::Response>> list_segments(Services& services, Call call);
Async<Result<http::Response>> list_assessments(Services& services, Call call);
Async<Result<http::Response>> list_viewers(Services& services, Call call);
Async<Result<http::Response>> set_capture(Services& services, Call call);

// recordings.cpp, exports.cpp
Async<Result<http::Response>> get_sound(Services& services, Call call);
Async<Result<http::Response>> list_holds(Services& services, Call call);
Async<Result<http::Response>> place_hold(Services& services, Call call);
Async<Result<http::Response>> release_hold(Services& services, Call call);
Async<Result<http::Response>> export_transcript(Services& services, Call call);

// alerts.cpp
Async<Result<http::Response>> list_alerts(Services& services, Call call);
Async<Result<http::Response>> get_alert(Services& services, Call call);
Async<Result<http::Response>> claim_alert(Services& services, Call call);
Async<Result<http::Response>> release_alert(Services& services, Call call);
Async<Result<http::Response>> decide_alert(Services& services, Call call);
Async<Result<http::Response>> undo_decision(Services& services, Call call);
Async<Result<http::Response>> list_notifications(Services& services, Call call);
Async<Result<http::Response>> read_notification(Services& services, Call call);
Async<Result<http::Response>> read_all_notifications(Services& services, Call call);

// channels.cpp
Async<Result<http::Response>> get_preferences(Services& services, Call call);
Async<Result<http::Response>> edit_preferences(Services& services, Call call);
Async<Result<http::Response>> send_test_mail(Services& services, Call call);
Async<Result<http::Response>> list_silences(Services& services, Call call);
Async<Result<http::Response>> create_silence(Services& services, Call call);
Async<Result<http::Response>> remove_silence(Services& services, Call call);
Async<Result<http::Response>> list_webhooks(Services& services, Call call);
Async<Result<http::Response>> create_webhook(Services& services, Call call);
Async<Result<http::Response>> edit_webhook(Services& services, Call call);
Async<Result<http::Response>> remove_webhook(Services& services, Call call);
Async<Result<http::Response>> send_test_webhook(Services& services, Call call);
Async<Result<http::Response>> list_outbox(Services& services, Call call);
Async<Result<http::Response>> retry_message(Services& services, Call call);

// search.cpp, stats.cpp
Async<Result<http::Response>> search_words(Services& services, Call call);
Async<Result<http::Response>> get_stats(Services& services, Call call);

// audit.cpp
Async<Result<http::Response>> list_audit(Services& services, Call call);

// bench.cpp
Async<Result<http::Response>> broadcast_for_bench(Services& services, Call call);

// openapi.cpp
Async<Result<http::Response>> show_openapi(Services& services, Call call);

// status.cpp
Async<Result<http::Response>> get_status(Services& services, Call call);
Async<Result<http::Response>> healthz(Services& services, Call call);
Async<Result<http::Response>> readyz(Services& services, Call call);

// pages_people.cpp, pages_links.cpp, pages_legal.cpp: the pages without JavaScript
Async<Result<http::Response>> show_sign_in(Services& services, Call call);
Async<Result<http::Response>> submit_sign_in(Services& services, Call call);
Async<Result<http::Response>> submit_code(Services& services, Call call);
Async<Result<http::Response>> show_signed_out(Services& services, Call call);
Async<Result<http::Response>> show_sign_up(Services& services, Call call);
Async<Result<http::Response>> submit_sign_up(Services& services, Call call);
Async<Result<http::Response>> show_forgotten(Services& services, Call call);
Async<Result<http::Response>> submit_forgotten(Services& services, Call call);
Async<Result<http::Response>> show_reset(Services& services, Call call);
Async<Result<http::Response>> submit_reset(Services& services, Call call);
Async<Result<http::Response>> show_address(Services& services, Call call);
Async<Result<http::Response>> submit_address(Services& services, Call call);
Async<Result<http::Response>> show_set_up(Services& services, Call call);
Async<Result<http::Response>> submit_set_up(Services& services, Call call);
Async<Result<http::Response>> show_legal_notice(Services& services, Call call);
Async<Result<http::Response>> show_accessibility(Services& services, Call call);
Async<Result<http::Response>> show_page_style(Services& services, Call call);

}  // namespace vigie::api
